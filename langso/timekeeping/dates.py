"""Dates and times as people write them: weekday, day/month, lunar date, spoken hours. Units to join to sentences.

Each is in the language spoken now; the examples are Vietnamese.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from langso.timekeeping.clock import VIETNAM, lunar_date
from langso.words.catalogue import Sentence, t

_WRITTEN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s+(\d{1,2})[:hg](\d{2})")


def read_moment(text: str) -> datetime:
    """The moment (UTC) of a Vietnamese day and time typed in: `30/11/2026 08:15`. Raises ValueError."""
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        raise ValueError(f"no day and time: {text!r}")
    day, month, year, hour, minute = map(int, found.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=VIETNAM).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no day and time: {text!r}") from error


def local(moment: datetime) -> datetime:
    """The moment in Vietnam's zone. Raises ValueError for a naive one, which could mean anything."""
    if moment.tzinfo is None:
        raise ValueError("a naive time has no place in Vietnam")
    try:
        return moment.astimezone(VIETNAM)
    except OverflowError:
        # The last hours of the year 9999, or the first of year 1, that a device may send: no page fails of them.
        return moment.replace(tzinfo=VIETNAM)


def weekday(d: date) -> str:
    """ "Thứ Bảy"."""
    return t(f"dates-weekday-{d.isoweekday()}")


def day(d: date, *, year: bool = False) -> str:
    """ "Thứ Bảy 21/11", with ``/2026`` when ``year``."""
    named = {"weekday": weekday(d), "day": d.day, "month": d.month}
    return t("dates-day-of-year", **named, year=str(d.year)) if year else t("dates-day", **named)


def plain_date(d: date) -> str:
    """ "28/02/2027", of the date as it is given: for what ends on a day, without its weekday."""
    return t("dates-plain", day=f"{d.day:02d}", month=d.month, year=str(d.year))


def lunar(d: date) -> str:
    """ "13/10 âm lịch"; a leap month as "13/6 nhuận âm lịch"."""
    found = lunar_date(d)
    return t("dates-lunar-leap" if found.leap else "dates-lunar", day=found.day, month=found.month)


def day_with_lunar(d: date) -> str:
    """ "Thứ Bảy 21/11 · 13/10 âm lịch": the header of the kiosk and of the console's calendar."""
    return f"{day(d)} · {lunar(d)}"


def hour(moment: datetime, *, seconds: bool = False) -> str:
    """ "07:05" in Vietnam, "07:05:09" with ``seconds``."""
    return local(moment).strftime("%H:%M:%S" if seconds else "%H:%M")


def full(when: datetime) -> str:
    """ "07:05 Thứ Bảy 21/11/2026": for what lies years ahead or back."""
    return f"{hour(when)} {day(local(when).date(), year=True)}"


def moment(when: datetime, today: date | None = None) -> str:
    """ "07:05 hôm nay", "07:05 ngày mai", else "07:05 Thứ Bảy 21/11" (year when it is another)."""
    there = local(when)
    clock = hour(when)
    if today is not None:
        near = {0: "dates-today", 1: "dates-tomorrow", -1: "dates-yesterday"}.get((there.date() - today).days)
        if near:
            return t(near, clock=clock)
    return f"{clock} {day(there.date(), year=today is not None and there.year != today.year)}"


def spoken_hour(when: datetime) -> str:
    """ "7 giờ 5 phút", "17 giờ", for reading aloud."""
    there = local(when)
    if there.minute:
        minute = Sentence("dates-spoken-minute", minute=there.minute)
        return t("dates-spoken-hour-minute", hour=there.hour, minute=minute)
    return t("dates-spoken-hour", hour=there.hour)


def spoken_day(d: date) -> str:
    """ "thứ bảy, ngày 21 tháng 11", for reading aloud."""
    return t("dates-spoken-day", weekday=t(f"dates-spoken-weekday-{d.isoweekday()}"), day=d.day, month=d.month)


def ago(then: datetime, now: datetime) -> str:
    """ "vừa xong", "5 phút trước", "3 giờ trước", "2 ngày trước"; the future counts as just now."""
    passed = max(now - then, timedelta(0))
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return t("dates-just-now")
    if minutes < 60:
        return t("dates-minutes-ago", minutes=minutes)
    if minutes < 60 * 24:
        return t("dates-hours-ago", hours=minutes // 60)
    return t("dates-days-ago", days=minutes // (60 * 24))
