"""Torn and folded corners: where the table shows through at a page's corner, found to be covered with paper.

Only what looks like the table beside it, hangs together with it and is cut off as a tear cuts is taken; a finger, a
clip or a stamp over the corner is left to be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.warp import sample

if TYPE_CHECKING:
    from scanner.arrays import Gray, Mask, Numbers, Plane
    from scanner.clean.dewarp import Shape
    from scanner.clean.near import Near


_INSIDE, _OUTSIDE = 0.1, 0.03
"""How far round a corner is looked, as shares of the sheet's long side."""
# Points a side of the square looked at around a corner.
_SIDE = 78
_TOLD_APART = 14.0
"""Lab distance below which table and paper are alike."""
# Colours kept of the table beside the corner.
_SAMPLES = 24
# Lab distance (lightness 0-255) within which a point is the table's colour.
_LIKE_TABLE = 22.0
_BULGE = 1.2
"""A tear takes no more than this part of the triangle between its ends; a fingertip bulges into the page."""
# Millimetres cut away beyond a torn corner's edge: its fibres.
_MORE_MM = 0.7
_ROUND = 0.04
"""As _INSIDE where only a card's rounding is looked for: its radius, as a share of its long side."""


def torn(near: Near, shape: Shape) -> list[Numbers]:
    """Polygons (n, 2), in mm of a page laid out by `shape`, where a corner of its sheet is missing."""
    found = []
    for right in (False, True):
        for low in (False, True):
            piece = _missing(near, shape, right, low)
            if piece is not None:
                found.append(piece)
    return found


def square(near: Near, shape: Shape) -> bool:
    """Whether a sheet with a card's shape has square corners, as paper has and a card has not; False where unsure."""
    told = [_square(near, shape, right, low) for right in (False, True) for low in (False, True)]
    return told.count(True) >= 3 and False not in told


def _square(near: Near, shape: Shape, right: bool, low: bool) -> bool | None:
    corner = _corner(near, shape, right, low, _ROUND)
    if corner is None:
        return None
    lab, _, tip = corner
    # A card's arc leaves the tip bare as far as a third of its radius, on the diagonal.
    end = tip + max(3, (_SIDE - tip) // 4)
    outside = np.concatenate([lab[: tip // 2, tip * 2 :].reshape(-1, 3), lab[tip * 2 :, : tip // 2].reshape(-1, 3)])
    table, paper = np.median(outside, axis=0), np.median(lab[-tip * 2 :, -tip * 2 :].reshape(-1, 3), axis=0)
    if np.linalg.norm(table - paper) < _TOLD_APART:
        return None
    seen = np.median(lab[tip + 1 : end, tip + 1 : end].reshape(-1, 3), axis=0)
    return bool(np.linalg.norm(seen - paper) < np.linalg.norm(seen - table))


def _corner(
    near: Near, shape: Shape, right: bool, low: bool, inside: float = _INSIDE
) -> tuple[Plane, Numbers, int] | None:
    """The sheet's corner as Lab (side, side, 3), turned as if it were the top left one; how far in each row and
    column lies, mm; and the first row that is inside. None where it lies beyond the picture.
    """
    steps = np.linspace(-_OUTSIDE / _INSIDE * inside, inside, _SIDE) * max(shape.mm)
    x, y = np.meshgrid(shape.mm[0] - steps if right else steps, shape.mm[1] - steps if low else steps)
    at = near.inside(shape.locate(x, y)).astype(np.float32)
    height, width = near.image.shape[:2]
    seen = (at[..., 0] > 0) & (at[..., 1] > 0) & (at[..., 0] < width - 1) & (at[..., 1] < height - 1)
    if seen.mean() < 0.95:
        return None
    patch = cv2.medianBlur(sample(near.image, at), 3).astype(np.float32) / np.float32(255)
    return cv2.cvtColor(patch, cv2.COLOR_BGR2LAB), steps, int(np.searchsorted(steps, 0.0))


def _missing(near: Near, shape: Shape, right: bool, low: bool) -> Numbers | None:
    corner = _corner(near, shape, right, low)
    if corner is None:
        return None
    lab, steps, tip = corner
    longest = max(shape.mm)
    table = _tablelike(lab, tip)
    if table is None:
        return None
    table[:tip] = table[:, :tip] = 1
    count, labels = cv2.connectedComponents(cv2.morphologyEx(table, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    gone: Mask = np.asarray(labels == labels[0, 0]) if count > 1 else np.zeros(table.shape, bool)
    inner = gone[tip:, tip:]
    # Along the two borders from the corner on.
    down, across = (_run(np.any(inner[:, :3], axis=1)), _run(np.any(inner[:3], axis=0)))
    least, most = 0.004 * longest / (steps[1] - steps[0]), len(inner) - 4
    if not least < min(down, across) <= max(down, across) < most:
        return None
    cut = inner[: down + 2, : across + 2]
    if cut.sum() > _BULGE * (down * across / 2 + down + across) or cut.sum() < 0.3 * down * across / 2:
        return None
    mm = _outline(cut, down, across, _MORE_MM / (steps[1] - steps[0])) * (steps[1] - steps[0])
    if right:
        mm[:, 0] = shape.mm[0] - mm[:, 0]
    if low:
        mm[:, 1] = shape.mm[1] - mm[:, 1]
    return np.asarray(mm, dtype=np.float64)


def _outline(cut: Mask, down: int, across: int, more: float) -> Numbers:
    """The convex outline (n, 2) of what is cut off a corner at the origin, `more` larger on every side."""
    outlines, _ = cv2.findContours(cut.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    points = np.vstack([max(outlines, key=cv2.contourArea).reshape(-1, 2), [[-1, -1], [across, -1], [-1, down]]])
    hull = cv2.convexHull(points.astype(np.float32)).reshape(-1, 2).astype(np.float64)
    return np.asarray(hull + np.sign(hull - 0.5) * more, dtype=np.float64)


def _tablelike(lab: Plane, tip: int) -> Gray | None:
    """uint8 mask of what is liker to the table outside the corner than to the paper inside; None where these two are
    alike.
    """
    # Beside the sheet, away from its corner: what lies over the corner is no table.
    far, along = tip // 2, (tip + _SIDE) // 2
    outside = np.concatenate([lab[:far, along:].reshape(-1, 3), lab[along:, :far].reshape(-1, 3)])
    inside = lab[tip * 2 :, tip * 2 :].reshape(-1, 3)
    bright = inside[inside[:, 0] >= np.median(inside[:, 0])]
    paper = np.median(bright, axis=0)
    samples = outside[:: max(1, len(outside) // _SAMPLES)]
    if np.median(np.linalg.norm(samples - paper, axis=1)) < _TOLD_APART:
        return None
    # Shade darkens paper too, but leaves its colour.
    away = np.abs(lab - paper)
    to_paper = 0.5 * away[..., 0] + away[..., 1] + away[..., 2]
    if np.median(to_paper[tip : tip + 5, tip : tip + 5]) < _TOLD_APART / 2:
        return None
    # The sheet's own shadow lies on the table that a tear lays bare.
    samples = np.concatenate([samples, samples * np.float32(0.8), samples * np.float32(0.6)])
    to_table = np.full(lab.shape[:2], np.inf, np.float32)
    for one in samples:
        apart = np.abs(lab - one)
        to_table = np.minimum(to_table, apart[..., 0] + apart[..., 1] + apart[..., 2])
    picture: Gray = ((to_table < to_paper) & (to_table < _LIKE_TABLE)).astype(np.uint8)
    return picture


def _run(line: Mask) -> int:
    """How many in a row from the first on are true."""
    return len(line) if line.all() else int(np.argmin(line))
