"""The ledger of shows: claimed, interrupted, ended. Each change and its receipt are one transaction."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlite_utils

from langso.contract import EndedReceipt, StartedReceipt
from langso.contract.caps import vietnamese_day
from langso.contract.outcomes import Reason
from langso.durable.store import Migration, Store
from langso.timekeeping.clock import Clock
from speaker.programme.shows import Show
from speaker.programme.timeline import Entry, Outcome, PlayState
from speaker.record.journal import Journal

KEEP_ENDED = timedelta(days=60)


def _create(db: sqlite_utils.Database) -> None:
    db.execute(
        """CREATE TABLE plays (
            id TEXT PRIMARY KEY, title TEXT NOT NULL, issuer TEXT NOT NULL, planned TEXT NOT NULL,
            urgent INTEGER NOT NULL, emergency INTEGER NOT NULL, state TEXT NOT NULL, began TEXT NOT NULL,
            at TEXT NOT NULL, position_ms INTEGER NOT NULL, heard_ms INTEGER NOT NULL, unproven INTEGER NOT NULL,
            started INTEGER NOT NULL, day TEXT NOT NULL, outcome TEXT, why TEXT)"""
    )
    db.execute("CREATE INDEX plays_state ON plays (state)")
    db.execute("CREATE TABLE done_orders (id TEXT PRIMARY KEY, at TEXT NOT NULL)")
    db.execute("CREATE TABLE switches (name TEXT PRIMARY KEY, value TEXT NOT NULL)")


def _ordered_by(db: sqlite_utils.Database) -> None:
    # With issuer and id, the document that ordered the show; unknown of what release 0.1.0 claimed.
    db.execute("ALTER TABLE plays ADD COLUMN kind TEXT")
    db.execute("ALTER TABLE plays ADD COLUMN epoch INTEGER")


LEDGER_MIGRATIONS = (Migration("speaker-ledger-1", _create), Migration("speaker-ledger-2", _ordered_by))


class Ledger:
    """What has happened to each show; thread-safe through its store."""

    def __init__(self, store: Store, journal: Journal, clock: Clock) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock
        self._entries: dict[str, Entry] | None = None

    def together(self) -> contextlib.AbstractContextManager[object]:
        """Several changes as one transaction: one flush of the card for all."""
        return self._store.transaction()

    def entries(self) -> dict[str, Entry]:
        """All shows that have a row; read once, then kept until something changes."""
        found = self._entries
        if found is None:
            rows = self._store.db.execute(
                "SELECT id, state, began, at, position_ms, urgent, issuer FROM plays"
            ).fetchall()
            found = self._entries = {row[0]: _entry(row) for row in rows}
        return found

    def claim(self, show: Show, began: datetime, *, unproven: bool) -> None:
        """Commits that the show's sound is about to start; before its first sample. `began`: time of position 0."""
        now = self._clock.now()
        with self._change() as db:
            db.execute(
                """INSERT INTO plays VALUES (:id, :title, :issuer, :planned, :urgent, :emergency, 'claimed', :began,
                    :at, 0, 0, :unproven, 0, :day, NULL, NULL, :kind, :epoch)
                ON CONFLICT (id) DO UPDATE SET state = 'claimed', began = excluded.began, at = excluded.at""",
                {
                    "id": show.id,
                    "title": show.title,
                    "issuer": show.issuer,
                    "planned": show.start.isoformat(),
                    "urgent": show.urgent,
                    "emergency": show.emergency,
                    "began": began.isoformat(),
                    "at": now.isoformat(),
                    "unproven": unproven,
                    "day": vietnamese_day(now),
                    "kind": show.kind,
                    "epoch": show.epoch,
                },
            )

    def started(self, id: str, error_ms: float) -> None:
        """The first sample has sounded: one `started` receipt a show, whatever interrupts it later."""
        with self._store.transaction() as db:
            row = db.execute(
                "SELECT title, planned, unproven, started, kind, issuer, epoch FROM plays WHERE id = ?", [id]
            ).fetchone()
            if row is None or row[3]:
                return
            db.execute("UPDATE plays SET started = 1 WHERE id = ?", [id])
            self._journal.write(
                StartedReceipt(
                    occurrence=id,
                    title=row[0],
                    planned=datetime.fromisoformat(row[1]),
                    error_ms=round(error_ms, 3),
                    time_unproven=bool(row[2]),
                    kind=row[4],
                    issuer=row[5] if row[4] else None,
                    epoch=row[6],
                )
            )

    def interrupt(self, id: str, position_ms: int, heard_ms: int) -> None:
        """Cut by something that goes first; it may come back at `position_ms`."""
        with self._change() as db:
            db.execute(
                """UPDATE plays SET state = 'interrupted', at = ?, position_ms = ?, heard_ms = heard_ms + ?
                WHERE id = ? AND state <> 'ended'""",
                [self._clock.now().isoformat(), max(0, position_ms), heard_ms, id],
            )

    def end(
        self, id: str, outcome: Outcome, reason: Reason | None, *, heard_ms: int = 0, show: Show | None = None
    ) -> bool:
        """Ends a show once and for all, with its receipt; False when it had ended before. `reason`: None if played.

        `show` is needed where the show was never claimed.
        """
        now = self._clock.now()
        with self._change() as db:
            row = db.execute(
                "SELECT title, planned, heard_ms, unproven, state, kind, issuer, epoch FROM plays WHERE id = ?", [id]
            ).fetchone()
            if row is not None and row[4] == "ended":
                return False
            if row is None:
                if show is None:
                    return False
                self.claim(show, now, unproven=False)
                row = (show.title, show.start.isoformat(), 0, 0, "claimed", show.kind, show.issuer, show.epoch)
            total = int(row[2]) + heard_ms
            why = "" if reason is None else reason.why
            db.execute(
                "UPDATE plays SET state = 'ended', at = ?, outcome = ?, why = ?, heard_ms = ? WHERE id = ?",
                [now.isoformat(), outcome, why, total, id],
            )
            self._journal.write(
                EndedReceipt(
                    occurrence=id,
                    title=row[0],
                    outcome=outcome,
                    why=why,
                    planned=datetime.fromisoformat(row[1]),
                    heard_ms=total,
                    time_unproven=bool(row[3]),
                    kind=row[5],
                    issuer=row[6] if row[5] else None,
                    epoch=row[7],
                    code=None if reason is None else reason.code,
                    parameters=None if reason is None else dict(reason.parameters) or None,
                )
            )
        return True

    def heard_today(self, now: datetime) -> dict[str, int]:
        """Milliseconds played this Vietnamese day by issuer; "" holds all but emergencies."""
        rows = self._store.db.execute(
            "SELECT issuer, sum(heard_ms), sum(CASE WHEN emergency THEN 0 ELSE heard_ms END) FROM plays "
            "WHERE day = ? GROUP BY issuer",
            [vietnamese_day(now)],
        ).fetchall()
        heard = {str(row[0]): int(row[1]) for row in rows}
        heard[""] = sum(int(row[2]) for row in rows)
        return heard

    def do_once(self, order_id: str) -> bool:
        """Commits a device order's id before it is done; False when it was committed before."""
        with self._store.transaction() as db:
            return bool(
                db.execute(
                    "INSERT INTO done_orders VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
                    [order_id, self._clock.now().isoformat()],
                ).rowcount
            )

    def switch(self, name: str) -> str | None:
        """A durable local setting (`muted`, `volume`), or None."""
        row = self._store.db.execute("SELECT value FROM switches WHERE name = ?", [name]).fetchone()
        return None if row is None else str(row[0])

    def set_switch(self, name: str, value: str) -> None:
        """Keeps a local setting."""
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO switches VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [name, value],
            )

    def prune(self, listed: frozenset[str]) -> None:
        """Forgets shows ended 60 days ago that no held document lists: an id in force is never played again."""
        limit = (self._clock.now() - KEEP_ENDED).isoformat()
        with self._change() as db:
            old = db.execute("SELECT id FROM plays WHERE state = 'ended' AND at < ?", [limit]).fetchall()
            for (id,) in old:
                if id not in listed:
                    db.execute("DELETE FROM plays WHERE id = ?", [id])

    @contextlib.contextmanager
    def _change(self) -> Iterator[sqlite_utils.Database]:
        try:
            with self._store.transaction() as db:
                yield db
        finally:
            self._entries = None


def _entry(row: tuple[object, ...]) -> Entry:
    state: PlayState = "claimed" if row[1] == "claimed" else "interrupted" if row[1] == "interrupted" else "ended"
    return Entry(
        id=str(row[0]),
        state=state,
        began=datetime.fromisoformat(str(row[2])),
        at=datetime.fromisoformat(str(row[3])),
        position_ms=int(str(row[4])),
        urgent=bool(row[5]),
        issuer=str(row[6]),
    )
