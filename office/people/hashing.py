"""Hashing passwords with argon2id, few at a time: strangers and staff wait in separate lanes of limited length."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from langso.words.catalogue import Sentence
from office.errors import TooManyTries
from office.people.guesses import Lane

WAITING: dict[Lane, int] = {"trusted": 8, "fresh": 8, "failed": 2}
"""How many may wait in each lane, where one is hashed at a time; each holds a thread of the pages."""
_BUSY_S = 15.0
ROUNDS, MEMORY_KIB = 2, 19 * 1024
"""What OWASP asks of argon2id where one is hashed on one core."""


class Hashing:
    """At most three passwords are hashed at once, 19 MiB each. Raises TooManyTries where a lane is full."""

    def __init__(self) -> None:
        self._hasher = argon2.PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=1)
        self._slots = {lane: threading.BoundedSemaphore(1) for lane in WAITING}
        self._places = {lane: threading.BoundedSemaphore(1 + waiting) for lane, waiting in WAITING.items()}

    def hash(self, password: str) -> str:
        """The text that is kept of a password."""
        with self._turn("trusted"):
            return self._hasher.hash(password)

    def right(self, kept: str, password: str, lane: Lane) -> bool:
        """Whether `kept` is of this password."""
        with self._turn(lane):
            try:
                return self._hasher.verify(kept, password)
            except (VerificationError, InvalidHashError):
                return False

    @contextmanager
    def _turn(self, lane: Lane) -> Iterator[None]:
        busy = TooManyTries(Sentence("people-hashing-busy"))
        if not self._places[lane].acquire(blocking=False):
            raise busy
        try:
            if not self._slots[lane].acquire(timeout=_BUSY_S):
                raise busy
            try:
                yield
            finally:
                self._slots[lane].release()
        finally:
            self._places[lane].release()
