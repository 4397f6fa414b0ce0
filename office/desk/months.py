"""A key a month: dossiers are encrypted to it once the desk is open, and are gone for good when it is destroyed.

The month's identity lies beside them, encrypted to the office's own key. What is destroyed here cannot be read any
more by whoever gets that key later, nor from a copy of the files without the month's. No root key is needed for it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from langso.durable.files import make_folder, read_limited, sync_folder, write_atomic
from langso.timekeeping.clock import VIETNAM
from langso.trust.roots.age_identity import recipient_of
from langso.words.catalogue import Sentence
from office.errors import NotFound

MAX_KEY = 4096
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


def month_of(moment: datetime) -> str:
    """The month in Vietnam at an instant: `2026-11`."""
    return moment.astimezone(VIETNAM).strftime("%Y-%m")


def is_month(text: str) -> bool:
    """Whether it is written as a month."""
    return _MONTH.fullmatch(text) is not None


class Months:
    """Under `folder`: `2026-11.key`, and a folder `2026-11` with the dossiers encrypted to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def identity(self, month: str, office: str) -> str:
        """The month's secret key; made where there is none yet. `office`: the office's own. Raises FileRefused."""
        import pyrage

        path = self._folder / f"{month}.key"
        if not path.exists():
            made = str(pyrage.x25519.Identity.generate())
            to = pyrage.x25519.Recipient.from_str(recipient_of(office))
            write_atomic(path, pyrage.encrypt(made.encode(), [to]), mode=0o600)
            return made
        own = pyrage.x25519.Identity.from_str(office)
        return str(pyrage.decrypt(read_limited(path, MAX_KEY), [own]).decode())

    def place(self, month: str, id: str) -> Path:
        """Where a dossier of that month lies once it is encrypted to it."""
        return self._folder / month / f"{id}.age"

    def find(self, id: str) -> tuple[str, Path] | None:
        """The month and file of a dossier that was encrypted to one; None: it lies as it came, or nowhere."""
        found = next(self._folder.glob(f"20[0-9][0-9]-[0-9][0-9]/{id}.age"), None)
        return None if found is None else (found.parent.name, found)

    def keep(self, month: str, id: str, plain: bytes, office: str) -> None:
        """Encrypts a dossier to its month, durably. Raises FileRefused."""
        import pyrage

        place = self.place(month, id)
        make_folder(place.parent)
        to = pyrage.x25519.Recipient.from_str(recipient_of(self.identity(month, office)))
        write_atomic(place, pyrage.encrypt(plain, [to]), mode=0o600)

    def destroy(self, month: str) -> None:
        """The key first: a cut in between leaves files that nobody can read. Raises NotFound for a month without."""
        key, folder = self._folder / f"{month}.key", self._folder / month
        if not key.exists() and not folder.exists():
            raise NotFound(Sentence("desk-no-month", month=month))
        with contextlib.suppress(FileNotFoundError):
            with key.open("r+b") as file:
                file.write(b"\0" * key.stat().st_size)
                file.flush()
                os.fsync(file.fileno())
            key.unlink()
        sync_folder(self._folder)
        shutil.rmtree(folder, ignore_errors=True)
        sync_folder(self._folder)
