"""Whether a thread still goes round, for programs that repair a hang by a restart at a moment that harms nobody."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Protocol

HUNG_S = 120.0
"""Far longer than a slow card explains."""


class Pulse:
    """Call `beat` in each round, and `rest` before anything that may rightly take long (a sleep, a slow line)."""

    def __init__(self) -> None:
        self._since: float | None = None

    def beat(self) -> None:
        """At work, from now on."""
        self._since = time.monotonic()

    def rest(self) -> None:
        """Not at work until the next beat."""
        self._since = None

    @contextlib.contextmanager
    def resting(self) -> Iterator[None]:
        """Rests in the block and beats after it."""
        self.rest()
        try:
            yield
        finally:
            self.beat()

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """At work in the block and not after it."""
        self.beat()
        try:
            yield
        finally:
            self.rest()

    @property
    def hung(self) -> bool:
        """Whether it has been at work for too long without a beat."""
        since = self._since
        return since is not None and time.monotonic() - since > HUNG_S


class Watched(Protocol):
    """What works in a thread of its own."""

    @property
    def hung(self) -> bool: ...


def first_hung(**watched: Watched) -> str:
    """The name of the first one that hangs; "" where none does."""
    return next((name for name, one in watched.items() if one.hung), "")
