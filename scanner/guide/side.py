"""Which side of an identity card is seen, for captures that ask for one.

"Wrong side" means: the front was asked for and three lines for machines are seen (they stand on the back of every
card with a chip); or the back was asked for and the portrait is seen. A side that shows neither is taken as it is:
old cards have no such lines. A sheet laid face down shows no writing and is told as blank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np

if TYPE_CHECKING:
    from scanner.guide.glimpse import Glimpse

Side = Literal["front", "back"]

_BINS = 24
_WIDE = 0.72
_STRANGE = 28.0
_PORTRAIT = (0.04, 0.30, 0.36, 0.88)


def card_side(seen: Glimpse) -> Side | None:
    """The side of the card that lies here, whichever way up; None where it cannot be told."""
    for turn in _ways(seen):
        ink = np.ascontiguousarray(np.rot90(seen.ink, turn))
        if _machine_lines(ink):
            return "back"
    for turn in _ways(seen):
        if _portrait(np.rot90(seen.bgr, turn)):
            return "front"
    return None


def _ways(seen: Glimpse) -> tuple[int, int]:
    """Quarter turns that lay the card lengthwise."""
    height, width = seen.ink.shape
    return (0, 2) if width >= height else (1, 3)


def _machine_lines(ink: Any) -> bool:
    """Two or three evenly filled lines from edge to edge in the lower half, and nothing so wide above."""
    height = ink.shape[0]
    lines: Any = cv2.resize(ink.view(np.uint8) * np.uint8(255), (_BINS, height), interpolation=cv2.INTER_AREA)
    # Letters stand apart: a line is as wide as the bins that hold some ink within its height.
    reach = max(3, round(height * 0.03))
    around = cv2.dilate(lines, np.ones((reach, 1), np.uint8))
    wide = np.mean(around[:, 1:-1] > 10, axis=1) > _WIDE
    inky = lines.mean(axis=1) > 4
    starts = np.flatnonzero(np.diff(np.concatenate([[False], wide & inky]).astype(np.int8)) == 1)
    low = [start for start in starts if start > 0.5 * height]
    return 2 <= len(low) <= 6 and bool(np.ptp(low) > 0.08 * height) and not np.any(starts < 0.45 * height)


def _portrait(bgr: Any) -> bool:
    """A block of the size of a portrait at the left, of other colours than the card."""
    small = cv2.resize(np.ascontiguousarray(bgr), (96, 60), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    apart = np.linalg.norm(lab - np.median(lab.reshape(-1, 3), axis=0), axis=2) > _STRANGE
    x0, y0, x1, y1 = _PORTRAIT
    inside = apart[round(y0 * 60) : round(y1 * 60), round(x0 * 96) : round(x1 * 96)]
    return float(inside.mean()) > 0.5
