"""The office's signed documents: numbered, signed by the signer, kept in the database and as files beside it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlite_utils

from langso.contract import MAX_DOCUMENT_BYTES, Document
from langso.durable.files import make_folder, read_limited, write_atomic
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.trust import Refused, parse_payload, read_sealed
from office.broadcasting.plans import Head
from office.places import OfficeHome
from office.publishing.turns import Turns
from office.signer.client import SignerClient
from office.signer.errors import SignerUnreachable
from office.signer.places import ISSUER
from office.signer.rules import KINDS

log = logging.getLogger(__name__)

ALL = "*"
KEEP_VERSIONS = 50
MAX_ENVELOPE = 2 * MAX_DOCUMENT_BYTES
_COLUMNS = "id, kind, audience, epoch, version, sha256, envelope"


@dataclass(frozen=True)
class Issued:
    """One signed document as sent. `id` rises with every one issued, by whichever process."""

    id: int
    kind: str
    audience: str
    epoch: int
    version: int
    sha256: str
    envelope: bytes


class Documents:
    """Signs and finds documents; thread-safe, and safe beside other processes: they take turns for each kind."""

    def __init__(self, store: Store, home: OfficeHome, clock: Clock, signer: SignerClient) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._signer = signer
        self._turns = Turns(home.published)

    def issue(
        self,
        kind: str,
        build: Callable[[Head], Document],
        *,
        audience: str = ALL,
        also: Callable[[sqlite_utils.Database], None] = lambda db: None,
    ) -> Issued:
        """Builds the document under the next version, has it signed, and keeps it. Raises SignerRefused,
        SignerUnreachable, StoreError.

        `build` reads the rows in its turn, so a later version never says less than an earlier one. `also` writes what
        belongs to the document, in the transaction that keeps it. Never call it inside a transaction: while the
        signer is asked, nobody else could write.
        """
        with self._turns.one(kind):
            epoch = self._home.rule().epoch
            own = self._latest(self._store.db, kind, audience, epoch)
            last = max(self._signer.version(kind, epoch, audience), own.version if own else 0)
            now = self._clock.now()
            document = build(Head(ISSUER, self._home.settings.commune.code, epoch, last + 1, now))
            envelope = self._signer.sign(kind, document)
            with self._store.transaction() as db:
                issued = self._keep(db, document, envelope)
                also(db)
            self._write_file(issued)
        return issued

    def adopt(self, kind: str, raw: bytes) -> Document | None:
        """Takes back a document that this office signed and has forgotten, if it is newer than what the office knows.

        None: it is not ours, not newer, or damaged.
        """
        try:
            sealed = read_sealed(raw, kind)
            rule = self._home.rule()
            sealed.require([bytes.fromhex(key) for key in rule.signers.keys], rule.signers.threshold)
            document = parse_payload(sealed.payload, KINDS[kind])
        except (Refused, KeyError):
            return None
        if document.issuer != ISSUER or document.epoch != rule.epoch:
            return None
        with self._store.transaction() as db:
            own = self._latest(db, kind, document.audience, document.epoch)
            if own is not None and own.version >= document.version:
                return None
            issued = self._keep(db, document, raw)
        self._write_file(issued)
        log.warning("took back %s version %d for %s", kind, document.version, document.audience)
        return document

    def latest(self, kind: str, audience: str = ALL) -> Issued | None:
        """The newest of a kind for an audience, in the present epoch."""
        return self._latest(self._store.db, kind, audience, self._home.rule().epoch)

    def all_latest(self) -> list[Issued]:
        """The newest of every kind and audience in the present epoch: what the retained topics should hold."""
        rows = self._store.db.execute(
            f"SELECT {_COLUMNS} FROM documents d WHERE epoch = :epoch AND version ="
            " (SELECT max(version) FROM documents WHERE kind = d.kind AND audience = d.audience AND epoch = d.epoch)"
            " ORDER BY id",
            {"epoch": self._home.rule().epoch},
        ).fetchall()
        return [_issued(row) for row in rows]

    def newest(self) -> dict[str, tuple[int, str]]:
        """(version, sha256) of the newest of each kind for everybody, in the present epoch; no document is read."""
        rows = self._store.db.execute(
            "SELECT kind, max(version), sha256 FROM documents WHERE audience = ? AND epoch = ? GROUP BY kind",
            [ALL, self._home.rule().epoch],
        )
        return {str(row[0]): (int(row[1]), str(row[2])) for row in rows}

    def newest_of(self, kind: str) -> int:
        """The number (`Issued.id`) of what `latest` would give; 0 where there is none."""
        row = self._store.db.execute(
            "SELECT id FROM documents WHERE kind = ? AND audience = ? AND epoch = ? ORDER BY version DESC LIMIT 1",
            [kind, ALL, self._home.rule().epoch],
        ).fetchone()
        return 0 if row is None else int(row[0])

    def newest_id(self) -> int:
        """A number that grows whenever any process signs a document."""
        row = self._store.db.execute("SELECT max(id) FROM documents").fetchone()
        return int(row[0] or 0)

    def age(self, kind: str, audience: str = ALL) -> timedelta | None:
        """How long ago the newest was issued; None where there is none."""
        found = self.latest(kind, audience)
        if found is None:
            return None
        document = parse_payload(read_sealed(found.envelope, kind).payload, KINDS[kind])
        return self._clock.now() - document.issued

    @property
    def signer(self) -> SignerClient:
        """Whoever signs them."""
        return self._signer

    def trouble(self) -> SignerUnreachable | None:
        """Why the signer cannot sign anything now; None where it can."""
        return self._signer.trouble()

    def raise_to(self, states: Mapping[str, bytes]) -> None:
        """Raises the signer's counters to the versions that devices hold, by their signed states (raw envelopes by
        device).
        """
        self._signer.raise_to(states)

    def files(self, kind: str) -> list[bytes]:
        """The envelopes of a kind kept beside the database."""
        found = []
        for path in sorted(self._home.published.glob(f"{kind}.*.json")):
            with contextlib.suppress(OSError):
                found.append(read_limited(path, MAX_ENVELOPE, follow=False))
        return found

    def _keep(self, db: sqlite_utils.Database, document: Document, envelope: bytes) -> Issued:
        sha256 = read_sealed(envelope, document.kind).sha256
        row = (document.kind, document.audience, document.epoch, document.version, sha256)
        cursor = db.execute(
            "INSERT INTO documents (kind, audience, epoch, version, sha256, issued, expires, envelope)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [*row, document.issued.isoformat(), document.expires.isoformat(), envelope],
        )
        db.execute(
            "DELETE FROM documents WHERE kind = ? AND audience = ? AND version <= ? AND epoch <= ?",
            [document.kind, document.audience, document.version - KEEP_VERSIONS, document.epoch],
        )
        return Issued(int(cursor.lastrowid or 0), *row, envelope)

    def _latest(self, db: sqlite_utils.Database, kind: str, audience: str, epoch: int) -> Issued | None:
        row = db.execute(
            f"SELECT {_COLUMNS} FROM documents WHERE kind = ? AND audience = ? AND epoch = ?"
            " ORDER BY version DESC LIMIT 1",
            [kind, audience, epoch],
        ).fetchone()
        return None if row is None else _issued(row)

    def _write_file(self, issued: Issued) -> None:
        make_folder(self._home.published)
        name = "all" if issued.audience == ALL else f"device.{issued.audience}"
        write_atomic(self._home.published / f"{issued.kind}.{name}.json", issued.envelope)


def _issued(row: tuple[int, str, str, int, int, str, bytes]) -> Issued:
    return Issued(*row[:6], bytes(row[6]))
