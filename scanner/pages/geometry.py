"""Quadrilaterals: order, area, angles, overlap. Arrays are float64 (4, 2), x then y, in pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scanner.arrays import Picture, Quad

    Line = tuple[float, float, float]

FOCAL = 0.8
"""Common focal length of cameras over tables, in long sides of the picture: phones .72, Camera Module 3 .77, webcams
to 1.1."""

# Of each corner, the one after it and the one before it.
_NEXT = np.array([1, 2, 3, 0])
_PREVIOUS = np.array([3, 0, 1, 2])  # the one before


def order_corners(points: Quad) -> Quad:
    """Clockwise on the screen, starting at the corner nearest the top left."""
    quad: Quad = order_many(np.asarray(points, dtype=np.float64).reshape(1, 4, 2))[0]
    return quad


def order_many(quads: NDArray[np.float64]) -> NDArray[np.float64]:
    """`order_corners` for quads (n, 4, 2) at once."""
    away = quads - quads.mean(axis=1, keepdims=True)
    around = np.argsort(np.arctan2(away[..., 1], away[..., 0]), axis=1)
    rows = np.arange(len(quads))[:, None]
    quads = quads[rows, around]
    first = np.argmin(quads.sum(axis=2), axis=1)[:, None]
    return np.asarray(quads[rows, (first + np.arange(4)) % 4], dtype=np.float64)


def frame_of(image: Picture) -> Quad:
    """The picture's own corners as a quad."""
    height, width = image.shape[:2]
    return np.array([(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)], dtype=np.float64)


def area(quad: Quad) -> float:
    """Square pixels, always positive."""
    x, y = quad[:, 0], quad[:, 1]
    return float(abs(np.dot(x, y[_NEXT]) - np.dot(y, x[_NEXT])) / 2)


def is_convex(quad: Quad) -> bool:
    """Whether all turns go the same way."""
    edges = quad[_NEXT] - quad
    following = edges[_NEXT]
    turns = edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0]
    return bool(np.all(turns > 0) or np.all(turns < 0))


def convex_many(quads: NDArray[np.float64]) -> NDArray[np.bool_]:
    """`is_convex` of quads (n, 4, 2): (n,)."""
    edges = quads[:, _NEXT] - quads
    following = edges[:, _NEXT]
    turns = edges[..., 0] * following[..., 1] - edges[..., 1] * following[..., 0]
    return np.asarray(np.all(turns > 0, axis=1) | np.all(turns < 0, axis=1))


def angles(quad: Quad) -> NDArray[np.float64]:
    """The four inner angles in degrees."""
    before = quad[_PREVIOUS] - quad
    after = quad[_NEXT] - quad
    cosine = np.sum(before * after, axis=1) / np.maximum(
        np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1), 1e-9
    )
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1, 1))), dtype=np.float64)


def sides(quad: Quad) -> NDArray[np.float64]:
    """Lengths of top, right, bottom, left."""
    return np.asarray(np.linalg.norm(quad[_NEXT] - quad, axis=1), dtype=np.float64)


def overlap(first: Quad, second: Quad) -> float:
    """Intersection over union of two convex quads, 0 to 1."""
    shared, _ = cv2.intersectConvexConvex(first.astype(np.float32), second.astype(np.float32))
    union = area(first) + area(second) - shared
    return float(shared / union) if union > 0 else 0.0


def meet(first: Line, second: Line) -> tuple[float, float] | None:
    """Where two lines (a, b, c with ax + by = c) cross; None where they hardly do."""
    cross = first[0] * second[1] - first[1] * second[0]
    if abs(cross) < 1e-3:
        return None
    x = first[2] * second[1] - first[1] * second[2]
    y = first[0] * second[2] - first[2] * second[0]
    return x / cross, y / cross


def line_through(a: Sequence[float], b: Sequence[float]) -> Line:
    """The line through two points as (a, b, c), with unit normal."""
    length = max(math.dist(a, b), 1e-9)
    x, y = (a[1] - b[1]) / length, (b[0] - a[0]) / length
    return x, y, x * a[0] + y * a[1]
