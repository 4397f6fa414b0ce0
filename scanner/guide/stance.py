"""How the sheet lies before the camera, from its corners alone: which paper, how many dots per inch, how tilted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.pages.geometry import area, is_convex, sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.pages.geometry import Quad

MM_PER_INCH = 25.4
PAPERS_MM = {"A4": (210.0, 297.0), "ID-1": (53.98, 85.6)}
# Focal lengths in long sides of the picture: phones .72, Camera Module 3 .77, webcams to 1.1.
_FOCAL = (0.72, 0.85, 1.1)
_FITS = 0.14


@dataclass(frozen=True)
class Stance:
    """`paper`: "A4" (any ISO sheet), "ID-1" or "other"; `dpi`: over the whole sheet, as if it were that paper
    (as long as an A4 for "other"); `least_dpi`: at the worst corner in the worst direction; `tilt`: degrees off the
    optical axis; `fill`: share of the picture's width or height that the sheet takes, the larger of both.
    """

    paper: str
    dpi: float
    least_dpi: float
    tilt: float
    fill: float

    @property
    def foreshortened(self) -> float:
        """The worst corner's resolution as a share of the whole sheet's (1: seen straight on)."""
        return self.least_dpi / max(self.dpi, 1e-9)


def usable(quad: Quad | None) -> bool:
    """Whether a quad can be measured at all: finite, convex, of some area."""
    if quad is None or quad.shape != (4, 2) or not np.all(np.isfinite(quad)):
        return False
    return bool(np.abs(quad).max() < 1e6 and area(quad) >= 64 and sides(quad).min() >= 4 and is_convex(quad))


def stance(quad: Quad, width: int, height: int) -> Stance:
    """Judge a `usable` quad in a picture of `width` x `height`, the optical axis in the picture's middle."""
    top, right, bottom, left = sides(quad)
    lying = top + bottom > right + left
    best: tuple[float, str, tuple[float, float], float] | None = None
    for name, (short, long) in PAPERS_MM.items():
        size = (long, short) if lying else (short, long)
        error, tilt = _misfit(quad, size, width, height)
        if best is None or error < best[0]:
            best = (error, name, size, tilt)
    assert best is not None
    error, name, size, tilt = best
    if error > _FITS:
        name, proportion = "other", (top + bottom) / (right + left)
        long = PAPERS_MM["A4"][1]
        size = (long, long / proportion) if lying else (long * proportion, long)
        tilt = _misfit(quad, size, width, height)[1]
    dpi = float(np.sqrt(area(quad) / (size[0] * size[1]))) * MM_PER_INCH
    low, high = quad.min(axis=0), quad.max(axis=0)
    fill = float(max((high[0] - low[0]) / width, (high[1] - low[1]) / height))
    return Stance(name, dpi, _least(quad, size) * MM_PER_INCH, tilt, fill)


def _misfit(quad: Quad, size: tuple[float, float], width: int, height: int) -> tuple[float, float]:
    """How badly the quad can be a sheet of `size` mm in space (0: exactly), and its tilt in degrees.

    A plane's homography holds two columns of a rotation: of one length and at right angles, for the right size.
    """
    towards = _homography(size, quad - np.array([width / 2, height / 2]))
    best = (float("inf"), 0.0)
    for share in _FOCAL:
        focal = share * max(width, height)
        first, second = towards[:, 0] / (focal, focal, 1), towards[:, 1] / (focal, focal, 1)
        long1, long2 = float(np.linalg.norm(first)), float(np.linalg.norm(second))
        skew = abs(float(first @ second)) / max(long1 * long2, 1e-12)
        error = abs(float(np.log(max(long1, 1e-12) / max(long2, 1e-12)))) + skew
        normal = np.cross(first, second)
        facing = abs(float(normal[2])) / max(float(np.linalg.norm(normal)), 1e-12)
        if error < best[0]:
            best = (error, float(np.degrees(np.arccos(min(1.0, facing)))))
    return best


def _least(quad: Quad, size: tuple[float, float]) -> float:
    """Pixels per millimetre at the worst corner in the worst direction."""
    towards = _homography(size, quad)
    corners = np.array([(0, 0, 1), (size[0], 0, 1), (size[0], size[1], 1), (0, size[1], 1)])
    least = float("inf")
    for spot in corners:
        x, y, w = towards @ spot
        slope = (towards[:2, :2] - np.outer((x / w, y / w), towards[2, :2])) / w
        least = min(least, float(np.linalg.svd(slope, compute_uv=False)[1]))
    return least


def _homography(size: tuple[float, float], quad: Quad) -> NDArray[np.float64]:
    paper = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float32)
    return np.asarray(cv2.getPerspectiveTransform(paper, quad.astype(np.float32)), dtype=np.float64)
