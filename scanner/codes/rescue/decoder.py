"""The decoder's only entrance: all that the other rooms may use of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scanner.codes.rescue import flat, solve, weave
from scanner.codes.rescue.frames.following import Following

if TYPE_CHECKING:
    from scanner.arrays import Gray
    from scanner.codes.engines import EngineLook
    from scanner.codes.places import Polygon
    from scanner.codes.rescuing import Rescue


class _Decoder:
    """See `rescuing.Rescue`."""

    steps = weave.STEPS

    def flat(self, gray: Gray, side: int, skip: Sequence[Polygon], until: float) -> EngineLook:
        return flat.look(gray, side, skip, until)

    def solve(self, gray: Gray, place: Polygon, until: float) -> EngineLook:
        return solve.solve(gray, place, until)

    def weave(self, gray: Gray, place: Polygon, step: int, until: float) -> EngineLook:
        return weave.weave(gray, place, step, until)

    def follow(self) -> Following:
        return Following()


_DECODER = _Decoder()


def rescue() -> Rescue:
    """The decoder for codes that no engine reads. It keeps nothing between calls."""
    return _DECODER
