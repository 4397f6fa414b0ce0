"""The office's one database, office.db, with the tables of 0.1.0. Times are ISO 8601 UTC texts, which sort."""

from __future__ import annotations

from pathlib import Path

import sqlite_utils

from langso.durable.outbox import OUTBOX_MIGRATION
from langso.durable.store import Migration, Store
from office.store_changes import CHANGES

_STAFF = """
CREATE TABLE staff (
    login TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, password TEXT NOT NULL,
    created_at TEXT NOT NULL, disabled_at TEXT);
CREATE TABLE sessions (
    token_sha256 TEXT PRIMARY KEY, login TEXT NOT NULL REFERENCES staff(login), csrf TEXT NOT NULL,
    created_at TEXT NOT NULL, seen_at TEXT NOT NULL, address TEXT NOT NULL DEFAULT '');
CREATE TABLE access_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,
    subject TEXT NOT NULL, note TEXT NOT NULL DEFAULT '');
"""

_BROADCASTS = """
CREATE TABLE media (
    sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, duration_ms INTEGER NOT NULL, codec TEXT NOT NULL, lufs REAL,
    title TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL);
CREATE TABLE broadcasts (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, class TEXT NOT NULL, targets TEXT NOT NULL,
    volume INTEGER NOT NULL, chime TEXT, media TEXT NOT NULL DEFAULT '[]', late TEXT NOT NULL,
    after_cut TEXT NOT NULL,
    status TEXT NOT NULL, by TEXT NOT NULL, created_at TEXT NOT NULL, sent_at TEXT, ended_at TEXT);
CREATE TABLE occurrences (
    id TEXT PRIMARY KEY, broadcast TEXT NOT NULL REFERENCES broadcasts(id), start TEXT NOT NULL, withdrawn_at TEXT);
CREATE INDEX occurrences_start ON occurrences (start);
CREATE TABLE plays (
    occurrence TEXT NOT NULL, device TEXT NOT NULL, planned TEXT, started_at TEXT, error_ms REAL, outcome TEXT,
    why TEXT NOT NULL DEFAULT '', heard_ms INTEGER NOT NULL DEFAULT 0, ended_at TEXT, sure REAL,
    time_unproven INTEGER NOT NULL DEFAULT 0, title TEXT NOT NULL DEFAULT '', PRIMARY KEY (occurrence, device));
CREATE TABLE urgent_orders (
    id TEXT PRIMARY KEY, body TEXT NOT NULL, by TEXT NOT NULL, issued TEXT NOT NULL, expires TEXT NOT NULL,
    ended_at TEXT);
CREATE TABLE device_orders (
    id TEXT PRIMARY KEY, device TEXT NOT NULL, body TEXT NOT NULL, expires TEXT NOT NULL);
CREATE TABLE device_settings (device TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, audience TEXT NOT NULL, epoch INTEGER NOT NULL,
    version INTEGER NOT NULL, sha256 TEXT NOT NULL, issued TEXT NOT NULL, expires TEXT NOT NULL,
    envelope BLOB NOT NULL, UNIQUE (kind, audience, epoch, version));
"""

_FLEET = """
CREATE TABLE devices (
    id TEXT PRIMARY KEY, role TEXT NOT NULL, place TEXT NOT NULL, village TEXT, public_key TEXT NOT NULL,
    registered_at TEXT NOT NULL, revoked_at TEXT);
CREATE TABLE states (
    device TEXT PRIMARY KEY, boot TEXT NOT NULL, number INTEGER NOT NULL, written TEXT NOT NULL,
    received_at TEXT NOT NULL, sha256 TEXT NOT NULL, envelope BLOB NOT NULL);
CREATE TABLE state_numbers (
    device TEXT NOT NULL, number INTEGER NOT NULL, boot TEXT NOT NULL, journal TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL, received_at TEXT NOT NULL, PRIMARY KEY (device, journal, number));
CREATE TABLE presence (device TEXT PRIMARY KEY, online INTEGER NOT NULL, boot TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE journals (
    device TEXT NOT NULL, journal TEXT NOT NULL, through INTEGER NOT NULL, sha256 TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (device, journal));
CREATE TABLE receipts (
    device TEXT NOT NULL, journal TEXT NOT NULL, number INTEGER NOT NULL, line TEXT NOT NULL, sha256 TEXT NOT NULL,
    event TEXT NOT NULL, written TEXT NOT NULL, received_at TEXT NOT NULL, PRIMARY KEY (device, journal, number));
CREATE INDEX receipts_newest ON receipts (received_at);
CREATE TABLE conflicts (
    device TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL, first_at TEXT NOT NULL, last_at TEXT NOT NULL,
    count INTEGER NOT NULL, PRIMARY KEY (device, kind));
"""

_DESK = """
CREATE TABLE uploads (
    id TEXT PRIMARY KEY, device TEXT NOT NULL, dossier TEXT NOT NULL, manifest BLOB NOT NULL, sha256 TEXT NOT NULL,
    size INTEGER NOT NULL, created_at TEXT NOT NULL, finished_at TEXT, UNIQUE (device, dossier));
CREATE TABLE dossiers (
    id TEXT PRIMARY KEY, device TEXT NOT NULL, dossier TEXT NOT NULL, title TEXT NOT NULL, procedure TEXT NOT NULL,
    pages INTEGER NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, plain_sha256 TEXT NOT NULL,
    made TEXT NOT NULL, received_at TEXT NOT NULL, opened_at TEXT, UNIQUE (device, dossier));
"""

_ARCHIVE = """
CREATE TABLE archived (
    dossier TEXT PRIMARY KEY REFERENCES dossiers(id), name TEXT NOT NULL UNIQUE, by TEXT NOT NULL, at TEXT NOT NULL);
"""

_CERTIFICATES = """
CREATE TABLE certificates (
    id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, key_sha256 TEXT NOT NULL, how TEXT NOT NULL,
    issued_at TEXT NOT NULL, until TEXT NOT NULL, pem TEXT NOT NULL);
CREATE INDEX certificates_device ON certificates (device, id);
"""

_SIGNED = """
ALTER TABLE occurrences ADD COLUMN signed_at TEXT;
UPDATE occurrences SET signed_at = (SELECT coalesce(b.sent_at, b.created_at) FROM broadcasts b
    WHERE b.id = occurrences.broadcast AND b.status IN ('scheduled', 'withdrawn'));
"""

_BROWSERS = """
CREATE TABLE browsers (
    token_sha256 TEXT NOT NULL, login TEXT NOT NULL REFERENCES staff(login), used_at TEXT NOT NULL,
    PRIMARY KEY (token_sha256, login));
"""


def _tables(script: str) -> Migration:
    statements = [statement.strip() for statement in script.split(";") if statement.strip()]
    name = "office-" + statements[0].split()[2] + "-1"

    def apply(db: sqlite_utils.Database) -> None:
        for statement in statements:
            db.execute(statement)

    return Migration(name, apply)


MIGRATIONS = (
    _tables(_STAFF),
    _tables(_BROADCASTS),
    _tables(_FLEET),
    _tables(_DESK),
    OUTBOX_MIGRATION,
    _tables(_ARCHIVE),
    _tables(_SIGNED),
    _tables(_CERTIFICATES),
    _tables(_BROWSERS),
    *CHANGES,
)


def open_store(path: Path) -> Store:
    """The database at `path`, made where absent; the web process and the commands share it. Raises StoreError."""
    return Store(path, MIGRATIONS)
