"""Dossiers from kiosks: received in pieces, exactly once, kept encrypted, opened by staff with a trace."""

from __future__ import annotations

import builtins
import contextlib
import hashlib
import os
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlite_utils

from langso.contract import DossierManifest
from langso.device.paired_devices import PairedDevice, read_devices
from langso.durable.files import make_folder, open_plain, sync_folder
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.trust import Refused, parse_payload, read_sealed
from langso.words.catalogue import Sentence
from office.desk.key import DeskKey
from office.desk.reading import DossierReader
from office.errors import NotFound, UploadRefused
from office.people.audit import Audit
from office.places import OfficeHome

MAX_MANIFEST = 64 << 10
MAX_PIECE = 8 << 20
MAX_WAITING = 50
CHECKSUM_MISMATCH = 460
_SELECT = "SELECT id, device, dossier, title, procedure, pages, size, made, received_at, opened_at FROM dossiers"


@dataclass(frozen=True)
class Upload:
    """A dossier on its way: `offset` of `size` bytes are durable; `finished`: it is among the dossiers."""

    id: str
    device: str
    dossier: str
    offset: int
    size: int
    finished: bool


@dataclass(frozen=True)
class Dossier:
    """A dossier received. `size` of the ciphertext; `opened` when staff first looked."""

    id: str
    device: str
    dossier: str
    title: str
    procedure: str
    pages: int
    size: int
    made: datetime
    received: datetime
    opened: datetime | None


class Desk:
    """Thread-safe; one process writes. Files: `uploads/{id}.part` while coming, `dossiers/{id}.age` after."""

    def __init__(self, store: Store, home: OfficeHome, clock: Clock, key: DeskKey | None = None) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._audit = Audit(store, clock)
        self._lock = threading.RLock()
        self._synced: dict[str, int] = {}
        self._uploads = home.desk / "uploads"
        self._dossiers = home.desk / "dossiers"
        for folder in (self._uploads, self._dossiers):
            make_folder(folder)
        self.key = key or DeskKey(home, clock)
        self.reading = DossierReader(store, self._dossiers, self.key)

    def create_upload(self, manifest_envelope: bytes) -> Upload:
        """Begins, or goes on with, the upload of a signed manifest; a finished one answers `finished`.

        Raises UploadRefused.
        """
        device, manifest = self._verified(manifest_envelope)
        with self._lock, self._store.transaction() as db:
            row = db.execute(
                "SELECT id, sha256, size FROM uploads WHERE device = ? AND dossier = ?", [device.id, manifest.dossier]
            ).fetchone()
            if row is not None:
                found = self._upload(db, str(row[0]))
                if found.finished or (row[1], row[2]) == (manifest.sha256, manifest.size):
                    return found
                # Encrypted anew by a kiosk that restarted: other bytes of the same dossier replace the unfinished.
                self._part(found.id).unlink(missing_ok=True)
                self._synced.pop(found.id, None)
                db.execute("DELETE FROM uploads WHERE id = ?", [found.id])
            waiting = db.execute(
                "SELECT count(*) FROM uploads WHERE device = ? AND finished_at IS NULL", [device.id]
            ).fetchone()
            if waiting[0] >= MAX_WAITING:
                raise UploadRefused(Sentence("desk-too-many-begun"), 429)
            id = secrets.token_hex(16)
            self._part(id).touch(mode=0o600)
            sync_folder(self._uploads)
            db.execute(
                "INSERT INTO uploads (id, device, dossier, manifest, sha256, size, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    *(id, device.id, manifest.dossier, manifest_envelope, manifest.sha256, manifest.size),
                    self._clock.now().isoformat(),
                ],
            )
            return Upload(id, device.id, manifest.dossier, 0, manifest.size, False)

    def upload(self, id: str) -> Upload:
        """How far an upload is; finishes one that a crash left complete. Raises NotFound."""
        with self._lock:
            found = self._upload(self._store.db, id)
            if not found.finished and found.offset == found.size:
                return self._finish(id)
            return found

    def sha256_of(self, id: str) -> str:
        """The SHA-256 that an upload's bytes will have, as signed. Raises NotFound."""
        row = self._store.db.execute("SELECT sha256 FROM uploads WHERE id = ?", [id]).fetchone()
        if row is None:
            raise NotFound(Sentence("desk-no-upload"))
        return str(row[0])

    def append(self, id: str, offset: int, piece: bytes) -> Upload:
        """Writes a piece at the end; durable when this returns. The last piece finishes the dossier.

        Raises NotFound, UploadRefused (409 at another offset, 413 too much, 460 where the whole is not what was
        signed: it then starts anew, 507 disk full).
        """
        if len(piece) > MAX_PIECE:
            raise UploadRefused(Sentence("desk-piece-large"), 413)
        with self._lock:
            found = self._upload(self._store.db, id)
            if found.finished and not piece and offset == found.size:
                return found
            if offset != found.offset:
                raise UploadRefused(Sentence("desk-other-offset", offset=found.offset), 409)
            if offset + len(piece) > found.size:
                raise UploadRefused(Sentence("desk-more-than-said"), 413)
            self._write(id, offset, piece)
            if offset + len(piece) == found.size:
                return self._finish(id)
            return Upload(id, found.device, found.dossier, offset + len(piece), found.size, False)

    def finish(self, id: str) -> Upload:
        """Checks the whole against the manifest and files it; again: nothing happens. Raises as append."""
        return self.upload(id)

    def list(self, limit: int = 200) -> list[Dossier]:
        """The newest first; by the names that they say themselves, as far as the desk is open to read them."""
        rows = self._store.db.execute(f"{_SELECT} ORDER BY received_at DESC, id LIMIT ?", [limit]).fetchall()
        return self._named([_dossier(row) for row in rows])

    def dossier(self, id: str) -> Dossier:
        """One by its id. Raises NotFound."""
        row = self._store.db.execute(f"{_SELECT} WHERE id = ?", [id]).fetchone()
        if row is None:
            raise NotFound(Sentence("desk-no-dossier"))
        return self._named([_dossier(row)])[0]

    def open(self, id: str, by: str) -> bytes:
        """The PDF, decrypted and checked; who looked is kept. Raises as DossierReader.plain."""
        plain = self.reading.plain(id)
        now = self._clock.now().isoformat()
        with self._store.transaction() as db:
            db.execute("UPDATE dossiers SET opened_at = coalesce(opened_at, ?) WHERE id = ?", [now, id])
            self._audit.write(by, "open-dossier", id)
        return plain

    def destroy_month(self, month: str, by: str) -> int:
        """Nobody reads the dossiers that came in that month any more. Raises NotFound."""
        count = self.reading.destroy(month)
        self._audit.write(by, "destroy-month", month, str(count))
        return count

    def _named(self, dossiers: Sequence[Dossier]) -> builtins.list[Dossier]:
        names = self.reading.names([one.id for one in dossiers])
        return [
            replace(one, title=names[one.id][0] or one.title, procedure=names[one.id][1] or one.procedure)
            if one.id in names
            else one
            for one in dossiers
        ]

    def _verified(self, raw: bytes) -> tuple[PairedDevice, DossierManifest]:
        try:
            sealed = read_sealed(raw, "dossier", limit=MAX_MANIFEST)
            signers = (device for device in read_devices(self._home.devices) if sealed.signed_by([device.public]))
            device = next(signers, None)
            if device is None or device.role != "kiosk":
                raise UploadRefused(Sentence("desk-not-a-kiosk"), 403)
            manifest = parse_payload(sealed.payload, DossierManifest)
        except Refused as refused:
            raise UploadRefused(Sentence("desk-manifest-refused", reason=refused.reason)) from refused
        trust = self._home.trust().trust
        if manifest.device != device.id or manifest.commune not in trust.communes or device.id in trust.revoked:
            raise UploadRefused(Sentence("desk-other-kiosk"), 403)
        limit = self._home.settings.office.dossier_max_mb
        if manifest.size > limit << 20:
            raise UploadRefused(Sentence("desk-dossier-large", most=limit), 413)
        return device, manifest

    def _upload(self, db: sqlite_utils.Database, id: str) -> Upload:
        row = db.execute("SELECT device, dossier, size, finished_at FROM uploads WHERE id = ?", [id]).fetchone()
        if row is None:
            raise NotFound(Sentence("desk-no-upload"))
        size, finished = int(row[2]), row[3] is not None
        offset = size
        if not finished and not (self._dossiers / f"{id}.age").exists():
            return Upload(id, row[0], row[1], self._durable(id), size, False)
        return Upload(id, row[0], row[1], offset, size, finished)

    def _durable(self, id: str) -> int:
        """How many bytes of an unfinished upload are on the disk. What is only in the file may go with a power cut,
        and the kiosk would have been told not to send it again. Raises UploadRefused where the disk takes nothing.
        """
        known = self._synced.get(id)
        if known is not None:
            return known
        try:
            descriptor = os.open(self._part(id), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return 0
        try:
            os.fsync(descriptor)
            self._synced[id] = os.fstat(descriptor).st_size
        except OSError as error:
            raise UploadRefused(Sentence("desk-disk-full"), 507) from error
        finally:
            os.close(descriptor)
        return self._synced[id]

    def _write(self, id: str, offset: int, piece: bytes) -> None:
        try:
            descriptor = os.open(self._part(id), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                view, at = memoryview(piece), offset
                while view:
                    written = os.pwrite(descriptor, view, at)
                    view, at = view[written:], at + written
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            self._synced[id] = offset + len(piece)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.truncate(self._part(id), offset)
            raise UploadRefused(Sentence("desk-disk-full"), 507) from error

    def _finish(self, id: str) -> Upload:
        """Rename first, row second: a crash between leaves the file in place and the row is written next time."""
        row = self._store.db.execute("SELECT manifest, sha256 FROM uploads WHERE id = ?", [id]).fetchone()
        target = self._dossiers / f"{id}.age"
        if not target.exists():
            if _sha256(self._part(id)) != row[1]:
                os.truncate(self._part(id), 0)
                self._synced[id] = 0
                raise UploadRefused(Sentence("desk-other-bytes"), CHECKSUM_MISMATCH)
            self._part(id).replace(target)
            sync_folder(self._dossiers)
        manifest = parse_payload(read_sealed(bytes(row[0]), "dossier").payload, DossierManifest)
        self._synced.pop(id, None)
        now = self._clock.now().isoformat()
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO dossiers (id, device, dossier, title, procedure, pages, size, sha256, plain_sha256,"
                " made, received_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device, dossier) DO NOTHING",
                [
                    *(id, manifest.device, manifest.dossier, manifest.title, manifest.procedure, manifest.pages),
                    *(manifest.size, manifest.sha256, manifest.plain_sha256, manifest.made.isoformat(), now),
                ],
            )
            db.execute("UPDATE uploads SET finished_at = coalesce(finished_at, ?) WHERE id = ?", [now, id])
        return Upload(id, manifest.device, manifest.dossier, manifest.size, manifest.size, True)

    def _part(self, id: str) -> Path:
        return self._uploads / f"{id}.part"


def _dossier(row: tuple[Any, ...]) -> Dossier:
    return Dossier(
        id=row[0],
        device=row[1],
        dossier=row[2],
        title=row[3],
        procedure=row[4],
        pages=row[5],
        size=row[6],
        made=datetime.fromisoformat(row[7]),
        received=datetime.fromisoformat(row[8]),
        opened=None if row[9] is None else datetime.fromisoformat(row[9]),
    )


def _sha256(path: Path) -> str:
    with open_plain(path, follow=False) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
