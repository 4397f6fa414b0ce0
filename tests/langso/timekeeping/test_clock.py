from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.timekeeping.clock import (
    VIETNAM,
    ClockEvidence,
    LunarDate,
    SimulatedClock,
    SystemClock,
    judge_clock,
    lunar_date,
)

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NTP = ClockEvidence(ntp_synchronised=True)
RTC = ClockEvidence(rtc_set_at=NOW - 10 * DAY)
NONCE = ClockEvidence(nonce_age_s=3600)


def test_the_host_is_believed_when_told_to() -> None:
    assert judge_clock(NOW, ClockEvidence(), floor=NOW + 900 * DAY, mode="host").reason == "host"


@pytest.mark.parametrize(
    ("evidence", "floor", "trusted", "reason"),
    [
        (NTP, NOW, True, "ntp"),
        (NTP, NOW - 30 * DAY, True, "ntp"),
        (NTP, NOW - 31 * DAY, False, "far_from_floor"),
        (NTP, NOW + DAY, True, "ntp"),
        (NTP, NOW + 2 * DAY, False, "far_from_floor"),
        (NTP, None, False, "far_from_floor"),
        (ClockEvidence(), NOW, False, "unsynchronised"),
        (RTC, NOW - 300 * DAY, True, "rtc"),
        (RTC, NOW + 2 * DAY, False, "far_from_floor"),
        (ClockEvidence(rtc_set_at=NOW - 30 * DAY), NOW, False, "unsynchronised"),
        (ClockEvidence(rtc_set_at=NOW + DAY), NOW, False, "unsynchronised"),
        (NONCE, NOW - 300 * DAY, True, "nonce"),
        (NONCE, NOW + 2 * DAY, False, "far_from_floor"),
        (ClockEvidence(nonce_age_s=24 * 3600), NOW, False, "unsynchronised"),
        (ClockEvidence(nonce_age_s=-1), NOW, False, "unsynchronised"),
        (ClockEvidence(ntp_synchronised=True, nonce_age_s=5), NOW - 300 * DAY, True, "nonce"),
    ],
    ids=str,
)
def test_the_rule(evidence: ClockEvidence, floor: datetime | None, trusted: bool, reason: str) -> None:
    found = judge_clock(NOW, evidence, floor=floor)
    assert (found.trusted, found.reason) == (trusted, reason)
    assert str(found.why).endswith(".")


_moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@given(
    now=_moments,
    floor=st.none() | _moments,
    ntp=st.booleans(),
    rtc=st.none() | _moments,
    nonce=st.none() | st.floats(-1e6, 1e6),
)
def test_no_evidence_no_trust_and_never_far_behind_a_proven_past(
    now: datetime, floor: datetime | None, ntp: bool, rtc: datetime | None, nonce: float | None
) -> None:
    found = judge_clock(now, ClockEvidence(ntp, rtc, nonce), floor=floor)
    if found.trusted:
        assert ntp or rtc is not None or nonce is not None
        assert floor is None or now >= floor - DAY


def test_simulated_time_moves_only_when_told() -> None:
    clock = SimulatedClock(NOW.astimezone(VIETNAM))
    assert clock.now() == NOW
    assert clock.now().tzinfo is UTC
    clock.advance(1.5)
    assert (clock.now(), clock.monotonic()) == (NOW + timedelta(seconds=1.5), 1.5)
    clock.jump(-3600)
    assert clock.monotonic() == 1.5
    assert clock.now() == NOW + timedelta(seconds=1.5 - 3600)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="aware"):
        SimulatedClock(datetime(2026, 1, 1))


def test_simulated_time_is_shared_by_threads() -> None:
    clock = SimulatedClock(NOW)
    threads = [Thread(target=lambda: [clock.advance(0.25) for _ in range(1000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.monotonic() == 1000.0


def test_the_machine_clock_is_utc_and_its_monotonic_grows() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.monotonic() <= clock.monotonic()


@pytest.mark.parametrize(
    ("solar", "lunar"),
    [
        (date(2026, 2, 17), LunarDate(1, 1, 2026)),  # Tết Bính Ngọ
        (date(2030, 2, 2), LunarDate(1, 1, 2030)),  # a day before the Chinese new year
        (date(2025, 7, 25), LunarDate(1, 6, 2025, leap=True)),
        (date(2026, 11, 21), LunarDate(13, 10, 2026)),
    ],
)
def test_vietnamese_lunar_dates(solar: date, lunar: LunarDate) -> None:
    assert lunar_date(solar) == lunar


def test_no_lunar_date_outside_the_known_years() -> None:
    with pytest.raises(ValueError, match="1900-2100"):
        lunar_date(date(2200, 1, 1))
