"""A sheet's pixels laid straight, sharp and without moiré."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.pages.geometry import Quad

_SHRINK = 1.4
"""Source pixels a result's pixel may stand for before the source is averaged down first."""
_LEFT = 1.15
"""What is left to shrink after that: enough for cubic weights to stay sharp."""
_MARGIN = 4


def warp_flat(image: Any, quad: Quad, size: tuple[int, int]) -> Any:
    """The flat sheet with these corners (ordered, in pixels) as a picture of (width, height) pixels."""
    source, quad = _cut(image, quad, size)
    goal = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float32) - 0.5
    move = cv2.getPerspectiveTransform(quad.astype(np.float32), goal)
    return cv2.warpPerspective(source, move, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _cut(image: Any, points: NDArray[np.float64], size: tuple[int, int]) -> tuple[Any, NDArray[np.float64]]:
    """The part of the image round `points`, averaged down where the result is much smaller, and the points in it."""
    height, width = image.shape[:2]
    low = np.clip(np.floor(points.min(axis=0)).astype(int) - _MARGIN, 0, (width - 2, height - 2))
    high = np.clip(np.ceil(points.max(axis=0)).astype(int) + _MARGIN, low + 2, (width, height))
    part = image[low[1] : high[1], low[0] : high[0]]
    inside = points - low
    # Every side's pixels against the result's; the least shrunk decides, so nothing resolved is lost.
    lengths = np.linalg.norm(np.roll(points, -1, axis=0) - points, axis=1) if len(points) == 4 else np.ptp(points, 0)
    shrink = float((lengths / np.resize(np.asarray(size, dtype=float), len(lengths))).min())
    if shrink <= _SHRINK:
        return part, inside
    scale = _LEFT / shrink
    small = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ratio = np.array([small.shape[1] / part.shape[1], small.shape[0] / part.shape[0]])
    return small, (inside + 0.5) * ratio - 0.5
