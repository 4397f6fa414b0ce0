"""A folder held open: what was looked at is what is written to, even if its stick is pulled meanwhile."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.words.catalogue import Sentence
from langso.words.harmless import harmless
from langso.words.os_reasons import os_reason


class HeldFolder:
    """Reads and writes go to the folder that was opened; links in it are not followed. Close it before unmounting.

    Raises FileRefused where there is no such folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise FileRefused(
                Sentence("durable-usb-cannot-open", path=harmless(str(path)), why=os_reason(error))
            ) from error

    def __enter__(self) -> HeldFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of it; a second time does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    @property
    def _named(self) -> str:
        # A folder on a stick is called whatever its maker likes.
        return harmless(str(self.path))

    def require_there(self) -> None:
        """Raises FileRefused where the path leads to another folder by now, or to none."""
        try:
            held, now = os.fstat(self._descriptor), self.path.stat()
        except OSError as error:
            raise self._pulled() from error
        if (held.st_dev, held.st_ino) != (now.st_dev, now.st_ino):
            raise self._pulled()

    def names(self, pattern: str = "*") -> list[str]:
        """Plain files in it, sorted. Raises FileRefused."""
        try:
            with os.scandir(self._descriptor) as entries:
                found = sorted(fnmatch.filter([entry.name for entry in entries], pattern))
        except OSError as error:
            raise FileRefused(Sentence("durable-usb-cannot-read", named=self._named, why=os_reason(error))) from error
        return [name for name in found if self._is_plain(name)]

    def has(self, name: str) -> bool:
        """Whether anything of that name lies in it; a folder between is followed. Raises FileRefused."""
        try:
            os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise FileRefused(Sentence("durable-usb-cannot-read", named=self._named, why=os_reason(error))) from error
        return True

    def read(self, name: str, limit: int) -> bytes:
        """A file's bytes as the device has them, at most `limit`. Raises FileRefused."""
        return read_limited(self.path / name, limit, follow=False, folder=self._descriptor, from_disk=True)

    def write(self, name: str, data: bytes, *, mode: int = 0o600) -> None:
        """Replaces a file durably, and believes it only once it was read back where the path still leads.

        Raises FileRefused.
        """
        self.require_there()
        write_atomic(self.path / name, data, mode=mode, folder=self._descriptor)
        if self.read(name, len(data)) != data:
            raise FileRefused(Sentence("durable-usb-not-as-written", named=self._named))
        self.require_there()

    def _is_plain(self, name: str) -> bool:
        try:
            return stat.S_ISREG(os.stat(name, dir_fd=self._descriptor, follow_symlinks=False).st_mode)
        except OSError:
            return False

    def _pulled(self) -> FileRefused:
        return FileRefused(Sentence("durable-usb-pulled-out", named=self._named))


@contextlib.contextmanager
def held(place: Path | HeldFolder) -> Iterator[HeldFolder]:
    """A folder held open for a while, or one that is held already and stays so. Raises FileRefused."""
    if isinstance(place, HeldFolder):
        yield place
        return
    with HeldFolder(place) as folder:
        yield folder
