"""A flood of passwords: few are hashed at once, only some wait, and staff do not wait behind strangers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from office.errors import TooManyTries
from office.people.guesses import Lane
from office.people.hashing import WAITING, Hashing


class Slow:
    """A hasher that works until it is let go, and counts."""

    def __init__(self) -> None:
        self.lock, self.go = threading.Lock(), threading.Event()
        self.now = self.most = self.all = 0

    def verify(self, kept: str, password: str) -> bool:
        del kept
        with self._counted():
            return password.startswith("staff") or self.go.wait(60)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self.lock:
            self.now, self.all = self.now + 1, self.all + 1
            self.most = max(self.most, self.now)
        try:
            yield
        finally:
            with self.lock:
                self.now -= 1


@pytest.mark.parametrize("lane", ["fresh", "failed"])
def test_a_flood_is_refused_at_once_and_staff_come_in_meanwhile(
    monkeypatch: pytest.MonkeyPatch, until: Any, lane: Lane
) -> None:
    slow, hashing = Slow(), Hashing()
    monkeypatch.setattr(hashing, "_hasher", slow)
    refused: list[None] = []

    def one(_: int) -> None:
        try:
            hashing.right("", "flood", lane)
        except TooManyTries:
            refused.append(None)

    room = 1 + WAITING[lane]
    with ThreadPoolExecutor(60) as pool:
        try:
            done = [pool.submit(one, number) for number in range(60)]
            assert until(lambda: len(refused) == 60 - room)
            assert hashing.right("", "staff", "trusted")
            assert slow.most == 2
        finally:
            slow.go.set()
        for each in done:
            each.result()
    assert len(refused) == 60 - room
    assert slow.all == room + 1
    assert hashing.right("", "staff", lane), "its place is free again"


def test_no_more_wait_than_leaves_threads_for_pages() -> None:
    # Pages are made in 40 threads.
    assert sum(1 + waiting for waiting in WAITING.values()) <= 24


def test_what_is_kept_is_slow_to_guess() -> None:
    kept = Hashing().hash("bốn con trâu")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert Hashing().right(kept, "bốn con trâu", "fresh")
    assert not Hashing().right(kept, "năm con trâu", "fresh")
    assert not Hashing().right("nonsense", "năm con trâu", "fresh")
