"""Dates and times as Vietnamese people write them: weekday, day/month, lunar date, spoken hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from langso.timekeeping.clock import VIETNAM, lunar_date

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def local(moment: datetime) -> datetime:
    """The moment in Vietnam's zone. Raises ValueError for a naive one, which could mean anything."""
    if moment.tzinfo is None:
        raise ValueError("a naive time has no place in Vietnam")
    return moment.astimezone(VIETNAM)


def day(d: date, *, year: bool = False) -> str:
    """ "Thứ Bảy 21/11", with ``/2026`` when ``year``."""
    return f"{WEEKDAYS[d.weekday()]} {d.day}/{d.month}" + (f"/{d.year}" if year else "")


def lunar(d: date) -> str:
    """ "13/10 âm lịch"; a leap month as "13/6 nhuận âm lịch"."""
    found = lunar_date(d)
    return f"{found.day}/{found.month}{' nhuận' if found.leap else ''} âm lịch"


def day_with_lunar(d: date) -> str:
    """ "Thứ Bảy 21/11 · 13/10 âm lịch": the header of the kiosk and of the console's calendar."""
    return f"{day(d)} · {lunar(d)}"


def hour(moment: datetime, *, seconds: bool = False) -> str:
    """ "07:05" in Vietnam, "07:05:09" with ``seconds``."""
    return local(moment).strftime("%H:%M:%S" if seconds else "%H:%M")


def full(when: datetime) -> str:
    """ "07:05 Thứ Bảy 21/11/2026": for what lies years ahead or back."""
    return f"{hour(when)} {day(local(when).date(), year=True)}"


def moment(when: datetime, *, today: date | None = None) -> str:
    """ "07:05 hôm nay", "07:05 ngày mai", else "07:05 Thứ Bảy 21/11" (year when it is another)."""
    there = local(when)
    clock = hour(when)
    if today is not None:
        near = {0: "hôm nay", 1: "ngày mai", -1: "hôm qua"}.get((there.date() - today).days)
        if near:
            return f"{clock} {near}"
    return f"{clock} {day(there.date(), year=today is not None and there.year != today.year)}"


def spoken_hour(when: datetime) -> str:
    """ "7 giờ 5 phút", "17 giờ", for reading aloud."""
    there = local(when)
    return f"{there.hour} giờ" + (f" {there.minute} phút" if there.minute else "")


def spoken_day(d: date) -> str:
    """ "thứ bảy, ngày 21 tháng 11", for reading aloud."""
    return f"{WEEKDAYS[d.weekday()].lower()}, ngày {d.day} tháng {d.month}"


def ago(then: datetime, now: datetime) -> str:
    """ "vừa xong", "5 phút trước", "3 giờ trước", "2 ngày trước"; the future counts as just now."""
    passed = max(now - then, timedelta(0))
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return "vừa xong"
    if minutes < 60:
        return f"{minutes} phút trước"
    if minutes < 60 * 24:
        return f"{minutes // 60} giờ trước"
    return f"{minutes // (60 * 24)} ngày trước"
