"""What a press does that cannot be done at once, or must not be done by mistake."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

SURE_S = 4.0
Answer = TypeVar("Answer")


class HeldPress(Generic[Answer]):
    """The first press made while something is going on is done when that is over; those after it are nothing.

    `busy`: whether something is going on; `asked`: whether a press waits.
    """

    def __init__(self) -> None:
        self.busy = False
        self._then: Callable[[], Answer] | None = None

    @property
    def asked(self) -> bool:
        """Whether a press waits."""
        return self._then is not None

    def press(self, then: Callable[[], Answer]) -> Answer | None:
        """Does it at once and gives what came of it, or notes it if it is the first."""
        if not self.busy:
            return then()
        if self._then is None:
            self._then = then
        return None

    def begin(self) -> None:
        """Something slow begins."""
        self.busy = True

    def over(self, *, good: bool = True) -> Answer | None:
        """It has ended; what was asked for is done, unless it went wrong and the villager must look first."""
        then, self._then, self.busy = self._then, None, False
        return then() if good and then is not None else None


class Twice:
    """A press that counts only when it is made twice within `for_s` seconds."""

    def __init__(self, *, for_s: float = SURE_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._for_s = for_s
        self._clock = clock
        self._first: float | None = None

    @property
    def armed(self) -> bool:
        """Whether the next press counts."""
        return self._first is not None and self._clock() - self._first < self._for_s

    def press(self) -> bool:
        """Whether this is the second one."""
        if self.armed:
            self._first = None
            return True
        self._first = self._clock()
        return False
