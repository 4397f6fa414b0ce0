"""When nobody touches the kiosk: a visible countdown, then everything personal is wiped."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from langso.timekeeping.clock import Clock


@dataclass(frozen=True)
class Idle:
    """`phase`: "active", "warning" (`left` whole seconds of countdown), or "over": wipe now."""

    phase: Literal["active", "warning", "over"]
    left: int = 0


class IdleTimer:
    """`idle_s` seconds without a touch, then `warn_s` of countdown, then over. A jump of the wall clock changes
    nothing.
    """

    def __init__(self, clock: Clock, *, idle_s: float, warn_s: float) -> None:
        self._clock = clock
        self._idle_s = idle_s
        self._warn_s = warn_s
        self._last = clock.monotonic()
        self._hold = False

    def touch(self) -> None:
        """Somebody is there: the time begins again, also during the countdown."""
        self._last = self._clock.monotonic()

    def pretend(self, seconds: float) -> None:
        """Acts as if the last touch had been so many seconds ago."""
        self._last = self._clock.monotonic() - seconds

    def allow(self, idle_s: float) -> None:
        """Sets another time without a touch, since some places are looked at longer. The countdown stays the same."""
        self._idle_s = idle_s

    def hold(self, on: bool) -> None:
        """While `on` (the kiosk reads aloud) no time passes; afterwards it begins again."""
        if self._hold != on:
            self._hold = on
            self.touch()

    @property
    def left(self) -> int:
        """Whole seconds until it is over, the countdown included."""
        passed = 0.0 if self._hold else self._clock.monotonic() - self._last
        return max(0, math.ceil(self._idle_s + self._warn_s - passed))

    def look(self) -> Idle:
        """The present phase."""
        passed = 0.0 if self._hold else self._clock.monotonic() - self._last
        if passed < self._idle_s:
            return Idle("active")
        left = self._idle_s + self._warn_s - passed
        if left > 0:
            # Rounded up: "1" is still to be seen during the last second.
            return Idle("warning", int(left) + (left > int(left)))
        return Idle("over")
