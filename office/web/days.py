"""The day and time of a broadcast: typed, day before month whatever the browser's country is, or from a calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from langso.timekeeping import dates
from langso.words.catalogue import Sentence
from langso.words.language import Language, language
from office.errors import BroadcastRefused

_TYPED = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})(?:\s*[/.\- ]\s*(\d{4}))?")
# A phone's number pad has no stroke.
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_HOUR = re.compile(r"(\d{1,2})\s*[:.hHgG]\s*(\d{1,2})?(?::(\d{1,2}))?")
_HOUR_DIGITS = re.compile(r"(\d{1,2})(\d{2})()")


@dataclass(frozen=True)
class CalendarDay:
    """One day to choose. `typed`: as the field holds it; `words`: with weekday and lunar date."""

    number: int
    typed: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class CalendarMonth:
    """The days of one month that may be chosen, Monday first; None where a week has no such day."""

    name: str
    weeks: tuple[tuple[CalendarDay | None, ...], ...]


def typed(day: date) -> str:
    """ "21/11/2026": the one order of a date here."""
    return f"{day:%d/%m/%Y}"


def day_of(text: str, today: date) -> date:
    """A typed day: day, month, and year unless it is the next such day; or YYYY-MM-DD. Raises BroadcastRefused."""
    said = " ".join(text.split())
    iso, ours = _ISO.fullmatch(said), _TYPED.fullmatch(said) or _DIGITS.fullmatch(said)
    try:
        if iso is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if ours is None:
            raise ValueError(said)
        number, month = int(ours[1]), int(ours[2])
        if ours[3] is not None:
            return date(int(ours[3]), month, number)
        return next(day for year in range(today.year, today.year + 2) if (day := date(year, month, number)) >= today)
    except (ValueError, StopIteration) as error:
        raise BroadcastRefused(Sentence("console-day-wrong", text=said[:40])) from error


def hour_of(text: str) -> time:
    """A typed time: 17:00, 17h, 17h30, 17g30, 7:05:30, 1730. Raises BroadcastRefused."""
    said = " ".join(text.split())
    found = _HOUR.fullmatch(said) or _HOUR_DIGITS.fullmatch(said)
    try:
        if found is None:
            raise ValueError(said)
        hour, minute, second = (int(part or 0) for part in found.groups())
        return time(hour, minute, second)
    except ValueError as error:
        raise BroadcastRefused(Sentence("console-hour-wrong", text=said[:40])) from error


def words_of_day(text: str, today: date) -> str:
    """A typed day with its weekday, year and lunar date; "" where it is none."""
    try:
        day = day_of(text, today)
        return f"{dates.day(day, year=True)} · {dates.lunar(day)}"
    except (BroadcastRefused, ValueError, OverflowError):
        return ""


def months(today: date, last: date, text: str) -> tuple[CalendarMonth, ...]:
    """The calendar from today on; `text`: what is in the field now."""
    try:
        chosen: date | None = day_of(text, today)
    except BroadcastRefused:
        chosen = None
    shown = chosen if chosen is not None and today <= chosen <= last else None
    return _months(today, last, shown, language())


@lru_cache(maxsize=128)
def _months(today: date, last: date, chosen: date | None, spoken: Language) -> tuple[CalendarMonth, ...]:
    """Six weeks in words, made once: every form carries them. `spoken`: in which language."""
    del spoken
    found = []
    first = today.replace(day=1)
    while first <= last:
        after = (first + timedelta(days=32)).replace(day=1)
        listed = [first + timedelta(days=offset) for offset in range((after - first).days)]
        days: list[CalendarDay | None] = [None] * first.weekday()
        days += [_day(day, chosen) if today <= day <= last else None for day in listed]
        days += [None] * (-len(days) % 7)
        weeks = tuple(tuple(days[start : start + 7]) for start in range(0, len(days), 7))
        found.append(CalendarMonth(f"{first:%m/%Y}", tuple(week for week in weeks if any(week))))
        first = after
    return tuple(found)


def sensible(now: datetime) -> datetime:
    """A quarter of an hour ahead on Vietnam's clock, on a full five minutes: what an empty form proposes."""
    soon = dates.local(now + timedelta(minutes=15))
    return soon.replace(minute=soon.minute // 5 * 5, second=0, microsecond=0)


def _day(day: date, chosen: date | None) -> CalendarDay:
    return CalendarDay(day.day, typed(day), f"{dates.day(day, year=True)} · {dates.lunar(day)}", day == chosen)
