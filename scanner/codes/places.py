"""Where codes lie: four corners in the picture's pixels, whether two are one place, what lies around."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import Gray

Point = tuple[float, float]
Polygon = tuple[Point, Point, Point, Point]
"""Four (x, y), clockwise from the code's own upper left where the engine knows it."""


def polygon(points: Iterable[Iterable[float]], scale: float = 1.0, left: float = 0.0, top: float = 0.0) -> Polygon:
    """Four points of a picture that was cut at (left, top) and scaled, in pixels of the picture itself."""
    a, b, c, d = ((round(float(x) / scale + left, 1), round(float(y) / scale + top, 1)) for x, y in points)
    return (a, b, c, d)


def bounds(place: Sequence[Point]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    xs, ys = [p[0] for p in place], [p[1] for p in place]
    return min(xs), min(ys), max(xs), max(ys)


def box(left: float, top: float, right: float, bottom: float) -> Polygon:
    """The upright rectangle as a polygon."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def side(place: Sequence[Point]) -> float:
    """Side of the square with the place's area, in pixels."""
    return float(np.sqrt(abs(cv2.contourArea(np.asarray(place, np.float32)))))


def overlap(a: Sequence[Point], b: Sequence[Point]) -> float:
    """Shared area over joint area, 0..1, of the two convex hulls."""
    if _apart(a, b):
        return 0.0
    first = cv2.convexHull(np.asarray(a, np.float32))
    second = cv2.convexHull(np.asarray(b, np.float32))
    shared = float(cv2.intersectConvexConvex(first, second)[0])
    joint = cv2.contourArea(first) + cv2.contourArea(second) - shared
    return shared / joint if joint > 0 else 0.0


def same_place(a: Sequence[Point], b: Sequence[Point]) -> bool:
    """Whether two polygons are one code: two printed codes never share more than a sliver."""
    if _apart(a, b):
        return False
    return overlap(a, b) > 0.15 or _holds_middle(a, b) or _holds_middle(b, a)


def cut(gray: Gray, place: Sequence[Point], margin: float = 0.3) -> tuple[Gray, int, int]:
    """The part of a gray picture around a place, `margin` of its larger side added on each side; its left and top."""
    left, top, right, bottom = bounds(place)
    more = margin * max(right - left, bottom - top) + 4
    height, width = gray.shape
    x0, y0 = max(0, int(left - more)), max(0, int(top - more))
    x1, y1 = min(width, int(right + more) + 1), min(height, int(bottom + more) + 1)
    return gray[y0:y1, x0:x1], x0, y0


def _apart(a: Sequence[Point], b: Sequence[Point]) -> bool:
    la, ta, ra, ba = _box(tuple(map(tuple, a)))
    lb, tb, rb, bb = _box(tuple(map(tuple, b)))
    return la >= rb or lb >= ra or ta >= bb or tb >= ba


# Among hundreds of codes in a picture each is compared with each.
_box = lru_cache(maxsize=1024)(bounds)


def _holds_middle(a: Sequence[Point], b: Sequence[Point]) -> bool:
    middle = np.asarray(b, np.float32).mean(axis=0)
    at = (float(middle[0]), float(middle[1]))
    return cv2.pointPolygonTest(cv2.convexHull(np.asarray(a, np.float32)), at, False) >= 0
