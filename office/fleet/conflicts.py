"""Two machines that use one identity: what was seen, kept until staff have looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlite_utils

from langso.words.catalogue import Sentence

ConflictKind = Literal["state", "receipts", "boots"]


@dataclass(frozen=True)
class Conflict:
    """What was seen: two states of one `number`, two receipts of it, or two boots by turns; how often and when."""

    device: str
    kind: ConflictKind
    number: int | None
    first: datetime
    last: datetime
    count: int

    @property
    def detail(self) -> Sentence:
        """The same in words."""
        if self.kind == "boots":
            return Sentence("fleet-two-boots")
        id = "fleet-two-states" if self.kind == "state" else "fleet-two-receipts"
        return Sentence(id, number=self.number or 0)


def note_conflict(db: sqlite_utils.Database, device: str, kind: ConflictKind, number: int | None, now: str) -> None:
    """Counts one more sighting. `now`: ISO text."""
    db.execute(
        "INSERT INTO conflicts (device, kind, number, first_at, last_at, count) VALUES (?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (device, kind) DO UPDATE SET number = excluded.number, last_at = excluded.last_at,"
        " count = count + 1",
        [device, kind, number, now, now],
    )


def conflicts(db: sqlite_utils.Database) -> list[Conflict]:
    """All conflicts, the newest first."""
    rows = db.execute(
        "SELECT device, kind, number, first_at, last_at, count FROM conflicts ORDER BY last_at DESC"
    ).fetchall()
    return [
        Conflict(row[0], row[1], row[2], datetime.fromisoformat(row[3]), datetime.fromisoformat(row[4]), row[5])
        for row in rows
    ]


def settle(db: sqlite_utils.Database, device: str) -> None:
    """Staff have looked at this device: forgets its conflict (a new sighting notes it again)."""
    db.execute("DELETE FROM conflicts WHERE device = ?", [device])
