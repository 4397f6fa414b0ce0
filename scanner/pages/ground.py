"""The table under the sheets: the colours that the picture's border shows more than the rest does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.pages.cues import look
from scanner.pages.sides import sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Gray, Image, Integers, Numbers, Plane, Quad
    from scanner.pages.cues import Views

# Share of the longer side that counts as the border.
_RING = 0.04
# Share of the picture that its border must show besides the sheet to say what the table is.
_ENOUGH = 0.02
# Steps of lightness in the map of colours.
_LIGHT = 32
# Steps of each colour in it.
_SHADE = 32


@dataclass(frozen=True)
class Survey:
    """A table seen for finding several sheets: `views`; `table`, how like the table each pixel is, uint8 (h, w);
    `fine`, its lightness with all ink and the thin shadows between sheets, uint8 (1, h, w).
    """

    views: Views
    table: Gray
    fine: Image


def survey(small: Image) -> Survey:
    """Prepare a BGR picture of about a thousand pixels."""
    views = look(small)
    fine = cv2.medianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), 3)
    return Survey(views, table_likeness(views), fine[None])


def table_likeness(views: Views, beside: Quad | None = None) -> Gray:
    """How like the table each pixel is, uint8 (h, w): 0 nowhere at the border, 255 as common there as anywhere.

    Stripes and checks are told by their colours, both of them the table's; one sheet over the border hardly counts.
    `beside` (4, 2): a sheet that may reach over the border; what it covers there does not count at all.
    """
    height, width = views.shape
    small = cv2.resize(views.lab, (width // 2, height // 2), interpolation=cv2.INTER_NEAREST)
    ring = max(2, round(_RING * max(small.shape[:2])))
    border = np.ones(small.shape[:2], np.uint8)
    border[ring:-ring, ring:-ring] = 0
    everywhere = int(border.sum())
    if beside is not None:
        cv2.fillConvexPoly(border, (beside / 2).round().astype(np.int32), 0)
    cells = _cells(small)
    rim = cells[border > 0]
    if len(rim) < _ENOUGH * everywhere:
        return np.zeros((height, width), np.uint8)
    own = _smooth(np.bincount(rim, minlength=_LIGHT * _SHADE**2))
    whole = _smooth(np.bincount(cells.ravel(), minlength=_LIGHT * _SHADE**2))
    ratio = own / own.sum() / np.maximum(whole / whole.sum(), 1e-9)
    seen = np.take((np.minimum(ratio, 1.0) * 255).astype(np.uint8), cells)
    return cv2.resize(cv2.blur(seen, (3, 3)), (width, height), interpolation=cv2.INTER_LINEAR)


def bareness(table: Gray, quads: NDArray[np.float64]) -> Plane:
    """How like the table (0-1) the inside of each of `quads` (n, 4, 2) is; `table`: uint8 (h, w)."""
    plane: Plane = inside_of(table, quads).mean(axis=1)
    return plane


def inside_of(table: Gray, quads: NDArray[np.float64]) -> Plane:
    """How like the table (0-1) each of 9 x 9 points inside each of `quads` is: float32 (n, 81)."""
    plane: Plane = sample(table[None], *_spots(quads))[0].astype(np.float32) / 255
    return plane


def colours_inside(views: Views, quad: Quad) -> Plane:
    """Lab colours (3, 81) of 9 x 9 points inside a quad."""
    return sample(views.planes, *_spots(quad[None]))[:, 0]


def _spots(quads: NDArray[np.float64]) -> tuple[Numbers, Numbers]:
    """x and y (n, 81) of points spread over each quad."""
    steps = np.linspace(0.08, 0.92, 9)
    u, v = (grid.ravel() for grid in np.meshgrid(steps, steps))
    of = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v])
    return quads[..., 0] @ of, quads[..., 1] @ of


def _cells(lab: Image) -> Integers:
    """Which cell of the colour histogram each pixel (h, w) falls into; strong colours share the outermost."""
    shades = np.clip((lab[..., 1:].astype(np.int32) - 64) >> 2, 0, _SHADE - 1)
    numbers: Integers = ((lab[..., 0].astype(np.int32) >> 3) * _SHADE + shades[..., 0]) * _SHADE + shades[..., 1]
    return numbers


def _smooth(counts: Integers) -> Plane:
    """A colour histogram whose neighbours share, that noise and shading make no gaps."""
    cube = counts.astype(np.float32).reshape(_LIGHT, _SHADE, _SHADE)
    for axis in range(3):
        cube = 0.5 * cube + 0.25 * (np.roll(cube, 1, axis) + np.roll(cube, -1, axis))
    return cube.ravel()
