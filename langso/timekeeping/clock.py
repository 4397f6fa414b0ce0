"""Wall time, monotonic time, and whether wall time can be trusted; Vietnamese lunar dates."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from langso.words.catalogue import Sentence, Words

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

NTP_FLOOR_DISTANCE = timedelta(days=30)
RTC_AGE = timedelta(days=30)
NONCE_AGE_S = 24 * 3600.0
BEHIND_FLOOR = timedelta(days=1)

ClockMode = Literal["auto", "host"]
ClockReason = Literal["host", "ntp", "rtc", "nonce", "unsynchronised", "far_from_floor"]


class Clock(Protocol):
    """Where the time comes from; the only way our code asks for it."""

    def now(self) -> datetime:
        """Wall time, aware, UTC; may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow, from an arbitrary zero; for waits and deadlines."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Wall time, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds of CLOCK_MONOTONIC."""
        return time.monotonic()


class SimulatedClock:
    """A clock that moves only when told; thread-safe."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("start must be aware")
        self._lock = threading.Lock()
        self._now = start.astimezone(UTC)
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Wall time, aware, UTC."""
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        """Seconds advanced since the start; never goes back."""
        with self._lock:
            return self._monotonic

    def advance(self, seconds: float) -> None:
        """Time passes: wall and monotonic both move on. Raises ValueError when negative."""
        if seconds < 0:
            raise ValueError("time does not pass backwards; use jump()")
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._monotonic += seconds

    def jump(self, seconds: float) -> None:
        """The wall clock is set forwards or back, as NTP or a hand does; monotonic time stands still."""
        with self._lock:
            self._now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class ClockTrust:
    """Whether wall time may be acted on: short code and sentence."""

    trusted: bool
    reason: ClockReason
    why: Words


@dataclass(frozen=True)
class ClockEvidence:
    """What speaks for the wall clock: gathered by ``langso.timekeeping.evidence.gather_evidence``.

    ``ntp_synchronised``: since this boot; ``rtc_set_at``: when the hardware clock was last set from good
    time (UTC); ``nonce_age_s``: seconds by the monotonic clock since a signed answer to our nonce.
    """

    ntp_synchronised: bool = False
    rtc_set_at: datetime | None = None
    nonce_age_s: float | None = None


def judge_clock(
    now: datetime,
    evidence: ClockEvidence,
    *,
    floor: datetime | None,
    mode: ClockMode = "auto",
) -> ClockTrust:
    """Rule of DESIGN "Time", pure. ``floor``: latest time proven by a verified document, None before the first.

    The floor is a proven past, so a clock more than a day behind it is wrong whatever speaks for it.
    """
    if mode == "host":
        return ClockTrust(True, "host", Sentence("clock-by-host"))
    if floor is not None and now < floor - BEHIND_FLOOR:
        return ClockTrust(False, "far_from_floor", Sentence("clock-behind-documents"))
    if evidence.nonce_age_s is not None and 0 <= evidence.nonce_age_s < NONCE_AGE_S:
        return ClockTrust(True, "nonce", Sentence("clock-confirmed"))
    if evidence.rtc_set_at is not None and timedelta(0) <= now - evidence.rtc_set_at < RTC_AGE:
        return ClockTrust(True, "rtc", Sentence("clock-by-battery"))
    if not evidence.ntp_synchronised:
        return ClockTrust(False, "unsynchronised", Sentence("clock-not-set"))
    if floor is None or abs(now - floor) > NTP_FLOOR_DISTANCE:
        return ClockTrust(
            False,
            "far_from_floor",
            Sentence("clock-far-from-documents"),
        )
    return ClockTrust(True, "ntp", Sentence("clock-by-network"))


@dataclass(frozen=True)
class LunarDate:
    """Vietnamese lunar date (âm lịch, UTC+7); ``leap``: tháng nhuận."""

    day: int
    month: int
    year: int
    leap: bool = False


def lunar_date(d: date) -> LunarDate:
    """The lunar date of a solar date, 1900-2100 (lunar-vn). Raises ValueError outside."""
    # Imported here: most processes that want a clock never show a lunar date.
    from lunar_vn import convert_solar_to_lunar

    if not 1900 <= d.year <= 2100:
        raise ValueError(f"lunar dates are known for 1900-2100, not {d.year}")
    found = convert_solar_to_lunar(d.day, d.month, d.year)
    return LunarDate(int(found.day), int(found.month), int(found.year), bool(found.leap))
