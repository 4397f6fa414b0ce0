from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.timekeeping import dates

LATE = datetime(2026, 11, 21, 18, 5, 9, tzinfo=UTC)  # already Sunday in Vietnam


def test_the_day_as_the_kiosk_shows_it() -> None:
    assert dates.day_with_lunar(date(2026, 11, 21)) == "Thứ Bảy 21/11 · 13/10 âm lịch"
    assert dates.day(date(2026, 11, 22), year=True) == "Chủ Nhật 22/11/2026"


def test_a_leap_month_is_named() -> None:
    assert dates.lunar(date(2025, 7, 25)) == "1/6 nhuận âm lịch"


def test_times_are_shown_in_vietnam() -> None:
    assert dates.hour(LATE) == "01:05"
    assert dates.hour(LATE, seconds=True) == "01:05:09"
    assert dates.moment(LATE) == "01:05 Chủ Nhật 22/11"
    assert dates.moment(LATE, today=date(2026, 11, 21)) == "01:05 ngày mai"
    assert dates.moment(LATE, today=date(2025, 1, 1)) == "01:05 Chủ Nhật 22/11/2026"
    with pytest.raises(ValueError, match="naive"):
        dates.hour(datetime(2026, 1, 1))


def test_times_for_reading_aloud() -> None:
    assert dates.spoken_hour(LATE) == "1 giờ 5 phút"
    assert dates.spoken_hour(LATE - timedelta(minutes=5, seconds=9)) == "1 giờ"
    assert dates.spoken_day(date(2026, 11, 21)) == "thứ bảy, ngày 21 tháng 11"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-50, "vừa xong"), (59, "vừa xong"), (300, "5 phút trước"), (7300, "2 giờ trước"), (200_000, "2 ngày trước")],
)
def test_how_long_ago(seconds: int, said: str) -> None:
    assert dates.ago(LATE - timedelta(seconds=seconds), LATE) == said


@given(st.dates(date(1901, 1, 1), date(2099, 12, 31)))
def test_every_day_has_a_lunar_date_of_at_most_thirty_days(d: date) -> None:
    day, month = dates.lunar(d).split(" ")[0].split("/")
    assert 1 <= int(day) <= 30
    assert 1 <= int(month) <= 12
