"""A small copy of a sheet and its surroundings, on which everything but the last warp is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.warp import places, sample

if TYPE_CHECKING:
    from scanner.arrays import Image, Numbers, Quad


# Pixels of the sheet's long side in the copy: about 110 dpi on A4.
_LONG = 1300
# Share of the sheet's long side kept around it: the table beside it is looked at.
_MARGIN = 0.2


@dataclass(frozen=True)
class Near:
    """`image`: BGR uint8; `corner`: where in the picture it was cut out; `shrunk`: pixels there for one of these;
    `frame`: the picture's width and height.
    """

    image: Image
    corner: tuple[int, int]
    shrunk: int
    frame: tuple[int, int]

    def inside(self, points: Numbers) -> Numbers:
        """The picture's pixels (..., 2) as pixels of the copy."""
        return np.asarray((points - np.array(self.corner) + 0.5) / self.shrunk - 0.5, dtype=np.float64)

    def view(self, grid: Numbers, size: tuple[int, int]) -> Image:
        """The sheet whose evenly spread points `grid` (rows, columns, 2) lie at these pixels of the picture, laid out
        in (width, height) pixels; good enough to judge by.
        """
        picture: Image = sample(self.image, places(self.inside(grid).astype(np.float32), size, 0, size[1]))
        return picture


def near(image: Image, quad: Quad) -> Near:
    """The copy for the sheet `quad` in the picture."""
    height, width = image.shape[:2]
    low, high = quad.min(axis=0), quad.max(axis=0)
    longest = float((high - low).max())
    # Whole numbers shrink fastest.
    shrunk = max(1, int(longest / _LONG))
    more = longest * _MARGIN + 4 * shrunk
    x0, y0 = np.clip(np.floor(low - more).astype(int), 0, (width - 2, height - 2)).tolist()
    x1, y1 = np.clip(np.ceil(high + more).astype(int), (x0 + 2, y0 + 2), (width, height)).tolist()
    part = image[y0:y1, x0:x1]
    if shrunk > 1:
        size = (part.shape[1] // shrunk, part.shape[0] // shrunk)
        part = cv2.resize(part[: size[1] * shrunk, : size[0] * shrunk], size, interpolation=cv2.INTER_AREA)
    return Near(part, (x0, y0), shrunk, (width, height))


def even_grid(quad: Quad, rows: int = 25, columns: int = 19) -> Numbers:
    """Pixels (rows, columns, 2) evenly spread over the flat sheet `quad` (ordered)."""
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float32)
    move = cv2.getPerspectiveTransform(unit, quad.astype(np.float32)).astype(np.float64)
    x, y = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    points = cv2.perspectiveTransform(np.stack([x, y], axis=-1).reshape(1, -1, 2), move)
    return np.asarray(points.reshape(rows, columns, 2), dtype=np.float64)
