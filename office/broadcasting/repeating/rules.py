"""A rule of repetition and its text: the part of RFC 5545's RRULE that a timetable of loudspeakers needs. Pure.

Lunar rules are our own extension in the manner of RFC 7529: `RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15`. No
other program knows that calendar, so they leave this house as dates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from langso.words.catalogue import Sentence
from office.errors import BroadcastRefused

MOST_TEXT = 200
MOST_COUNT = 1000
FIRST_YEAR, LAST_YEAR = 2000, 2099
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_DAYS_APART, MOST_WEEKS_APART = 31, 8
MOST_MONTHS_APART = 6
"""With at most six months between, every monthly rule has a day within a few years: no search is endless."""
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_NUMBER = re.compile(r"-?[0-9]{1,4}")
_NTH = re.compile(r"(-?[0-9])(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"([0-9]{8})(?:T165959Z)?")
"""A day, or its last second in Vietnam, as RFC 5545 wants it beside a start that has a zone."""


@dataclass(frozen=True)
class Daily:
    """Every day, or every so many days."""

    every: int = 1

    def __post_init__(self) -> None:
        _check_apart(self.every, MOST_DAYS_APART)

    @property
    def text(self) -> str:
        """As in an RRULE."""
        return f"FREQ=DAILY{_interval(self.every)}"


@dataclass(frozen=True)
class Weekly:
    """On these weekdays (1 Monday to 7 Sunday) of each week, or of every so many weeks."""

    days: tuple[int, ...]
    every: int = 1

    def __post_init__(self) -> None:
        _check_apart(self.every, MOST_WEEKS_APART)
        if not self.days or not set(self.days) <= set(range(1, 8)):
            raise BroadcastRefused(Sentence("repeats-no-weekday"))
        object.__setattr__(self, "days", tuple(sorted(set(self.days))))

    @property
    def text(self) -> str:
        """As in an RRULE."""
        return f"FREQ=WEEKLY{_interval(self.every)};BYDAY={','.join(WEEKDAYS[day - 1] for day in self.days)}"


@dataclass(frozen=True)
class NthWeekday:
    """On the first to fifth, or last (-1), such weekday of the month; a month without a fifth is left out."""

    nth: int
    day: int
    every: int = 1

    def __post_init__(self) -> None:
        _check_apart(self.every, MOST_MONTHS_APART)
        if self.nth not in (1, 2, 3, 4, 5, -1) or not 1 <= self.day <= 7:
            raise BroadcastRefused(Sentence("repeats-no-such-weekday"))

    @property
    def text(self) -> str:
        """As in an RRULE."""
        return f"FREQ=MONTHLY{_interval(self.every)};BYDAY={self.nth}{WEEKDAYS[self.day - 1]}"


@dataclass(frozen=True)
class DayOfMonth:
    """On this day of the month. `short`: a month that lacks it is left out (`skip`), or has its last day (`last`)."""

    day: int
    short: Literal["skip", "last"] = "skip"
    every: int = 1

    def __post_init__(self) -> None:
        _check_apart(self.every, MOST_MONTHS_APART)
        if not 1 <= self.day <= 31:
            raise BroadcastRefused(Sentence("repeats-no-such-day"))
        if self.day <= 28:
            object.__setattr__(self, "short", "skip")  # every month has it

    @property
    def text(self) -> str:
        """As in an RRULE."""
        if self.short == "skip":
            return f"FREQ=MONTHLY{_interval(self.every)};BYMONTHDAY={self.day}"
        days = ",".join(map(str, range(28, self.day + 1)))
        return f"FREQ=MONTHLY{_interval(self.every)};BYMONTHDAY={days};BYSETPOS=-1"


@dataclass(frozen=True)
class Lunar:
    """On these days of each Vietnamese lunar month (1: mùng 1, 15: rằm); `leap`: in leap months too. A month of 29
    days has no day 30, and is left out for it.
    """

    days: tuple[int, ...]
    leap: bool = True

    def __post_init__(self) -> None:
        if not self.days or not set(self.days) <= set(range(1, 31)):
            raise BroadcastRefused(Sentence("repeats-no-lunar-day"))
        object.__setattr__(self, "days", tuple(sorted(set(self.days))))

    @property
    def text(self) -> str:
        """As in an RRULE of our own calendar."""
        days = ",".join(map(str, self.days))
        return f"RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY={days}{'' if self.leap else ';X-LEAP=SKIP'}"


Pattern = Daily | Weekly | NthWeekday | DayOfMonth | Lunar


@dataclass(frozen=True)
class RepeatRule:
    """A pattern and its end: with its day `until`, after `count` of its days (those left out count too), or never."""

    pattern: Pattern
    until: date | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.count is not None:
            raise BroadcastRefused(Sentence("repeats-two-ends"))
        if self.until is not None:
            check_year(self.until)
        if self.count is not None and not 1 <= self.count <= MOST_COUNT:
            raise BroadcastRefused(Sentence("repeats-count", most=MOST_COUNT))

    @property
    def text(self) -> str:
        """The value of an RRULE, as it is stored; `read_rule` reads it."""
        if self.until is not None:
            return f"{self.pattern.text};UNTIL={self.until:%Y%m%d}T165959Z"
        return self.pattern.text if self.count is None else f"{self.pattern.text};COUNT={self.count}"


def read_rule(text: str) -> RepeatRule:
    """The rule of an RRULE's value. Raises BroadcastRefused for what is none, and for one this house never plays."""
    said = text.strip()
    if len(said) > MOST_TEXT:
        raise _unread(said)
    parts = [part.partition("=") for part in said.upper().removeprefix("RRULE:").split(";")]
    found = {name: value for name, _, value in parts}
    if len(found) != len(parts):
        raise _unread(said)
    if found.get("FREQ") in _TOO_OFTEN:
        raise BroadcastRefused(Sentence("repeats-too-often"))
    until, count = found.pop("UNTIL", None), found.pop("COUNT", None)
    try:
        pattern = _pattern(found)
        return RepeatRule(pattern, None if until is None else _day(until), None if count is None else _number(count))
    except (KeyError, ValueError) as error:
        if isinstance(error, BroadcastRefused):
            raise
        raise _unread(said) from error


def check_year(day: date) -> None:
    """Raises BroadcastRefused for a day of no year in which lunar dates and people's plans are sure."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BroadcastRefused(Sentence("repeats-year", first=str(FIRST_YEAR), last=str(LAST_YEAR)))


def _pattern(found: Mapping[str, str]) -> Pattern:
    left = dict(found)
    frequency, every = left.pop("FREQ"), _number(left.pop("INTERVAL", "1"))
    names = frozenset(left)
    if frequency == "DAILY" and not names:
        return Daily(every)
    if frequency == "WEEKLY" and names == {"BYDAY"}:
        return Weekly(tuple(WEEKDAYS.index(day) + 1 for day in left["BYDAY"].split(",")), every)
    if frequency == "MONTHLY" and names == {"BYDAY"} and (nth := _NTH.fullmatch(left["BYDAY"])):
        return NthWeekday(int(nth[1]), WEEKDAYS.index(nth[2]) + 1, every)
    if frequency == "MONTHLY" and "BYMONTHDAY" in names:
        days = tuple(map(_number, left["BYMONTHDAY"].split(",")))
        if left.get("RSCALE") == "VIETNAMESE" and names <= {"RSCALE", "BYMONTHDAY", "X-LEAP"} and every == 1:
            if left.get("X-LEAP", "SKIP") == "SKIP":
                return Lunar(days, leap="X-LEAP" not in names)
        elif names == {"BYMONTHDAY"} and len(days) == 1:
            return DayOfMonth(days[0], every=every)
        elif names == {"BYMONTHDAY", "BYSETPOS"} and left["BYSETPOS"] == "-1":
            if days[-1] <= 28 or days != tuple(range(28, days[-1] + 1)):
                raise ValueError("no last days of a month")
            return DayOfMonth(days[-1], "last", every)
    raise ValueError("no pattern of this house")


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"no number: {text!r}")
    return int(text)


def _day(text: str) -> date:
    found = _UNTIL.fullmatch(text)
    if not found:
        raise ValueError(f"no day: {text!r}")
    return datetime.strptime(found[1], "%Y%m%d").date()


def _interval(every: int) -> str:
    return "" if every == 1 else f";INTERVAL={every}"


def _check_apart(every: int, most: int) -> None:
    if not 1 <= every <= most:
        raise BroadcastRefused(Sentence("repeats-apart", most=most))


def _unread(said: str) -> BroadcastRefused:
    return BroadcastRefused(Sentence("repeats-unread", said=said[:40]))
