"""What the signer is working on: whether a question hangs, and how many connections each user holds."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from langso.words.catalogue import Sentence
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
        """The block works on one question. The time in which its bytes come or go does not belong in it: that is the
        asker's affair.
        """
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
        """Whether a question has been worked on for longer than any may take."""
        with self._lock:
            oldest = min(self._begun.values(), default=None)
        return oldest is not None and self._clock() - oldest > STUCK_S


@contextlib.contextmanager
def held_for(lock: threading.Lock, seconds: float) -> Iterator[None]:
    """Holds the lock, but waits for it at most `seconds`. Raises SignerStuck: questions must not queue up behind one
    that hangs.
    """
    if not lock.acquire(timeout=seconds):
        raise SignerStuck(Sentence("signer-busy"), "silent")
    try:
        yield
    finally:
        lock.release()


class Seat:
    """One connection's place. It is taken away from who says nothing, never while his question is worked on."""

    def __init__(self, user: int, let_go: Callable[[], None]) -> None:
        self.user = user
        self.let_go = let_go
        self.working = False


class Seats:
    """Limits connections: so many in all, and fewer for one user. Thread-safe.

    Where none is free, the one that has waited longest without a whole question gives way: of the same user where he
    has his share, else of the user who has the most. Whoever asks at once, as all of ours do, always gets in.
    """

    def __init__(self, in_all: int, of_one: int) -> None:
        self._in_all, self._of_one = in_all, of_one
        self._lock = threading.Lock()
        self._taken: list[Seat] = []

    def take(self, user: int, let_go: Callable[[], None] = lambda: None) -> Seat | None:
        """A seat for this user, to be left again; None where all are being worked for. `let_go`: ends the connection
        when its seat is taken away.
        """
        with self._lock:
            held = Counter(seat.user for seat in self._taken)
            if held[user] >= self._of_one:
                gone = self._longest_waiting(user)
            elif len(self._taken) >= self._in_all:
                gone = self._longest_waiting(max(held, key=lambda one: held[one])) or self._longest_waiting(None)
            else:
                gone = None
            if gone is not None:
                self._taken.remove(gone)
                gone.let_go()
            elif held[user] >= self._of_one or len(self._taken) >= self._in_all:
                return None
            seat = Seat(user, let_go)
            self._taken.append(seat)
            return seat

    @contextlib.contextmanager
    def working(self, seat: Seat) -> Iterator[None]:
        """Within the block the seat is not taken away. It counts as the youngest afterwards."""
        with self._lock:
            seat.working = True
        try:
            yield
        finally:
            with self._lock:
                seat.working = False
                if seat in self._taken:
                    self._taken.remove(seat)
                    self._taken.append(seat)

    def leave(self, seat: Seat) -> None:
        """The connection is over."""
        with self._lock:
            if seat in self._taken:
                self._taken.remove(seat)

    def _longest_waiting(self, user: int | None) -> Seat | None:
        return next((seat for seat in self._taken if not seat.working and user in (None, seat.user)), None)
