"""Whether two captures show the same page: told by what is written, place for place, not by the shape of the form.

Two forms of one kind differ in a few words only, so hashes and features alone call them the same. Here features only
lay one page over the other; then the strokes must agree in every part of the page that holds any.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.guide.glimpse import glimpse

if TYPE_CHECKING:
    from scanner.arrays import Gray, Image, Plane, Quad
    from scanner.guide.glimpse import Glimpse

# Of the copy a page is remembered by.
_PIXELS = 100_000
# Pixels a side of a cell compared by itself.
_CELL = 16
# Pixels a stroke is wide at most.
_STROKE = 9
# Pixels the two pages may be shifted in any cell.
_SHIFT = 2
# Spread from which a cell holds writing.
_INKED = 0.06
# Correlation from which two cells hold the same.
_ALIKE = 0.5
# Share of a side left out all round.
_EDGE = 0.03
SAME = 0.008
"""Of the parts with ink, at most so many may differ: measured 0 on one page seen twice, from .014 on two forms."""

CHANGED = 0.08
"""Share of the cells that differ between two frames when the sheet was exchanged."""

# Points of a page that are described.
_FEATURES = 600
# Points that must agree on one move: fewer may do so by chance.
_FEWEST = 15
# Pixels two points may lie apart after it.
_APART = 2.5


@dataclass(frozen=True)
class Look:
    """A page remembered. `ink`: float32 (h, w), strokes from 0 (none) to 1, whatever light fell on them."""

    ink: Plane

    @cached_property
    def features(self) -> tuple[Plane, Gray | None]:
        """Points (n, 2) float32 and their ORB descriptors, None where there are none."""
        finder = cv2.ORB.create(_FEATURES, 1.2, 3, edgeThreshold=12, patchSize=24, fastThreshold=8)
        points, described = finder.detectAndCompute(255 - cv2.convertScaleAbs(self.ink, alpha=400), None)
        return np.array([point.pt for point in points], dtype=np.float32).reshape(-1, 2), described


def look(seen: Glimpse) -> Look:
    """The page as remembered from one frame."""
    height, width = seen.least.shape
    scale = min(1.0, float(np.sqrt(_PIXELS / (height * width))))
    size = (max(_CELL, round(width * scale)), max(_CELL, round(height * scale)))
    small = cv2.resize(cv2.GaussianBlur(seen.least, (0, 0), 1.0), size, interpolation=cv2.INTER_AREA)
    # Closing by little more than a stroke: letters go, the edge of a shadow stays and so leaves no trace.
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_STROKE, _STROKE))
    paper = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, around), (0, 0), 2)
    ink = np.clip(1 - small.astype(np.float32) / np.maximum(paper, 8), 0, 1)
    dy, dx = (max(1, round(side * _EDGE)) for side in ink.shape)
    ink[:dy], ink[-dy:], ink[:, :dx], ink[:, -dx:] = 0, 0, 0, 0
    return Look(cv2.GaussianBlur(ink.astype(np.float32, copy=False), (0, 0), 0.7))


def look_at(image: Image, quad: Quad) -> Look:
    """`look` for a usable quad in a BGR picture."""
    return look(glimpse(image, quad))


def same_look(first: Look, second: Look) -> bool:
    """Whether the two are one page, whichever way up and in whatever light: about 3 ms where it has not moved,
    25 ms where it has. Pages without strokes are never the same: nothing tells.
    """
    if first.ink.shape == second.ink.shape and _same(first.ink, second.ink):
        return True
    laid = _laid_over(first, second)
    return laid is not None and _same(first.ink, laid)


def same_as(look: Look | None, others: Iterable[Look]) -> bool:
    """Whether one of the others shows the same page; never where nothing was seen (None)."""
    return look is not None and any(same_look(other, look) for other in others)


def changed(before: Look, now: Look) -> bool:
    """Whether a hand or another sheet came over a page that did not move."""
    if max(abs(a - b) for a, b in zip(before.ink.shape, now.ink.shape, strict=True)) > 2 * _CELL:
        return True
    height, width = before.ink.shape
    ink = now.ink if now.ink.shape == before.ink.shape else cv2.resize(now.ink, (width, height))
    apart = differing(before.ink, ink)
    return apart is not None and apart > CHANGED


def differing(first: Plane, second: Plane) -> float | None:
    """Share of the parts with ink (0-1) where two pictures of ink (float32, one shape) hold something else.

    None: neither holds any.
    """
    height, width = (side - side % _CELL for side in first.shape)
    fixed = np.ascontiguousarray(first[:height, :width])
    mean1, spread1 = _moments(fixed)
    padded = cv2.copyMakeBorder(second, _SHIFT, _SHIFT, _SHIFT, _SHIFT, cv2.BORDER_REPLICATE)
    best, inked = np.full(mean1.shape, -1.0, np.float32), spread1 > _INKED**2
    for down in range(2 * _SHIFT + 1):
        for across in range(2 * _SHIFT + 1):
            moved = np.ascontiguousarray(padded[down : down + height, across : across + width])
            mean2, spread2 = _moments(moved)
            together = _per_cell(cv2.multiply(fixed, moved)) - mean1 * mean2
            best = np.maximum(best, together / np.sqrt(np.maximum(spread1 * spread2, 1e-12)))
            if down == across == _SHIFT:
                inked |= spread2 > _INKED**2
    return float(np.mean(best[inked] < _ALIKE)) if inked.any() else None


def _same(first: Plane, second: Plane) -> bool:
    apart = differing(first, second)
    return apart is not None and apart <= SAME


def _laid_over(first: Look, second: Look) -> Plane | None:
    """The second page's ink moved onto the first's; None where too little agrees."""
    (points1, described1), (points2, described2) = first.features, second.features
    if described1 is None or described2 is None:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(described1, described2, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < 0.85 * pair[1].distance]
    if len(good) < _FEWEST:
        return None
    source, goal = points2[[one.trainIdx for one in good]], points1[[one.queryIdx for one in good]]
    move, agree = cv2.findHomography(source, goal, cv2.RANSAC, _APART)
    if move is None or agree is None or int(agree.sum()) < _FEWEST:
        return None
    height, width = first.ink.shape
    return cv2.warpPerspective(second.ink, move, (width, height))


def _moments(picture: Plane) -> tuple[Plane, Plane]:
    mean = _per_cell(picture)
    return mean, _per_cell(cv2.multiply(picture, picture)) - mean * mean


def _per_cell(picture: Plane) -> Plane:
    height, width = picture.shape
    return cv2.resize(picture, (width // _CELL, height // _CELL), interpolation=cv2.INTER_AREA)
