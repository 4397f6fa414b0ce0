"""Quads spanned by straight edges that the picture shows along their whole length: sheets that touch or overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.pages.geometry import order_many
from scanner.pages.sides import apart, sample, seam

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Numbers, Plane
    from scanner.pages.ground import Survey

# Long lines paired into quads, the clearest ones.
_LINES = 56
# Short straight stretches that are joined, the longest ones.
_STRETCHES = 800
# Share of the longer side a stretch has at least.
_SHORTEST = 0.025
# Pixels between two places a line is looked at.
_STEP = 4.0
# Lab difference from which an edge is as clear as can be.
_CLEAR = 8.0
# The least share of a side that must lie on an edge: the corner of a sheet may be covered or torn.
_COVERED = 0.6
# Share of the longer side a sheet's side has at least.
_LEAST_SIDE = 0.035
# Quads given, the best ones.
_MOST = 600
# Pixels off a line at which its two sides are compared: soft edges show farther off only.
_BESIDE = np.array([3.0, 5.0, 8.0])
# Radians that opposite sides may differ in direction, 28 degrees: a sheet seen from well aside.
_TURN = np.radians(28.0)


def ruled(seen: Survey) -> NDArray[np.float64]:
    """Quads (n, 4, 2) whose four sides run along straight edges, best covered first."""
    starts, ends = _segments(seen)
    if len(starts) < 4:
        return np.empty((0, 4, 2))
    middles, ways = _merged(starts, ends, _weights(seen, starts, ends))
    return _spanned(seen, middles, ways)


def _segments(seen: Survey) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Straight stretches of edges, longest first: their ends (n, 2) and (n, 2)."""
    views = seen.views
    height, width = views.shape
    # Ink is full of edges, so among it only the clear ones are followed.
    clear = cv2.ximgproc.createFastLineDetector(20, 1.41, 25, 60, 3, False)
    faint = cv2.ximgproc.createFastLineDetector(15, 1.41, 10, 30, 3, False)
    red, yellow = views.channels[1], views.channels[2]
    found = []
    for detector, channel, scale in (
        (faint, views.gray, 1),
        (clear, seen.fine[0], 1),
        (faint, red, 2),
        (faint, yellow, 2),
    ):
        shown = cv2.resize(channel, (width // scale, height // scale), interpolation=cv2.INTER_AREA)
        segments = detector.detect(shown)
        if segments is not None:
            found.append(scale * segments.reshape(-1, 2, 2).astype(np.float64) + (scale - 1) / 2)
    if not found:
        return np.empty((0, 2)), np.empty((0, 2))
    both = np.concatenate(found)
    lengths = np.linalg.norm(both[:, 1] - both[:, 0], axis=1)
    order = np.argsort(-lengths)[:_STRETCHES]
    both = both[order[lengths[order] > _SHORTEST * max(height, width)]]
    return both[:, 0], both[:, 1]


def _weights(seen: Survey, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> Numbers:
    """How much each stretch (n,) counts: its length times how clear it is; little where the table lies on both sides,
    for stripes, grain and joints are long and clear.
    """
    ways = ends - starts
    lengths = np.linalg.norm(ways, axis=1)
    normal = np.stack([-ways[:, 1], ways[:, 0]], axis=1) / lengths[:, None]
    spots = starts[:, None] + ways[:, None] * np.linspace(0.05, 0.95, 12)[:, None]
    off = _BESIDE[:, None, None, None] * normal[:, None]
    both = np.stack([spots - off, spots + off])
    colours = sample(seen.views.planes, both[:, 0, ..., 0], both[:, 0, ..., 1])
    step = np.sqrt(apart(colours[:, 1] - colours[:, 0]))
    thin = seam(seen.fine, spots[..., 0], spots[..., 1], normal[:, None])
    step = np.minimum(np.maximum(step, thin), 40.0).mean(axis=1)
    bare = sample(seen.table[None], both[:, 1:, ..., 0], both[:, 1:, ..., 1])[0].mean(axis=(1, 3)).min(axis=0) / 255
    numbers: Numbers = lengths * step * (1.02 - bare) ** 2
    return numbers


def _merged(
    starts: NDArray[np.float64], ends: NDArray[np.float64], weights: Numbers
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lines as a point and a unit direction (n, 2), what lies on one and the same put together; the weightiest."""
    ways = ends - starts
    lengths = np.linalg.norm(ways, axis=1)
    ways = ways / lengths[:, None]
    kept: list[int] = []
    totals: list[float] = []
    for i in np.argsort(-weights)[: 4 * _LINES]:
        if kept:
            some = np.array(kept)
            normal = np.stack([-ways[some, 1], ways[some, 0]], axis=1)
            off = np.maximum(
                np.abs(((starts[i] - starts[some]) * normal).sum(axis=1)),
                np.abs(((ends[i] - starts[some]) * normal).sum(axis=1)),
            )
            best = int(np.argmin(off))
            if off[best] < 2.5:
                totals[best] += float(weights[i])
                continue
        kept.append(int(i))
        totals.append(float(weights[i]))
    order = np.array(kept)[np.argsort(-np.array(totals))[:_LINES]]
    return (starts[order] + ends[order]) / 2, ways[order]


def _spanned(seen: Survey, middles: NDArray[np.float64], ways: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of n lines through `middles` along `ways`: the quads whose sides are covered by edges."""
    height, width = seen.views.shape
    sums, zero = _coverage(seen, middles, ways)
    cross = ways[:, None, 0] * ways[None, :, 1] - ways[:, None, 1] * ways[None, :, 0]
    gap = middles[None] - middles[:, None]
    # How far along line i its crossing with line j lies.
    crossing = np.abs(cross) > np.sin(np.radians(50))
    at = np.where(
        crossing,
        (gap[..., 0] * ways[None, :, 1] - gap[..., 1] * ways[None, :, 0]) / np.where(crossing, cross, 1),
        np.nan,
    )
    spots = middles[:, None] + at[..., None] * ways[:, None]
    slack = 0.02 * max(height, width)
    inside = crossing & np.all((spots > -slack) & (spots < np.array([width, height]) + slack), axis=2)
    place = np.where(inside, at, 0.0) / _STEP + zero
    low = np.clip(place.astype(np.intp), 0, sums.shape[1] - 1)
    level = np.take_along_axis(sums, low, axis=1)
    length = np.abs(place[:, :, None] - place[:, None, :])
    covered = np.abs(level[:, :, None] - level[:, None, :]) / np.maximum(length, 1e-6)
    good = (covered > _COVERED) & (length * _STEP > _LEAST_SIDE * max(height, width))
    good &= inside[:, :, None] & inside[:, None, :]
    one, other = np.nonzero(np.triu(np.abs(cross) < np.sin(_TURN), 1))
    if not len(one):
        return np.empty((0, 4, 2))
    # Side j runs between the opposite lines; both opposite lines have a side between j and m.
    across = good[:, one, other].T
    four = good[one] & good[other] & across[:, :, None] & across[:, None, :]
    pair, j, m = np.nonzero(np.triu(four, 1))
    parallel = np.abs(cross[j, m]) < np.sin(_TURN)
    pair, j, m = pair[parallel], j[parallel], m[parallel]
    i, k = one[pair], other[pair]
    total = covered[i, j, m] + covered[k, j, m] + covered[j, i, k] + covered[m, i, k]
    order = np.argsort(-total)[:_MOST]
    i, j, k, m = i[order], j[order], k[order], m[order]
    return order_many(np.stack([spots[i, j], spots[j, k], spots[k, m], spots[m, i]], axis=1))


def _coverage(seen: Survey, middles: NDArray[np.float64], ways: NDArray[np.float64]) -> tuple[Plane, int]:
    """Running sums (n, s) of how clear an edge is along each line, and where in them the middle lies."""
    views = seen.views
    reach = int(np.hypot(*views.shape) / _STEP) + 1
    along = np.arange(-reach, reach + 1) * _STEP
    normal = np.stack([-ways[:, 1], ways[:, 0]], axis=1)
    across = np.array([-5.0, -3.0, -1.0, 1.0, 3.0, 5.0])[:, None, None]
    x, y = (
        (middles[:, axis, None] + along * ways[:, axis, None])[None] + across * normal[:, axis, None]
        for axis in (0, 1)
    )
    colours = sample(views.planes, x, y)
    step = np.sqrt(apart(colours[:, 2:] - colours[:, :-2]).max(axis=0))
    middle = middles[:, None] + along[:, None] * ways[:, None]
    step = np.maximum(step, seam(seen.fine, middle[..., 0], middle[..., 1], normal[:, None]))
    height, width = views.shape
    shown = (x[2] > 0) & (y[2] > 0) & (x[2] < width - 1) & (y[2] < height - 1)
    clear = np.where(shown, np.minimum(step / _CLEAR, 1.0), 0.0)
    return np.cumsum(clear, axis=1), reach
