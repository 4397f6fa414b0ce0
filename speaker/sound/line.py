"""Lets the board's line input through, as one more sound that a player plays; with tones before, near and at its end.

Between two sources the board's relays break before they make: a tone from this machine is heard in between.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firmware_bridge.switchboard import IP_SOURCE, LINE_SOURCE
from langso.durable.errors import FileRefused
from langso.durable.files import make_folder
from langso.timekeeping.clock import Clock
from langso.timekeeping.worker_thread import WorkerThread
from speaker.errors import SoundFault
from speaker.sound.amplifier import Amplifier
from speaker.sound.sounds import AnySound, Player, SoundFile, SoundLine, Voice, VoiceState
from speaker.sound.tone import make_tones

log = logging.getLogger(__name__)

OPENING = ((587.33, 880.0), 300)
WARNING = ((1046.5, 1318.5, 1046.5), 180)
CLOSING = ((880.0, 587.33), 300)
"""Tones in Hz, and how long each of them sounds, in ms."""
WARN_S = 15.0
"""So long before the end of what is allowed it is told: enough for a last sentence."""
_FOLLOWS_S = 0.25
"""Slack for a tone that the machine began late."""
_LONGEST_WAIT_S = 0.5


@dataclass(frozen=True)
class _Tone:
    path: Path
    seconds: float


class LineVoice:
    """The line input while it is let through. `moves`: what is still to be done, by monotonic second, in order."""

    def __init__(self, sound: SoundLine, at: float, cut: Callable[[LineVoice], None]) -> None:
        self.sound = sound
        self.at = at
        self.moves: list[tuple[float, Callable[[LineVoice], None]]] = []
        self.tone: Voice | None = None
        self.opened: float | None = None
        self._before = 0.0
        self._state: VoiceState = "waiting"
        self._error_ms: float | None = None
        self._cut = cut

    @property
    def state(self) -> VoiceState:
        """`playing` from the first tone on."""
        return self._state

    @property
    def error_ms(self) -> float | None:
        """Of its first tone; where none could be made, of the line."""
        if self._error_ms is None and self.tone is not None:
            self._error_ms = self.tone.error_ms
        return self._error_ms

    @property
    def why(self) -> str:
        """Nothing here fails by itself: a board that is gone lets the talk key go."""
        return ""

    @property
    def lost(self) -> bool:
        """Never: it needs no sound device."""
        return False

    @property
    def placed(self) -> float | None:
        """As ordered: a relay closes when it is told to."""
        return self.at

    @property
    def position_ms(self) -> int | None:
        """None: nothing of it is ever taken up again."""
        return None

    def heard_ms(self, now: float) -> int:
        """How long the line was let through, tones left out."""
        return int((self._before + (0.0 if self.opened is None else max(0.0, now - self.opened))) * 1000)

    def cut(self) -> None:
        """The line is closed at once; harmless when over."""
        self._cut(self)

    def open_at(self, heard_from: float) -> None:
        """The line is let through; heard from then on."""
        self.opened, self._state = heard_from, "playing"
        if self._error_ms is None and self.error_ms is None:
            self._error_ms = max(0.0, (heard_from - self.at) * 1000)

    def close_at(self, now: float) -> None:
        """Something else sounds."""
        if self.opened is not None:
            self._before += max(0.0, now - self.opened)
            self.opened = None

    def end(self, state: VoiceState, now: float) -> None:
        """It is over."""
        self.close_at(now)
        self.moves, self._state = [], state

    @property
    def over(self) -> bool:
        """Whether it is done or cut."""
        return self._state in ("done", "cut")


class LinePlayer:
    """A player that lets the line input through as well; its own thread keeps the times of it. `folder`: where its
    tones are made; without them it does without.
    """

    def __init__(self, player: Player, amplifier: Amplifier, clock: Clock, folder: Path) -> None:
        self._player = player
        self._amplifier = amplifier
        self._clock = clock
        self._folder = folder
        self._tones: dict[object, _Tone] = {}
        self._voice: LineVoice | None = None
        # Nothing under it waits: the player and the board are only told.
        self._lock = threading.RLock()
        self._thread = WorkerThread("line", self._run)

    def start(self) -> None:
        """Makes its tones and begins; the player itself is started by whoever made it."""
        with contextlib.suppress(OSError):
            make_folder(self._folder)
        for tones in (OPENING, WARNING, CLOSING):
            try:
                made = make_tones(self._folder, *tones)
                self._tones[tones] = _Tone(self._folder / made.sha256, made.duration_ms / 1000)
            except (FileRefused, OSError) as error:
                log.warning("the talk key is without tones: %s", error)
        self._thread.start()

    def stop(self) -> None:
        """Closes the line."""
        voice = self._voice
        if voice is not None:
            self._end(voice)
        self._thread.stop()

    @property
    def running(self) -> bool:
        """As the player it is made of."""
        return self._player.running

    def soonest(self) -> float:
        """As the player it is made of, also where that has lost its device: the line needs none."""
        return max(self._player.soonest(), self._clock.monotonic())

    def play(self, sound: AnySound, at: float, *, soon_from: float | None = None) -> Voice:
        """A sound of the player's, or the line input from `at` on. Raises SoundFault as the player does."""
        if not isinstance(sound, SoundLine):
            return self._player.play(sound, at, soon_from=soon_from)
        if self._voice is not None:
            self._end(self._voice)
        voice = LineVoice(sound, at, self._end)
        opening, closing = self._tones.get(OPENING), self._tones.get(CLOSING)
        ends = at + sound.lasts_ms / 1000
        first = at
        if opening is not None:
            with contextlib.suppress(SoundFault):
                voice.tone = self._player.play(SoundFile(opening.path, "wav"), at)
                first = at + opening.seconds
        voice.moves = [(first, self._open), (ends, self._done)]
        if sound.lasts_ms > 2000 * WARN_S:
            voice.moves.append((ends - WARN_S, lambda one: self._sound(one, WARNING, then_open=True)))
        if closing is not None and sound.lasts_ms > 4000 * closing.seconds:
            last = ends - closing.seconds - _FOLLOWS_S
            voice.moves.append((last, lambda one: self._sound(one, CLOSING, then_open=False)))
        voice.moves.sort(key=lambda move: move[0])
        with self._lock:
            self._voice = voice
        self._thread.wake()
        return voice

    def _run(self) -> None:
        while not self._thread.stopping:
            with self._lock:
                voice = self._voice
                wait = None if voice is None else self._step(voice)
            self._thread.sleep(wait)

    def _step(self, voice: LineVoice) -> float | None:
        while voice.moves and voice.moves[0][0] <= self._clock.monotonic():
            _, move = voice.moves.pop(0)
            move(voice)
        if not voice.moves:
            return None
        return min(_LONGEST_WAIT_S, max(0.0, voice.moves[0][0] - self._clock.monotonic()))

    def _open(self, voice: LineVoice) -> None:
        voice.open_at(self._amplifier.choose(LINE_SOURCE))

    def _sound(self, voice: LineVoice, tones: tuple[tuple[float, ...], int], *, then_open: bool) -> None:
        tone = self._tones.get(tones)
        if tone is None:
            return
        heard_from = self._amplifier.choose(IP_SOURCE)
        voice.close_at(self._clock.monotonic())
        at = max(heard_from, self._player.soonest())
        with contextlib.suppress(SoundFault):
            voice.tone = self._player.play(SoundFile(tone.path, "wav"), at)
        if then_open:
            voice.moves.append((at + tone.seconds, self._open))
            voice.moves.sort(key=lambda move: move[0])

    def _done(self, voice: LineVoice) -> None:
        self._amplifier.choose(IP_SOURCE)
        voice.end("done", self._clock.monotonic())

    def _end(self, voice: LineVoice) -> None:
        with self._lock:
            if voice.over:
                return
            voice.end("cut", self._clock.monotonic())
            self._amplifier.choose(IP_SOURCE)
        if voice.tone is not None:
            voice.tone.cut()
