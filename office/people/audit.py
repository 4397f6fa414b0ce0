"""The log of what staff did and who logged in, as a chain: each row holds the hash of the row before it.

A row that is changed or removed breaks the chain. Rows cut off at its end do not show in the chain itself: for that
the signer, which runs as another user, keeps the newest end it was told (`office.signer.heads`).
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
from langso.words.catalogue import Sentence, is_known, t
from office.errors import AuditBroken

START = "0" * 64
"""What stands for the hash of the row before the first."""
_COLUMNS = ("at", "who", "action", "subject", "note", "previous", "sha256")
# What is no text, or no letters, must show as a change: read as text it would end the reading.
_TEXTS = ", ".join(f"CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) ELSE x'ff' END" for name in _COLUMNS)
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
    "approve",
    "withdraw_refused",
    "restore",
    "restore_refused",
    "urgent",
    "exercise",
    "stop",
    "all_clear",
    "all_clear_refused",
    "cancel_job",
    "test_sound",
    "restart",
    "volume",
    "talk-give",
    "talk-withdraw",
    "settle",
    "certificate",
    "open-dossier",
    "archive-dossier",
    "unlock-desk",
    "lock-desk",
    "desk-passphrase",
    "seal-desk",
    "remove-officer",
    "destroy-month",
]
"""What was done; what another release wrote may be any other text."""
Break = Literal["changed", "missing", "cut"]
_Row = tuple[int, str, str, str, str, str, str, str]


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
    """Whether the chain holds. `broken`: how it breaks first, None where it holds; `at`: in which row; `rows`: how
    many there are.
    """

    rows: int
    head: ChainEnd
    broken: Break | None = None
    at: int = 0


class Audit:
    """Writes and reads the chain. Rows are only added: the table itself refuses anything else. Thread-safe."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def write(self, who: str, action: Action, subject: str = "", note: str = "") -> None:
        """Adds a row, in the caller's transaction where there is one, so that a deed and its trace are
        kept together.
        """
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
        """The present end of the chain."""
        return _head(self._store.db)

    def newest(self, limit: int = 100) -> list[LogEntry]:
        """The newest rows, the newest first. Raises AuditBroken where the time of one is none: it was changed."""
        rows = self._store.db.execute(f"SELECT number, {_TEXTS} FROM audit ORDER BY number DESC LIMIT ?", [limit])
        return [_entry(*_decoded(row)) for row in rows]

    def verify(self, heads: Iterable[ChainEnd] = ()) -> Verdict:
        """Reads the whole chain. `heads`: ends of it that somebody else has kept, which must still be in it."""
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

    def _rows(self) -> Iterator[_Row]:
        last = -(1 << 62)
        while rows := self._store.db.execute(
            f"SELECT number, {_TEXTS} FROM audit WHERE number > ? ORDER BY number LIMIT 1000", [last]
        ).fetchall():
            yield from map(_decoded, rows)
            last = rows[-1][0]


def in_words(action: str) -> str:
    """What was done, in the reader's language; the code itself where another release wrote one of its own."""
    id = f"audit-did-{action.replace('_', '-')}"
    return t(id) if is_known(id) else action


def link(row: tuple[int, str, str, str, str, str], previous: str) -> str:
    """The hash of a row (number, at, who, action, subject, note) after a row with the hash `previous`."""
    said = json.dumps([*row, previous], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _decoded(row: tuple[int, bytes, bytes, bytes, bytes, bytes, bytes, bytes]) -> _Row:
    number, *texts = row
    at, who, action, subject, note, previous, sha256 = (text.decode(errors="replace") for text in texts)
    return number, at, who, action, subject, note, previous, sha256


def _entry(number: int, at: str, who: str, action: str, subject: str, note: str, _: str, sha256: str) -> LogEntry:
    try:
        return LogEntry(number, datetime.fromisoformat(at), who, action, subject, note, sha256)
    except ValueError as error:
        raise AuditBroken(Sentence("audit-changed", at=number)) from error


def _head(db: sqlite_utils.Database) -> ChainEnd:
    row = db.execute("SELECT number, sha256 FROM audit ORDER BY number DESC LIMIT 1").fetchone()
    return ChainEnd(0, START) if row is None else ChainEnd(int(row[0]), str(row[1]))
