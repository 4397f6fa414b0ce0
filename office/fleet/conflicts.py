"""Two machines with one identity: what was seen of it, kept until staff have looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlite_utils


@dataclass(frozen=True)
class Conflict:
    """`kind`: state, receipts or boots; `detail`: Vietnamese; how often and when."""

    device: str
    kind: str
    detail: str
    first: datetime
    last: datetime
    count: int


def note_conflict(db: sqlite_utils.Database, device: str, kind: str, detail: str, now: str) -> None:
    """One more sighting. `now`: ISO text."""
    db.execute(
        "INSERT INTO conflicts (device, kind, detail, first_at, last_at, count) VALUES (?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (device, kind) DO UPDATE SET detail = excluded.detail, last_at = excluded.last_at,"
        " count = count + 1",
        [device, kind, detail[:500], now, now],
    )


def conflicts(db: sqlite_utils.Database) -> list[Conflict]:
    """All that is noted, the newest first."""
    rows = db.execute(
        "SELECT device, kind, detail, first_at, last_at, count FROM conflicts ORDER BY last_at DESC"
    ).fetchall()
    return [
        Conflict(row[0], row[1], row[2], datetime.fromisoformat(row[3]), datetime.fromisoformat(row[4]), row[5])
        for row in rows
    ]


def settle(db: sqlite_utils.Database, device: str) -> None:
    """Staff have looked at this device: forget what was noted (a new sighting notes it again)."""
    db.execute("DELETE FROM conflicts WHERE device = ?", [device])
