"""Where things live and whose they are; a file written so that a power cut leaves the old or the new; one copy."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pwd
import secrets
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from types import TracebackType

from langso.errors import AlreadyRunning, FileRefused, os_reason
from langso.words.harmless import harmless


@dataclass(frozen=True)
class Paths:
    """The three roots: configuration, durable state, and what vanishes at boot (sockets, locks)."""

    config: Path
    state: Path
    run: Path

    @classmethod
    def system(cls) -> Paths:
        """The places of an installed machine."""
        return cls(Path("/etc/langso"), Path("/var/lib/langso"), Path("/run/langso"))

    @classmethod
    def under(cls, root: Path) -> Paths:
        """The same three under one folder: ``root/etc``, ``root/lib``, ``root/run`` (not created)."""
        return cls(root / "etc", root / "lib", root / "run")

    def create(self) -> Paths:
        """Makes the folders (mode 0700 where new) and returns self."""
        for folder in (self.config, self.state, self.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self


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
        raise FileRefused(f"{_named(path)} không phải một tệp; hãy chọn tên tệp khác.")
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
        raise FileRefused(
            f"Không ghi được {_named(path)}: {os_reason(error)}; hãy xem chỗ trống và quyền ghi ở đó."
        ) from error


def sync_folder(folder: Path) -> None:
    """Makes the names in ``folder`` durable (a rename is lost in a power cut without it). Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_plain(
    path: Path, *, follow: bool | None = None, pipe: bool = False, folder: int | None = None
) -> BufferedReader:
    """A file opened to be read, its bytes as they are; a pipe, device or folder under its name is refused at once:
    whoever opens a pipe waits for as long as its maker likes.

    `follow`: whether it may be a link; None: only in a folder of one's own or of root's, since another user's links
    lead wherever that user wants. `pipe`: True where whoever called named the file himself and may mean a pipe.
    `folder`: an open descriptor of the folder that is meant. Raises FileRefused.
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
        why = "đó là một đường dẫn tắt" if error.errno == errno.ELOOP else os_reason(error)
        raise FileRefused(f"Không đọc được {_named(path)}: {why}.") from error
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
        raise FileRefused(f"Không đọc được {_named(path)}: {os_reason(error)}.") from error
    if len(data) > limit:
        raise FileRefused(f"Tệp {_named(path)} quá lớn (giới hạn {limit} byte); hãy kiểm tra lại tệp.")
    return data


@contextlib.contextmanager
def acting_as_owner(folder: Path, *, give: bool = True) -> Iterator[None]:
    """Within, an effective root is the owner of `folder` (or of the nearest folder above that exists).

    All made within belongs to the service, and no link or pipe of the service's leads further than the service
    itself may go: so root reads there too. What an older langso left there as root is given to it first (`give`).
    Nothing happens where we are not root, or the folder is root's; nested, the outermost counts. The whole process
    changes: not for use beside threads that need root. Raises FileRefused.
    """
    there = _nearest(folder)
    if os.geteuid() != 0 or there is None or there.stat().st_uid == 0:
        yield
        return
    if give:
        give_to_owner(there)
    owner = there.stat()
    groups, group = os.getgroups(), os.getegid()
    try:
        os.setgroups(_groups_of(owner.st_uid, owner.st_gid))
        os.setegid(owner.st_gid)
        os.seteuid(owner.st_uid)
        yield
    finally:
        # The right to change groups comes back with the user.
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)


def give_to_owner(folder: Path, more: Iterable[Path] = ()) -> str | None:
    """Gives what root left in `folder`, and the files `more`, to the folder's own user and group.

    Links are not followed, and a file with a second name is left alone: the folder's owner may have made it.
    Returns the user's name; None where there is nothing to do: not root, or a folder of root's. Raises FileRefused.
    """
    there = folder.stat()
    if os.geteuid() != 0 or there.st_uid == 0:
        return None
    try:
        for _, folders, files, descriptor in os.fwalk(folder, onerror=_raise):
            for name in (*folders, *files):
                # What a service removes meanwhile is not missed.
                with contextlib.suppress(FileNotFoundError):
                    found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                    if found.st_uid == 0 and (stat.S_ISDIR(found.st_mode) or found.st_nlink == 1):
                        os.chown(name, there.st_uid, there.st_gid, dir_fd=descriptor, follow_symlinks=False)
        for path in more:
            os.chown(path, there.st_uid, there.st_gid, follow_symlinks=False)
    except OSError as error:
        raise FileRefused(
            f"Không giao được {folder} cho người dùng của nó: {os_reason(error)}; hãy thử lại."
        ) from error
    return _name_of(there.st_uid)


def open_lock(path: Path) -> int:
    """A descriptor of the file that is locked, made where there is none; the caller closes it.

    Raises OSError, FileRefused for a link or what is no file: whoever reads or shortens those may wait for ever.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileRefused(f"Tệp khoá {_named(path)} không phải một tệp; hãy xoá nó rồi làm lại.")
    return descriptor


class SingleInstance:
    """A lock file held while the ``with`` block runs; released by the kernel even after ``kill -9``.

    Raises AlreadyRunning (with the other's process number) when another process holds it, FileRefused when the
    file cannot be made.
    """

    def __init__(self, path: Path, *, name: str | None = None) -> None:
        self._path = path
        self._name = name or path.stem
        self._descriptor: int | None = None

    def __enter__(self) -> SingleInstance:
        try:
            with acting_as_owner(self._path.parent):
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                descriptor = open_lock(self._path)
        except FileRefused:
            raise
        except OSError as error:
            raise FileRefused(
                f"Không mở được tệp khoá {self._path}: {os_reason(error)}; hãy xem `run` trong [paths]."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(descriptor, 32).strip()
            os.close(descriptor)
            raise AlreadyRunning(self._name, int(holder) if holder.isdigit() else None) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The file stays: removing it would let two later copies lock two different inodes.
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


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
    return FileRefused(f"Không đọc được {_named(path)}: đó không phải một tệp; hãy xoá nó hoặc chọn tệp khác.")


def _named(path: Path) -> str:
    # A file on a stick is called whatever its maker likes.
    return harmless(str(path))


def _nearest(folder: Path) -> Path | None:
    return next((place for place in (folder, *folder.absolute().parents) if place.is_dir()), None)


def _groups_of(user: int, group: int) -> list[int]:
    try:
        return os.getgrouplist(pwd.getpwuid(user).pw_name, group)
    except KeyError:
        return [group]


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _raise(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
