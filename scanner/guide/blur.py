"""How sharp the letters are, on small native tiles that hold text, at about 200 dots per inch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.guide.glimpse import CELL

if TYPE_CHECKING:
    from scanner.arrays import Gray, Image, Integers, Numbers
    from scanner.guide.glimpse import Glimpse
    from scanner.guide.stance import Stance

TILE = 96
"""Pixels a side of what sharpness is measured on, at the reference dpi."""

REFERENCE_DPI = 200.0
"""Dots per inch at which a paper's print is judged, whatever the camera sees."""

CARD_DPI = 300.0
"""Cards are printed half as large as letters."""

# Parts a side of the sheet that are judged by themselves: a camera may be sharp on one half.
_BLOCKS = 4
# Level (0-255) of paper that contrast is referred to: dim light is no blur.
_PAPER = 230.0
# Second difference along a row: print is strong in it, light and shade are not.
_SECOND = np.array([[1.0, -2.0, 1.0]], np.float32)


def sharpness_of(image: Image, seen: Glimpse, lies: Stance) -> float | None:
    """Variance of the Laplacian inside text, as if the paper were lit to 230 and the camera without noise.

    The lower quarter of up to 16 tiles spread over the sheet, so one corner out of focus counts. None: no text.
    """
    reference = CARD_DPI if lies.paper == "ID-1" else REFERENCE_DPI
    found = [_tile_sharpness(tile) for tile in _tiles(image, seen, max(1.0, lies.dpi / reference))]
    known = [value for value in found if value is not None]
    return float(np.percentile(known, 25)) if known else None


def _tiles(image: Image, seen: Glimpse, shrink: float) -> list[Gray]:
    height, width = image.shape[:2]
    side = round(TILE * min(shrink, 6.0))
    tiles = []
    for x, y in _spots(seen):
        left, top = (
            int(np.clip(x - side / 2, 0, max(0, width - side))),
            int(np.clip(y - side / 2, 0, max(0, height - side))),
        )
        tile = cv2.cvtColor(image[top : top + side, left : left + side], cv2.COLOR_BGR2GRAY)
        if shrink > 1:
            tile = cv2.resize(tile, (TILE, TILE), interpolation=cv2.INTER_AREA)
        tiles.append(tile)
    return tiles


def _spots(seen: Glimpse) -> list[tuple[float, float]]:
    """Where the fullest text of each block of the sheet is, in the picture's pixels."""
    cells = seen.strokes
    # Of a spine's shade or a dark field only the rim is thin.
    thin = cells > 0.6 * seen.cells
    rows, columns = cells.shape
    paper = cv2.resize(seen.paper, (columns, rows), interpolation=cv2.INTER_AREA)
    # Where a sheet curls away from its outline the table shows: text stands on what is about as light as the sheet.
    alike = np.abs(paper - float(np.median(paper))) < 0.35 * np.maximum(paper, 1)
    text = np.where((cells > 0.03) & (cells < 0.6) & thin & alike, cells, 0.0)
    spots = []
    for down in range(_BLOCKS):
        for across in range(_BLOCKS):
            r0, r1 = rows * down // _BLOCKS, rows * (down + 1) // _BLOCKS
            c0, c1 = columns * across // _BLOCKS, columns * (across + 1) // _BLOCKS
            block = text[r0:r1, c0:c1]
            if block.size and block.max() > 0:
                r, c = np.unravel_index(int(block.argmax()), block.shape)
                spots.append(((c0 + c + 0.5) * CELL, (r0 + r + 0.5) * CELL))
    if not spots:
        return []
    moved = cv2.perspectiveTransform(np.array([spots], dtype=np.float64), seen.towards)[0]
    return [(float(x), float(y)) for x, y in moved]


def _tile_sharpness(tile: Gray) -> float | None:
    if min(tile.shape) < 16:
        return None
    levels = _counted(tile)
    low, high = (float(np.searchsorted(levels, share * levels[-1])) for share in (0.03, 0.9))
    if high - low < 12:
        return None
    gain = (_PAPER / max(high, 8.0)) ** 2
    # Motion smears one direction only: the worse one counts, for both.
    return 2 * min(_signal(cv2.filter2D(tile, cv2.CV_16S, kernel)) for kernel in (_SECOND, _SECOND.T)) * gain


def _signal(second: Integers) -> float:
    """Variance without the camera's noise, which the quiet half of the pixels (bare paper) shows."""
    counts = _counted(cv2.convertScaleAbs(second))
    noise = _median(counts) / 0.6745
    spread = float(cv2.meanStdDev(second)[1][0, 0])
    return max(0.0, spread * spread - noise * noise)


def _counted(levels: Gray) -> Numbers:
    """How many of the values are at most 0, 1, ... 255."""
    return cv2.calcHist([levels], [0], None, [256], [0, 256]).ravel().cumsum(dtype=np.float64)


def _median(counts: Numbers) -> float:
    """The middle of whole numbers, counted up, to a fraction: noise is a few levels only."""
    half = counts[-1] / 2
    level = int(np.searchsorted(counts, half))
    below = float(counts[level - 1]) if level else 0.0
    if not level:
        return float(half / counts[0]) * 0.5
    return level - 0.5 + float(half - below) / max(float(counts[level]) - below, 1.0)
