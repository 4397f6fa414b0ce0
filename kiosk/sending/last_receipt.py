"""The code that was handed out last: whoever was copying it when the power went must find it again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from langso.durable.store import Migration, Store
from langso.timekeeping.clock import Clock
from langso.timekeeping.evidence import boot_id

LIFE_S = 300.0
"""Seconds after which nobody copies it any more: whoever then stands there may be the next visitor."""


def _create(db: sqlite_utils.Database) -> None:
    db.execute(
        """CREATE TABLE last_receipt (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            dossier TEXT NOT NULL,
            pages INTEGER NOT NULL,
            given_at TEXT NOT NULL,
            boot TEXT NOT NULL,
            since_boot REAL NOT NULL
        )"""
    )


LAST_RECEIPT_MIGRATION = Migration("last-receipt-1", _create)


@dataclass(frozen=True)
class Remembered:
    """A dossier that was handed in, and how many pages it has. What it is about is kept nowhere in clear."""

    dossier: str
    pages: int


@dataclass(frozen=True)
class _Kept:
    given: Remembered
    at: datetime
    boot: str
    since_boot: float


class LastReceipt:
    """Of a store whose migrations include LAST_RECEIPT_MIGRATION. `trusted`: whether the wall clock may be believed;
    `boot`: a name of this boot, "" where none is known; `since_boot`: seconds since it began, sleep included.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        trusted: Callable[[], bool],
        boot: str | None = None,
        since_boot: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
    ) -> None:
        self._store = store
        self._clock = clock
        self._trusted = trusted
        self._boot = boot_id() if boot is None else boot
        self._since_boot = since_boot

    def give(self, dossier: str, pages: int) -> None:
        """A code is about to be shown; durable when the (outer) transaction ends, which keeps the dossier as well."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO last_receipt VALUES (1, ?, ?, ?, ?, ?)",
                [dossier, pages, self._clock.now().isoformat(), self._boot, self._since_boot()],
            )

    def forget(self) -> None:
        """It was copied, or somebody else is there: it is shown to nobody any more. Cheap where none is kept."""
        if self._read() is None:
            return
        with self._store.transaction() as db:
            db.execute("DELETE FROM last_receipt")

    @property
    def held(self) -> bool:
        """Whether any is kept, however old."""
        return self._read() is not None

    @property
    def still(self) -> Remembered | None:
        """What was handed out so lately that its owner may still stand there; None where that is not known for sure.

        A machine without a clock of its own does not know how long it was without power.
        """
        kept = self._read()
        if kept is None:
            return None
        if kept.boot and kept.boot == self._boot:
            age = self._since_boot() - kept.since_boot
        elif self._trusted():
            age = (self._clock.now() - kept.at).total_seconds()
        else:
            return None
        return kept.given if 0 <= age < LIFE_S else None

    def _read(self) -> _Kept | None:
        row = self._store.db.execute("SELECT dossier, pages, given_at, boot, since_boot FROM last_receipt").fetchone()
        if row is None:
            return None
        dossier, pages, at, boot, since_boot = row
        return _Kept(Remembered(dossier, pages), datetime.fromisoformat(at), boot, since_boot)
