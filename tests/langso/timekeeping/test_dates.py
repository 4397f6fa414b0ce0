from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.timekeeping import dates
from langso.words.language import in_language

LATE = datetime(2026, 11, 21, 18, 5, 9, tzinfo=UTC)  # already Sunday in Vietnam


def test_the_day_as_the_kiosk_shows_it() -> None:
    assert dates.day_with_lunar(date(2026, 11, 21)) == "Thứ Bảy 21/11 · 13/10 âm lịch"
    assert dates.day(date(2026, 11, 22), year=True) == "Chủ Nhật 22/11/2026"


@pytest.mark.parametrize("text", ["22/11/2026 1:05", " 22-11-2026  01h05 ", "22.11.2026 1g05"])
def test_a_day_and_time_are_read_as_people_type_them(text: str) -> None:
    assert dates.read_moment(text) == LATE.replace(second=0)


@pytest.mark.parametrize("text", ["", "22/11 1:05", "31/02/2027 10:00", "22/11/2026 25:00", "01/01/0001 00:00"])
def test_what_is_no_day_and_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no day and time"):
        dates.read_moment(text)


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


def test_days_and_times_in_english() -> None:
    with in_language("en"):
        assert dates.day_with_lunar(date(2026, 11, 21)) == "Saturday 21 Nov · 13/10 lunar"
        assert dates.full(LATE) == "01:05 Sunday 22 Nov 2026"
        assert dates.moment(LATE, today=date(2026, 11, 22)) == "01:05 today"
        assert dates.ago(LATE - timedelta(minutes=1), LATE) == "1 minute ago"
        assert dates.spoken_day(date(2026, 4, 4)) == "Saturday, 4 April"
        assert dates.plain_date(date(2027, 2, 8)) == "08 Feb 2027"


@given(st.dates(date(1901, 1, 1), date(2099, 12, 31)))
def test_a_plain_date_has_two_digits_for_day_and_month(d: date) -> None:
    assert dates.plain_date(d) == f"{d:%d/%m/%Y}"


@given(st.datetimes(datetime(1901, 1, 1), datetime(2099, 12, 31), timezones=st.just(dates.VIETNAM)))
def test_a_spoken_english_time_is_the_same_time(when: datetime) -> None:
    with in_language("en"):
        said, half = dates.spoken_hour(when).rsplit(" ", 1)
    hour, _, minute = said.partition(" ")
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    minutes = names.index(minute.removeprefix("oh ")) if minute.startswith("oh ") else int(minute or 0)
    assert (int(hour) % 12 + (12 if half == "p.m." else 0), minutes) == (when.hour, when.minute)
