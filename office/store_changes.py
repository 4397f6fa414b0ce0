"""What has changed in office.db since 0.1.0: steps that are frozen once they are out, each whole or not at all."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator

import sqlite_utils

from langso.durable.store import Migration

_THREE_TABLES = """
CREATE TABLE messages (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, class TEXT NOT NULL, volume INTEGER NOT NULL,
    chime TEXT, media TEXT NOT NULL DEFAULT '[]', late TEXT NOT NULL, after_cut TEXT NOT NULL, by TEXT NOT NULL,
    created_at TEXT NOT NULL);
CREATE TABLE rules (
    id TEXT PRIMARY KEY, message TEXT NOT NULL REFERENCES messages(id), start TEXT NOT NULL,
    rrule TEXT NOT NULL DEFAULT '', exdates TEXT NOT NULL DEFAULT '[]', targets TEXT NOT NULL, status TEXT NOT NULL,
    sent_at TEXT, ended_at TEXT);
CREATE INDEX rules_message ON rules (message);
INSERT INTO messages SELECT id, title, text, class, volume, chime, media, late, after_cut, by, created_at
    FROM broadcasts;
INSERT INTO rules (id, message, start, targets, status, sent_at, ended_at)
    SELECT 'r-' || o.id, b.id, o.start, b.targets, CASE b.status WHEN 'prepared' THEN 'draft' ELSE b.status END,
    b.sent_at, b.ended_at FROM occurrences o JOIN broadcasts b ON b.id = o.broadcast;
DROP INDEX occurrences_start;
ALTER TABLE occurrences RENAME TO occurrences_before;
CREATE TABLE occurrences (
    id TEXT PRIMARY KEY, rule TEXT NOT NULL REFERENCES rules(id), start TEXT NOT NULL, targets TEXT NOT NULL,
    signed_at TEXT, withdrawn_at TEXT);
CREATE INDEX occurrences_start ON occurrences (start);
CREATE INDEX occurrences_rule ON occurrences (rule);
INSERT INTO occurrences SELECT o.id, 'r-' || o.id, o.start, b.targets, o.signed_at, o.withdrawn_at
    FROM occurrences_before o JOIN broadcasts b ON b.id = o.broadcast;
DROP TABLE occurrences_before;
DROP TABLE broadcasts;
"""

_AUDIT = """
CREATE TABLE audit (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
    note TEXT NOT NULL, previous TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE INDEX audit_action ON audit (action);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
DROP TABLE access_log;
"""
_ROLES = """
CREATE TABLE staff_roles (
    login TEXT NOT NULL REFERENCES staff(login), role TEXT NOT NULL, PRIMARY KEY (login, role)) WITHOUT ROWID;
INSERT INTO staff_roles SELECT login, value FROM staff, json_each('["writer", "approver", "desk", "admin"]');
ALTER TABLE staff DROP COLUMN role;
"""
# Why a play ended, by code; and with the occurrence's id, the document that ordered it. Absent for 0.1.0's receipts.
_PLAY_CODES = """
ALTER TABLE plays ADD COLUMN code TEXT;
ALTER TABLE plays ADD COLUMN parameters TEXT;
ALTER TABLE plays ADD COLUMN kind TEXT;
ALTER TABLE plays ADD COLUMN issuer TEXT;
ALTER TABLE plays ADD COLUMN epoch INTEGER;
"""
_JOBS = """
CREATE TABLE jobs (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, message TEXT NOT NULL DEFAULT '', by TEXT NOT NULL,
    state TEXT NOT NULL, percent INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0,
    fault TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT '', media TEXT, made_at TEXT NOT NULL, began_at TEXT,
    ended_at TEXT);
CREATE INDEX jobs_state ON jobs (state, made_at);
CREATE INDEX jobs_message ON jobs (message);
"""


def _chained(db: sqlite_utils.Database) -> None:
    """The log as it was, in its order, becomes the beginning of the chain."""
    rows = db.execute("SELECT at, who, action, subject, note FROM access_log ORDER BY id").fetchall()
    for statement in _statements(_AUDIT):
        db.execute(statement)
    previous = "0" * 64
    for number, row in enumerate(rows, 1):
        said = json.dumps([number, *row, previous], ensure_ascii=False, separators=(",", ":"))
        sha256 = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
        db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [number, *row, previous, sha256])
        previous = sha256


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines():
        statement += f"{line}\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _script(name: str, script: str) -> Migration:
    def apply(db: sqlite_utils.Database) -> None:
        for statement in _statements(script):
            db.execute(statement)

    return Migration(name, apply)


CHANGES = (
    _script("office-three-tables", _THREE_TABLES),
    Migration("office-audit", _chained),
    # Whoever had an account could do everything, and still can.
    _script("office-roles", _ROLES),
    _script("office-play-codes", _PLAY_CODES),
    _script("office-jobs", _JOBS),
)
