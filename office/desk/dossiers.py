"""Dossiers from kiosks: received in pieces, exactly once, kept encrypted, opened by staff with a trace."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlite_utils

from langso.contract import DossierManifest
from langso.device.paired import PairedDevice, read_devices
from langso.durable.files import open_plain, sync_folder
from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from langso.trust import Refused, parse_payload, read_sealed
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

    def __init__(self, store: Store, home: OfficeHome, clock: Clock) -> None:
        self._store = store
        self._home = home
        self._clock = clock
        self._audit = Audit(store, clock)
        self._lock = threading.RLock()
        self._uploads = home.desk / "uploads"
        self._dossiers = home.desk / "dossiers"
        for folder in (self._uploads, self._dossiers):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

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
                db.execute("DELETE FROM uploads WHERE id = ?", [found.id])
            waiting = db.execute(
                "SELECT count(*) FROM uploads WHERE device = ? AND finished_at IS NULL", [device.id]
            ).fetchone()
            if waiting[0] >= MAX_WAITING:
                raise UploadRefused("Kiosk có quá nhiều hồ sơ gửi dở; hãy gửi xong các hồ sơ cũ trước.", 429)
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

    def append(self, id: str, offset: int, piece: bytes) -> Upload:
        """Writes a piece at the end; durable when this returns. The last piece finishes the dossier.

        Raises NotFound, UploadRefused (409 at another offset, 413 too much, 460 where the whole is not what was
        signed: it then starts anew, 507 disk full).
        """
        if len(piece) > MAX_PIECE:
            raise UploadRefused("Mảnh gửi quá lớn; hãy gửi từng mảnh nhỏ hơn.", 413)
        with self._lock:
            found = self._upload(self._store.db, id)
            if found.finished and not piece and offset == found.size:
                return found
            if offset != found.offset:
                raise UploadRefused(f"Phải gửi tiếp từ byte {found.offset}.", 409)
            if offset + len(piece) > found.size:
                raise UploadRefused("Gửi nhiều hơn đã khai; hãy gửi lại hồ sơ.", 413)
            self._write(id, offset, piece)
            if offset + len(piece) == found.size:
                return self._finish(id)
            return Upload(id, found.device, found.dossier, offset + len(piece), found.size, False)

    def finish(self, id: str) -> Upload:
        """Checks the whole against the manifest and files it; again: nothing happens. Raises as append."""
        return self.upload(id)

    def list(self, limit: int = 200) -> list[Dossier]:
        """The newest first."""
        rows = self._store.db.execute(f"{_SELECT} ORDER BY received_at DESC, id LIMIT ?", [limit]).fetchall()
        return [_dossier(row) for row in rows]

    def dossier(self, id: str) -> Dossier:
        """One by its id. Raises NotFound."""
        row = self._store.db.execute(f"{_SELECT} WHERE id = ?", [id]).fetchone()
        if row is None:
            raise NotFound("Không có hồ sơ này; hãy tải lại danh sách.")
        return _dossier(row)

    def open(self, id: str, by: str) -> bytes:
        """The PDF, decrypted and checked; who looked is kept. Raises NotFound, UploadRefused where it is damaged."""
        import pyrage

        row = self._store.db.execute("SELECT plain_sha256 FROM dossiers WHERE id = ?", [id]).fetchone()
        if row is None:
            raise NotFound("Không có hồ sơ này; hãy tải lại danh sách.")
        identity = pyrage.x25519.Identity.from_str(self._home.age_identity())
        try:
            with open_plain(self._dossiers / f"{id}.age", follow=False) as file:
                plain: bytes = pyrage.decrypt(file.read(), [identity])
        except (OSError, pyrage.DecryptError) as error:
            raise UploadRefused("Không mở được hồ sơ: tệp hỏng hoặc mã hoá cho khoá khác; hãy quét lại.") from error
        if hashlib.sha256(plain).hexdigest() != row[0]:
            raise UploadRefused("Nội dung hồ sơ không đúng như kiosk đã ký; hãy quét lại.")
        now = self._clock.now().isoformat()
        with self._store.transaction() as db:
            db.execute("UPDATE dossiers SET opened_at = coalesce(opened_at, ?) WHERE id = ?", [now, id])
            self._audit.write(by, "open-dossier", id)
        return plain

    def _verified(self, raw: bytes) -> tuple[PairedDevice, DossierManifest]:
        try:
            sealed = read_sealed(raw, "dossier", limit=MAX_MANIFEST)
            signers = (device for device in read_devices(self._home.devices) if sealed.signed_by([device.public]))
            device = next(signers, None)
            if device is None or device.role != "kiosk":
                raise UploadRefused("Hồ sơ không do kiosk đã ghép gửi; hãy ghép lại kiosk.", 403)
            manifest = parse_payload(sealed.payload, DossierManifest)
        except Refused as refused:
            raise UploadRefused(f"Giấy gửi hồ sơ không dùng được ({refused.reason}); hãy gửi lại.") from refused
        trust = self._home.trust().trust
        if manifest.device != device.id or manifest.commune not in trust.communes or device.id in trust.revoked:
            raise UploadRefused("Hồ sơ ghi tên kiosk hay xã khác; hãy ghép lại kiosk.", 403)
        limit = self._home.settings.office.dossier_max_mb
        if manifest.size > limit << 20:
            raise UploadRefused(f"Hồ sơ lớn hơn {limit} MB; hãy quét ít trang hơn một lần.", 413)
        return device, manifest

    def _upload(self, db: sqlite_utils.Database, id: str) -> Upload:
        row = db.execute("SELECT device, dossier, size, finished_at FROM uploads WHERE id = ?", [id]).fetchone()
        if row is None:
            raise NotFound("Không có lượt gửi này; hãy bắt đầu gửi lại.")
        size, finished = int(row[2]), row[3] is not None
        offset = size
        if not finished and not (self._dossiers / f"{id}.age").exists():
            with contextlib.suppress(FileNotFoundError):
                offset = self._part(id).stat().st_size
                return Upload(id, row[0], row[1], offset, size, False)
            offset = 0
        return Upload(id, row[0], row[1], offset, size, finished)

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
        except OSError as error:
            with contextlib.suppress(OSError):
                os.truncate(self._part(id), offset)
            raise UploadRefused("Máy văn phòng không ghi được hồ sơ; hãy dọn bớt ổ đĩa rồi gửi lại.", 507) from error

    def _finish(self, id: str) -> Upload:
        """Rename first, row second: a crash between leaves the file in place and the row is written next time."""
        row = self._store.db.execute("SELECT manifest, sha256 FROM uploads WHERE id = ?", [id]).fetchone()
        target = self._dossiers / f"{id}.age"
        if not target.exists():
            if _sha256(self._part(id)) != row[1]:
                os.truncate(self._part(id), 0)
                raise UploadRefused("Hồ sơ đến nơi không đúng như đã ký; hãy gửi lại từ đầu.", CHECKSUM_MISMATCH)
            self._part(id).replace(target)
            sync_folder(self._dossiers)
        manifest = parse_payload(read_sealed(bytes(row[0]), "dossier").payload, DossierManifest)
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
