"""Forms as posted by a browser: parsed with limits, NFC, nothing invisible in it; and the times people choose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from urllib.parse import parse_qsl

from langso.timekeeping.clock import VIETNAM
from langso.words import nfc
from langso.words.harmless import plain
from office.errors import BroadcastRefused, PageRefused

MAX_FIELDS = 600
MAX_TYPED = 1000
"""Characters of a field that is typed in once and not kept."""
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")


@dataclass(frozen=True)
class Form:
    """Names and values in the order sent."""

    fields: tuple[tuple[str, str], ...] = ()

    def one(self, name: str, most: int = 200) -> str:
        """The first value, one line, trimmed; "" where absent. Raises PageRefused over `most` characters."""
        return " ".join(self.text(name, most).split())

    def text(self, name: str, most: int) -> str:
        """The first value with its lines, NFC. Raises PageRefused over `most` characters."""
        value = self.raw(name, most)
        return nfc(plain(value))

    def raw(self, name: str, most: int) -> str:
        """The first value as typed (passwords). Raises PageRefused over `most` characters."""
        value = next((value for key, value in self.fields if key == name), "")
        if len(value) > most:
            raise PageRefused(f"Một ô nhập dài quá {most} chữ; hãy quay lại rút ngắn.", 413)
        return value

    def many(self, name: str, most: int = 500) -> tuple[str, ...]:
        """All values of a repeated field, each once, in order."""
        found = dict.fromkeys(value.strip()[:100] for key, value in self.fields if key == name and value.strip())
        return tuple(found)[:most]

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number between `low` and `high`; `default` where the field is empty. Raises BroadcastRefused."""
        text = self.one(name, 20)
        if not text:
            return default
        if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
            raise BroadcastRefused(f"«{text}» không dùng được; hãy chọn một số từ {low} đến {high}.")
        return int(text)


def read_form(content_type: str, body: bytes) -> Form:
    """An urlencoded body. Raises PageRefused for any other kind, too many fields, or bytes that are no text."""
    if not body:
        return Form()
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise PageRefused("Kiểu nội dung này không nhận; hãy dùng ô nhập trên trang.", 415)
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict", encoding="utf-8"
        )
    except ValueError as error:
        raise PageRefused("Không đọc được nội dung gửi lên; hãy mở lại trang rồi nhập lại.", 400) from error
    return Form(tuple(fields))


def moment_of(date: str, clock: str) -> datetime:
    """`YYYY-MM-DD` and `HH:MM[:SS]` on Vietnam's wall clock, as UTC. Raises BroadcastRefused."""
    day, hour = _DATE.fullmatch(date.strip()), _TIME.fullmatch(clock.strip())
    try:
        if day is None or hour is None:
            raise ValueError(date)
        year, month, number = (int(part) for part in day.groups())
        at = time(int(hour[1]), int(hour[2]), int(hour[3] or 0))
        return datetime(year, month, number, at.hour, at.minute, at.second, tzinfo=VIETNAM).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BroadcastRefused("Ngày giờ phát chưa đúng; hãy chọn ngày và giờ, ví dụ 17:00.") from error
