"""The days and instants at which a repeated broadcast is played. Pure, and bounded whatever the rule says.

Hours are Vietnam's, joined to a day of Vietnam's: no zone of a browser or of this machine moves them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Literal

from dateutil.rrule import rrulestr

from langso.timekeeping.clock import VIETNAM, lunar_date
from langso.timekeeping.dates import local
from langso.words.catalogue import Sentence
from office.broadcasting.repeating.holidays import is_holiday
from office.broadcasting.repeating.rules import (
    LAST_YEAR,
    Daily,
    Lunar,
    RepeatRule,
    Weekly,
    check_year,
)
from office.errors import BroadcastRefused

MOST_TIMES = 4
MOST_EXCEPTIONS = 366
WIDEST = timedelta(days=62)
"""The widest window that is ever expanded: a plan's 14 days, a calendar's month."""
LOOK_AHEAD = timedelta(days=5 * 366)
"""How far the next times are looked for."""
_DAY = timedelta(days=1)
_LAST = date(LAST_YEAR, 12, 31)


@dataclass(frozen=True)
class Repeat:
    """A rule from its first possible day on, at one to four hours (Vietnam's) of each of its days. `holidays`: played
    as on other days, left out, or the only days played. `without`: days left out (EXDATE). Raises BroadcastRefused.
    """

    rule: RepeatRule
    first: date
    times: tuple[time, ...]
    without: frozenset[date] = frozenset()
    holidays: Literal["play", "skip", "only"] = "play"

    def __post_init__(self) -> None:
        check_year(self.first)
        if self.rule.until is not None and self.rule.until < self.first:
            raise BroadcastRefused(Sentence("repeats-until-before-first"))
        if not 1 <= len(set(self.times)) <= MOST_TIMES or any(moment.tzinfo for moment in self.times):
            raise BroadcastRefused(Sentence("repeats-times", most=MOST_TIMES))
        if len(self.without) > MOST_EXCEPTIONS:
            raise BroadcastRefused(Sentence("repeats-exceptions", most=MOST_EXCEPTIONS))
        object.__setattr__(self, "times", tuple(sorted(set(self.times))))

    def plays_on(self, day: date) -> bool:
        """Whether a day of its rule is played: neither left out by hand nor by what is said of holidays."""
        if day in self.without:
            return False
        return self.holidays == "play" or is_holiday(day) == (self.holidays == "only")


def occurrences(repeat: Repeat, begin: datetime, end: datetime) -> tuple[datetime, ...]:
    """Every instant (UTC, in order) from `begin` until before `end`. Raises ValueError for one wider than WIDEST."""
    if end - begin > WIDEST:
        raise ValueError("a window wider than any plan or calendar")
    return tuple(_instants(repeat, begin, end))


def upcoming(repeat: Repeat, after: datetime, most: int = 5) -> tuple[datetime, ...]:
    """The next instants (UTC) after `after`, at most `most` and within LOOK_AHEAD of it or of the first day."""
    begin = max(after, datetime.combine(repeat.first, time(), VIETNAM) - _DAY)
    return tuple(islice((found for found in _instants(repeat, begin, begin + LOOK_AHEAD) if found > after), most))


def leave_out(repeat: Repeat, day: date) -> Repeat:
    """The same without this one day; no other is moved. Raises BroadcastRefused."""
    return replace(repeat, without=repeat.without | {day})


def divide(repeat: Repeat, day: date) -> tuple[Repeat | None, Repeat]:
    """What is played before `day` (None: nothing) and from it on; together they are played as the whole was.

    `day` is a day of the rule, or BroadcastRefused is raised.
    """
    if next(_days(repeat, day), None) != day:
        raise BroadcastRefused(Sentence("repeats-not-its-day"))
    rule, earlier = repeat.rule, sum(1 for _ in _days(repeat, repeat.first, day - _DAY)) if repeat.rule.count else 0
    rest = rule if rule.count is None else replace(rule, count=rule.count - earlier)
    before = None
    if next(_days(repeat, repeat.first)) < day:
        before = replace(repeat, rule=replace(rule, until=day - _DAY, count=None))
    return before, replace(repeat, rule=rest, first=day)


def _instants(repeat: Repeat, begin: datetime, end: datetime) -> Iterator[datetime]:
    for day in _days(repeat, local(begin).date(), local(end).date()):
        if repeat.plays_on(day):
            for moment in repeat.times:
                found = datetime.combine(day, moment, VIETNAM).astimezone(UTC)
                if begin <= found < end:
                    yield found


def _days(repeat: Repeat, begin: date, last: date = _LAST) -> Iterator[date]:
    """The rule's days from `begin` to `last`, both included, before any is left out."""
    until = min(last, repeat.rule.until or _LAST, _LAST)
    # Days are counted from the first on; without a count the years that are over need not be gone through.
    start = repeat.first if repeat.rule.count else max(begin, repeat.first)
    every = (
        _lunar_days(repeat.rule.pattern, start, until)
        if isinstance(repeat.rule.pattern, Lunar)
        else _solar(repeat, start, until)
    )
    for day in islice(every, repeat.rule.count):
        if day >= begin:
            yield day


def _solar(repeat: Repeat, start: date, until: date) -> Iterator[date]:
    aligned = _aligned(repeat, start)
    for moment in rrulestr(repeat.rule.pattern.text, dtstart=datetime.combine(aligned, time())):
        day = moment.date()
        if day > until:
            return
        if day >= start:
            yield day


def _aligned(repeat: Repeat, start: date) -> date:
    """A day at or before `start` from which the rule counts the same days, weeks and months as from its first."""
    pattern, first = repeat.rule.pattern, repeat.first
    if isinstance(pattern, Daily):
        return first + (start - first).days // pattern.every * pattern.every * _DAY
    if isinstance(pattern, Weekly):
        monday = first - (first.isoweekday() - 1) * _DAY
        weeks = (start - monday).days // 7
        return monday + 7 * (weeks // pattern.every * pattern.every) * _DAY
    if isinstance(pattern, Lunar):
        return start
    months = (start.year - first.year) * 12 + start.month - first.month
    whole = first.year * 12 + first.month - 1 + months // pattern.every * pattern.every
    return date(whole // 12, whole % 12 + 1, 1)


def _lunar_days(pattern: Lunar, start: date, until: date) -> Iterator[date]:
    day = start
    while day <= until:
        here = lunar_date(day)
        if here.day in pattern.days and (pattern.leap or not here.leap):
            yield day
        # To the month's next wanted day; else to what follows its 29th, which is its 30th or the next month's first.
        ahead = next((wanted for wanted in pattern.days if wanted > here.day), max(30, here.day + 1))
        day += (ahead - here.day) * _DAY
