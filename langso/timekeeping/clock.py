"""Wall time, monotonic time, and whether and for how long wall time is proven; Vietnamese lunar dates."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from langso.words.catalogue import Sentence, Words

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

NTP_FLOOR_DISTANCE = timedelta(days=30)
NONCE_AGE_S = 24 * 3600.0
BEHIND_FLOOR = timedelta(days=1)
MOST_OFF_S = 60.0
"""A clock is believed until it may be off by this."""
STEADY_PPM = 20.0
"""What the seconds since boot may gain or lose, in millionths: a board's crystal."""
RTC_PPM = 25.0
"""What a hardware clock of no stated kind may gain or lose, in millionths: 60 s after 27 days."""

ClockMode = Literal["auto", "host"]
ClockReason = Literal["host", "ntp", "rtc", "nonce", "kept", "hand", "unsynchronised", "far_from_floor"]


class Clock(Protocol):
    """Where the time comes from; the only way our code asks for it."""

    def now(self) -> datetime:
        """Wall time, aware, UTC; may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow, from an arbitrary zero; for waits and deadlines."""
        ...


def since_boot() -> float:
    """Seconds since this machine was started, those included in which it slept."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


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
    """Whether wall time may be acted on: short code and sentence. `until`: how long that holds if nothing more is
    heard (whole days; None: not limited, or not known).
    """

    trusted: bool
    reason: ClockReason
    why: Words
    until: datetime | None = None


@dataclass(frozen=True)
class HandSet:
    """A time that a person set: seconds of the epoch minus seconds since boot. `lasts_s`: for how much longer it is
    believed; `made`: tells one setting from another.
    """

    offset_s: float
    lasts_s: float
    made: str


@dataclass(frozen=True)
class ClockEvidence:
    """What speaks for the wall clock: gathered by ``langso.timekeeping.evidence.gather_evidence``.

    ``ntp_synchronised``: since this boot, last seen ``ntp_age_s`` ago; ``rtc_set_at``: when the hardware clock was
    last set from good time (UTC), None where it does not vouch for the time; ``rtc_ppm``: its stated drift;
    ``rtc_offset_s``: its reading minus the seconds since boot; ``nonce_age_s``: seconds by the monotonic clock since
    a signed answer to our nonce; ``by_hand``: what a person set.
    """

    ntp_synchronised: bool = False
    rtc_set_at: datetime | None = None
    nonce_age_s: float | None = None
    ntp_age_s: float = 0.0
    rtc_ppm: float = RTC_PPM
    rtc_offset_s: float | None = None
    by_hand: HandSet | None = None

    def rtc_lasts(self, now: datetime) -> timedelta:
        """For how much longer the hardware clock is surely within a minute; negative where it is not."""
        if self.rtc_set_at is None or now < self.rtc_set_at:
            return timedelta(seconds=-1)
        return proof_life(self.rtc_ppm) - (now - self.rtc_set_at)


def proof_life(ppm: float, most_off_s: float = MOST_OFF_S) -> timedelta:
    """How long a clock that drifts so much stays within so many seconds."""
    return timedelta(seconds=most_off_s / (ppm * 1e-6))


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
    left = evidence.rtc_lasts(now)
    if left > timedelta(0):
        until = whole_day(now + left)
        return ClockTrust(True, "rtc", Sentence("clock-by-battery", days=left.days), until)
    if not evidence.ntp_synchronised:
        return ClockTrust(False, "unsynchronised", Sentence("clock-not-set"))
    if floor is None or abs(now - floor) > NTP_FLOOR_DISTANCE:
        return ClockTrust(
            False,
            "far_from_floor",
            Sentence("clock-far-from-documents"),
        )
    return ClockTrust(True, "ntp", Sentence("clock-by-network"))


def whole_day(moment: datetime) -> datetime:
    """The day's beginning (UTC): what is told of a proof's end must not be news every second."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class LunarDate:
    """Vietnamese lunar date (âm lịch, UTC+7); ``leap``: tháng nhuận."""

    day: int
    month: int
    year: int
    leap: bool = False


@lru_cache(maxsize=512)
def lunar_date(d: date) -> LunarDate:
    """The lunar date of a solar date, 1900-2100 (lunar-vn). Raises ValueError outside."""
    # Imported here: most processes that want a clock never show a lunar date.
    from lunar_vn import convert_solar_to_lunar

    if not 1900 <= d.year <= 2100:
        raise ValueError(f"lunar dates are known for 1900-2100, not {d.year}")
    found = convert_solar_to_lunar(d.day, d.month, d.year)
    return LunarDate(int(found.day), int(found.month), int(found.year), bool(found.leap))
