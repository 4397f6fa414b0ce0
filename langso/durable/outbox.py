"""Delivery at least once: what must reach the other side survives restarts and power cuts, until acknowledged."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

import sqlite_utils

from langso.durable.errors import OutboxTooLarge
from langso.durable.store import Migration, Store
from langso.words.catalogue import Sentence

MAX_BODY = 4 * 1024 * 1024
MAX_NAME = 200
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 600.0
KEEP_ACKNOWLEDGED = timedelta(days=30)


def _create(db: sqlite_utils.Database) -> None:
    db.execute(
        """CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            body BLOB NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            last_error TEXT NOT NULL DEFAULT '',
            put_at TEXT NOT NULL,
            acknowledged_at TEXT,
            UNIQUE (kind, key)
        )"""
    )
    db.execute("CREATE INDEX outbox_waiting ON outbox (kind, id) WHERE acknowledged_at IS NULL")


OUTBOX_MIGRATION = Migration("outbox-1", _create)


class Times(Protocol):
    """What the outbox needs of a clock."""

    def now(self) -> datetime:
        """The wall clock, UTC."""

    def monotonic(self) -> float:
        """Seconds that never leap."""


@dataclass(frozen=True)
class Item:
    """One thing to deliver; ``attempts``: failures so far; ``last_error``: why the last one failed."""

    id: int
    kind: str
    key: str
    body: bytes
    attempts: int
    last_error: str = ""


class Outbox:
    """The queue in a store whose migrations include ``OUTBOX_MIGRATION``; thread-safe.

    Waiting times are monotonic and in memory: a jumping wall clock cannot bury an item, and a restart tries all
    items at once. ``spread`` returns the jitter factor 0..1 (tests give a fixed one).
    """

    OUTBOX_MIGRATION: ClassVar[Migration] = OUTBOX_MIGRATION

    def __init__(self, store: Store, clock: Times, *, spread: Callable[[], float] = random.random) -> None:
        self._store = store
        self._clock = clock
        self._spread = spread
        self._lock = threading.Lock()
        self._not_before: dict[int, float] = {}

    def together(self) -> AbstractContextManager[object]:
        """What is put, and what else is written to its store in the block, is durable at once or not at all."""
        return self._store.transaction()

    def put(self, kind: str, body: bytes, *, key: str) -> int:
        """Keeps ``body`` (<= 4 MiB) until acknowledged; durable when the (outer) transaction ends. Returns its id.

        The same kind and key is the same row, even after its acknowledgement: the first body stays.
        """
        if len(body) > MAX_BODY or not 0 < len(key) <= MAX_NAME or not 0 < len(kind) <= MAX_NAME:
            raise OutboxTooLarge(Sentence("durable-item-too-large", kind=kind[:40], size=len(body), most=MAX_BODY))
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO outbox (kind, key, body, put_at) VALUES (?, ?, ?, ?) ON CONFLICT (kind, key) DO NOTHING",
                [kind, key, body, self._clock.now().isoformat()],
            )
            row = db.execute("SELECT id FROM outbox WHERE kind = ? AND key = ?", [kind, key]).fetchone()
        return int(row[0])

    def pending(self, kind: str | None = None, limit: int = 50) -> list[Item]:
        """Items due now, oldest first, at most ``limit`` (and 10,000).

        An item is offered again until acknowledged, failed or postponed.
        """
        limit = min(limit, 10_000)
        now = self._clock.monotonic()
        with self._lock:
            waiting = {id for id, due in self._not_before.items() if due > now}
        where = "acknowledged_at IS NULL" + (" AND kind = :kind" if kind is not None else "")
        # Ids first: the bodies of those that wait (up to 4 MiB each) are not read in vain.
        db = self._store.db
        due: list[int] = []
        for (id,) in db.execute(f"SELECT id FROM outbox WHERE {where} ORDER BY id", {"kind": kind}).fetchall():
            if len(due) >= limit:
                break
            if id not in waiting:
                due.append(int(id))
        marks = ",".join("?" * len(due))
        rows = db.execute(f"{_ITEMS} WHERE id IN ({marks}) AND acknowledged_at IS NULL ORDER BY id", due).fetchall()
        return [_item(row) for row in rows]

    def unacknowledged(self, kind: str) -> Iterator[Item]:
        """All of a kind that the other side does not have, the oldest first, whether due or not; one by one."""
        for id in self.keys(kind):
            row = self._store.db.execute(f"{_ITEMS} WHERE id = ? AND acknowledged_at IS NULL", [id]).fetchone()
            if row is not None:
                yield _item(row)

    def keys(self, kind: str) -> dict[int, str]:
        """The keys of what the other side does not have, by id, the oldest first, whether due or not."""
        rows = self._store.db.execute(
            "SELECT id, key FROM outbox WHERE kind = ? AND acknowledged_at IS NULL ORDER BY id", [kind]
        )
        return {int(row[0]): str(row[1]) for row in rows.fetchall()}

    def ids(self, kind: str, key: str) -> list[int]:
        """The id of what waits under a key; empty where nothing does."""
        rows = self._store.db.execute(
            "SELECT id FROM outbox WHERE kind = ? AND key = ? AND acknowledged_at IS NULL", [kind, key]
        )
        return [int(row[0]) for row in rows.fetchall()]

    def acknowledge(self, id: int) -> None:
        """The other side has it durably: never offered again. Unknown or acknowledged ids do nothing."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE outbox SET acknowledged_at = ?, body = x'' WHERE id = ? AND acknowledged_at IS NULL",
                [self._clock.now().isoformat(), id],
            )
        with self._lock:
            self._not_before.pop(id, None)

    def failed(self, id: int, why: str) -> float:
        """Counts an attempt and waits with full jitter before offering again; returns the seconds."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE outbox SET attempts = attempts + 1, last_error = ? WHERE id = ? AND acknowledged_at IS NULL",
                [why[:500], id],
            )
            row = db.execute("SELECT attempts FROM outbox WHERE id = ? AND acknowledged_at IS NULL", [id]).fetchone()
        if row is None:
            return 0.0
        ceiling = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(int(row[0]) - 1, 30))
        wait = ceiling * self._spread()
        self._wait(id, wait)
        return wait

    def postpone(self, id: int, seconds: float) -> None:
        """Sent and waiting for its answer: not offered for ``seconds``, without counting a failure."""
        self._wait(id, seconds)

    def hurry(self, kind: str | None = None) -> None:
        """The connection is back: everything (of ``kind``) is due now."""
        with self._lock:
            if kind is None:
                self._not_before.clear()
                return
            waiting = list(self._not_before)
        for id in waiting:
            row = self._store.db.execute("SELECT kind FROM outbox WHERE id = ?", [id]).fetchone()
            if row is None or row[0] == kind:
                with self._lock:
                    self._not_before.pop(id, None)

    def waiting(self, kind: str | None = None) -> int:
        """How many are not yet acknowledged."""
        where = "" if kind is None else " AND kind = :kind"
        row = self._store.db.execute(
            f"SELECT count(*) FROM outbox WHERE acknowledged_at IS NULL{where}", {"kind": kind}
        ).fetchone()
        return int(row[0])

    def prune(self, older_than: timedelta = KEEP_ACKNOWLEDGED) -> int:
        """Forgets items acknowledged longer ago; after that the same key would be new. Returns how many."""
        limit = (self._clock.now() - older_than).isoformat()
        with self._store.transaction() as db:
            return int(db.execute("DELETE FROM outbox WHERE acknowledged_at < ?", [limit]).rowcount)

    def _wait(self, id: int, seconds: float) -> None:
        with self._lock:
            self._not_before[id] = self._clock.monotonic() + seconds


_ITEMS = "SELECT id, kind, key, body, attempts, last_error FROM outbox"


def _item(row: tuple[Any, ...]) -> Item:
    return Item(row[0], row[1], row[2], bytes(row[3]), row[4], row[5])
