"""Presses that must wait for something slow (`HeldPress`), that must be made twice (`Twice`), and that count only on
a glass that rests (`Calm`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Generic, TypeVar

SURE_S = 4.0
CALM_S = 2.0
"""So long nothing may be touched before a press counts that cannot be undone: a hand that wanders, a child that drums
and a wet glass never leave off so long.
"""
CALMEST_S = 10.0
"""The longest such wait, of a glass that was touched at random often."""
Answer = TypeVar("Answer")


class HeldPress(Generic[Answer]):
    """While something slow goes on, the first press is kept and done afterwards; later ones are ignored.

    `busy`: whether something goes on; `asked`: whether a press waits.
    """

    def __init__(self) -> None:
        self.busy = False
        self._then: Callable[[], Answer] | None = None

    @property
    def asked(self) -> bool:
        """Whether a press waits."""
        return self._then is not None

    def press(self, then: Callable[[], Answer]) -> Answer | None:
        """Calls `then` at once and returns its answer; or, while busy, keeps it if it is the first."""
        if not self.busy:
            return then()
        if self._then is None:
            self._then = then
        return None

    def begin(self) -> None:
        """Something slow begins."""
        self.busy = True

    def over(self, *, good: bool = True) -> Answer | None:
        """The slow work has ended: does the press that waits, unless it went wrong (`good` False) and the villager
        must look first.
        """
        then, self._then, self.busy = self._then, None, False
        return then() if good and then is not None else None


class Twice:
    """A press that counts only when made twice within `for_s` seconds."""

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


class Calm:
    """Whether the glass rests. Each touch that meant nothing makes it wait a second longer, CALMEST_S at most.

    `clock`: seconds that never leap.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._strays = 0
        self._since = clock()

    def begin(self) -> None:
        """The question is asked now."""
        self._since = self._clock()

    def stray(self) -> None:
        """A touch that meant nothing."""
        self._strays += 1
        self.begin()

    @property
    def left(self) -> int:
        """Whole seconds until a press counts; 0: it counts now."""
        needed = min(CALM_S + self._strays, CALMEST_S)
        return max(0, math.ceil(needed - (self._clock() - self._since)))
