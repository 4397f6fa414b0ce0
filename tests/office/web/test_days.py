"""A day is day, month, year, whatever country the browser is of; and it is said again with its weekday."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refused

from office.errors import BroadcastRefused
from office.web import days
from office.web.days import day_of, hour_of, months, typed, words_of_day

TODAY = date(2026, 11, 30)
TEMPLATES = Path(days.__file__).parent / "templates"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("02/12/2026", date(2026, 12, 2)),
        ("2/12/2026", date(2026, 12, 2)),
        ("2-12-2026", date(2026, 12, 2)),
        ("2.12.2026", date(2026, 12, 2)),
        (" 2 / 12 / 2026 ", date(2026, 12, 2)),
        ("02122026", date(2026, 12, 2)),
        ("0212", date(2026, 12, 2)),
        ("2/12", date(2026, 12, 2)),
        ("30/11", TODAY),
        ("2/1", date(2027, 1, 2)),
        ("2026-12-02", date(2026, 12, 2)),
    ],
)
def test_what_people_type_is_a_day_the_day_before_the_month(text: str, day: date) -> None:
    assert day_of(text, TODAY) == day


@pytest.mark.parametrize("text", ["", "mai", "12/31/2026", "31/02/2026", "1/1/26", "1/1/0000", "9" * 40, "1//2026"])
def test_what_is_no_day_is_refused_with_what_was_typed(text: str) -> None:
    with refused(BroadcastRefused, "console-day-wrong"):
        day_of(text, TODAY)
    assert words_of_day(text, TODAY) == ""


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_what_the_field_shows_is_read_as_that_day(day: date) -> None:
    assert day_of(typed(day), TODAY) == day


@given(st.text(max_size=30))
def test_nothing_else_than_a_refusal_comes_of_any_text(text: str) -> None:
    for read in (lambda: day_of(text, TODAY), lambda: hour_of(text)):
        try:
            read()
        except BroadcastRefused:
            continue


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("17:00", time(17)),
        ("7:05", time(7, 5)),
        ("17h", time(17)),
        ("17h30", time(17, 30)),
        ("17g30", time(17, 30)),
        ("1730", time(17, 30)),
        ("730", time(7, 30)),
        ("05:00:09", time(5, 0, 9)),
    ],
)
def test_hours_as_people_type_them(text: str, hour: time) -> None:
    assert hour_of(text) == hour


@pytest.mark.parametrize("text", ["", "25:00", "17:60", "5 PM", "chiều", "17"])
def test_what_is_no_hour_is_refused(text: str) -> None:
    with refused(BroadcastRefused, "console-hour-wrong"):
        hour_of(text)


def test_the_calendar_holds_each_day_once_under_its_weekday() -> None:
    last = TODAY + timedelta(days=45)
    found = months(TODAY, last, "2/12")
    listed = [day for month in found for week in month.weeks for day in week if day]
    assert [day.typed for day in listed] == [typed(TODAY + timedelta(days=n)) for n in range(46)]
    assert [day.typed for day in listed if day.chosen] == ["02/12/2026"]
    assert found[0].weeks[0][0] is not None, "30 November 2026 is a Monday"
    assert listed[0].words == "Thứ Hai 30/11/2026 · 22/10 âm lịch"


def test_no_field_leaves_the_order_of_a_date_to_the_browser() -> None:
    kinds = {found for page in TEMPLATES.glob("*.html") for found in re.findall('type="([a-z-]+)"', page.read_text())}
    assert not kinds & {"date", "time", "datetime-local", "month", "week"}


def test_a_day_is_said_with_its_weekday_and_chosen_without_script(browser: Any, device: Any) -> None:
    page = browser.get("/soan").text
    choices = re.findall('name="ngay" value="([^"]+)"', page)
    answer = browser.post("/soan/giu", {"title": "Họp", "text": "Mời họp.", "ngay": choices[3]}, page="/soan")
    assert answer.status_code == 200
    assert f'name="date" value="{choices[3]}"' in answer.text
    assert "Mời họp.</textarea>" in answer.text
    words = re.search('id="ngay"[^>]*>([^<]+)</output>', answer.text)
    assert words is not None
    assert words[1] == words_of_day(choices[3], TODAY)
