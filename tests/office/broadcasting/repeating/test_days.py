"""The days of a rule against a plain look at every day; lunar days against known tables; nothing without bound."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langso.timekeeping.clock import VIETNAM, lunar_date
from office.broadcasting.repeating.days import (
    MOST_EXCEPTIONS,
    WIDEST,
    Repeat,
    divide,
    leave_out,
    occurrences,
    upcoming,
)
from office.broadcasting.repeating.holidays import is_holiday
from office.broadcasting.repeating.rules import Daily, DayOfMonth, Lunar, NthWeekday, Pattern, RepeatRule, Weekly
from office.errors import BroadcastRefused

DAY = timedelta(days=1)
FIVE = (time(5),)
FIRST = date(2026, 12, 7)
PATTERNS = st.one_of(
    st.builds(Daily, st.integers(1, 31)),
    st.builds(Weekly, st.lists(st.integers(1, 7), min_size=1).map(tuple), st.integers(1, 8)),
    st.builds(NthWeekday, st.sampled_from((1, 2, 3, 4, 5, -1)), st.integers(1, 7), st.integers(1, 6)),
    st.builds(DayOfMonth, st.integers(1, 31), st.sampled_from(("skip", "last")), st.integers(1, 6)),
    st.builds(Lunar, st.lists(st.integers(1, 30), min_size=1, max_size=3).map(tuple), st.booleans()),
)
ENDS = st.one_of(
    st.just((None, None)),
    st.tuples(st.dates(date(2027, 7, 1), date(2028, 6, 1)), st.none()),
    st.tuples(st.none(), st.integers(1, 90)),
)
REPEATS = st.builds(
    lambda pattern, end, first, times, without, holidays: Repeat(
        RepeatRule(pattern, *end), first, tuple(times), frozenset(without), holidays
    ),
    PATTERNS,
    ENDS,
    st.dates(date(2027, 1, 1), date(2027, 6, 30)),
    st.lists(st.times(), min_size=1, max_size=4),
    st.lists(st.dates(date(2027, 1, 1), date(2029, 1, 1)), max_size=5),
    st.sampled_from(("play", "skip", "only")),
)


def at(day: date, clock: time = time()) -> datetime:
    return datetime.combine(day, clock, VIETNAM)


def holds(pattern: Pattern, day: date, first: date) -> bool:
    """Whether a day is one of the pattern's: asked of the day alone, not counted on from the one before."""
    months = (day.year - first.year) * 12 + day.month - first.month
    length = calendar.monthrange(day.year, day.month)[1]
    match pattern:
        case Daily(every):
            return (day - first).days % every == 0
        case Weekly(days, every):
            weeks = (day.toordinal() - 1) // 7 - (first.toordinal() - 1) // 7
            return weeks % every == 0 and day.isoweekday() in days
        case NthWeekday(nth, weekday, every):
            which = day.day > length - 7 if nth == -1 else (day.day + 6) // 7 == nth
            return months % every == 0 and which and day.isoweekday() == weekday
        case DayOfMonth(wanted, short, every):
            return months % every == 0 and day.day == (min(wanted, length) if short == "last" else wanted)
        case Lunar(days, leap):
            found = lunar_date(day)
            return found.day in days and (leap or not found.leap)


def looked_at(repeat: Repeat, begin: date, until: date) -> list[datetime]:
    """What is played in Vietnam's days from `begin` until before `until`: every day since the first looked at."""
    found, seen, day = [], 0, repeat.first
    while day < until and (repeat.rule.until is None or day <= repeat.rule.until):
        if holds(repeat.rule.pattern, day, repeat.first):
            seen += 1
            if repeat.rule.count is not None and seen > repeat.rule.count:
                break
            off = is_holiday(day) if repeat.holidays == "skip" else repeat.holidays == "only" and not is_holiday(day)
            if day >= begin and not off and day not in repeat.without:
                found += [at(day, clock) for clock in sorted(set(repeat.times))]
        day += DAY
    return found


@settings(max_examples=40)
@given(REPEATS, st.dates(date(2027, 1, 1), date(2028, 6, 1)), st.integers(1, 62))
def test_a_window_holds_what_a_look_at_every_day_finds(repeat: Repeat, begin: date, days: int) -> None:
    end = begin + days * DAY
    assert list(occurrences(repeat, at(begin), at(end))) == looked_at(repeat, begin, end)


@settings(max_examples=40)
@given(REPEATS)
def test_the_next_times_are_those_of_the_days_to_come(repeat: Repeat) -> None:
    after = at(date(2027, 9, 15), time(5))
    wanted = [found for found in looked_at(repeat, repeat.first, date(2028, 9, 1)) if found > after][:5]
    assert list(upcoming(repeat, after))[: len(wanted)] == wanted


@settings(max_examples=40)
@given(REPEATS, st.integers(0, 20))
def test_a_rule_in_two_is_played_as_it_was_whole(repeat: Repeat, which: int) -> None:
    plain = Repeat(repeat.rule, repeat.first, FIVE)
    on = upcoming(plain, at(repeat.first) - DAY, which + 1)
    if not on:
        return
    day = on[-1].astimezone(VIETNAM).date()
    before, after = divide(repeat, day)
    begin, end = day - 31 * DAY, day + 31 * DAY
    parts = occurrences(before, at(begin), at(end)) if before else ()
    assert all(found < at(day) for found in parts)
    assert (*parts, *occurrences(after, at(begin), at(end))) == occurrences(repeat, at(begin), at(end))


def days_of(pattern: Pattern, first: date, until: date) -> list[date]:
    repeat, found, begin = Repeat(RepeatRule(pattern), first, FIVE), [], first
    while begin < until:
        end = min(begin + 60 * DAY, until)
        found += [when.astimezone(VIETNAM).date() for when in occurrences(repeat, at(begin), at(end))]
        begin = end
    return found


@pytest.mark.parametrize(
    ("year", "leap_first", "leap_ram", "months"),
    [
        # First and full moon's day of the leap months: sixth of 2025, fifth of 2028, third of 2031 (its new moon is
        # at 23:57 of 21 April in Hanoi, and on the 22nd in Chinese tables).
        (2025, date(2025, 7, 25), date(2025, 8, 8), 13),
        (2028, date(2028, 6, 23), date(2028, 7, 7), 13),
        (2031, date(2031, 4, 21), date(2031, 5, 5), 13),
        (2030, None, None, 12),
    ],
)
def test_leap_months_are_played_or_not(
    year: int, leap_first: date | None, leap_ram: date | None, months: int
) -> None:
    tet = {2025: date(2025, 1, 29), 2028: date(2028, 1, 26), 2030: date(2030, 2, 2), 2031: date(2031, 1, 23)}[year]
    following = {2025: date(2026, 2, 17), 2028: date(2029, 2, 13), 2030: date(2031, 1, 23), 2031: date(2032, 2, 11)}
    every = days_of(Lunar((1, 15)), tet, following[year])
    without = days_of(Lunar((1, 15), leap=False), tet, following[year])
    assert every[0] == tet
    assert len(every) == 2 * months
    assert len(without) == 24
    assert sorted(set(every) - set(without)) == [day for day in (leap_first, leap_ram) if day]


def test_the_lunar_days_of_2030_are_vietnams() -> None:
    # Chinese tables have 3 February and 17 February.
    assert days_of(Lunar((1, 15)), date(2030, 1, 25), date(2030, 3, 1)) == [date(2030, 2, 2), date(2030, 2, 16)]


def test_a_month_of_29_days_has_no_30th() -> None:
    found = days_of(Lunar((30,)), date(2026, 2, 17), date(2027, 2, 6))
    assert found
    assert all(lunar_date(day).day == 30 and lunar_date(day + DAY).day == 1 for day in found)
    assert 4 < len(found) < 9


def test_the_31st_of_a_short_month() -> None:
    assert [d.month for d in days_of(DayOfMonth(31), date(2027, 1, 1), date(2028, 1, 1))] == [1, 3, 5, 7, 8, 10, 12]
    last = days_of(DayOfMonth(31, "last"), date(2028, 1, 1), date(2029, 1, 1))
    assert [d.day for d in last] == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def test_hours_are_vietnams_wherever_the_window_is_asked_from() -> None:
    repeat = Repeat(RepeatRule(Daily()), FIRST, (time(17), time(5)))
    found = occurrences(repeat, datetime(2026, 12, 7, tzinfo=UTC), datetime(2026, 12, 8, tzinfo=UTC))
    assert found == (datetime(2026, 12, 7, 10, tzinfo=UTC), datetime(2026, 12, 7, 22, tzinfo=UTC))
    assert all(when.tzinfo is UTC for when in found)


def test_a_window_begins_with_its_first_instant_and_ends_before_its_last() -> None:
    repeat = Repeat(RepeatRule(Daily()), FIRST, FIVE)
    assert occurrences(repeat, at(FIRST, time(5)), at(FIRST + DAY, time(5))) == (at(FIRST, time(5)),)
    assert upcoming(repeat, at(FIRST, time(5)), 1) == (at(FIRST + DAY, time(5)),)


def test_a_day_left_out_counts_as_one_of_the_count() -> None:
    repeat = leave_out(Repeat(RepeatRule(Daily(), count=3), FIRST, FIVE), FIRST + DAY)
    assert upcoming(repeat, at(FIRST)) == (at(FIRST, time(5)), at(FIRST + 2 * DAY, time(5)))


def test_only_a_day_of_the_rule_divides_it() -> None:
    with pytest.raises(BroadcastRefused) as refused:
        divide(Repeat(RepeatRule(Weekly((1,))), FIRST, FIVE), FIRST + DAY)
    assert refused.value.args[0].id == "repeats-not-its-day"


def test_nothing_comes_before_the_first_day_divided() -> None:
    repeat = Repeat(RepeatRule(Weekly((1,))), FIRST, FIVE)
    assert divide(repeat, FIRST) == (None, repeat)


def test_no_window_is_wider_than_a_calendar_needs() -> None:
    repeat = Repeat(RepeatRule(Daily()), FIRST, tuple(time(hour) for hour in range(4)))
    assert len(occurrences(repeat, at(FIRST), at(FIRST) + WIDEST)) == 4 * WIDEST.days
    with pytest.raises(ValueError, match="wider"):
        occurrences(repeat, at(FIRST), at(FIRST) + WIDEST + timedelta(seconds=1))


def test_an_endless_rule_ends_with_the_years_that_are_known() -> None:
    repeat = Repeat(RepeatRule(Lunar((1,))), date(2099, 12, 1), FIVE)
    assert len(upcoming(repeat, at(FIRST), 50)) == 1
    assert upcoming(Repeat(RepeatRule(Daily()), FIRST, FIVE), at(date(2099, 12, 31), time(5))) == ()


@pytest.mark.parametrize(
    ("change", "id"),
    [
        ({"first": date(1999, 12, 31)}, "repeats-year"),
        ({"first": date(2100, 1, 1)}, "repeats-year"),
        ({"times": ()}, "repeats-times"),
        ({"times": tuple(time(hour) for hour in range(5))}, "repeats-times"),
        ({"times": (time(5, tzinfo=UTC),)}, "repeats-times"),
        ({"rule": RepeatRule(Daily(), until=FIRST - DAY)}, "repeats-until-before-first"),
        ({"without": frozenset(FIRST + n * DAY for n in range(MOST_EXCEPTIONS + 1))}, "repeats-exceptions"),
    ],
)
def test_what_cannot_be_repeated_is_refused(change: dict[str, object], id: str) -> None:
    good: dict[str, object] = {"rule": RepeatRule(Daily(), until=FIRST), "first": FIRST, "times": FIVE}
    Repeat(**good)  # type: ignore[arg-type]
    with pytest.raises(BroadcastRefused) as refused:
        Repeat(**good | change)  # type: ignore[arg-type]
    assert refused.value.args[0].id == id
