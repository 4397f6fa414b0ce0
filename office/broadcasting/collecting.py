"""Sounds that nobody needs any more leave the disk: what was only listened to, refused, or never sent.

A sound is kept while a row refers to it (`media_use`), while the newest signed documents have it, while it is younger
than `GRACE`, and all of them while the database is younger than what a loudspeaker may still hold of an earlier one.
A power cut at any moment leaves files that are collected next time: nothing depends on a file that is gone.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from langso.durable.store import Store
from langso.timekeeping.clock import Clock
from office.broadcasting import media_use

log = logging.getLogger(__name__)

GRACE = timedelta(days=2)
YOUNG_DATABASE = timedelta(days=60)
"""A plan reaches at most 45 days ahead; a database that was lost and begun anew knows nothing of what came before."""
AT_ONCE = 200
"""Files in one round: others wait meanwhile to write."""
COUNT_EVERY_S = 60.0
_NAME = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class HeldSounds:
    """What lies on the disk: how many files and bytes, and how many of them nobody needs."""

    files: int = 0
    size: int = 0
    unneeded: int = 0
    unneeded_size: int = 0

    @property
    def megabytes(self) -> int:
        """`size` in megabytes, rounded up."""
        return -(-self.size // 1_000_000)


class SoundCollector:
    """Counts and collects. `told`: the sounds in the newest signed documents."""

    def __init__(self, store: Store, folder: Path, clock: Clock, told: Callable[[], Iterable[str]]) -> None:
        self._store = store
        self._folder = folder
        self._clock = clock
        self._told = told
        self._counted: tuple[float, HeldSounds] | None = None

    def held(self) -> HeldSounds:
        """What is there now."""
        needed, files, size, unneeded, wasted = self._needed(), 0, 0, 0, 0
        for path, length, _ in self._files():
            files, size = files + 1, size + length
            if path.name not in needed:
                unneeded, wasted = unneeded + 1, wasted + length
        return HeldSounds(files, size, unneeded, wasted)

    def lately(self) -> HeldSounds:
        """`held`, counted anew once a minute at most: pages show it."""
        now = self._clock.monotonic()
        if self._counted is None or now - self._counted[0] > COUNT_EVERY_S:
            self._counted = now, self.held()
        return self._counted[1]

    def collect(self) -> int:
        """Removes what nobody needs; how many files. Raises StoreError."""
        now = self._clock.now()
        born = self._store.born
        if born is None or now - born < YOUNG_DATABASE:
            return 0
        told, removed = set(self._told()), 0
        # Under the lock: nobody can begin to refer to a sound while it is being removed.
        with self._store.transaction() as db:
            needed = media_use.needed(db, now) | told
            for path, _, changed in self._files():
                if path.name in needed or now - changed < GRACE:
                    continue
                with contextlib.suppress(OSError):
                    path.unlink()
                    removed += 1
                db.execute("DELETE FROM media WHERE sha256 = ?", [path.name])
                if removed >= AT_ONCE:
                    break
        if removed:
            log.info("collected %d sounds that nobody needs", removed)
        return removed

    def _needed(self) -> set[str]:
        return media_use.needed(self._store.db, self._clock.now()).union(self._told())

    def _files(self) -> Iterator[tuple[Path, int, datetime]]:
        with contextlib.suppress(FileNotFoundError):
            for path in sorted(self._folder.iterdir()):
                with contextlib.suppress(OSError):
                    seen = path.lstat()
                    if _NAME.fullmatch(path.name):
                        yield path, seen.st_size, datetime.fromtimestamp(seen.st_mtime, UTC)
