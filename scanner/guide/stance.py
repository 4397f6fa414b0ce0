"""How the sheet lies, from its four corners alone: which paper, how many dots per inch, how tilted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.size import aspect_of
from scanner.pages.geometry import FOCAL, area, is_convex, sides
from scanner.papers import MM_PER_INCH, SIZES_MM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Quad


PAPERS_MM = {name: SIZES_MM[name] for name in ("A4", "ID-1")}
"""Short and long side of what is told apart by its shape alone; A4 stands for every ISO sheet."""


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
    aspect, spread = aspect_of(quad, (width, height))
    slender, reach = abs(float(np.log(aspect))), max(spread, 0.02)
    near = {name: abs(slender - float(np.log(long / short))) / reach for name, (short, long) in PAPERS_MM.items()}
    paper = min(near, key=lambda name: near[name])
    short, long = PAPERS_MM[paper]
    if near[paper] > 4:
        paper, long = "other", PAPERS_MM["A4"][1]
        short = long / float(np.exp(slender))
    size = (short, long) if aspect <= 1 else (long, short)
    dpi = float(np.sqrt(area(quad) / (short * long))) * MM_PER_INCH
    low, high = quad.min(axis=0), quad.max(axis=0)
    fill = float(max((high[0] - low[0]) / width, (high[1] - low[1]) / height))
    return Stance(paper, dpi, _least(quad, size) * MM_PER_INCH, _tilt(quad, size, width, height), fill)


def _tilt(quad: Quad, size: tuple[float, float], width: int, height: int) -> float:
    """Degrees between the optical axis and the normal of a sheet of `size` mm seen so by a common camera."""
    towards = _homography(size, quad - np.array([width / 2, height / 2]))
    focal = FOCAL * max(width, height)
    normal = np.cross(towards[:, 0] / (focal, focal, 1), towards[:, 1] / (focal, focal, 1))
    facing = abs(float(normal[2])) / max(float(np.linalg.norm(normal)), 1e-12)
    return float(np.degrees(np.arccos(min(1.0, facing))))


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
