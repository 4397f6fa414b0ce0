"""The sheet seen small and straight: some 200,000 of its pixels, picked without averaging, and the ink on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.pages.geometry import area, sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Gray, Image, Mask, Plane, Quad

PIXELS = 200_000
"""Of the copy of a sheet that everything is judged on, so that a live frame is judged in time."""

CELL = 16
"""Pixels a side of a cell: about a line of print."""

# Share of the paper's level below which a pixel is ink.
_INK = 0.72
# Pixels a stroke of writing is wide at most.
_STROKE = 9
# Share of what is around it below which a stroke is thin: shadow is wide.
_THIN = 0.82
EDGE = 0.04
"""Share of a side left out all round, where table and fingers are."""

BLANK_INK = 0.025
"""Share of ink below which a side may be blank: real pages hold at least 3.55 %, erased ones at most 1.68 %."""

# Share of ink from which a cell holds writing.
_FULL_CELL = 0.05
# Share of a sheet's cells with writing below which it is blank: a speck, a fold.
_FEW_CELLS = 0.008


@dataclass(frozen=True)
class Glimpse:
    """`bgr`: uint8 (h, w, 3), every pixel one pixel of the picture; `towards`: 3x3, from here to the picture."""

    bgr: Image
    towards: NDArray[np.float64]

    @cached_property
    def value(self) -> Gray:
        """The largest of the three channels: light on coloured paper too."""
        blue, green, red = cv2.split(self.bgr)
        return cv2.max(cv2.max(blue, green), red)

    @cached_property
    def least(self) -> Gray:
        """The smallest of the three channels: ink of any colour is dark in it, only white light is bright."""
        blue, green, red = cv2.split(self.bgr)
        return cv2.min(cv2.min(blue, green), red)

    @cached_property
    def paper(self) -> Gray:
        """What `least` would be without ink, around every pixel."""
        height, width = self.least.shape
        few = cv2.resize(self.least, (max(4, width // 4), max(4, height // 4)), interpolation=cv2.INTER_AREA)
        side = max(3, round(max(few.shape) * 0.09) | 1)
        few = cv2.morphologyEx(few, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8), borderType=cv2.BORDER_REPLICATE)
        return cv2.resize(cv2.blur(few, (side, side)), (width, height), interpolation=cv2.INTER_LINEAR)

    @cached_property
    def ink(self) -> Mask:
        """Boolean (h, w): much darker than the paper around; not the outermost edge, where the table may show."""
        found = self.least < cv2.convertScaleAbs(self.paper, alpha=_INK)
        height, width = found.shape
        dy, dx = max(1, round(height * EDGE)), max(1, round(width * EDGE))
        found[:dy], found[-dy:], found[:, :dx], found[:, -dx:] = False, False, False, False
        return found

    @cached_property
    def strokes(self) -> Plane:
        """Share of thin dark marks (0-1) in the same cells: no edge of a shadow, no dark field."""
        smooth = cv2.GaussianBlur(self.least, (0, 0), 0.8)
        bare = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, np.ones((_STROKE, _STROKE), np.uint8))
        return _per_cell(self.ink & (smooth < cv2.convertScaleAbs(bare, alpha=_THIN)))

    @cached_property
    def cells(self) -> Plane:
        """Share of ink (0-1) in cells of CELL x CELL pixels, (rows, columns)."""
        return _per_cell(self.ink)


def glimpse(image: Image, quad: Quad) -> Glimpse:
    """Look at the sheet inside a usable quad (see `stance.usable`) of a BGR picture."""
    top, right, bottom, left = sides(quad)
    across, down = (top + bottom) / 2, (left + right) / 2
    scale = min(1.0, float(np.sqrt(PIXELS / max(area(quad), 1.0))))
    width, height = (int(np.clip(round(side * scale), CELL, 1600)) for side in (across, down))
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    towards = cv2.getPerspectiveTransform(corners, quad.astype(np.float32))
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    bgr = cv2.warpPerspective(image, towards, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return Glimpse(bgr, np.asarray(towards, dtype=np.float64))


def _per_cell(marks: Mask) -> Plane:
    rows, columns = (max(1, side // CELL) for side in marks.shape)
    whole = marks[: rows * CELL, : columns * CELL].view(np.uint8) * np.uint8(255)
    return cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)


def ink_ratio(seen: Glimpse) -> float:
    """Share of the sheet (0-1) that is ink, the light that falls on it taken out."""
    return float(seen.ink.mean())


def is_blank(seen: Glimpse) -> bool:
    """Little ink and hardly a spot with strokes: a nearly empty page with one signature is no blank one."""
    return ink_ratio(seen) < BLANK_INK and float(np.mean(seen.strokes > _FULL_CELL)) < _FEW_CELLS
