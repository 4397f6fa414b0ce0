"""How sharp the letters are, on small native tiles that hold text, at about 200 dots per inch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scanner.guide.glimpse import CELL

if TYPE_CHECKING:
    from scanner.guide.glimpse import Glimpse

TILE = 128
REFERENCE_DPI = 200.0
_BLOCKS = 4
_PAPER = 230.0


def sharpness_of(image: Any, seen: Glimpse, dpi: float) -> float | None:
    """Variance of the Laplacian inside text, as if the paper were lit to 230 and the camera without noise.

    The lower quarter of up to 16 tiles spread over the sheet, so one corner out of focus counts. None: no text.
    """
    found = [_tile_sharpness(tile) for tile in _tiles(image, seen, max(1.0, dpi / REFERENCE_DPI))]
    known = [value for value in found if value is not None]
    return float(np.percentile(known, 25)) if known else None


def _tiles(image: Any, seen: Glimpse, shrink: float) -> list[Any]:
    height, width = image.shape[:2]
    side = round(TILE * min(shrink, 6.0))
    tiles = []
    for x, y in _spots(seen):
        left, top = (
            int(np.clip(x - side / 2, 0, max(0, width - side))),
            int(np.clip(y - side / 2, 0, max(0, height - side))),
        )
        tile: Any = cv2.cvtColor(image[top : top + side, left : left + side], cv2.COLOR_BGR2GRAY)
        if shrink > 1:
            tile = cv2.resize(tile, (TILE, TILE), interpolation=cv2.INTER_AREA)
        tiles.append(tile)
    return tiles


def _spots(seen: Glimpse) -> list[tuple[float, float]]:
    """Where the fullest text of each block of the sheet is, in the picture's pixels."""
    cells = seen.cells
    text = np.where((cells > 0.03) & (cells < 0.6), cells, 0.0)
    rows, columns = text.shape
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


def _tile_sharpness(tile: Any) -> float | None:
    if min(tile.shape) < 16:
        return None
    low, high = (float(level) for level in np.percentile(tile[::2, ::2], (3, 90)))
    if high - low < 12:
        return None
    gain = (_PAPER / max(high, 8.0)) ** 2
    across = cv2.Sobel(tile, cv2.CV_32F, 2, 0, ksize=1)
    down = cv2.Sobel(tile, cv2.CV_32F, 0, 2, ksize=1)
    # Motion smears one direction only: the worse one counts, for both.
    return 2 * min(_signal(across), _signal(down)) * gain


def _signal(second: Any) -> float:
    """Variance without the camera's noise, which the quiet half of the pixels (bare paper) shows."""
    noise = float(np.median(np.abs(second))) / 0.6745
    return max(0.0, float(second.var()) - noise * noise)
