"""Folders for what is made on the way: each goes with its block, and after kill -9 with the next of its kind."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def workplace(prefix: str, place: Path | None = None) -> Iterator[Path]:
    """An empty folder (0700) in `place`, else among the temporary files, while the block runs.

    `prefix`: of this kind of folder alone; what killed processes of the same user left under it is removed first.
    Raises OSError where none can be made.
    """
    where = Path(tempfile.gettempdir()) if place is None else place
    _clear(prefix, where)
    folder, handle = _made(prefix, where)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _made(prefix: str, where: Path) -> tuple[Path, int]:
    """A new folder and the handle that says it is in use: the kernel lets go of it however the process ends."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=where))
        handle = -1
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            fcntl.flock(handle, fcntl.LOCK_EX)
            # Another may have cleared it away before it was held.
            if os.fstat(handle).st_nlink:
                return folder, handle
        except FileNotFoundError:
            pass
        except BaseException:
            if handle >= 0:
                os.close(handle)
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if handle >= 0:
            os.close(handle)


def _clear(prefix: str, where: Path) -> None:
    with contextlib.suppress(OSError), os.scandir(where) as entries:
        for name in [entry.name for entry in entries if entry.name.startswith(prefix)]:
            _clear_unheld(where / name)


def _clear_unheld(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        # Among temporary files lie those of others too, which even root leaves to them.
        if os.fstat(handle).st_uid == os.geteuid():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return
    finally:
        os.close(handle)
