"""Where things live, writing a file so that a power cut leaves the old or the new one, and one copy only."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from langso.errors import AlreadyRunning, FileRefused, os_reason


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


def write_atomic(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Replaces ``path`` with ``data`` durably: after a power cut it holds the old bytes or the new ones.

    Raises FileRefused with the cause (full disk, no right, a device or pipe in its place); what was there is then
    untouched.
    """
    if path.exists() and not path.is_file():
        raise FileRefused(f"{path} không phải một tệp; hãy chọn tên tệp khác.")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            os.fchmod(descriptor, mode)
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                file.write(data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise FileRefused(
            f"Không ghi được {path}: {os_reason(error)}; hãy xem chỗ trống và quyền ghi ở đó."
        ) from error


def sync_folder(folder: Path) -> None:
    """Makes the names in ``folder`` durable (a rename is lost in a power cut without it). Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_limited(path: Path, limit: int) -> bytes:
    """The file's bytes, at most ``limit``; raises FileRefused when it is absent, unreadable or larger."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise FileRefused(f"Không đọc được {path}: {os_reason(error)}.") from error
    if len(data) > limit:
        raise FileRefused(f"Tệp {path} quá lớn (giới hạn {limit} byte); hãy kiểm tra lại tệp.")
    return data


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
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
