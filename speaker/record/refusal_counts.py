"""Refusals counted in memory: a flood of them costs the card one write a second, however many come."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from langso.contract import DocumentReceipt

WRITE_S = 1.0
"""How often what was counted is asked to be written; a power cut takes as much of it at most."""

Alike = tuple[str, str | None, str]


@dataclass
class Counted:
    """`body`: the first of them; `detail`: English, for the log; `hour`: in which they were refused, UTC."""

    body: DocumentReceipt
    detail: str
    hour: str
    count: int = 0


class RefusalCounts:
    """By kind, reason and hour, so as many as there are reasons; thread-safe."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._counts: dict[Alike, Counted] = {}
        self._asked_at = float("-inf")

    def add(self, body: DocumentReceipt, hour: str, detail: str = "") -> bool:
        """Counts one; whether it is time to write, once a second at most."""
        now = self._monotonic()
        with self._lock:
            self._alike(body, hour, detail).count += 1
            if now - self._asked_at < WRITE_S:
                return False
            self._asked_at = now
            return True

    def take(self) -> list[Counted]:
        """What was counted since the last time, the first kind first."""
        with self._lock:
            counts, self._counts = self._counts, {}
        return list(counts.values())

    def put_back(self, counts: list[Counted]) -> None:
        """They could not be written."""
        with self._lock:
            for counted in counts:
                self._alike(counted.body, counted.hour, counted.detail).count += counted.count

    def _alike(self, body: DocumentReceipt, hour: str, detail: str) -> Counted:
        return self._counts.setdefault((body.document, body.reason, hour), Counted(body, detail, hour))
