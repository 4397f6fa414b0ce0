"""The one thread that owns the voices: whatever begins, fades, ends or frees one is a command to it."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from langso.timekeeping.worker_thread import WorkerThread
from langso.words.catalogue import Sentence, t
from speaker.errors import SoundFault
from speaker.sound.branch import Branch
from speaker.sound.pipeline import UNEVEN_S, Pipeline
from speaker.sound.sounds import SoundStream, VoiceState
from speaker.sound.state_changes import MOST_STREAMS, Freed, StateChanges
from speaker.sound.voice import GstVoice, after_block

log = logging.getLogger(__name__)

FADE_STEPS = 3
FADE_STEP_S = 0.01
WATCH_S = 0.02
"""How often it looks at what the sink took while something plays."""
IDLE_S = 0.2
DEVICE_S = 5.0
"""How long a lost device is waited for before it is opened anew."""
STOP_S = 2.0
"""How long its end waits for what is being freed."""
MOST_LOST = 3
"""Devices that are not given back; no more are opened, and a restart is asked for."""
_RETRY_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
AGAIN_S = 0.05
SOON_S = 5.0
"""A device that played until just now is opened anew at once, and for so long without pauses: a sound server that
restarts is back within a second.
"""
SILENT_S = 3.0
"""A sink that takes nothing for so long does not sound, whatever it says."""


@dataclass(frozen=True)
class BeginVoice:
    """Let this voice play."""

    voice: GstVoice


@dataclass(frozen=True)
class CutVoice:
    """Let it end, by a fade if it sounds."""

    voice: GstVoice


@dataclass(frozen=True)
class Ready:
    """This branch has sound to give, or is at its end without any."""

    branch: Branch


Command = BeginVoice | CutVoice | Ready | Freed


@dataclass(frozen=True)
class SoundReport:
    """`latency`: seconds from the mixer to the ear; `even_at`: monotonic second from which it sounds at its time;
    `why`: what keeps the device from running; `stuck`: sounds that have ended and cannot be freed; `full`: so many
    that no more are taken.
    """

    running: bool = False
    why: str = ""
    latency: float = 0.0
    even_at: float = 0.0
    stuck: int = 0
    full: bool = False


class VoiceOwner:
    """`post` and `report` are for any thread, all else is its own. `make` makes a pipeline that wakes this thread;
    `on_change` is called in it when a voice has begun to sound or has ended, and when sound runs or no longer does.
    """

    def __init__(
        self,
        make: Callable[[Callable[[], None]], Pipeline],
        gst: object,
        calibration_s: float,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._make = make
        self._gst = gst
        self._calibration = calibration_s
        self._on_change = on_change
        self._news = False
        self.report = SoundReport(why=t("sound-not-running"))
        self.thread = WorkerThread("sound", self._run)
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._changes = StateChanges(self.post)
        self._pipeline: Pipeline | None = None
        self._lost: list[Pipeline] = []
        self._branches: list[Branch] = []
        self._leaving: list[Branch] = []
        self._fades: dict[Branch, float] = {}
        self._failures = 0
        self._open_at = self._lost_at = self._hurry_until = 0.0
        self._opened: Future[bool] = Future()

    def post(self, command: Command) -> None:
        """Puts a command; it is done within a millisecond or two, in the order of coming."""
        self._commands.put(command)
        self.thread.wake()

    def start(self) -> Future[bool]:
        """Begins; the result is whether sound runs, once it does or has failed to."""
        self._opened = Future()
        self.thread.start()
        return self._opened

    def _run(self) -> None:
        while not self.thread.stopping:
            self.thread.sleep(self._round())
        # What was cut just before fades all the same.
        end = time.monotonic() + FADE_STEP_S * (FADE_STEPS + 2)
        while self._round(stopping=True) and self._fades and time.monotonic() < end:
            time.sleep(FADE_STEP_S / 2)
        self._lose(t("sound-stopped"))
        end = time.monotonic() + STOP_S
        while self._changes.held and time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                self._do(self._commands.get(timeout=max(0.0, end - time.monotonic())))

    def _round(self, *, stopping: bool = False) -> float:
        """Does what there is to do; returns the seconds until the next look."""
        try:
            if self._pipeline is None and not stopping and time.monotonic() >= self._open_at:
                self._open()
            self._listen()
            with contextlib.suppress(queue.Empty):
                while True:
                    self._do(self._commands.get_nowait())
            self._fade()
        except Exception as error:
            # Whoever owns all sound must not die of one: everything is built anew.
            log.exception("sound stumbled")
            self._lose_somehow(str(error))
        self._tell()
        if self._news:
            self._news = False
            self._on_change()
        if self._pipeline is None:
            return max(0.01, min(IDLE_S, self._open_at - time.monotonic()))
        return FADE_STEP_S / 2 if self._fades else WATCH_S if self._branches or self._leaving else IDLE_S

    def _do(self, command: Command) -> None:
        if isinstance(command, BeginVoice):
            self._begin(command.voice)
        elif isinstance(command, CutVoice):
            self._cut(command.voice)
        elif isinstance(command, Ready):
            if command.branch in self._branches and command.branch.pad is None and self._pipeline is not None:
                self._pipeline.link(command.branch)
        else:
            self._changes.forget(command)

    def _begin(self, voice: GstVoice) -> None:
        if self._pipeline is None:
            self._over(voice, "failed", t("sound-cannot-play", why=self.report.why), lost=True)
            return
        try:
            if not self._changes.room(streamed=isinstance(voice.sound, SoundStream)):
                raise SoundFault(Sentence("sound-too-many-held", count=self._changes.held))
            pipeline = self._pipeline
            # While others play the sink is not put right: what begins among them is placed by as much sooner.
            slip = 0.0 if pipeline.clock is None else pipeline.clock.late
            heard = voice.at - pipeline.latency + self._calibration - slip
            branch = Branch(self._gst, voice, heard - pipeline.base, lambda branch: self.post(Ready(branch)))
            branch.moved = -slip
        except SoundFault as error:
            self._over(voice, "failed", str(error))
            return
        except Exception as error:
            # Nothing of it is in the pipeline yet: what goes on playing has nothing of that.
            log.exception("a sound cannot be built")
            self._over(voice, "failed", str(error))
            return
        self._pipeline.heeded = True
        # First of all it is one of those that end with the pipeline: a voice that nobody knows would wait for ever.
        self._branches.append(branch)
        self._pipeline.add(branch)
        self._changes.begin(branch)

    def _cut(self, voice: GstVoice) -> None:
        branch = next((one for one in self._branches if one.voice is voice), None)
        if branch is None or branch in self._fades:
            return
        if voice.report.state == "playing":
            self._fades[branch] = time.monotonic()
        else:
            self._end(branch, "cut")

    def _fade(self) -> None:
        for branch, begun in tuple(self._fades.items()):
            share = (time.monotonic() - begun) / (FADE_STEP_S * FADE_STEPS)
            branch.turn_down(min(1.0, share + 1 / FADE_STEPS))
            if share >= 1:
                self._end(branch, "cut")

    def _end(self, branch: Branch, state: VoiceState, why: str = "") -> None:
        """Out of the mix; it is freed once the mixer has let it go."""
        self._over(branch.voice, state, why)
        self._branches.remove(branch)
        self._fades.pop(branch, None)
        if self._pipeline is None:
            return
        if branch.pad is None:
            self._pipeline.remove(branch)
            self._changes.free(branch)
        else:
            self._changes.count(branch)
            self._leaving.append(branch)
            self._pipeline.let_go(branch)

    def _listen(self) -> None:
        """What the pipeline's own threads have left: blocks that sounded, pads let go, errors."""
        pipeline = self._pipeline
        if pipeline is None:
            return
        done = self._hear(pipeline)
        if time.monotonic() > pipeline.taken_at + SILENT_S:
            why = t("sound-takes-nothing")
            log.error("%s", why)
            self._lose(why)
            return
        with contextlib.suppress(IndexError):
            while True:
                branch = pipeline.released.popleft()
                self._leaving.remove(branch)
                pipeline.remove(branch)
                self._changes.free(branch)
        for trouble in pipeline.troubles(self._branches):
            if trouble.branch is None:
                log.error("sound pipeline failed: %s", trouble.why)
                self._lose(trouble.why)
                return
            log.warning("a sound failed: %s", trouble.why)
            if trouble.branch in self._branches:
                self._end(trouble.branch, "failed", trouble.why)
        # A decoder that breaks off says so and then comes to its end: only what has said nothing is done.
        for branch in done:
            if branch in self._branches:
                self._end(branch, "done")
        pipeline.heeded = bool(self._branches)

    def _hear(self, pipeline: Pipeline) -> list[Branch]:
        """Tells the voices what has sounded; those of which all has."""
        done: list[Branch] = []
        now = time.monotonic()
        while pipeline.blocks and pipeline.blocks[0].heard_at <= now:
            block = pipeline.blocks.popleft()
            for branch in self._branches:
                voice = branch.voice
                report = after_block(
                    voice.report,
                    block,
                    voice.sound,
                    voice.decoded,
                    voice.taken(block.end),
                    branch.offset,
                    branch.moved,
                    voice.loud_from,
                )
                self._news = self._news or report.state != voice.report.state
                if report.over and branch not in done:
                    done.append(branch)
                voice.report = dataclasses.replace(report, state=voice.report.state) if report.over else report
        return done

    def _open(self) -> None:
        now = time.monotonic()
        self._lost = [one for one in self._lost if self._changes.holds(one)]
        if self._lost and now < self._lost_at + DEVICE_S:
            # A sound card opens once at a time.
            self._open_at = now + FADE_STEP_S
            return
        if len(self._lost) >= MOST_LOST:
            self._open_at = now + _RETRY_S[-1]
            return
        pipeline = self._make(self.thread.wake)
        # What was playing is not kept waiting until the device is even: it is prepared meanwhile.
        hurry = now < self._hurry_until
        try:
            why = pipeline.open(settle=not hurry)
        except Exception as error:
            # As a device that is away: tried again with pauses, and given back.
            log.exception("sound cannot be opened")
            why = str(error) or type(error).__name__
        if why:
            self._give_back(pipeline)
            self._open_at = now = time.monotonic()
            if now < self._hurry_until:
                self._open_at += AGAIN_S
            else:
                self._open_at += _RETRY_S[min(self._failures, len(_RETRY_S) - 1)]
                self._failures += 1
            self.report = dataclasses.replace(self.report, running=False, why=why)
        else:
            self._pipeline = pipeline
            self._failures = 0
            even_at = time.monotonic() + UNEVEN_S if hurry and not pipeline.even else 0.0
            self.report = dataclasses.replace(
                self.report, running=True, why="", latency=pipeline.latency, even_at=even_at
            )
            self._news = True
            log.info("sound runs, pipeline latency %.0f ms", pipeline.latency * 1000)
        if not self._opened.done():
            self._opened.set_result(not why)

    def _lose(self, why: str) -> None:
        """The device, or the pipeline, is lost: every voice fails; another is tried once this one is given back."""
        self.report = dataclasses.replace(self.report, running=False, why=why)
        self._news = True
        branches, leaving = self._branches, self._leaving
        pipeline, self._pipeline = self._pipeline, None
        self._branches, self._leaving, self._fades = [], [], {}
        for branch in branches:
            self._over(branch.voice, "failed", why, lost=True)
        if pipeline is None:
            return
        pipeline.close([*branches, *leaving])
        self._give_back(pipeline)
        for branch in (*branches, *leaving):
            self._changes.free(branch)
        self._open_at = time.monotonic() + AGAIN_S
        self._hurry_until = time.monotonic() + SOON_S

    def _lose_somehow(self, why: str) -> None:
        try:
            self._lose(why)
        except Exception:
            # No thread is left to free it in, for one: what is counted as held tells when only a restart helps.
            log.exception("what was lost is not given back")
            self._open_at = time.monotonic() + _RETRY_S[0]

    def _give_back(self, pipeline: Pipeline) -> None:
        if pipeline.element is not None:
            self._lost.append(pipeline)
            self._lost_at = time.monotonic()
            self._changes.free(pipeline)

    def _tell(self) -> None:
        stuck = self._changes.stuck()
        full = stuck >= MOST_STREAMS or len(self._lost) >= MOST_LOST
        if (stuck, full) != (self.report.stuck, self.report.full):
            self.report = dataclasses.replace(self.report, stuck=stuck, full=full)

    def _over(self, voice: GstVoice, state: VoiceState, why: str = "", *, lost: bool = False) -> None:
        voice.report = dataclasses.replace(voice.report, state=state, why=why, lost=lost)
        self._news = True
