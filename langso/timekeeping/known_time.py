"""What is known of the present time: exactly, or only that it is not before a proven moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from langso.timekeeping.clock import ClockTrust

RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""No machine that runs this lives before it."""


@dataclass(frozen=True)
class KnownTime:
    """The time is `earliest` or later; where `exact`, it is `earliest`."""

    earliest: datetime
    exact: bool


def wall_time() -> KnownTime:
    """The wall clock, believed as OpenSSL believes it: for machines whose clock is trusted."""
    return KnownTime(datetime.now(UTC), exact=True)


def known_time(now: datetime, trust: ClockTrust, floor: datetime | None) -> KnownTime:
    """What is known of the time on a device: its wall clock where that is trusted, else its floor."""
    lowest = max(RELEASED, floor or RELEASED)
    return KnownTime(max(now, lowest), exact=True) if trust.trusted else KnownTime(lowest, exact=False)
