"""What is known of the time: exactly now, or only that it is not before a proven moment. Pure but for `wall_time`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from langso.timekeeping.clock import ClockTrust

RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""No machine that runs this lives before it."""


@dataclass(frozen=True)
class KnownTime:
    """It is now `earliest` or later; `exact`: it is now `earliest`."""

    earliest: datetime
    exact: bool


def wall_time() -> KnownTime:
    """As OpenSSL itself judges: for machines whose clock is believed."""
    return KnownTime(datetime.now(UTC), exact=True)


def known_time(now: datetime, trust: ClockTrust, floor: datetime | None) -> KnownTime:
    """What is known of the time on a device: its wall clock where that is trusted, else its floor."""
    lowest = max(RELEASED, floor or RELEASED)
    return KnownTime(max(now, lowest), exact=True) if trust.trusted else KnownTime(lowest, exact=False)
