"""Urgent orders as rows of the database and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from langso.contract import UrgentOrder


@dataclass(frozen=True)
class UrgentRow:
    """An urgent order, who gave it and when it was ended before its expiry."""

    order: UrgentOrder
    by: str
    ended: datetime | None


def urgent_rows(db: sqlite_utils.Database, limit: int = 200) -> list[UrgentRow]:
    """Urgent orders, the newest first."""
    rows = db.execute("SELECT body, by, ended_at FROM urgent_orders ORDER BY issued DESC LIMIT ?", [limit]).fetchall()
    return [
        UrgentRow(UrgentOrder.model_validate_json(body), by, None if ended is None else datetime.fromisoformat(ended))
        for body, by, ended in rows
    ]


def insert_urgent(db: sqlite_utils.Database, order: UrgentOrder, by: str) -> None:
    """A new urgent order; one that is there already stays."""
    db.execute(
        "INSERT INTO urgent_orders (id, body, by, issued, expires) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO NOTHING",
        [order.id, order.to_json().decode(), by, order.issued.isoformat(), order.expires.isoformat()],
    )


def end_urgent(db: sqlite_utils.Database, ids: Iterable[str], now: datetime) -> None:
    """These are in force no longer."""
    for id in ids:
        db.execute("UPDATE urgent_orders SET ended_at = ? WHERE id = ?", [now.isoformat(), id])


def end_urgent_from_future(db: sqlite_utils.Database, now: datetime, latest: datetime) -> list[str]:
    """Ends those that were issued after `latest` and are in force; their ids."""
    ended = [row.order.id for row in urgent_rows(db) if row.ended is None and row.order.issued > latest]
    end_urgent(db, ended, now)
    return ended


def revive_urgent(db: sqlite_utils.Database, ids: Iterable[str]) -> None:
    """These are in force still: their end was refused."""
    for id in ids:
        db.execute("UPDATE urgent_orders SET ended_at = NULL WHERE id = ?", [id])


def drop_urgent(db: sqlite_utils.Database, id: str) -> None:
    """An order that was never signed."""
    db.execute("DELETE FROM urgent_orders WHERE id = ?", [id])
