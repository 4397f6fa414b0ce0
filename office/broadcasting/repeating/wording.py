"""A repetition said in words before it is saved: how often, at which hours, from when, without what; its next times.

In the language spoken now; the examples are Vietnamese.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from langso.timekeeping.dates import day, hour, local, lunar, plain_date
from langso.words.catalogue import t
from office.broadcasting.repeating.days import Repeat, upcoming
from office.broadcasting.repeating.rules import Daily, DayOfMonth, NthWeekday, Pattern, Weekly

_MOST_NAMED = 5


def how_often(pattern: Pattern) -> str:
    """ "Mỗi thứ Hai, thứ Tư"; "Ngày 31 hằng tháng, tháng không có thì ngày cuối tháng"."""
    if isinstance(pattern, Daily):
        return t("repeats-daily", every=pattern.every)
    if isinstance(pattern, Weekly):
        if pattern.every == 1 and pattern.days == (1, 2, 3, 4, 5):
            return t("repeats-weekdays")
        return t("repeats-weekly", days=_joined(t(f"repeats-on-{d}") for d in pattern.days), every=pattern.every)
    if isinstance(pattern, NthWeekday):
        named = {"day": t(f"repeats-on-{pattern.day}"), "every": pattern.every}
        if pattern.nth == 5:
            return t("repeats-fifth-weekday", **named)
        return t("repeats-nth-weekday", nth=t(f"repeats-nth-{'last' if pattern.nth == -1 else pattern.nth}"), **named)
    if isinstance(pattern, DayOfMonth):
        if pattern.day <= 28:
            return t("repeats-day-of-month", day=pattern.day, every=pattern.every)
        id = "repeats-or-last-day" if pattern.short == "last" else "repeats-or-not"
        return t(id, day=pattern.day, every=pattern.every)
    days = _joined(t("repeats-ram") if d == 15 else t("repeats-lunar-day", day=d) for d in pattern.days)
    return t("repeats-lunar" if pattern.leap else "repeats-lunar-no-leap", days=days)


def restated(repeat: Repeat, now: datetime) -> str:
    """ "Mỗi thứ Hai, thứ Tư lúc 05:00, từ 07/12/2026, trừ ngày lễ; lần đầu: Thứ Hai 7/12, 05:00." With a rule
    that has begun, the next time; with one that is over or never plays, that there is none.
    """
    hours = _joined(_clock(moment) for moment in repeat.times)
    said = [t("repeats-at", often=how_often(repeat.rule.pattern), hours=hours, first=plain_date(repeat.first))]
    if repeat.rule.until is not None:
        said.append(t("repeats-until", last=plain_date(repeat.rule.until)))
    if repeat.rule.count is not None:
        said.append(t("repeats-times-in-all", count=repeat.rule.count))
    if repeat.holidays != "play":
        said.append(t(f"repeats-holidays-{repeat.holidays}"))
    if repeat.without:
        said.append(t("repeats-without", days=_some(repeat.without)))
    found = upcoming(repeat, now, 1)
    if not found:
        return t("repeats-then-never", rule=_joined(said))
    begun = datetime.combine(repeat.first, time(), local(now).tzinfo) <= now
    return t(
        "repeats-then-next" if begun else "repeats-then-first",
        rule=_joined(said),
        day=_near(found[0], now),
        clock=hour(found[0]),
    )


def listed(repeat: Repeat, now: datetime, most: int = 5) -> tuple[str, ...]:
    """The next times, each as "Thứ Hai 7/12 · 29/10 âm lịch, 05:00"; the year where it is another than now."""
    return tuple(
        t("repeats-one-time", day=_near(found, now), lunar=lunar(local(found).date()), clock=hour(found))
        for found in upcoming(repeat, now, most)
    )


def _near(when: datetime, now: datetime) -> str:
    there = local(when).date()
    return day(there, year=there.year != local(now).year)


def _some(days: Iterable[date]) -> str:
    every = sorted(days)
    named = _joined(plain_date(d) for d in every[:_MOST_NAMED])
    return named if len(every) <= _MOST_NAMED else t("repeats-and-more", days=named, more=len(every) - _MOST_NAMED)


def _clock(moment: time) -> str:
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)
