"""A symbol round a bottle or a tin: a camera's view of a cylinder, for axes and radii that explain what is seen.

Along the way round, a point at angle t of the label stands at (sin t, cos t); a camera turns (sin t, along, cos t, 1)
into the picture by a 3x4 matrix, which few known points determine by linear least squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import Numbers, Points

# Directions of the axis tried, radians: 22.5 degrees apart, a half turn is the same again.
_AXES = np.arange(8) * (np.pi / 8)
_ANGLES = np.array([0.35, 0.6, 0.85, 1.1, 1.35])
"""Half the angle that the symbol's diagonal takes round the cylinder, radians."""
# Of the least squares, in squares of coordinates between -1 and 1.
_RIDGE = 1e-4
# Modules the known points may lie off on average.
_MOST_OFF = 0.6
# Views given, the closest ones.
_KEPT = 16


@dataclass(frozen=True)
class View:
    """`matrix`: 3x4; `axis` and `angle`: of the cylinder; `side`: of the symbol, modules."""

    matrix: Numbers
    axis: float
    angle: float
    side: float


def fitted(should: Points, lies: Points, side: float) -> list[View]:
    """Views under which the points `should` (k, 2) of a symbol of `side` modules lie at about `lies` (k, 2), closest
    first.
    """
    found: list[tuple[float, View]] = []
    for axis in _AXES:
        for angle in _ANGLES:
            stands = _standing(should, axis, angle, side)
            view = View(_matrix(stands, 2 * lies / side - 1), float(axis), float(angle), side)
            off = float(np.sqrt(np.square(_seen(view, stands) - lies).sum(axis=1).mean()))
            if off < _MOST_OFF:
                found.append((off, view))
    return [view for _, view in sorted(found, key=lambda each: each[0])[:_KEPT]]


def placed(views: list[View], places: Points) -> list[Points]:
    """Where the places (m, 2) of the symbol lie under each view."""
    return [_seen(view, _standing(places, view.axis, view.angle, view.side)) for view in views]


def _standing(places: Points, axis: float, angle: float, side: float) -> Numbers:
    """(k, 4) points on the cylinder; scaled so that all four columns are of one size however flat it is."""
    u = (2 * places / side - 1) / np.sqrt(2)
    round_by = angle * (u[:, 0] * np.cos(axis) + u[:, 1] * np.sin(axis))
    along = u[:, 1] * np.cos(axis) - u[:, 0] * np.sin(axis)
    depth = (1 - np.cos(round_by)) / (1 - np.cos(angle))
    return np.stack([np.sin(round_by) / np.sin(angle), along, depth, np.ones(len(u))], axis=1)


def _matrix(stands: Numbers, seen: Points) -> Numbers:
    zero = np.zeros_like(stands)
    rows = np.concatenate(
        [
            np.concatenate([stands, zero, -seen[:, :1] * stands[:, :3]], axis=1),
            np.concatenate([zero, stands, -seen[:, 1:] * stands[:, :3]], axis=1),
        ]
    )
    right = np.concatenate([seen[:, 0], seen[:, 1]])
    # Depth and perspective are hardly told by a few points close together: without need there is none.
    solved = np.linalg.solve(rows.T @ rows + _RIDGE * np.eye(11), rows.T @ right)
    return np.append(solved, 1.0).reshape(3, 4)


def _seen(view: View, stands: Numbers) -> Points:
    out = stands @ view.matrix.T
    return (out[:, :2] / np.maximum(out[:, 2:], 1e-3) + 1) * (view.side / 2)
