"""What on a sheet is shadow and what is print, however large: the level of light, also where print covers the paper.

Print ends at an edge as sharp as the lens can draw; a shadow fades. Shadow reaches the sheet's border, print lies
inside it: what is dark and surrounded by brighter paper, or by sharp edges that it is darker behind, is print.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.fields import spread

if TYPE_CHECKING:
    from scanner.arrays import Gray, Mask, Plane


# Levels at which places shut in by darker ones are looked for, evenly apart in the logarithm.
_LEVELS = 40
_SHARP = 1.85
"""How many times steeper a print's edge is than the same edge blurred; a shadow's hardly changes."""
_STEP = 0.035
"""Least step of a print's edge, as a logarithm."""
# Pixels of the small copy over which the light around a filled place is spread.
_REACH = 9
# Pixels of the small copy: a wall with no wider gap holds.
_GAP = 11


def light_level(level: Plane, strange: Mask) -> Plane:
    """The level of light (h, w), with what is print filled from the paper around it. `strange`: bool, of a colour no
    light has.
    """
    walled = _walled(np.log(np.maximum(level, 0.01)))
    if walled.any():
        level = _patched(level, walled)
    level = _without_holes(level)
    return _patched(level, strange) if strange.any() else level


def _patched(level: Plane, mask: Mask) -> Plane:
    """What the mask covers filled from around it."""
    trust = 1.0 - cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.float32)
    around = np.exp(spread(np.log(np.maximum(level, 0.01))[:, :, None], trust, _REACH)[:, :, 0])
    return np.asarray(np.where(trust < 0.5, around, level), dtype=np.float32)


def _walled(logs: Plane) -> Mask:
    """Places (bool) shut in by sharp edges that they are darker behind."""
    steep, soft = _slope(logs, 0.7), _slope(logs, 2.5)
    near = np.ones((3, 3), np.uint8)
    edge = ((steep > _STEP / 2.4) & (steep > _SHARP * soft)).astype(np.uint8)
    # Where a shadow crosses it an edge is blurred for a little way.
    along, down = np.ones((1, _GAP), np.uint8), np.ones((_GAP, 1), np.uint8)
    walls = cv2.max(cv2.morphologyEx(edge, cv2.MORPH_CLOSE, along), cv2.morphologyEx(edge, cv2.MORPH_CLOSE, down))
    walls = cv2.dilate(walls, near)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - walls, connectivity=4)
    out = np.zeros(logs.shape, bool)
    height, width = logs.shape
    for index in range(1, count):
        x, y, w, h, pixels = stats[index]
        if not 30 <= pixels < logs.size / 2 or x == 0 or y == 0 or x + w == width or y + h == height:
            continue
        box = (slice(max(0, y - 6), y + h + 6), slice(max(0, x - 6), x + w + 6))
        mine = (labels[box] == index).astype(np.uint8)
        if _darker_inside(logs[box], mine):
            out[box] |= cv2.dilate(mine, near, iterations=3) > 0
    return out


def _darker_inside(logs: Plane, mine: Gray) -> bool:
    """Whether nearly all beyond the edge of a place (uint8 mask) is brighter than what is near it inside."""
    near = np.ones((3, 3), np.uint8)
    grown = cv2.dilate(mine, near, iterations=3)
    beyond = cv2.dilate(grown, near, iterations=2) > grown
    rim = (mine > cv2.erode(mine, near, iterations=2)).astype(np.float32)
    many = cv2.blur(rim, (11, 11))
    own = cv2.blur(logs * rim, (11, 11)) / np.maximum(many, 1e-3)
    step = (logs - own)[beyond & (many > 0.02)]
    return len(step) > 0 and bool(np.mean(step > _STEP) > 0.8)


def _slope(logs: Plane, sigma: float) -> Plane:
    logs = np.asarray(cv2.GaussianBlur(logs, (0, 0), sigma), dtype=np.float32)
    across, down = cv2.Sobel(logs, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(logs, cv2.CV_32F, 0, 1, scale=0.125)
    return np.asarray(cv2.magnitude(across, down), dtype=np.float32)


def _without_holes(level: Plane) -> Plane:
    """The level with dark places shut in by brighter ones filled, where they end at an edge or are too dark."""
    filled = _filled(level)
    depth = level / filled
    steep = cv2.morphologyEx(level, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) / filled
    count, labels, stats, _ = cv2.connectedComponentsWithStats((depth < 0.95).astype(np.uint8), connectivity=4)
    out = level.copy()
    for index in range(1, count):
        x, y, w, h, _pixels = stats[index]
        box = (slice(y, y + h), slice(x, x + w))
        mine = labels[box] == index
        # A dent or a fold shades softly; print ends at an edge.
        if depth[box][mine].min() < 0.7 or np.median(steep[box][_rim(mine)]) > 0.04:
            out[box][mine] = filled[box][mine]
    return np.asarray(out, dtype=np.float32)


def _rim(mask: Mask) -> Mask:
    """The outermost pixels of a region."""
    bits = np.pad(mask.astype(np.uint8), 1)
    return (bits - cv2.erode(bits, np.ones((3, 3), np.uint8)))[1:-1, 1:-1] > 0


def _filled(level: Plane) -> Plane:
    """Every dark place shut in by brighter ones raised to the lowest way out of it (holes filled, in grey)."""
    height, width = level.shape
    low, high = float(level.min()), float(level.max())
    if high - low < 1e-3:
        return level
    small = cv2.resize(level, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    raised = np.full(small.shape, low, np.float32)
    sea = np.zeros((small.shape[0] + 2, small.shape[1] + 2), np.uint8)
    for tide in np.geomspace(max(low, 0.02), high, _LEVELS)[1:]:
        sea[:] = 1
        sea[1:-1, 1:-1] = small < tide
        cv2.floodFill(sea, None, (0, 0), 2)
        raised[sea[1:-1, 1:-1] != 2] = tide
    return np.maximum(level, cv2.resize(raised, (width, height), interpolation=cv2.INTER_LINEAR))
