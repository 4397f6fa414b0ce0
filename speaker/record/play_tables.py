"""The tables of what became of each show, of device orders that were done, and of switches, as releases made them."""

from __future__ import annotations

import sqlite_utils

from langso.durable.store import Migration


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


def _play_by_document(db: sqlite_utils.Database) -> None:
    # An id was one play, whoever ordered it. What was recorded keeps its name; what it said is not known of it.
    db.execute("DROP INDEX plays_state")
    db.execute("ALTER TABLE plays RENAME TO plays_before")
    db.execute(
        """CREATE TABLE plays (
            play TEXT PRIMARY KEY, id TEXT NOT NULL, title TEXT NOT NULL, issuer TEXT NOT NULL, planned TEXT NOT NULL,
            urgent INTEGER NOT NULL, emergency INTEGER NOT NULL, state TEXT NOT NULL, began TEXT NOT NULL,
            at TEXT NOT NULL, position_ms INTEGER NOT NULL, heard_ms INTEGER NOT NULL, unproven INTEGER NOT NULL,
            started INTEGER NOT NULL, day TEXT NOT NULL, outcome TEXT, why TEXT, kind TEXT, epoch INTEGER,
            content TEXT, aim TEXT)"""
    )
    db.execute(
        """INSERT INTO plays SELECT
            CASE WHEN kind IS NULL THEN id ELSE kind || '/' || issuer || '/' || epoch || '/' || id END,
            id, title, issuer, planned, urgent, emergency, state, began, at, position_ms, heard_ms, unproven, started,
            day, outcome, why, kind, epoch, NULL, NULL FROM plays_before"""
    )
    db.execute("DROP TABLE plays_before")
    db.execute("CREATE INDEX plays_state ON plays (state)")
    db.execute("CREATE TABLE reused (play TEXT NOT NULL, said TEXT NOT NULL, PRIMARY KEY (play, said)) WITHOUT ROWID")


def _doubtful_endings(db: sqlite_utils.Database) -> None:
    # Endings that may be replaced once: by number in the journal, with the receipt as it was written.
    db.execute(
        "CREATE TABLE provisional (play TEXT PRIMARY KEY, number INTEGER NOT NULL, at TEXT NOT NULL,"
        " taken_back INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID"
    )
    # At a time that a person set.
    db.execute("ALTER TABLE plays ADD COLUMN by_hand INTEGER NOT NULL DEFAULT 0")


def _exercises(db: sqlite_utils.Database) -> None:
    # What was ordered as a test.
    db.execute("ALTER TABLE plays ADD COLUMN exercise INTEGER NOT NULL DEFAULT 0")


def _fallbacks(db: sqlite_utils.Database) -> None:
    # How much of what was heard stood in for what could not be had.
    db.execute("ALTER TABLE plays ADD COLUMN fallback_ms INTEGER NOT NULL DEFAULT 0")


LEDGER_MIGRATIONS = (
    Migration("speaker-ledger-1", _create),
    Migration("speaker-ledger-2", _ordered_by),
    Migration("speaker-ledger-3", _play_by_document),
    Migration("speaker-ledger-4", _doubtful_endings),
    Migration("speaker-ledger-5", _exercises),
    Migration("speaker-ledger-6", _fallbacks),
)
