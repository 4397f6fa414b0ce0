"""Which codes lie there, so that each is told once, without keeping what they say."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

AWAY_S, AWAY_LOOKS = 8.0, 3
"""Seconds, and looks, a code must be out of sight to count as taken away: shown again it is told again."""


class Met:
    """Which codes lie there: one seen again after `away_s`, and three looks, without it is met anew. No text is kept
    (it may be a citizen's number), only what nobody can turn back into it, and that until it is away.
    """

    def __init__(self, away_s: float = AWAY_S) -> None:
        self._away_s = away_s
        self._salt = secrets.token_bytes(16)
        self._looks = 0
        self._seen: dict[bytes, tuple[float, int]] = {}

    def new(self, texts: Iterable[str], now: float) -> list[bool]:
        """For every code of one look whether it had not been there lately; `now`: seconds that only rise."""
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
