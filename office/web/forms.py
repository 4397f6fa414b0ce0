"""Forms as a browser posts them: parsed with limits, NFC, no invisible characters; and the times people choose."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl

from langso.timekeeping.clock import VIETNAM
from langso.words import nfc
from langso.words.catalogue import Sentence
from langso.words.harmless import plain
from office.errors import BroadcastRefused, PageRefused
from office.web.days import day_of, hour_of

MAX_FIELDS = 600
MAX_TYPED = 1000
"""Characters of a field that is typed in once and not kept."""
_MARK = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Form:
    """Names and values in the order sent."""

    fields: tuple[tuple[str, str], ...] = ()

    def one(self, name: str, most: int | None = 200) -> str:
        """The first value, one line, trimmed; "" where absent. Raises PageRefused over `most` characters; None: for
        what is given back as typed, of any length.
        """
        return " ".join(self.text(name, most).split())

    def text(self, name: str, most: int | None) -> str:
        """The first value with its lines, NFC. Raises PageRefused over `most` characters."""
        value = self.raw(name, most)
        return nfc(plain(value))

    def raw(self, name: str, most: int | None) -> str:
        """The first value as typed (passwords). Raises PageRefused over `most` characters."""
        value = next((value for key, value in self.fields if key == name), "")
        if most is not None and len(value) > most:
            raise PageRefused(Sentence("console-field-long", most=most), 413)
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
            raise BroadcastRefused(Sentence("console-number-wrong", text=text, low=low, high=high))
        return int(text)


def read_form(content_type: str, body: bytes) -> Form:
    """An urlencoded body. Raises PageRefused for any other kind, too many fields, or bytes that are no text."""
    if not body:
        return Form()
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise PageRefused(Sentence("console-form-kind"), 415)
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict", encoding="utf-8"
        )
    except ValueError as error:
        raise PageRefused(Sentence("console-form-unread"), 400) from error
    return Form(tuple(fields))


def new_mark() -> str:
    """What a form carries, by which a second sending of it is known."""
    return secrets.token_hex(8)


def mark_of(text: str) -> str:
    """The mark of a form that was sent; "" for anything else."""
    return text if _MARK.fullmatch(text) else ""


def moment_of(day: str, clock: str, today: date) -> datetime:
    """A typed day and time on Vietnam's wall clock, as UTC. Raises BroadcastRefused."""
    at = datetime.combine(day_of(day, today), hour_of(clock), VIETNAM)
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise BroadcastRefused(Sentence("console-day-wrong", text=day[:40])) from error
