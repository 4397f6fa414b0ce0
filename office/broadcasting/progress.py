"""How far the making of a sound is, and whether anybody still wants the sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from office.errors import MakingCancelled


def _never() -> bool:
    return False


def _nobody(percent: int) -> None:
    del percent


@dataclass(frozen=True)
class ProgressWatch:
    """`told` is called with the percentage that is done; `cancelled` is asked several times a second."""

    told: Callable[[int], None] = _nobody
    cancelled: Callable[[], bool] = _never

    def at(self, percent: int) -> None:
        """Tells how far it is. Raises MakingCancelled."""
        self.check()
        self.told(percent)

    def check(self) -> None:
        """Raises MakingCancelled where nobody wants the sound any more."""
        if self.cancelled():
            raise MakingCancelled("cancelled")

    def part(self, begin: int, end: int) -> ProgressWatch:
        """A watch for one part of the work: its 0-100 percent are `begin`-`end` percent of the whole."""
        return ProgressWatch(lambda percent: self.told(begin + (end - begin) * percent // 100), self.cancelled)


UNWATCHED = ProgressWatch()
