"""What a dossier says, read with the desk's key: its PDF, and the name and procedure that no manifest carries."""

from __future__ import annotations

import hashlib
import logging
import threading
from datetime import datetime
from pathlib import Path

import sqlite_utils

from langso.durable.files import open_plain
from langso.durable.store import Store
from langso.errors import LangsoError
from langso.words.catalogue import Sentence
from office.desk.key import DeskKey
from office.desk.months import Months, month_of
from office.errors import DeskLocked, NotFound, UploadRefused

log = logging.getLogger(__name__)

READ_AT_ONCE = 25
"""Dossiers that one look at the list reads for their names; a hundred milliseconds each on an old PC."""
NAMED_BYTES = 20 << 20
"""Larger ones are not read for a name: it is told when they are opened."""
KEPT = 1000


class DossierReader:
    """Reads the files under `folder` (`ID.age`, as they came) and in its months. Thread-safe.

    Names are kept in memory only, and only while the key is there.
    """

    def __init__(self, store: Store, folder: Path, key: DeskKey) -> None:
        self._store = store
        self._folder = folder
        self._key = key
        self._months = Months(folder)
        self._names: dict[str, tuple[str, str]] = {}
        self._wrapping = threading.Lock()

    def plain(self, id: str) -> bytes:
        """The PDF, decrypted and checked; its file is then encrypted to its month. Raises NotFound, DeskLocked,
        UploadRefused where it is damaged or was destroyed.
        """
        received, digest = self._row(id)
        office = self._key.identity()
        plain = self._decrypt(id, office)
        if hashlib.sha256(plain).hexdigest() != digest:
            raise UploadRefused(Sentence("desk-other-contents"))
        self._wrap(id, plain, month_of(received), office)
        self._name(id, plain)
        return plain

    def names(self, ids: list[str]) -> dict[str, tuple[str, str]]:
        """Title and procedure by id of those that say it themselves; none while the desk is locked."""
        if not self._key.open:
            self._names.clear()
            return {}
        unread = [id for id in ids if id not in self._names]
        for id in unread[:READ_AT_ONCE]:
            try:
                if self._file(id)[1].stat().st_size <= NAMED_BYTES:
                    self._name(id, self._decrypt(id, self._key.identity()))
            except DeskLocked:
                return {}
            except (LangsoError, OSError):
                # It is told when somebody opens it.
                self._names[id] = ("", "")
        return {id: self._names[id] for id in ids if self._names.get(id, ("", "")) != ("", "")}

    def wrap_all(self) -> int:
        """Encrypts to their months what came while the desk was locked; returns how many."""
        if not self._wrapping.acquire(blocking=False):
            return 0
        count = 0
        try:
            for path in sorted(self._folder.glob("*.age")):
                try:
                    self.plain(path.stem)
                    count += 1
                except DeskLocked:
                    break
                except (LangsoError, OSError) as error:
                    log.warning("a dossier stays as it came: %s", error)
        finally:
            self._wrapping.release()
        return count

    def destroy(self, month: str) -> int:
        """Nobody reads that month's dossiers any more; returns how many they were. Raises NotFound."""
        with self._store.transaction() as db:
            ids = [id for id, received in _received(db) if month_of(received) == month]
        loose = [path for path in map(self._as_it_came, ids) if path.exists()]
        count = sum(self._file(id)[1].exists() for id in ids)
        try:
            self._months.destroy(month)
        except NotFound:
            if not loose:
                raise
        for path in loose:
            path.unlink(missing_ok=True)
        for id in ids:
            self._names.pop(id, None)
        return count

    def _row(self, id: str) -> tuple[datetime, str]:
        row = self._store.db.execute("SELECT received_at, plain_sha256 FROM dossiers WHERE id = ?", [id]).fetchone()
        if row is None:
            raise NotFound(Sentence("desk-no-dossier"))
        return datetime.fromisoformat(row[0]), str(row[1])

    def _file(self, id: str) -> tuple[str | None, Path]:
        found = self._months.find(id)
        return (None, self._as_it_came(id)) if found is None else found

    def _as_it_came(self, id: str) -> Path:
        return self._folder / f"{id}.age"

    def _decrypt(self, id: str, office: str) -> bytes:
        import pyrage

        month, path = self._file(id)
        if month is None and not path.exists():
            raise UploadRefused(Sentence("desk-destroyed"))
        try:
            identity = office if month is None else self._months.identity(month, office)
            with open_plain(path, follow=False) as file:
                plain: bytes = pyrage.decrypt(file.read(), [pyrage.x25519.Identity.from_str(identity)])
        except (OSError, pyrage.DecryptError) as error:
            raise UploadRefused(Sentence("desk-not-opened")) from error
        return plain

    def _wrap(self, id: str, plain: bytes, month: str, office: str) -> None:
        """A full disk, or a cut in between, leaves it as it came."""
        as_it_came = self._as_it_came(id)
        if not as_it_came.exists():
            return
        try:
            self._months.keep(month, id, plain, office)
            as_it_came.unlink(missing_ok=True)
        except (LangsoError, OSError) as error:
            log.warning("a dossier stays as it came: %s", error)

    def _name(self, id: str, plain: bytes) -> None:
        from scanner.document import about_of, untitled

        try:
            about = about_of(plain)
        except LangsoError:
            self._names[id] = ("", "")
            return
        if len(self._names) >= KEPT:
            self._names.clear()
        self._names[id] = ("" if about.title == untitled() else about.title, about.procedure)


def _received(db: sqlite_utils.Database) -> list[tuple[str, datetime]]:
    rows = db.execute("SELECT id, received_at FROM dossiers").fetchall()
    return [(str(id), datetime.fromisoformat(at)) for id, at in rows]
