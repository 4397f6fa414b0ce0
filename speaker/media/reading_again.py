"""Which files are read and held against their hash once more: a card forgets, and lies. No I/O here."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

from langso.contract import Media

READ_BEFORE_S = 600.0
"""What is about to be played is read again, if that was longer ago."""
READ_AGAIN_S = 24 * 3600.0
"""All else, one a round, after what is due."""


class ReadingAgain:
    """What was read when (monotonic seconds), and what is played soon; for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: dict[str, float] = {}
        self._soon: frozenset[str] = frozenset()

    def soon(self, media: Iterable[Media]) -> None:
        """These are about to be played."""
        with self._lock:
            self._soon = frozenset(medium.sha256 for medium in media)

    def was_read(self, medium: Media, now: float) -> None:
        """It was read to its end and is what was signed."""
        with self._lock:
            self._read[medium.sha256] = now

    def due(self, ready: Sequence[Media], now: float) -> list[Media]:
        """Those of `ready` to read now: what is played soon, then the first that was not read for a day."""
        with self._lock:
            age = {medium.sha256: now - self._read.setdefault(medium.sha256, now) for medium in ready}
            self._read = {sha256: read for sha256, read in self._read.items() if sha256 in age}
            soon = [one for one in ready if one.sha256 in self._soon and age[one.sha256] > READ_BEFORE_S]
        old = [one for one in ready if one not in soon and age[one.sha256] > READ_AGAIN_S]
        return [*soon, *old[:1]]
