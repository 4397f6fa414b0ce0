"""A photograph and its sheet's corners made into a clean page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from langso.words.catalogue import Sentence
from scanner.clean import light, orientation
from scanner.clean.corners import square, torn
from scanner.clean.dewarp import curl, shape_of
from scanner.clean.edges import trim
from scanner.clean.lamp import around, white_of
from scanner.clean.near import even_grid, near
from scanner.clean.size import Size, dense, lying, resolution, size_of
from scanner.clean.warp import warp_bent, warp_flat
from scanner.errors import CornersRefused
from scanner.pages.geometry import area, is_convex, order_corners, sides
from scanner.papers import MM_PER_INCH, RIGID, SIZES_MM, CleanPage

if TYPE_CHECKING:
    from scanner.arrays import Image, Quad
    from scanner.clean.dewarp import Shape
    from scanner.clean.near import Near

MAX_DPI = 300
"""Dots per inch of a page, at most: archives and Tesseract gain nothing from more."""

MAX_SIDE = 5000
"""Pixels of a page's longer side, at most: A3 at 300 dpi."""

MIN_SIDE = 16
"""Pixels of a page's shorter side, at the least."""

MIN_CORNERS_APART = 8
"""Pixels between two corners below which no sheet can be laid straight."""

ROLLED = 0.02
"""Sides that bow by more than this share of the long side (6 mm of A4) make the corners' shape worthless."""


def finish(
    image: Image,
    quad: Quad,
    paper: str | None = None,
    *,
    px_per_mm: float | None = None,
    white: tuple[float, float, float] | None = None,
) -> CleanPage:
    """Everything in order, from a photograph (BGR uint8) and the sheet's corners to the page a clerk reads: its size,
    which way up, curl taken out, evenly lit, border tidied. `paper`, `px_per_mm`: as in `rectify`; `white`: BGR of
    white paper under this lamp, where it was measured. Raises CornersRefused.
    """
    corners = _checked(image, quad)
    size = size_of(corners, (image.shape[1], image.shape[0]), paper, px_per_mm)
    copy = near(image, corners)
    turns = orientation.turns_needed(copy.view(even_grid(corners), _look(size, 2 * orientation.LOOK)))
    corners = np.roll(corners, turns, axis=0)
    if turns % 2:
        size = replace(size, mm=(size.mm[1], size.mm[0]))
    size, shape = _shaped(copy, corners, size, guessed=paper not in SIZES_MM and px_per_mm is None)
    rigid = size.paper in RIGID
    grid = shape.grid()
    dpi = told_dpi(dense(grid, size.mm), size.mm)
    lit = light.light_of(copy.view(grid, _look(size, 2 * light.LOOK)), one_colour=rigid)
    if shape.flat:
        picture = warp_flat(image, shape.quad, _pixels(size, dpi))
    else:
        picture = warp_bent(image, grid, _pixels(size, dpi))
    picture = light.take_off(picture, lit, white_of(lit.tint, around(copy, shape.quad), white))
    trim(picture, shape, [] if rigid else torn(copy, shape), rigid=rigid)
    return CleanPage(picture, dpi, size.paper, size.mm, size.sure, turns * 90, shape.how)


def rectify(
    image: Image,
    quad: Quad,
    paper: str | None = None,
    *,
    px_per_mm: float | None = None,
    white: tuple[float, float, float] | None = None,
) -> CleanPage:
    """Straighten a sheet, taken for flat and lying as it shall, and even out its light. `paper`: a name in SIZES_MM
    where it is known; `px_per_mm`: pixels a millimetre on the table has in this picture, where the camera was
    measured once; `white`: as in `finish`. The picture is never enlarged: a far sheet gets a low dpi. Raises
    CornersRefused.
    """
    corners = _checked(image, quad)
    size = size_of(corners, (image.shape[1], image.shape[0]), paper, px_per_mm)
    dpi = told_dpi(resolution(corners, size.mm), size.mm)
    picture = warp_flat(image, corners, _pixels(size, dpi))
    lit = light.light_of(picture, one_colour=size.paper in RIGID)
    picture = light.take_off(picture, lit, white_of(lit.tint, around(near(image, corners), corners), white))
    return CleanPage(picture, dpi, size.paper, size.mm, size.sure)


def told_dpi(seen: float, mm: tuple[float, float]) -> int:
    """Whole dots per inch told of a page of which `seen` were resolved: never more, and no more than paper needs."""
    return max(1, int(min(seen, MAX_DPI, MAX_SIDE / max(mm) * MM_PER_INCH)))


def _checked(image: Image, quad: Quad) -> Quad:
    """The corners in order. Raises CornersRefused."""
    height, width = image.shape[:2]
    points = np.asarray(quad, dtype=np.float64)
    sane = points.shape == (4, 2) and bool(np.isfinite(points).all())
    # Corners beyond the picture are common, sheets mostly beyond it are not sheets found.
    near_by = sane and bool(((points > (-width, -height)) & (points < (2 * width, 2 * height))).all())
    if near_by and bool(((points.mean(axis=0) >= 0) & (points.mean(axis=0) < (width, height))).all()):
        corners = order_corners(points)
        slim = area(corners) < 0.02 * float(sides(corners).max()) ** 2
        if is_convex(corners) and not slim and float(sides(corners).min()) >= MIN_CORNERS_APART:
            return corners
    raise CornersRefused(Sentence("document-corners"))


def _shaped(copy: Near, corners: Quad, size: Size, *, guessed: bool) -> tuple[Size, Shape]:
    """The sheet's shape, and its size once it was looked at; `guessed`: the size comes from four corners alone."""
    shape = shape_of(copy, corners, size.mm, rigid=size.paper in RIGID)
    if guessed and size.paper == "ID-1" and square(copy, shape):
        # A card's corners are round: a sheet of its shape with square ones is a folio.
        size = Size("F4", lying("F4", size.mm), 0.5)
    elif guessed and size.paper == "other" and curl(shape) > ROLLED:
        # A strongly curled sheet has no shape to go by: the commonest paper, standing or lying as it seems to.
        size = replace(size, paper="A4", mm=lying("A4", (size.mm[0], 1.15 * size.mm[1])))
    else:
        return size, shape
    return size, shape_of(copy, corners, size.mm)


def _pixels(size: Size, dpi: int) -> tuple[int, int]:
    width, height = (min(MAX_SIDE, max(MIN_SIDE, round(side / MM_PER_INCH * dpi))) for side in size.mm)
    return width, height


def _look(size: Size, longest: int) -> tuple[int, int]:
    """Pixels of a copy that is only looked at."""
    width, height = (max(MIN_SIDE, round(side / max(size.mm) * longest)) for side in size.mm)
    return width, height
