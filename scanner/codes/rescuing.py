"""The interface of our own decoder, for the code that reads with it (see `rescue`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from scanner.arrays import Gray
    from scanner.codes.engines import EngineLook, Reading
    from scanner.codes.places import Point, Polygon


class Rescue(Protocol):
    """Codes that no engine reads, in one gray picture. Every call minds `until` (monotonic seconds) itself and gives
    nothing that is in doubt.
    """

    @property
    def steps(self) -> int:
        """How many steps `weave` has, each a look at another size."""

    def flat(self, gray: Gray, side: int, skip: Sequence[Polygon], until: float) -> EngineLook:
        """All codes whose finder patterns are seen, but those in `skip`, laid flat; the picture made no longer
        than `side`. `unread`: places whose finder patterns leave little doubt.
        """

    def solve(self, gray: Gray, place: Polygon, until: float) -> EngineLook:
        """The code at a place that is out of focus or shaken: its modules solved for all at once."""

    def weave(self, gray: Gray, place: Polygon, step: int, until: float) -> EngineLook:
        """The code at a place that is bent, creased or half covered, through a bent grid; the last means."""

    def follow(self) -> Follows:
        """Nothing followed yet: what sums places of frames to come."""


class Follows(Protocol):
    """Places that stay unread, followed from frame to frame until the sum can be read. One thread uses it."""

    def __bool__(self) -> bool:
        """Whether a place is followed that was surely seen."""

    def begin(self, frame: Gray, places: Sequence[Polygon]) -> None:
        """Follow these places of a frame, as far as there is room."""

    def begin_anywhere(self, frame: Gray) -> None:
        """Follow what looks most like a code in a frame that nothing else hints at."""

    def add(self, frames: Sequence[Gray], until: float) -> None:
        """Lay on what came since, as many frames as there is time for, the newest surely."""

    def read(self, until: float) -> list[Reading]:
        """A code read from a sum that has grown enough, its place in the newest frame."""

    def drop(self, places: Sequence[Sequence[Point]]) -> None:
        """Follow no place where one of these was read."""

    def drop_unsure(self) -> None:
        """Follow only what was surely seen."""

    def forget(self) -> None:
        """Follow nothing, blank all sums."""
