"""Changes of office.db since 0.1.0. A new table or column is one more step at the end of CHANGES.

A step that was released is never edited: databases in the field have taken it. Each step is done whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import re
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
# Why a job failed, as a sentence (`langso.contract.sentences`) beside `why`, its Vietnamese text.
_JOB_SENTENCES = "ALTER TABLE jobs ADD COLUMN sentence TEXT;\n"
# Who wrote what, and what a sound is, stood there in Vietnamese.
_CODES_FOR_WORDS = """
UPDATE messages SET by = 'restored:' WHERE by = 'khôi phục';
UPDATE urgent_orders SET by = 'restored:' WHERE by = 'khôi phục';
UPDATE messages SET by = 'command:' || substr(by, 6) WHERE by LIKE 'lệnh:%';
UPDATE urgent_orders SET by = 'command:' || substr(by, 6) WHERE by LIKE 'lệnh:%';
UPDATE media SET title = '' WHERE title = 'Nhạc hiệu' AND duration_ms = 1400;
"""
# When each device last sounded is asked every second, of a year of plays.
_SOUNDED = """
CREATE INDEX plays_sounded ON plays (device,
    CASE WHEN started_at IS NOT NULL THEN started_at WHEN outcome = 'played' THEN ended_at END);
"""
# An ending that may be replaced, by a clock that had just leapt; and whether the time was set by a person.
_IN_DOUBT = """
ALTER TABLE plays ADD COLUMN provisional INTEGER NOT NULL DEFAULT 0;
ALTER TABLE plays ADD COLUMN by_hand INTEGER NOT NULL DEFAULT 0;
"""
# After a restored backup: what a device had forgotten before it was asked again.
_MISSING = """
CREATE TABLE missing_receipts (
    device TEXT NOT NULL, journal TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    noted_at TEXT NOT NULL, PRIMARY KEY (device, journal, first)) WITHOUT ROWID;
"""

# What is practised: said so in the plan, in receipts and on pages, and left out where plays are counted.
_EXERCISES = """
ALTER TABLE messages ADD COLUMN exercise INTEGER NOT NULL DEFAULT 0;
ALTER TABLE plays ADD COLUMN exercise INTEGER NOT NULL DEFAULT 0;
"""
_TALK_RIGHTS = """
CREATE TABLE talk_rights (
    village TEXT PRIMARY KEY, body TEXT, by TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID;
"""

# What always lies on loudspeakers, by name.
_KEPT_SOUNDS = """
CREATE TABLE kept_sounds (name TEXT PRIMARY KEY, media TEXT NOT NULL, made_at TEXT NOT NULL) WITHOUT ROWID;
"""
# A station that is relayed, for so long; the message's own sounds are heard where it does not come.
_RELAYS = """
ALTER TABLE messages ADD COLUMN stream TEXT;
ALTER TABLE messages ADD COLUMN stream_ms INTEGER;
"""
_CARRIED = """
CREATE TABLE carried_dossiers (
    device TEXT NOT NULL, dossier TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (device, dossier)
) WITHOUT ROWID;
"""
# What the sensors found where a play was not heard.
_FINDINGS = "ALTER TABLE plays ADD COLUMN finding TEXT;\n"


def _conflicts_by_number(db: sqlite_utils.Database) -> None:
    """What was seen of two machines with one name stood there in words: the number in them is all that they told."""
    rows = db.execute("SELECT device, kind, detail FROM conflicts").fetchall()
    db.execute("ALTER TABLE conflicts DROP COLUMN detail")
    db.execute("ALTER TABLE conflicts ADD COLUMN number INTEGER")
    for device, kind, detail in rows:
        number = re.search("[0-9]+", detail)
        if number is not None:
            db.execute(
                "UPDATE conflicts SET number = ? WHERE device = ? AND kind = ?", [int(number[0]), device, kind]
            )


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
    _script("office-job-sentences", _JOB_SENTENCES),
    Migration("office-conflicts-by-number", _conflicts_by_number),
    _script("office-codes-for-words", _CODES_FOR_WORDS),
    _script("office-plays-sounded", _SOUNDED),
    _script("office-carried-dossiers", _CARRIED),
    _script("office-plays-in-doubt", _IN_DOUBT),
    _script("office-missing-receipts", _MISSING),
    _script("office-exercises", _EXERCISES),
    _script("office-talk-rights", _TALK_RIGHTS),
    _script("office-kept-sounds", _KEPT_SOUNDS),
    _script("office-relays", _RELAYS),
    _script("office-findings", _FINDINGS),
)
