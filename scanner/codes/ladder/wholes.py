"""Further looks at the whole picture, for codes of which the first looks show no sign."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scanner.codes.engines import EngineLook, zxing
from scanner.codes.ladder import changes

if TYPE_CHECKING:
    from scanner.arrays import Gray


@dataclass(frozen=True)
class _Whole:
    name: str
    side: int
    change: changes.Change
    enlarges: bool = False


# With the longer side in pixels that each is looked at; tried in this order.
_WHOLES = (
    _Whole("sharpened", 1600, changes.sharpened),
    _Whole("evened", 1200, changes.finely_evened),
    _Whole("double", 2400, changes.as_is, enlarges=True),
    _Whole("thresholded", 1600, changes.finely_thresholded),
    _Whole("cleaned", 1200, changes.cleaned),
    _Whole("full", 1 << 20, changes.as_is),
)
FULL = len(_WHOLES) - 1
"""The step that looks at every pixel, for pictures whose first look was at fewer."""
STEPS = FULL


def look(gray: Gray, step: int) -> EngineLook:
    """zxing-cpp on the picture changed in way `step` (below STEPS, or FULL)."""
    whole = _WHOLES[step]
    longer = max(gray.shape)
    side = min(whole.side, 2 * longer) if whole.enlarges else min(whole.side, longer)
    small, scale = changes.resized(gray, side)
    found = zxing(whole.change(small)).within(scale)
    named = tuple(replace(r, engine=f"{r.engine}+{whole.name}") for r in found.readings)
    return EngineLook(named, found.unread)
