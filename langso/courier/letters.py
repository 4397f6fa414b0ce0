"""Names of what a courier carries: one letter a file, in clear only what a retained topic would say too. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from langso.contract import Topics
from langso.contract.topics import SLUG

Direction = Literal["to-devices", "to-office"]

MAX_LETTER = 2 << 20
"""Bytes of a letter: an envelope around the largest document."""
MAX_LETTERS = 4000
"""Letters read of one folder: 102 loudspeakers with a month of receipts each stay far below it."""
TRUST_FIRST = ("trust", "ack", "order", "urgent", "catalogue", "plan", "state", "receipts", "dossier")
"""In this order letters are taken: a new trust may be what the others hang on."""
_WIDE = ("trust", "catalogue", "plan")
_MARK = "[0-9a-f]{32}"
_COPY = r"(?: ?\(\d{1,3}\)| (?:- )?(?:copy|b\u1ea3n sao)(?: ?\(?\d{1,3}\)?)?| \d{1,3})"
"""What phones and file managers add to the name of what lies there already. Our own names hold no space and no
bracket, so that nothing of ours is read as one: `loa-2` stays another device than `loa`.
"""
_CARRIED = re.compile(rf"(?P<stem>[^ (]+?){_COPY}?(?P<end>\.json)?{_COPY}?(?:\.(?:txt|bin|dat))?", re.IGNORECASE)
_NAMES: tuple[tuple[Direction, re.Pattern[str]], ...] = (
    ("to-devices", re.compile(rf"(?P<kind>{'|'.join(_WIDE)})\.json")),
    ("to-devices", re.compile(rf"(?P<kind>urgent)\.(?P<issuer>{SLUG})\.json")),
    ("to-devices", re.compile(rf"(?P<kind>order)\.(?P<device>{SLUG})\.json")),
    ("to-devices", re.compile(rf"(?P<kind>ack)\.(?P<device>{SLUG})\.(?P<mark>{_MARK})\.json")),
    ("to-office", re.compile(rf"(?P<kind>state)\.(?P<device>{SLUG})\.json")),
    ("to-office", re.compile(rf"(?P<kind>receipts|dossier)\.(?P<device>{SLUG})\.(?P<mark>{_MARK})\.json")),
)
_MOST_NAME = 200


@dataclass(frozen=True)
class Letter:
    """One signed envelope on its way. `kind` as the topic's leaf (`ack` for `receipts/ack`); `issuer` of an urgent
    order; `device` whose it is; `mark`: 32 hex digits that tell letters of one device apart.
    """

    kind: str
    issuer: str | None = None
    device: str | None = None
    mark: str | None = None

    @property
    def name(self) -> str:
        """The file it lies in; FAT keeps it as it is."""
        return ".".join([*filter(None, (self.kind, self.issuer, self.device, self.mark)), "json"])

    @property
    def direction(self) -> Direction:
        """Whom it is for. Raises ValueError where such a letter has no name."""
        way = _read(self.name)
        if way is None:
            raise ValueError(f"no letter is named {self.name!r}")
        return way[0]

    def topic(self, topics: Topics) -> str:
        """The topic that would carry it where there is a line."""
        if self.kind in _WIDE:
            return f"{topics.root}/{self.kind}"
        if self.kind == "urgent":
            return topics.urgent(self.issuer or "")
        return topics.device(self.device or "", "receipts/ack" if self.kind == "ack" else self.kind)

    def is_for(self, device: str) -> bool:
        """Whether this device has anything to do with it."""
        return self.device in (None, device)


def read_letter(direction: Direction, name: str) -> Letter | None:
    """The letter a file of that folder is by its name; None for a stranger's file."""
    found = _read(name)
    return found[1] if found is not None and found[0] == direction else None


def as_written(name: str) -> str:
    """The name that a file had before a phone or a file manager changed it: capitals, `(1)`, ` - Copy`, `.txt` behind
    it. A name that nobody changed is itself; so is whatever else is no name of ours.
    """
    if len(name) > _MOST_NAME:
        return name
    changed = _CARRIED.fullmatch(name)
    return name if changed is None else f"{changed['stem']}{changed['end'] or ''}".lower()


def mark_of(number: int, raw: bytes) -> str:
    """The mark of a letter by its number with the sender and its bytes: the same letter twice has one name, and one
    device's letters stand in the order in which they were written.
    """
    return f"{number:012x}{hashlib.sha256(raw).hexdigest()[:20]}"


def in_order(letters: list[Letter]) -> list[Letter]:
    """As they are to be taken."""
    return sorted(letters, key=lambda letter: (TRUST_FIRST.index(letter.kind), letter.name))


def _read(name: str) -> tuple[Direction, Letter] | None:
    if len(name) > _MOST_NAME:
        return None
    for direction, pattern in _NAMES:
        if found := pattern.fullmatch(name):
            return direction, Letter(**found.groupdict())
    return None
