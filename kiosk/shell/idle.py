"""When nobody touches the kiosk: a visible countdown, then everything personal is wiped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from langso.timekeeping.clock import Clock


@dataclass(frozen=True)
class Idle:
    """`phase`: "active", "warning" (`left` whole seconds of countdown), or "over": wipe now."""

    phase: Literal["active", "warning", "over"]
    left: int = 0


class IdleTimer:
    """`idle_s` without a touch, then `warn_s` of countdown, then over; a jumping wall clock changes nothing."""

    def __init__(self, clock: Clock, *, idle_s: float, warn_s: float) -> None:
        self._clock = clock
        self._idle_s = idle_s
        self._warn_s = warn_s
        self._last = clock.monotonic()
        self._hold = False

    def touch(self) -> None:
        """Somebody is there: the time starts anew, also during the countdown."""
        self._last = self._clock.monotonic()

    def pretend(self, seconds: float) -> None:
        """As if the last touch had been so long ago."""
        self._last = self._clock.monotonic() - seconds

    def allow(self, idle_s: float) -> None:
        """Another length without a touch: some places are looked at longer. The countdown stays as long."""
        self._idle_s = idle_s

    def hold(self, on: bool) -> None:
        """While the kiosk itself is at work (reading aloud), time does not run; it starts anew afterwards."""
        if self._hold != on:
            self._hold = on
            self.touch()

    def look(self) -> Idle:
        """How things stand now."""
        passed = 0.0 if self._hold else self._clock.monotonic() - self._last
        if passed < self._idle_s:
            return Idle("active")
        left = self._idle_s + self._warn_s - passed
        if left > 0:
            # Rounded up: "1" is still to be seen during the last second.
            return Idle("warning", int(left) + (left > int(left)))
        return Idle("over")
