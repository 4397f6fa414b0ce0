"""When a sound card or server really sounds what it is given: by its own count of samples, read beside the clock."""

from __future__ import annotations

import statistics
import time
from collections import deque
from typing import Any

READINGS = 250
"""Five seconds of them: a sound server's own count is off by a third of a millisecond now and then."""
ENOUGH_READINGS = 100
STEADY_READINGS = 6
STEADY_S = 0.002
SLIP_S = 0.0005
"""From then on it is put right while nothing plays: nobody hears a step in silence."""
UNDERRUN_S = 0.04
"""A sink that fell behind by so much has torn a hole already; it goes on at its place in time."""


class SinkClock:
    """`out`: a sink that counts what it has played. Fed by `look` in the sink's thread, before each block.

    GStreamer's own slaving follows a device by a regression: four seconds of wild speed after each opening; skewing
    left a sink 0.3 to 0.8 s late, and neither said so. Here the sink does as told (`slave-method=none`), and is told
    anew whenever nothing plays, so that what plays is neither stretched nor skipped.
    """

    def __init__(self, gst: Any, out: Any) -> None:
        self._gst = gst
        self._clock = out.provide_clock()
        self._readings: deque[float] = deque(maxlen=READINGS)
        self._placed = False

    @property
    def late(self) -> float:
        """Seconds by which what it is given now is heard too late; 0 where it does not say."""
        return statistics.median(self._readings) if self._readings else 0.0

    @property
    def slip(self) -> float:
        """By how much sooner than it should be heard something is to be placed: what is late, if it is worth it."""
        return self.late if abs(self.late) > SLIP_S else 0.0

    @property
    def steady(self) -> bool:
        """Whether it plays at an even speed: it takes a moment to after its opening."""
        last = sorted(self._last)
        # A thread that is kept waiting between the two clocks reads one of them too late, now and then.
        return self._clock is None or (len(last) == STEADY_READINGS and last[-2] - last[1] < STEADY_S)

    @property
    def _last(self) -> list[float]:
        return list(self._readings)[-STEADY_READINGS:]

    def look(self, *, idle: bool) -> None:
        """Reads it once. `idle`: nothing plays, so that it may be put right."""
        if self._clock is None:
            return
        self._readings.append(time.monotonic() - self._gst.Clock.get_time(self._clock) / 1e9)
        if not self.steady:
            return
        now = statistics.median(self._last)
        known = len(self._readings) >= ENOUGH_READINGS
        if not self._placed or abs(now) > UNDERRUN_S:
            self.put_right(now)
        elif idle and known and self.slip:
            self.put_right(self.late)

    def put_right(self, late_s: float) -> None:
        """It is so much too late: what it is given from now on is heard at its time."""
        now = self._clock.get_calibration()
        moved = now.external + int(late_s * 1e9)
        self._gst.Clock.set_calibration(self._clock, now.internal, moved, now.rate_num, now.rate_denom)
        self._readings.clear()
        self._placed = True
