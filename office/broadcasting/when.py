"""Times as staff type them: `17:00`, `05:30:15`, `2026-11-25 17:00`, `+90` (seconds from now). Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from langso.timekeeping.clock import VIETNAM
from langso.words.catalogue import Sentence
from office.errors import BroadcastRefused

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DATED = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?")
_SOON = re.compile(r"\+(\d{1,6})")


def read_when(text: str, now: datetime) -> datetime:
    """The instant meant, UTC: a bare clock time is the next such time in Vietnam. Raises BroadcastRefused."""
    said = text.strip()
    try:
        if soon := _SOON.fullmatch(said):
            return now.astimezone(UTC) + timedelta(seconds=int(soon[1]))
        if dated := _DATED.fullmatch(said):
            return datetime(*(int(part or 0) for part in dated.groups()), tzinfo=VIETNAM).astimezone(UTC)  # type: ignore[arg-type, misc]
        if clock := _CLOCK.fullmatch(said):
            hour, minute, second = (int(part or 0) for part in clock.groups())
            there = now.astimezone(VIETNAM)
            found = there.replace(hour=hour, minute=minute, second=second, microsecond=0)
            return (found if found > there else found + timedelta(days=1)).astimezone(UTC)
    except ValueError as error:
        raise BroadcastRefused(Sentence("broadcasting-no-such-time", said=said[:40])) from error
    raise BroadcastRefused(Sentence("broadcasting-no-time", said=said[:40]))
