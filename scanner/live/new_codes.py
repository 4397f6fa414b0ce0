"""Which of the codes in view are new, so that each is told once; what they say is not kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

AWAY_S, AWAY_LOOKS = 8.0, 3
"""Seconds, and looks, a code must be out of sight to count as taken away: shown again it is told again."""


class NewCodes:
    """Remembers the codes in view. A code that was out of sight for `away_s` seconds and three looks is new again.
    No text is kept (it may hold a citizen's number), only a keyed hash, and that only while the code is in view.
    """

    def __init__(self, away_s: float = AWAY_S) -> None:
        self._away_s = away_s
        self._salt = secrets.token_bytes(16)
        self._looks = 0
        self._seen: dict[bytes, tuple[float, int]] = {}

    def new(self, texts: Iterable[str], now: float) -> list[bool]:
        """For each code of one look: True where it is new. `now`: monotonic seconds."""
        self._looks += 1
        # A slow computer looks so seldom that a glimpse lost is seconds.
        self._seen = {
            mark: (at, look)
            for mark, (at, look) in self._seen.items()
            if now - at <= self._away_s or self._looks - look <= AWAY_LOOKS
        }
        return [self._is_new(text, now) for text in texts]

    def _is_new(self, text: str, now: float) -> bool:
        mark = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=16).digest()
        met = mark in self._seen
        self._seen[mark] = now, self._looks
        return not met
