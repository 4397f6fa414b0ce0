"""The signer's own database: every play and alarm it ever knew by id and hash, who asked for it, and what is spent.

It lies in the signer's folder, where the office's user cannot write. A damaged one stops the signer: begun anew it
would know of nobody enrolled and of nothing asked for.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import sqlite_utils

from langso.durable.store import Migration, Store
from langso.words.catalogue import Sentence
from office.signer.errors import NotInitialised, SignerRefused

FILE = "asked.db"
MOST_PLAYS = 200_000
MOST_ACTS = 100_000
HOUR = timedelta(hours=1)
PlayKind = Literal["play", "alarm"]
"""An occurrence of a plan, or an urgent order (alarms, their ends, stops)."""
_TABLES = """
CREATE TABLE plays (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, sha256 TEXT NOT NULL, body TEXT NOT NULL,
    at TEXT NOT NULL, ends TEXT NOT NULL, signed INTEGER NOT NULL DEFAULT 0, by TEXT NOT NULL DEFAULT '',
    ended TEXT, UNIQUE (kind, id));
CREATE INDEX plays_open ON plays (kind, ends) WHERE ended IS NULL;
CREATE TABLE people (
    person TEXT PRIMARY KEY, alarms INTEGER NOT NULL, secret TEXT, drift INTEGER NOT NULL DEFAULT 0,
    step INTEGER NOT NULL DEFAULT 0, enrolled TEXT NOT NULL, used TEXT);
CREATE TABLE passkeys (
    id TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people(person) ON DELETE CASCADE, data BLOB NOT NULL,
    host TEXT NOT NULL, count INTEGER NOT NULL, enrolled TEXT NOT NULL, used TEXT);
CREATE TABLE listed (
    sha256 TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people(person) ON DELETE CASCADE, used TEXT);
CREATE TABLE invitations (
    sha256 TEXT PRIMARY KEY, person TEXT NOT NULL, alarms INTEGER NOT NULL, expires TEXT NOT NULL);
CREATE TABLE failures (person TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE counts (action TEXT NOT NULL, hour TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (action, hour));
CREATE TABLE acts (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, person TEXT NOT NULL, how TEXT NOT NULL, act TEXT NOT NULL,
    sha256 TEXT NOT NULL);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True)
class KnownPlay:
    """A play or alarm that was asked for or signed. `body`: it whole (JSON); `by`: who asked first, "" before anybody
    had to; `ended`: when it was taken back; `approved`: who said yes to it, "" for nobody.
    """

    id: str
    sha256: str
    body: str
    ends: datetime
    signed: bool
    by: str
    ended: datetime | None
    approved: str = ""


@dataclass(frozen=True)
class NewPlay:
    """A play or alarm to be remembered."""

    id: str
    sha256: str
    body: str
    ends: datetime


class Book:
    """The database in `folder`; thread-safe. Raises NotInitialised for a damaged one, StoreError."""

    def __init__(self, folder: Path) -> None:
        if any(folder.glob(f"{FILE}.corrupt-*")):
            raise NotInitialised(Sentence("signer-book-damaged", path=folder / FILE))
        self._store = Store(
            folder / FILE, (Migration("signer-asked", _make), Migration("signer-approved", _add_approvals))
        )
        if self._store.set_aside is not None:
            self._store.close()
            raise NotInitialised(Sentence("signer-book-damaged", path=folder / FILE))

    @property
    def fresh(self) -> bool:
        """Whether it was made just now, by a signer that may have signed before without one."""
        return self._store.fresh

    @property
    def db(self) -> sqlite_utils.Database:
        """The database, for the rooms beside this one."""
        return self._store.db

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite_utils.Database]:
        """All of it or nothing, on the disk when it ends."""
        with self._store.transaction() as db:
            yield db

    def close(self) -> None:
        """Lets go of the file."""
        self._store.close()

    def known(self, kind: PlayKind, ids: Iterable[str]) -> dict[str, KnownPlay]:
        """Those of these ids that are known."""
        rows = self.db.execute(
            f"{_SELECT} WHERE kind = ? AND id IN (SELECT value FROM json_each(?))", [kind, json.dumps(list(ids))]
        )
        return {play.id: play for play in map(_play, rows)}

    def open_plays(self, kind: PlayKind, after: datetime) -> list[KnownPlay]:
        """What was signed, was not taken back, and is not over at `after`."""
        rows = self.db.execute(
            f"{_SELECT} WHERE kind = ? AND signed = 1 AND ended IS NULL AND ends > ?", [kind, after.isoformat()]
        )
        return [_play(row) for row in rows]

    def remember(
        self, kind: PlayKind, plays: Iterable[NewPlay], now: datetime, *, by: str = "", signed: bool = False
    ) -> None:
        """New plays are kept; those that are known already stay as they are, but are signed, or asked for again.
        One that was taken back begins anew: nobody has approved it.
        """
        for play in plays:
            self.db.execute(
                "INSERT INTO plays (kind, id, sha256, body, at, ends, signed, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET ended = NULL,"
                f" signed = CASE WHEN {_ANEW} THEN excluded.signed ELSE max(signed, excluded.signed) END,"
                f" approved = CASE WHEN {_ANEW} THEN '' ELSE approved END,"
                f" by = CASE WHEN {_ANEW} OR by = '' THEN excluded.by ELSE by END",
                [kind, play.id, play.sha256, play.body, now.isoformat(), play.ends.isoformat(), int(signed), by],
            )
        # By number, not by date: a clock that lies must not make it forget.
        self.db.execute("DELETE FROM plays WHERE number <= (SELECT max(number) FROM plays) - ?", [MOST_PLAYS])

    def end(self, kind: PlayKind, ids: Iterable[str], now: datetime) -> None:
        """Takes these back: they may be left out, and come again only when asked for again."""
        for id in ids:
            self.db.execute(
                "UPDATE plays SET ended = ? WHERE kind = ? AND id = ? AND ended IS NULL", [now.isoformat(), kind, id]
            )

    def approve(self, ids: Iterable[str], by: str) -> None:
        """Keeps that this person said yes to these plays; who said it first stays."""
        for id in ids:
            self.db.execute(
                "UPDATE plays SET approved = ? WHERE kind = 'play' AND id = ? AND approved = ''", [by, id]
            )

    def spend(self, action: str, most: int, now: datetime, number: int = 1) -> None:
        """Counts so many of an action; its quota is its own. Raises SignerRefused above `most` an hour."""
        hour = now.replace(minute=0, second=0, microsecond=0).isoformat()
        row = self.db.execute("SELECT number FROM counts WHERE action = ? AND hour = ?", [action, hour]).fetchone()
        if (row[0] if row else 0) + number > most:
            raise SignerRefused(Sentence("signer-quota", most=most))
        self.db.execute("DELETE FROM counts WHERE hour <> ?", [hour])
        self.db.execute(
            "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET number = number + excluded.number",
            [action, hour, number],
        )

    def note(self, now: datetime, person: str, how: str, act: str, sha256: str = "") -> None:
        """One line of the signer's own log: who did what, and by what it was proven."""
        self.db.execute(
            "INSERT INTO acts (at, person, how, act, sha256) VALUES (?, ?, ?, ?, ?)",
            [now.isoformat(), person, how, act, sha256],
        )
        self.db.execute("DELETE FROM acts WHERE number <= (SELECT max(number) FROM acts) - ?", [MOST_ACTS])

    def fact(self, name: str) -> str | None:
        """A single value that was kept under this name."""
        row = self.db.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
        return None if row is None else str(row[0])

    def keep(self, name: str, value: str) -> None:
        """Keeps a single value."""
        self.db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, value])

    def talk_of(self, village: str) -> str | None:
        """The hash of the right to speak that was asked for, or signed, last for this village."""
        return self.fact(f"talk {village}")

    def keep_talk(self, village: str, sha256: str) -> None:
        """Remembers it."""
        self.keep(f"talk {village}", sha256)

    def talk_signed(self, device: str, sha256: str) -> None:
        """Keeps that this device's order gives this right."""
        self.keep(f"talk at {device}", sha256)
        self._forget(f"talk gone {device}")

    def talk_left_out(self, device: str) -> None:
        """This device's order gives no right any more: the one that it gave comes back only when asked for anew."""
        held = self.fact(f"talk at {device}")
        if held is not None:
            self.keep(f"talk gone {device}", held)
            self._forget(f"talk at {device}")

    def talk_gone(self, device: str) -> str | None:
        """The right that this device's orders gave once and then no longer."""
        return self.fact(f"talk gone {device}")

    def talk_asked(self, village: str, sha256: str) -> None:
        """A person asked for this right: also where it had been taken away it may be given."""
        self.keep_talk(village, sha256)
        self.db.execute("DELETE FROM facts WHERE name LIKE 'talk gone %' AND value = ?", [sha256])

    def _forget(self, name: str) -> None:
        self.db.execute("DELETE FROM facts WHERE name = ?", [name])

    def settings_of(self, device: str) -> str | None:
        """The hash of the settings that were asked for, or signed, last for this device."""
        return self.fact(f"settings {device}")

    def keep_settings(self, device: str, sha256: str) -> None:
        """Keeps what a device is set to from now on."""
        self.keep(f"settings {device}", sha256)


_SELECT = "SELECT id, sha256, body, ends, signed, by, ended, approved FROM plays"
_ANEW = "(excluded.by <> '' AND ended IS NOT NULL)"


def _play(row: tuple[Any, ...]) -> KnownPlay:
    id, sha256, body, ends, signed, by, ended, approved = row
    over = None if ended is None else datetime.fromisoformat(ended)
    return KnownPlay(id, sha256, body, datetime.fromisoformat(ends), bool(signed), by, over, approved)


def _make(db: sqlite_utils.Database) -> None:
    for statement in _TABLES.split(";"):
        if statement.strip():
            db.execute(statement)


def _add_approvals(db: sqlite_utils.Database) -> None:
    db.execute("ALTER TABLE plays ADD COLUMN approved TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE people ADD COLUMN approves INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE invitations ADD COLUMN approves INTEGER NOT NULL DEFAULT 0")
