"""What staff did and who came in, as a chain: each row holds the hash of the one before it.

A row that is changed or taken out breaks the chain. One cut off at its end does not show in the chain itself: for
that the signer, which another user runs, keeps the newest head it was told (`office.signer.heads`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlite_utils

from langso.durable.store import Store
from langso.timekeeping.clock import Clock

START = "0" * 64
"""What stands for the hash of the row before the first."""
MAX_WHO, MAX_SUBJECT, MAX_NOTE = 64, 200, 500
Action = Literal[
    "account",
    "disable",
    "roles",
    "login",
    "login_failed",
    "login_barred",
    "logout",
    "password",
    "confirm",
    "forbidden",
    "draft",
    "send",
    "send_refused",
    "withdraw",
    "withdraw_refused",
    "urgent",
    "stop",
    "all_clear",
    "all_clear_refused",
    "cancel_job",
    "test_sound",
    "restart",
    "settle",
    "certificate",
    "open-dossier",
    "archive-dossier",
]
"""What was done; what another release wrote may be any other text."""
Break = Literal["changed", "missing", "cut"]


@dataclass(frozen=True)
class LogEntry:
    """One row: `who` did `action` to `subject`. `number` counts from 1 without a gap."""

    number: int
    at: datetime
    who: str
    action: str
    subject: str
    note: str
    sha256: str


@dataclass(frozen=True)
class ChainEnd:
    """The end of the chain: its last row's number and hash; 0 and START for an empty one."""

    number: int
    sha256: str


@dataclass(frozen=True)
class Verdict:
    """`broken`: how the chain breaks first, None where it holds; `at`: the row where; `rows` there are."""

    rows: int
    head: ChainEnd
    broken: Break | None = None
    at: int = 0


class Audit:
    """Writes and reads the chain. Rows are only ever added: the table itself refuses the rest. Thread-safe."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def write(self, who: str, action: Action, subject: str = "", note: str = "") -> None:
        """One more row, in the caller's transaction where there is one: what was done and its trace come together."""
        with self._store.transaction() as db:
            head = _head(db)
            row = (
                *(head.number + 1, self._clock.now().isoformat(), who[:MAX_WHO], action),
                *(subject[:MAX_SUBJECT], note[:MAX_NOTE]),
            )
            db.execute(
                "INSERT INTO audit (number, at, who, action, subject, note, previous, sha256)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [*row, head.sha256, link(row, head.sha256)],
            )

    def head(self) -> ChainEnd:
        """The end of the chain now."""
        return _head(self._store.db)

    def newest(self, limit: int = 100) -> list[LogEntry]:
        """The newest first."""
        rows = self._store.db.execute(
            "SELECT number, at, who, action, subject, note, sha256 FROM audit ORDER BY number DESC LIMIT ?", [limit]
        )
        return [LogEntry(row[0], datetime.fromisoformat(row[1]), *row[2:]) for row in rows]

    def verify(self, heads: Iterable[ChainEnd] = ()) -> Verdict:
        """Reads the whole chain; `heads`: ends of it that somebody else has kept, which must still be in it."""
        kept = {head.number: head.sha256 for head in heads if head.number > 0}
        number, previous = 0, START
        for row in self._rows():
            if row[0] != number + 1:
                return Verdict(number, ChainEnd(number, previous), "missing", number + 1)
            if row[6] != previous or row[7] != link(row[:6], previous):
                return Verdict(number, ChainEnd(number, previous), "changed", row[0])
            number, previous = row[0], row[7]
            if kept.pop(number, previous) != previous:
                return Verdict(number, ChainEnd(number, previous), "changed", number)
        if kept:
            return Verdict(number, ChainEnd(number, previous), "cut", number + 1)
        return Verdict(number, ChainEnd(number, previous))

    def _rows(self) -> Iterator[tuple[int, str, str, str, str, str, str, str]]:
        last = -(1 << 62)
        while rows := self._store.db.execute(
            "SELECT number, at, who, action, subject, note, previous, sha256 FROM audit WHERE number > ?"
            " ORDER BY number LIMIT 1000",
            [last],
        ).fetchall():
            yield from rows
            last = rows[-1][0]


def link(row: tuple[int, str, str, str, str, str], previous: str) -> str:
    """The hash of a row (number, at, who, action, subject, note) that follows one with the hash `previous`."""
    said = json.dumps([*row, previous], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _head(db: sqlite_utils.Database) -> ChainEnd:
    row = db.execute("SELECT number, sha256 FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    return ChainEnd(0, START) if row is None else ChainEnd(int(row[0]), str(row[1]))
