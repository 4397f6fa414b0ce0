"""Urgent orders as rows of the database and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlite_utils

from langso.contract import UrgentOrder


@dataclass(frozen=True)
class UrgentRow:
    """An urgent order, who gave it and when it was ended before its expiry."""

    order: UrgentOrder
    by: str
    ended: datetime | None


def urgent_rows(
    db: sqlite_utils.Database,
    limit: int = 200,
    *,
    since: datetime | None = None,
    unexpired: datetime | None = None,
) -> list[UrgentRow]:
    """Urgent orders, the newest first; of those given from `since` on, and of those that expire after `unexpired`."""
    rows = db.execute(
        "SELECT body, by, ended_at FROM urgent_orders WHERE issued >= ? AND expires > ? ORDER BY issued DESC LIMIT ?",
        ["" if since is None else since.isoformat(), "" if unexpired is None else unexpired.isoformat(), limit],
    ).fetchall()
    return [_urgent(*row) for row in rows]


def insert_urgent(db: sqlite_utils.Database, order: UrgentOrder, by: str) -> None:
    """A new urgent order; one that is there already stays."""
    db.execute(
        "INSERT INTO urgent_orders (id, body, by, issued, expires) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO NOTHING",
        [order.id, order.to_json().decode(), by, order.issued.isoformat(), order.expires.isoformat()],
    )


def is_known(db: sqlite_utils.Database, id: str) -> bool:
    """Whether there is, or was, an urgent order of this id."""
    return db.execute("SELECT 1 FROM urgent_orders WHERE id = ?", [id]).fetchone() is not None


def end_urgent(db: sqlite_utils.Database, ids: Iterable[str], now: datetime) -> None:
    """Notes that these orders are no longer in force."""
    for id in ids:
        db.execute("UPDATE urgent_orders SET ended_at = ? WHERE id = ?", [now.isoformat(), id])


def end_urgent_from_future(db: sqlite_utils.Database, now: datetime, latest: datetime) -> list[str]:
    """Ends the orders in force that were issued after `latest` (by a clock that was wrong); returns their ids."""
    ended = [row.order.id for row in urgent_rows(db) if row.ended is None and row.order.issued > latest]
    end_urgent(db, ended, now)
    return ended


def revive_urgent(db: sqlite_utils.Database, ids: Iterable[str]) -> None:
    """Notes that these orders are in force after all: their end was refused."""
    for id in ids:
        db.execute("UPDATE urgent_orders SET ended_at = NULL WHERE id = ?", [id])


def drop_urgent(db: sqlite_utils.Database, id: str) -> None:
    """Removes an order that was never signed."""
    db.execute("DELETE FROM urgent_orders WHERE id = ?", [id])


@lru_cache(maxsize=512)
def _urgent(body: str, by: str, ended: str | None) -> UrgentRow:
    """Read once while the row says the same: a page looks through the last two hundred."""
    order = UrgentOrder.model_validate_json(body)
    return UrgentRow(order, by, None if ended is None else datetime.fromisoformat(ended))
