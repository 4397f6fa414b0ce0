"""One copy of a program at a time: a lock file that the kernel releases whatever happens."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path
from types import TracebackType

from langso.durable.errors import AlreadyRunning, FileRefused
from langso.durable.ownership import acting_as_owner
from langso.words.catalogue import Sentence, Words
from langso.words.harmless import harmless
from langso.words.os_reasons import os_reason


def open_lock(path: Path) -> int:
    """A descriptor of the lock file, which is made where there is none; the caller closes it.

    Raises OSError; FileRefused where the path is a link or no plain file (reading a pipe may wait for ever).
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileRefused(Sentence("durable-lock-no-file", path=harmless(str(path))))
    return descriptor


class SingleInstance:
    """A lock file held while the ``with`` block runs; released by the kernel even after ``kill -9``.

    Raises AlreadyRunning (with the other's process number) when another process holds it, FileRefused when the
    file cannot be made.
    """

    def __init__(self, path: Path, *, name: Words | None = None) -> None:
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
            raise FileRefused(Sentence("durable-lock-cannot-open", path=self._path, why=os_reason(error))) from error
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
