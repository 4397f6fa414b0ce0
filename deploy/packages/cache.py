"""The folder that keeps what is slow to get: roots, wheels, environments; shared by all who make packages here."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from langso.durable.workplaces import workplace

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
    with workplace(_HELD, place) as folder:
        yield folder


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Removes all but the newest `count` files of a kind; each change of a lock leaves hundreds of megabytes."""
    with contextlib.suppress(FileNotFoundError):
        for old in sorted(folder.glob(pattern), key=lambda file: file.stat().st_mtime)[:-count]:
            old.unlink(missing_ok=True)
