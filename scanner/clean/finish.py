"""A photograph and its sheet's corners made into a clean page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scanner.clean.light import flatten_light
from scanner.clean.page import MM_PER_INCH, CleanPage
from scanner.clean.size import resolution, size_of
from scanner.clean.upright import upright
from scanner.clean.warp import warp_flat
from scanner.pages.geometry import order_corners

if TYPE_CHECKING:
    from scanner.pages.geometry import Quad

MAX_DPI = 300
MAX_SIDE = 5000
MIN_SIDE = 16


def finish(image: Any, quad: Quad, paper: str | None = None, *, px_per_mm: float | None = None) -> CleanPage:
    """Everything in order, from a photograph (BGR uint8) and the sheet's corners to the page a clerk reads."""
    return upright(rectify(image, quad, paper, px_per_mm=px_per_mm))


def rectify(image: Any, quad: Quad, paper: str | None = None, *, px_per_mm: float | None = None) -> CleanPage:
    """Straighten a sheet, taken for flat, and even out its light. `paper`: a name in SIZES_MM where it is known;
    `px_per_mm`: pixels a millimetre on the table has in this picture, where the camera was measured once.
    The picture is never enlarged: a far sheet gets a low dpi.
    """
    corners = order_corners(quad)
    size = size_of(corners, (image.shape[1], image.shape[0]), paper, px_per_mm)
    dpi = told_dpi(resolution(corners, size.mm), size.mm)
    out = (max(MIN_SIDE, round(size.mm[0] / MM_PER_INCH * dpi)), max(MIN_SIDE, round(size.mm[1] / MM_PER_INCH * dpi)))
    return CleanPage(flatten_light(warp_flat(image, corners, out)), dpi, size.paper, size.mm, size.sure)


def told_dpi(seen: float, mm: tuple[float, float]) -> int:
    """Whole dots per inch told of a page of which `seen` were resolved: never more, and no more than paper needs."""
    return max(1, int(min(seen, MAX_DPI, MAX_SIDE / max(mm) * MM_PER_INCH)))
