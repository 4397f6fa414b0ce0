"""What is known of a sound that plays: the handle of those who ordered it, and what a block tells. No GStreamer."""

from __future__ import annotations

import contextlib
import dataclasses
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from speaker.sound.sounds import Sound, VoiceState

OVERRUN_S = 0.25


@dataclass(frozen=True)
class VoiceReport:
    """`error_ms`: first sample that left minus planned, once one that can be heard has left; `lost`: its device
    failed, not it; `sounded`: seconds of it that the sink took; `reached`: the second of it up to which it did;
    `first`: running time of its first sample that the sink took.
    """

    state: VoiceState = "waiting"
    why: str = ""
    lost: bool = False
    error_ms: float | None = None
    sounded: float = 0.0
    reached: float | None = None
    first: float | None = None

    @property
    def over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.state not in ("waiting", "playing")


@dataclass(frozen=True)
class Decoded:
    """How far its decoder is: `until` seconds of it, `whole` once that is all."""

    until: float = 0.0
    whole: bool = False


@dataclass(frozen=True)
class Stretch:
    """Samples in time for the mix: [begin, end) seconds of the pipeline's running time, from second `place` of it."""

    begin: float
    end: float
    place: float


@dataclass(frozen=True)
class Block:
    """The sink took [begin, end) seconds of the pipeline's running time; they are heard `late` seconds after their
    time, the last of them at monotonic second `heard_at`.
    """

    begin: float
    end: float
    late: float
    heard_at: float = 0.0


class GstVoice:
    """One sound that plays or is about to. Its times are monotonic seconds of the pipeline's clock.

    Any thread reads; two threads write, each one attribute as a whole: the owner of the voices `report`, the branch's
    own `decoded` and `loud_from` (running time of the first sample that can be heard). `stretches`: from it to the
    owner. `placed`: when its first sample is heard; with `soon_from` only once it has sound to give.
    """

    def __init__(
        self, sound: Sound, at: float, cut: Callable[[GstVoice], None], *, soon_from: float | None = None
    ) -> None:
        self.sound = sound
        self.at = at
        self.soon_from = soon_from
        self.placed: float | None = None if soon_from is not None else at
        self.report = VoiceReport()
        self.decoded = Decoded()
        self.loud_from: float | None = None
        self.stretches: deque[Stretch] = deque()
        self._cut = cut

    @property
    def state(self) -> VoiceState:
        """Where it is in its life: `playing` once a sample that can be heard has left, `done` once its last has."""
        return self.report.state

    @property
    def error_ms(self) -> float | None:
        """First sample as the sink had it minus planned, in ms, by the pipeline's clock."""
        return self.report.error_ms

    @property
    def why(self) -> str:
        """Why it failed; empty otherwise."""
        return self.report.why

    @property
    def lost(self) -> bool:
        """Whether it failed with the sound device."""
        return self.report.lost

    @property
    def position_ms(self) -> int | None:
        """The place in the sound up to which it has left the sink; None before that."""
        reached = self.report.reached
        return None if reached is None else int(reached * 1000)

    def heard_ms(self, now: float) -> int:
        """Sound that has left the sink, by what was mixed and taken; 0 while none of it can be heard."""
        del now
        return 0 if self.report.error_ms is None else int(self.report.sounded * 1000)

    def cut(self) -> None:
        """Asks for its end, by a fade of 30 ms; returns at once. Harmless when over."""
        self._cut(self)

    def taken(self, until: float) -> list[Stretch]:
        """Its stretches before this running time, taken out of those that wait. For the owner of the voices alone."""
        found: list[Stretch] = []
        with contextlib.suppress(IndexError):
            while self.stretches[0].begin < until:
                stretch = self.stretches.popleft()
                if stretch.end > until:
                    self.stretches.appendleft(Stretch(until, stretch.end, stretch.place + until - stretch.begin))
                    stretch = dataclasses.replace(stretch, end=until)
                found.append(stretch)
        return found


def after_block(
    report: VoiceReport,
    block: Block,
    sound: Sound,
    decoded: Decoded,
    stretches: Sequence[Stretch],
    offset: float,
    moved: float = 0.0,
    loud_from: float | None = None,
) -> VoiceReport:
    """What is known of a voice once this block has sounded with these stretches of it; `offset`: running time in
    seconds of its first sample, which was `moved` so many seconds from where it was planned; `loud_from`: running
    time of the first one that can be heard.
    """
    if report.over:
        return report
    for stretch in stretches:
        # What is older than the block was given as another one left: of that nothing was heard.
        heard = max(0.0, stretch.end - max(stretch.begin, block.begin))
        if heard:
            report = dataclasses.replace(
                report,
                sounded=report.sounded + heard,
                reached=stretch.place + stretch.end - stretch.begin,
                first=report.first if report.first is not None else max(stretch.begin, block.begin),
            )
    if report.state == "waiting" and report.first is not None and loud_from is not None and block.end > loud_from:
        error = moved + report.first - offset + block.late
        report = dataclasses.replace(report, state="playing", error_ms=round(error * 1000, 3))
    played = block.end - offset + sound.from_ms / 1000
    limit = sound.duration_ms
    ended = decoded.whole and played >= decoded.until
    if ended or (limit is not None and played > limit / 1000 + OVERRUN_S):
        return dataclasses.replace(report, state="done")
    return report
