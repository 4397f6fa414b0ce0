"""Whether the side of the sheet that is seen holds anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scanner.guide.glimpse import Glimpse

# Real pages hold at least 3.55 % ink after illumination, erased ones at most 1.68 %.
BLANK_INK = 0.025
# Share of ink from which a cell holds writing.
_FULL_CELL = 0.05
# Share of a sheet's cells with writing below which it is blank: a speck, a fold.
_FEW_CELLS = 0.008


def ink_ratio(seen: Glimpse) -> float:
    """Share of the sheet (0-1) that is ink, the light that falls on it taken out."""
    return float(seen.ink.mean())


def is_blank(seen: Glimpse) -> bool:
    """Little ink and hardly a spot with strokes: a nearly empty page with one signature is no blank one."""
    return ink_ratio(seen) < BLANK_INK and float(np.mean(seen.strokes > _FULL_CELL)) < _FEW_CELLS
