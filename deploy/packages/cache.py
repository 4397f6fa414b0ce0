"""The folder that keeps what is slow to get: roots, wheels, environments; shared by all who make packages here."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

CACHE = "LANGSO_CACHE"
"""Names the folder; without it `~/.cache/langso`."""

_HELD = "held-"


def cache() -> Path:
    """The cache's folder; made where it is not there."""
    named = os.environ.get(CACHE)
    folder = Path(named) if named else Path.home() / ".cache/langso"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """Nobody else makes the thing called `name` meanwhile; waits for who does. Freed by the kernel after kill -9."""
    place = cache() / "locks" / name
    place.parent.mkdir(exist_ok=True)
    with place.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder in the cache while the block runs; what killed runs left there is cleared away."""
    place = cache() / "scratch"
    place.mkdir(exist_ok=True)
    with alone("scratch"):
        for left in place.glob(f"{_HELD}*"):
            _clear_unheld(left)
        folder = Path(tempfile.mkdtemp(prefix=_HELD, dir=place))
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Removes all but the newest `count` files of a kind; each change of a lock leaves hundreds of megabytes."""
    with contextlib.suppress(FileNotFoundError):
        for old in sorted(folder.glob(pattern), key=lambda file: file.stat().st_mtime)[:-count]:
            old.unlink(missing_ok=True)


def _clear_unheld(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)
