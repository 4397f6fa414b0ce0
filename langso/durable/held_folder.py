"""A folder held open: what was examined is what is written to, even if its stick is pulled meanwhile."""

from __future__ import annotations

import contextlib
import errno
import fnmatch
import hashlib
import io
import itertools
import os
import stat
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from langso.durable.errors import FileRefused
from langso.durable.files import open_plain, read_limited, write_atomic
from langso.words.catalogue import Sentence
from langso.words.harmless import harmless
from langso.words.os_reasons import os_reason

UNKNOWN_THERE = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EEXIST)
"""What file systems say that know no syncing, no rights, or no renaming onto what lies there: a phone's."""


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

    @classmethod
    def inside(cls, outer: HeldFolder, name: str, *, make: bool = False) -> HeldFolder:
        """A folder in a held one, itself held; never what a link leads to. `make`: made where it is missing.

        Raises FileRefused.
        """
        found = cls.__new__(cls)
        found.path = outer.path / name
        found._descriptor = -1
        try:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, 0o700, dir_fd=outer._descriptor)
                    _sync(outer._descriptor, plainly=True)
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
            found._descriptor = os.open(name, flags, dir_fd=outer._descriptor)
        except OSError as error:
            raise FileRefused(
                Sentence("durable-usb-cannot-open", path=harmless(str(found.path)), why=os_reason(error))
            ) from error
        return found

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

    def names(self, pattern: str = "*", *, most: int | None = None) -> list[str]:
        """Plain files in it, sorted. `most`: a folder with more names of any kind is refused before it is read to its
        end. Raises FileRefused.
        """
        return [name for name in self._entries(pattern, most) if self._is(name, stat.S_ISREG)]

    def folders(self, *, most: int) -> list[str]:
        """Folders in it, sorted; a link to one is none. `most` as in `names`. Raises FileRefused."""
        return [name for name in self._entries("*", most) if self._is(name, stat.S_ISDIR)]

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

    def write_plainly(self, name: str, data: bytes) -> None:
        """As `write` where a file system knows no renaming or syncing (`UNKNOWN_THERE`): pulled out meanwhile, half
        of it is left. Raises FileRefused.
        """
        self.copy_in(io.BytesIO(data), name, sha256=hashlib.sha256(data).hexdigest(), most=len(data), plainly=True)
        if self.read(name, len(data)) != data:
            self.remove(name)
            raise FileRefused(Sentence("durable-usb-not-as-written", named=self._named))
        self.require_there()

    def open(self, name: str) -> BufferedReader:
        """A plain file's bytes to read, as the device has them. Raises FileRefused."""
        return open_plain(self.path / name, follow=False, folder=self._descriptor)

    def size(self, name: str) -> int | None:
        """Bytes of a plain file; None where there is none."""
        try:
            seen = os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        except OSError:
            return None
        return seen.st_size if stat.S_ISREG(seen.st_mode) else None

    def free(self) -> int:
        """Bytes that can still be written here. Raises FileRefused."""
        try:
            there = os.fstatvfs(self._descriptor)
        except OSError as error:
            raise FileRefused(Sentence("durable-usb-cannot-read", named=self._named, why=os_reason(error))) from error
        return there.f_bavail * there.f_frsize

    def copy_in(self, source: BinaryIO, name: str, *, sha256: str, most: int, plainly: bool = False) -> bool:
        """A large file copied in under its hash: durable and whole when it is true, else nothing is left of it.

        False: the source has other bytes than `sha256` says, or more than `most`. `plainly`: as in `write_plainly`.
        Raises FileRefused.
        """
        self.require_there()
        temporary = name if plainly else f".{name[:60]}.tmp"
        digest, written = hashlib.sha256(), 0
        try:
            if plainly:
                # On such a one not even a file that lies there can always be cut to nothing.
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=self._descriptor)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
            descriptor = os.open(temporary, flags, 0o600, dir_fd=self._descriptor)
            with os.fdopen(descriptor, "wb") as file:
                while (chunk := source.read(1 << 20)) and written + len(chunk) <= most:
                    digest.update(chunk)
                    written += file.write(chunk)
                whole = not chunk and digest.hexdigest() == sha256
                file.flush()
                if whole:
                    _sync(file.fileno(), plainly=plainly)
            if not whole:
                os.unlink(temporary, dir_fd=self._descriptor)
            elif not plainly:
                os.replace(temporary, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
            _sync(self._descriptor, plainly=plainly)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=self._descriptor)
            raise FileRefused(
                Sentence("durable-cannot-write", path=harmless(str(self.path / name)), why=os_reason(error))
            ) from error
        return whole

    def remove(self, name: str) -> None:
        """Takes a file away; one that is not there is none. Raises FileRefused."""
        try:
            os.unlink(name, dir_fd=self._descriptor)
        except FileNotFoundError:
            return
        except OSError as error:
            raise FileRefused(
                Sentence("durable-cannot-write", path=harmless(str(self.path / name)), why=os_reason(error))
            ) from error

    def _entries(self, pattern: str, most: int | None) -> list[str]:
        try:
            with os.scandir(self._descriptor) as entries:
                found = [entry.name for entry in itertools.islice(entries, None if most is None else most + 1)]
        except OSError as error:
            raise FileRefused(Sentence("durable-usb-cannot-read", named=self._named, why=os_reason(error))) from error
        if most is not None and len(found) > most:
            raise FileRefused(Sentence("durable-folder-too-full", named=self._named, most=most))
        return sorted(fnmatch.filter(found, pattern))

    def _is(self, name: str, kind: Callable[[int], bool]) -> bool:
        try:
            return kind(os.stat(name, dir_fd=self._descriptor, follow_symlinks=False).st_mode)
        except OSError:
            return False

    def _pulled(self) -> FileRefused:
        return FileRefused(Sentence("durable-usb-pulled-out", named=self._named))


def _sync(descriptor: int, *, plainly: bool = False) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        if not plainly or error.errno not in UNKNOWN_THERE:
            raise


@contextlib.contextmanager
def held(place: Path | HeldFolder) -> Iterator[HeldFolder]:
    """A folder held open for a while, or one that is held already and stays so. Raises FileRefused."""
    if isinstance(place, HeldFolder):
        yield place
        return
    with HeldFolder(place) as folder:
        yield folder
