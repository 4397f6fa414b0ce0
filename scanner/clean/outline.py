"""Where a sheet's four sides really run: bowed, ragged or a little beside the line between two found corners.

Each side is looked at in a narrow band along it. Two colours are learnt from the band, the paper's inside and the
table's outside, and the one smooth path that best parts them, on an edge where there is one, is found by dynamic
programming. A side whose two colours are alike is left where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.warp import sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Image, Numbers, Plane, Quad
    from scanner.clean.near import Near

    # Two points of it.
    _Straight = tuple[tuple[float, float], tuple[float, float]]

ALONG = 160
"""Points on a side."""
REACH = 0.05
"""Half width of the band, as a share of the sheet's long side: 15 mm on A4."""

MOST = 0.012
"""Straight sides are moved by no more than this share of the long side: the corners were found better than that."""

# Points across the band beside a side.
_ACROSS = 121
# Shares of the long side its ends may lie off the corners: where its colours differ little, and where well.
_ENDS = (0.02, 0.045)
# Cost of a step sideways, against 1 for a point of the wrong colour: an outline is smooth.
_STEP_COST = 1.2
# What a full edge is worth against points of the wrong colour.
_EDGE_GAIN = 9.0
# Of the polynomial a side may follow: a wave and a half.
_DEGREE = 7


@dataclass(frozen=True)
class Side:
    """One side in the frame of the straight sheet. `raw`, `smooth`: (ALONG,) millimetres outward of the line between
    its corners, as seen and without rags; `sure`: 0 where paper and table could not be told apart, to 1.
    """

    raw: Numbers
    smooth: Numbers
    sure: float

    @property
    def bow(self) -> float:
        """Millimetres by which the smooth side leaves a straight line; 0 where unsure."""
        if self.sure <= 0:
            return 0.0
        inner = slice(ALONG // 20, -ALONG // 20)
        return float(np.abs(self.smooth - self._line())[inner].max())

    def straight(self, most: float) -> Numbers:
        """The straight side (ALONG,) nearest to it; where it is unsure or would move by over `most` mm, zeros."""
        line = self._line() if self.sure > 0 else np.zeros(ALONG)
        return line if np.abs(line).max() < most else np.zeros(ALONG)

    def _line(self) -> Numbers:
        # Without the ends, where corners are rounded, torn or held.
        at = np.linspace(-1, 1, ALONG)
        slope, middle = np.polyfit(at, self.smooth, 1, w=np.where(np.abs(at) < 0.88, 1.0, 0.05))
        return np.asarray(slope * at + middle, dtype=np.float64)


def trace(near: Near, quad: Quad, mm: tuple[float, float], reach: float = REACH) -> tuple[Side, ...]:
    """Top, right, bottom and left side of the sheet `quad` (ordered; the picture's pixels) of size `mm`; each runs
    clockwise. `reach`: half width of the band looked at, as a share of the long side.
    """
    band = reach * max(mm)
    goal = np.array([(0, 0), (mm[0], 0), mm, (0, mm[1])], dtype=np.float32)
    move = cv2.getPerspectiveTransform(goal, near.inside(quad).astype(np.float32)).astype(np.float64)
    seen = [_look(near.image, move, goal, index, band) for index in range(4)]
    paths = _best_paths(np.stack([one.cost for one in seen]))
    return tuple(_judge(one, path, band, max(mm)) for one, path in zip(seen, paths, strict=True))


def straightened(quad: Quad, mm: tuple[float, float], sides: tuple[Side, ...]) -> Quad:
    """The corners where straight lines through the traced sides meet (see Side.straight, MOST)."""
    shifts = [side.straight(MOST * max(mm)) for side in sides]
    width, height = mm
    top, right, bottom, left = shifts
    lines = (
        ((0.0, -top[0]), (width, -top[-1])),
        ((width + right[0], 0.0), (width + right[-1], height)),
        ((width, height + bottom[0]), (0.0, height + bottom[-1])),
        ((-left[0], height), (-left[-1], 0.0)),
    )
    corners = np.array([_meet(lines[index - 1], lines[index]) for index in range(4)])
    goal = np.array([(0, 0), (width, 0), mm, (0, height)], dtype=np.float32)
    move = cv2.getPerspectiveTransform(goal, quad.astype(np.float32))
    return np.asarray(cv2.perspectiveTransform(corners[None], move)[0], dtype=np.float64)


@dataclass(frozen=True)
class _Band:
    """What lies along one side, (ALONG, _ACROSS): `cost` of the path passing there, `steep`: edges, 0 to 1; `apart`:
    how different paper and table are; `usable`: whether enough of it lies in the picture.
    """

    cost: Numbers
    steep: Numbers
    apart: float
    usable: bool


def _look(small: Image, move: Numbers, goal: Plane, index: int, reach: float) -> _Band:
    start, end = goal[index].astype(np.float64), goal[(index + 1) % 4].astype(np.float64)
    way = (end - start) / np.linalg.norm(end - start)
    outward = np.array([way[1], -way[0]])
    depth = np.linspace(-reach, reach, _ACROSS)
    along = start + (end - start) * np.linspace(0, 1, ALONG)[:, None]
    points = along[:, None, :] + depth[None, :, None] * outward
    at = cv2.perspectiveTransform(points.reshape(1, -1, 2), move).reshape(ALONG, _ACROSS, 2).astype(np.float32)
    band = sample(small, at).astype(np.float32)
    height, width = small.shape[:2]
    seen = (at[..., 0] > 0) & (at[..., 0] < width - 1) & (at[..., 1] > 0) & (at[..., 1] < height - 1)
    outside, apart = _evidence(band)
    outside[~seen] = 0
    edge = cv2.GaussianBlur(band, (0, 0), 1.0)
    steep = np.zeros((ALONG, _ACROSS))
    change = np.abs(edge[:, 2:] - edge[:, :-2])
    steep[:, 1:-1] = np.maximum(np.maximum(change[..., 0], change[..., 1]), change[..., 2])
    steep = np.minimum(steep / max(12.0, float(np.percentile(steep, 98))), 1)
    steep[~seen] = 0
    usable = bool(seen[:, : _ACROSS * 3 // 4].mean() >= 0.9)
    return _Band(np.cumsum(outside, axis=1) - _EDGE_GAIN * steep, steep, apart, usable)


def _judge(band: _Band, path: NDArray[np.int64], reach: float, longest: float) -> Side:
    raw = np.linspace(-reach, reach, _ACROSS)[path]
    smooth, rags = _smooth(raw, reach)
    on_edge = float(np.mean(band.steep[np.arange(ALONG), path] > 0.3))
    stuck = float(np.mean((path < 3) | (path > _ACROSS - 4)))
    # A side bows in its middle; at its ends the corners were found. A frame printed round the page does not.
    ends = max(abs(float(np.median(part))) for part in (smooth[:10], smooth[-10:]))
    if not band.usable or stuck > 0.05 or rags > 0.3 or on_edge < 0.6 or ends > _ENDS[band.apart > 0.6] * longest:
        return Side(np.zeros(ALONG), np.zeros(ALONG), 0.0)
    return Side(raw, smooth, float(np.clip(band.apart * on_edge * (1 - rags), 0.05, 1)))


def _evidence(band: Plane) -> tuple[Plane, float]:
    """For each point of a band (along, across, BGR) how much rather table than paper it looks, about -1 to 1, and
    how far apart the two are, 0 to 1.
    """
    third = _ACROSS // 3
    paper, table = np.median(band[:, 4:third], axis=1), np.median(band[:, -third:], axis=1)
    paper, table = (cv2.medianBlur(one.reshape(1, -1, 3), 5).reshape(-1, 3) for one in (paper, table))
    near = np.linalg.norm(band - paper[:, None], axis=2)
    far = np.linalg.norm(band - table[:, None], axis=2)
    grain = float(np.median(near[:, 4:third])) + float(np.median(far[:, -third:]))
    gap = float(np.median(np.linalg.norm(paper - table, axis=1)))
    noise = max(10.0, 1.5 * grain)
    return np.clip((near - far) / noise, -1, 1), float(np.clip(gap / (3 * noise), 0, 1))


def _best_paths(cost: Numbers) -> NDArray[np.int64]:
    """For each of several bands (bands, rows, columns) the column of each row on the path of least cost, where a step
    aside costs too.
    """
    bands, rows, columns = cost.shape
    total = cost[:, 0].copy()
    came = np.zeros(cost.shape, dtype=np.int8)
    steps = np.array([-2, -1, 0, 1, 2], dtype=np.int8)
    toll = (_STEP_COST * np.abs(steps))[:, None, None]
    around = np.full((bands, columns + 4), np.inf)
    for row in range(1, rows):
        around[:, 2:-2] = total
        choices = np.stack([around[:, 2 + step : 2 + step + columns] for step in steps.tolist()]) + toll
        choice = np.argmin(choices, axis=0)
        came[:, row] = steps[choice]
        total = np.take_along_axis(choices, choice[None], axis=0)[0] + cost[:, row]
    path = np.empty((bands, rows), dtype=np.int64)
    path[:, -1] = np.argmin(total, axis=1)
    every = np.arange(bands)
    for row in range(rows - 1, 0, -1):
        path[:, row - 1] = path[:, row] + came[every, row, path[:, row]]
    return path


def _smooth(raw: Numbers, reach: float) -> tuple[Numbers, float]:
    """A smooth line through most of the points, and the share that lie off it."""
    at = np.linspace(-1, 1, ALONG)
    basis = np.polynomial.chebyshev.chebvander(at, _DEGREE)
    # Fewer wiggles unless the points insist.
    damp = np.diag(np.arange(_DEGREE + 1.0) ** 2 * 0.02)
    weight = np.ones(ALONG)
    line = raw
    for _ in range(8):
        weighted = basis * weight[:, None]
        line = basis @ np.linalg.solve(weighted.T @ basis + damp, weighted.T @ raw)
        off = np.abs(raw - line)
        scale = max(0.02 * reach, 1.5 * float(np.median(off)))
        weight = 1 / (1 + (off / scale) ** 2)
    return np.asarray(line, dtype=np.float64), float(np.mean(np.abs(raw - line) > 0.05 * reach))


def _meet(one: _Straight, other: _Straight) -> tuple[float, float]:
    (x1, y1), (x2, y2) = one
    (x3, y3), (x4, y4) = other
    cross = (x1 - x2) * (y3 - y4) - (y1 - y2) * (x3 - x4)
    first, second = x1 * y2 - y1 * x2, x3 * y4 - y3 * x4
    return (first * (x3 - x4) - (x1 - x2) * second) / cross, (first * (y3 - y4) - (y1 - y2) * second) / cross
