"""When a sound card or server really sounds what it is given: by its own count of samples, read beside the clock."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

STEADY_READINGS = 6
STEADY_S = 0.002
IN_A_MOMENT = 25
"""Readings whose median is one moment: half a second of them."""
SETTLE_MOMENTS = 40
"""A sound server tells its time by a line through few answers, which swings by milliseconds for up to 17 s after each
opening (measured).
"""
KEPT_MOMENTS = 120
"""A minute: over so many answers what the line errs by goes down to some hundredths of a millisecond."""
ENOUGH_MOMENTS = 10
STEP_S = 0.0025
"""The newest moments are off from those before by a hole that was torn, if by so much."""
DRIFT_S = 0.00015
"""Of a half of the minute against the other: less is no drift of a card, but chance, as is less than twice what the
moments scatter by within the halves.
"""
HAIR_S = 0.0001
"""Starts repeat to some thousandths of a millisecond while nobody follows such chances."""
SLIP_S = 0.0005
"""From then on it is put right while nothing plays: nobody hears a step in silence."""
UNDERRUN_S = 0.04
"""A sink that fell behind by so much has torn a hole already; it goes on at its place in time."""


class SinkClock:
    """`out`: a sink that counts what it has played. Fed by `look` in the sink's thread, before each block.

    GStreamer's own slaving follows a device by a regression: four seconds of wild speed after each opening; skewing
    left a sink 0.3 to 0.8 s late, and neither said so. Here the sink does as told (`slave-method=none`), and is told
    anew whenever nothing plays, so that what plays is neither stretched nor skipped. It repeats to 5 µs by itself:
    what else starts scattered by came from following a server's word from one play to the next.
    """

    def __init__(self, gst: Any, out: Any) -> None:
        self._gst = gst
        self._clock = out.provide_clock()
        self._last: deque[float] = deque(maxlen=STEADY_READINGS)
        self._moment: list[float] = []
        self._moments: deque[float] = deque(maxlen=KEPT_MOMENTS)
        self._settling = SETTLE_MOMENTS
        self._placed = False
        self.late = 0.0
        """Seconds by which what it is given now is heard too late, as far as is known; 0 where it does not say."""

    @property
    def steady(self) -> bool:
        """Whether it plays at an even speed: it takes a moment to after its opening."""
        last = sorted(self._last)
        # A thread that is kept waiting between the two clocks reads one of them too late, now and then.
        return self._clock is None or (len(last) == STEADY_READINGS and last[-2] - last[1] < STEADY_S)

    def look(self, *, idle: bool) -> None:
        """Reads it once. `idle`: nothing plays, so that it may be put right."""
        if self._clock is None:
            return
        reading = time.monotonic() - self._gst.Clock.get_time(self._clock) / 1e9
        self._last.append(reading)
        if not self.steady:
            return
        now = statistics.median(self._last)
        if not self._placed or abs(now) > UNDERRUN_S:
            self.put_right(now)
            self._moments.clear()
            self._settling = SETTLE_MOMENTS
            return
        self._moment.append(reading)
        if len(self._moment) == IN_A_MOMENT:
            self._weigh(statistics.median(self._moment))
            self._moment.clear()
            if idle and abs(self.late) > SLIP_S:
                self.put_right(self.late)

    def put_right(self, late_s: float) -> None:
        """It is so much too late: what it is given from now on is heard at its time."""
        now = self._clock.get_calibration()
        moved = now.external + int(late_s * 1e9)
        self._gst.Clock.set_calibration(self._clock, now.internal, moved, now.rate_num, now.rate_denom)
        self._moments = deque((moment - late_s for moment in self._moments), maxlen=KEPT_MOMENTS)
        self._moment.clear()
        self._last.clear()
        self.late = 0.0
        self._placed = True

    def _weigh(self, moment: float) -> None:
        if self._settling:
            self._settling -= 1
            return
        self._moments.append(moment)
        found = lateness(list(self._moments))
        if found is None:
            return
        if found.stepped:
            self._moments = deque(list(self._moments)[-ENOUGH_MOMENTS:], maxlen=KEPT_MOMENTS)
        if abs(found.late_s - self.late) > HAIR_S:
            self.late = found.late_s


@dataclass(frozen=True)
class Lateness:
    """How late it is at the newest moment; `stepped`: the moments before the newest ones tell of another time."""

    late_s: float
    stepped: bool = False


def lateness(moments: Sequence[float]) -> Lateness | None:
    """What moments say, the oldest first; None while they are too few. Pure.

    A card that drifts moves the one half of them against the other, and the newest moment by half as much again.
    """
    if len(moments) < ENOUGH_MOMENTS:
        return None
    newest, before = moments[-ENOUGH_MOMENTS:], moments[:-ENOUGH_MOMENTS]
    if len(before) >= ENOUGH_MOMENTS and abs(statistics.median(newest) - statistics.median(before)) > STEP_S:
        return Lateness(statistics.median(newest), stepped=True)
    middle = len(moments) // 2
    halves = moments[:middle], moments[middle:]
    first, second = densest(halves[0]), densest(halves[1])
    # A drift moves both halves alike; late answers spoil the one.
    off = (statistics.median(abs(one - at) for one in half) for half, at in zip(halves, (first, second), strict=True))
    if abs(second - first) > max(DRIFT_S, 2 * max(off)):
        # On a slope no place is denser than another.
        first, second = statistics.median(halves[0]), statistics.median(halves[1])
        return Lateness(second + (second - first) / 2)
    return Lateness((first + second) / 2 if abs(second - first) < DRIFT_S else densest(moments))


def densest(values: Sequence[float]) -> float:
    """The middle of the half of them that lies closest together. Pure.

    An answer that a server gives too late bends its line for eight seconds, to either side: a busy machine spoils
    more of a minute than a median bears, but never twice in the same way.
    """
    ordered = sorted(values)
    half = len(ordered) // 2 + 1
    begin = min(range(len(ordered) - half + 1), key=lambda at: ordered[at + half - 1] - ordered[at])
    return statistics.median(ordered[begin : begin + half])
