"""Files written so that a power cut leaves the old or the new one whole, and read only if they are plain files."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from langso.durable.errors import FileRefused
from langso.words.catalogue import Sentence
from langso.words.harmless import harmless
from langso.words.os_reasons import os_reason

_CUT_OFF = re.compile(r"\..+\.[0-9a-f]{12}\.tmp", re.DOTALL)
CUT_OFF_S = 600.0
"""Nobody writes one file for so long."""

Stamp = tuple[int, int, int, int]
"""By which a file is known to be the same as before: inode, size, and both of its times."""


def stamp_of(path: Path | str) -> Stamp | None:
    """The file's stamp (of a link itself, never of what it leads to); None where nothing can be seen there."""
    try:
        seen = os.lstat(path)
    except (OSError, ValueError):
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def write_atomic(path: Path, data: bytes, *, mode: int = 0o600, folder: int | None = None) -> None:
    """Replaces ``path`` with ``data`` durably: after a power cut it holds the old bytes or the new ones.

    ``folder``: an open descriptor of the folder that is meant, whatever its path leads to by now. Raises FileRefused
    with the cause (full disk, no right, a device or pipe in its place); what was there is then untouched.
    """
    at = path if folder is None else Path(path.name)
    there = None
    with contextlib.suppress(OSError):
        there = os.stat(at, dir_fd=folder)
    if there is not None and not stat.S_ISREG(there.st_mode):
        raise FileRefused(Sentence("durable-no-file-to-write", path=_named(path)))
    temporary = at.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode, dir_fd=folder)
        try:
            os.fchmod(descriptor, mode)
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                file.write(data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, at, src_dir_fd=folder, dst_dir_fd=folder)
        if folder is None:
            sync_folder(path.parent)
        else:
            os.fsync(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise FileRefused(Sentence("durable-cannot-write", path=_named(path), why=os_reason(error))) from error


def sync_folder(folder: Path) -> None:
    """Makes the names in ``folder`` durable (a rename is lost in a power cut without it). Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, mode: int = 0o700) -> None:
    """Makes a folder and those above it that are wanting, each name durable: files in a folder whose own name a power
    cut takes are gone with it. Raises OSError.
    """
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent, 0o777)
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        if not folder.is_dir():
            raise
    sync_folder(folder.parent)


def remove_cut_off(folder: Path, *, older_s: float = 0.0) -> int:
    """Removes what power cuts have left of writing files below ``folder``; returns how many.

    For the one process that writes there, before it does; `older_s`: leaves younger ones, where others may write.
    """
    removed = 0
    with contextlib.suppress(OSError):
        for path in folder.rglob(".*.tmp"):
            if _CUT_OFF.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    if older_s and not time.time() - path.lstat().st_mtime > older_s:
                        continue
                    path.unlink()
                    removed += 1
    return removed


def open_plain(
    path: Path, *, follow: bool | None = None, pipe: bool = False, folder: int | None = None
) -> BufferedReader:
    """Opens a file for reading bytes; a pipe, device or folder of that name is refused at once, since opening a pipe
    may wait for ever.

    `follow`: whether it may be a link; None: only in a folder of one's own or of root's, because another user's link
    may lead anywhere. `pipe`: True where the user named the file and may mean a pipe. `folder`: an open descriptor of
    the folder that is meant. Raises FileRefused.
    """
    flags = os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC | (0 if pipe else os.O_NONBLOCK)
    try:
        with _held_folder(path.parent, folder) as held:
            if follow is None:
                follow = os.fstat(held).st_uid in (0, os.geteuid())
            kind = os.stat(path.name, dir_fd=held, follow_symlinks=follow).st_mode
            if not stat.S_ISLNK(kind) and not _is_readable(kind, pipe):
                # Opening it may do something already: a watchdog's device begins to count.
                raise _no_file(path)
            descriptor = os.open(path.name, flags | (0 if follow else os.O_NOFOLLOW), dir_fd=held)
    except FileRefused:
        raise
    except OSError as error:
        why = Sentence("durable-is-a-link") if error.errno == errno.ELOOP else os_reason(error)
        raise FileRefused(Sentence("durable-cannot-read", path=_named(path), why=why)) from error
    if not _is_readable(os.fstat(descriptor).st_mode, pipe):
        os.close(descriptor)
        raise _no_file(path)
    return os.fdopen(descriptor, "rb")


def read_limited(
    path: Path,
    limit: int,
    *,
    follow: bool | None = None,
    pipe: bool = False,
    folder: int | None = None,
    from_disk: bool = False,
) -> bytes:
    """The file's bytes, at most ``limit``; raises FileRefused when it is absent, unreadable, larger or no file.

    `follow`, `pipe`, `folder`: as `open_plain`. `from_disk`: as the device has them, not what memory remembers.
    """
    try:
        with open_plain(path, follow=follow, pipe=pipe, folder=folder) as file:
            if from_disk:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            data = file.read(limit + 1)
    except FileRefused:
        raise
    except OSError as error:
        raise FileRefused(Sentence("durable-cannot-read", path=_named(path), why=os_reason(error))) from error
    if len(data) > limit:
        raise FileRefused(Sentence("durable-file-too-large", path=_named(path), limit=limit))
    return data


@contextlib.contextmanager
def _held_folder(path: Path, folder: int | None) -> Iterator[int]:
    """The folder itself, so that the one whose owner was asked for is the one that is read in."""
    descriptor = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC) if folder is None else folder
    try:
        yield descriptor
    finally:
        if folder is None:
            os.close(descriptor)


def _is_readable(mode: int, pipe: bool) -> bool:
    return stat.S_ISREG(mode) or (pipe and stat.S_ISFIFO(mode))


def _no_file(path: Path) -> FileRefused:
    return FileRefused(Sentence("durable-no-file-to-read", path=_named(path)))


def _named(path: Path) -> str:
    # A file on a stick is called whatever its maker likes.
    return harmless(str(path))
