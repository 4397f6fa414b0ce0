"""What the signer works on at this moment: whether a question hangs, and how many connections one user holds."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from office.signer.errors import SignerStuck

STUCK_S = 5.0
"""A question takes milliseconds, on a slow card a second or two."""


class Questions:
    """The questions in hand, on whatever threads; thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._begun: dict[object, float] = {}

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """While a question is worked on; not while its bytes come or go, which is the asker's affair."""
        mark = object()
        with self._lock:
            self._begun[mark] = self._clock()
        try:
            yield
        finally:
            with self._lock:
                del self._begun[mark]

    @property
    def stuck(self) -> bool:
        """Whether one has been worked on for longer than any can take."""
        with self._lock:
            oldest = min(self._begun.values(), default=None)
        return oldest is not None and self._clock() - oldest > STUCK_S


@contextlib.contextmanager
def held_for(lock: threading.Lock, seconds: float) -> Iterator[None]:
    """The lock, waited for no longer than so. Raises SignerStuck: one question that hangs must not gather more."""
    if not lock.acquire(timeout=seconds):
        raise SignerStuck("Người ký của văn phòng đang kẹt ở một việc khác; máy tự bật lại nó rồi thử lại.", "silent")
    try:
        yield
    finally:
        lock.release()


class Seats:
    """Connections at a time: so many in all, and of one user fewer, so that it cannot keep the others out."""

    def __init__(self, in_all: int, of_one: int) -> None:
        self._in_all, self._of_one = in_all, of_one
        self._lock = threading.Lock()
        self._taken: Counter[int] = Counter()

    def take(self, user: int) -> bool:
        """Whether this user has a seat now; it must be left again."""
        with self._lock:
            if self._taken.total() >= self._in_all or self._taken[user] >= self._of_one:
                return False
            self._taken[user] += 1
            return True

    def leave(self, user: int) -> None:
        """The connection is over."""
        with self._lock:
            self._taken[user] -= 1
