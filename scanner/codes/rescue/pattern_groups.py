"""Which finder patterns belong to one code: their own sides say where the partners must lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes.rescue.finder_patterns import Finders

if TYPE_CHECKING:
    from scanner.arrays import Gray, Integers, Mask, Numbers, Points, Quad

# Modules between two patterns' middles: 14 to 170 by the standard, and what tilt makes of it.
_LEAST_GAP, _MOST_GAP = 10.0, 190.0
# Partners tried in one direction, the nearest ones.
_NEAREST = 6
# Places on the timing line: twice the modules of the largest version and more.
_SAMPLES = 384
# Triples judged, the cheapest ones.
_MOST_TRIPLES = 600
VERSIONS = np.arange(1, 41)
"""All there are (ISO/IEC 18004): of 17 + 4 n modules a side."""


@dataclass(frozen=True)
class Group:
    """Finder patterns taken for one code. `members`: indices of upper left, upper right, lower left (-1: missing);
    `corners`: (3, 4, 2) their outer corners in the code's own order, NaN where missing; `quad`: (4, 2) outline;
    `version`: best estimate; `score`: 0..1, more is surer.
    """

    members: tuple[int, int, int]
    corners: Points
    quad: Quad
    version: int
    score: float


def triples(gray: Gray, found: Finders) -> list[Group]:
    """Codes with all three finder patterns, best first; a pattern may appear in several."""
    link = _links(found)
    picks: list[tuple[int, int, int]] = []
    for corner in range(len(found)):
        along = [np.flatnonzero(link.axis[corner] == direction) for direction in range(4)]
        along = [each[np.argsort(link.gap[corner, each])[:_NEAREST]] for each in along]
        for direction in range(4):
            # Clockwise: the upper right's direction, then the lower left's a quarter turn on.
            for right in along[direction]:
                for below in along[(direction + 1) % 4]:
                    ratio = link.gap[corner, right] / link.gap[corner, below]
                    if 0.6 < ratio < 1.67 and link.size[right, below] < 2.2:
                        picks.append((corner, int(right), int(below)))
    if not picks:
        return []
    members = np.array(picks)
    cost = np.array([link.cost[c, r] + link.cost[c, b] for c, r, b in picks])
    members = members[np.argsort(cost)[:_MOST_TRIPLES]]
    corners = _turned(found, members)
    rough: Numbers = (link.gap[members[:, 0], members[:, 1]] + link.gap[members[:, 0], members[:, 2]]) / 2 + 7
    timing, version = _timing(gray, corners, rough)
    side: Numbers = 17.0 + 4 * version.astype(np.float64)
    move, residual = _homographies(corners, side)
    quad = _projected(move, np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])[None] * side[:, None, None])
    fine = _convex(quad)
    quality = found.scores[members].mean(axis=1)
    score = quality * np.exp(-residual / 1.2) * (0.35 + 0.65 * np.clip(timing, 0, 1))
    score *= np.exp(-np.abs(np.log(rough / side)) * 1.2)
    groups = [
        Group((int(m[0]), int(m[1]), int(m[2])), corners[i], quad[i], int(version[i]), float(score[i]))
        for i, m in enumerate(members)
        if fine[i]
    ]
    return sorted(groups, key=lambda group: -group.score)


def pairs(gray: Gray, found: Finders, free: Integers) -> list[Group]:
    """Codes guessed from two finder patterns side by side, the third missing; from those indices that are free."""
    link = _links(found)
    groups: list[Group] = []
    for first in free:
        for second in free:
            direction = link.axis[first, second]
            if first == second or direction < 0:
                continue
            # The two are upper left and upper right, or lower left and upper left: each way is one guess.
            for roles in ((0, 1), (2, 0)):
                groups += _pair(gray, found, int(first), int(second), roles, float(link.gap[first, second]))
    return sorted(groups, key=lambda group: -group.score)


def _pair(gray: Gray, found: Finders, first: int, second: int, roles: tuple[int, int], gap: float) -> list[Group]:
    side = 17.0 + 4 * max(1, min(40, round((gap - 10) / 4)))
    move_along = found.centres[second] - found.centres[first]
    corners = np.full((3, 4, 2), np.nan)
    down = np.array([-move_along[1], move_along[0]])
    right, below = (move_along, down) if roles == (0, 1) else (-down, -move_along)
    if roles == (2, 0):
        right, below = np.array([move_along[1], -move_along[0]]) * -1, -move_along
    for member, role in ((first, roles[0]), (second, roles[1])):
        corners[role] = _rolled(found.corners[member], right, below)
    known = [role for role in range(3) if not np.isnan(corners[role, 0, 0])]
    plan = _plan(np.array([side]))[0].reshape(3, 4, 2)[known].reshape(-1, 2)
    move, residual = _solve(plan[None], corners[known].reshape(1, -1, 2))
    quad = _projected(move, np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])[None] * side)[0]
    if not _convex(quad[None])[0]:
        return []
    busy = _busy(gray, quad)
    timing = float(_pair_timing(gray, corners, known, side))
    score = 0.45 * float(np.exp(-residual[0] / 1.2)) * busy * (0.4 + 0.6 * max(0.0, timing))
    members = [-1, -1, -1]
    members[roles[0]], members[roles[1]] = first, second
    return [Group((members[0], members[1], members[2]), corners, quad, round((side - 17) / 4), score)]


@dataclass(frozen=True)
class _Links:
    axis: Integers
    gap: Numbers
    cost: Numbers
    size: Numbers


def _links(found: Finders) -> _Links:
    """For each ordered pair: along which of the first's four directions the second lies (-1: none), how many modules
    apart, how ill it fits.
    """
    corners = found.corners
    u = (corners[:, 1] - corners[:, 0] + corners[:, 2] - corners[:, 3]) / 14
    v = (corners[:, 3] - corners[:, 0] + corners[:, 2] - corners[:, 1]) / 14
    inverse = np.linalg.inv(np.stack([u, v], axis=2))
    away = found.centres[None] - found.centres[:, None]
    local = np.einsum("nij,nmj->nmi", inverse, away)
    a, b = local[..., 0], local[..., 1]
    gap_here = np.maximum(np.abs(a), np.abs(b))
    slant = np.minimum(np.abs(a), np.abs(b)) / np.maximum(gap_here, 1e-9)
    gap = np.sqrt(gap_here * gap_here.T)
    uneven = np.abs(np.log(np.maximum(gap_here, 1e-9) / np.maximum(gap_here.T, 1e-9)))
    size = np.maximum(found.modules[:, None] / found.modules[None], found.modules[None] / found.modules[:, None])
    fits = (slant < 0.36) & (slant.T < 0.36) & (slant + slant.T < 0.55) & (uneven < 0.75) & (size < 1.9)
    fits &= (gap > _LEAST_GAP) & (gap < _MOST_GAP)
    direction = np.where(np.abs(a) >= np.abs(b), np.where(a > 0, 0, 2), np.where(b > 0, 1, 3))
    cost = slant + slant.T + uneven + 0.004 * gap
    return _Links(np.where(fits, direction, -1), gap, cost, size)


def _turned(found: Finders, members: Integers) -> Points:
    """Corners (n, 3, 4, 2) of each triple's patterns, each starting at the corner that is the code's upper left."""
    right = found.centres[members[:, 1]] - found.centres[members[:, 0]]
    below = found.centres[members[:, 2]] - found.centres[members[:, 0]]
    out = np.empty((len(members), 3, 4, 2))
    for role in range(3):
        corners = found.corners[members[:, role]]
        rolls = np.stack([np.roll(corners, -k, axis=1) for k in range(4)], axis=1)
        across = rolls[:, :, 1] - rolls[:, :, 0] + rolls[:, :, 2] - rolls[:, :, 3]
        down = rolls[:, :, 3] - rolls[:, :, 0] + rolls[:, :, 2] - rolls[:, :, 1]
        match = np.einsum("nkj,nj->nk", across, right) / np.linalg.norm(right, axis=1)[:, None]
        match = match + np.einsum("nkj,nj->nk", down, below) / np.linalg.norm(below, axis=1)[:, None]
        out[:, role] = rolls[np.arange(len(members)), match.argmax(axis=1)]
    return out


def _rolled(corners: Quad, right: Numbers, below: Numbers) -> Quad:
    rolls = [np.roll(corners, -k, axis=0) for k in range(4)]
    return max(rolls, key=lambda r: float((r[1] - r[0] + r[2] - r[3]) @ right + (r[3] - r[0] + r[2] - r[1]) @ below))


@lru_cache(maxsize=1)
def _waves() -> Numbers:
    """(samples, 40) what timing modules look like between two patterns, by version: light first, unit length."""
    t = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    waves = np.stack([np.cos(np.pi * np.floor(t * (3 + 4 * version))) for version in VERSIONS], axis=1)
    numbers: Numbers = waves / np.sqrt(_SAMPLES)
    return numbers


def _timing(gray: Gray, corners: Points, rough: Numbers) -> tuple[Numbers, Integers]:
    """How clearly both timing patterns are seen (-1..1) and the version they say, near the rough side in modules."""
    # Upper timing row: from the upper left's right edge to the upper right's left edge, half a module inside.
    top = (_mix(corners[:, 0, 1], corners[:, 0, 2], 6.5 / 7), _mix(corners[:, 1, 0], corners[:, 1, 3], 6.5 / 7))
    left = (_mix(corners[:, 0, 3], corners[:, 0, 2], 6.5 / 7), _mix(corners[:, 2, 0], corners[:, 2, 1], 6.5 / 7))
    seen = _correlated(gray, *top) + _correlated(gray, *left)
    sides = 17.0 + 4 * VERSIONS
    # A wrong version by one still fits the rough side almost as well, so the timing may choose within a range.
    near = np.abs(np.log(sides[None] / rough[:, None])) < 0.22
    seen = np.where(near, seen - 0.8 * np.abs(np.log(sides[None] / rough[:, None])), -9)
    seen[np.arange(len(seen)), np.abs(sides[None] - rough[:, None]).argmin(axis=1)] += 1e-3
    best = seen.argmax(axis=1)
    value = seen[np.arange(len(seen)), best]
    none = value < -5
    best = np.where(none, np.abs(sides[None] - rough[:, None]).argmin(axis=1), best)
    return np.where(none, 0, value / 1.5), VERSIONS[best]


def _pair_timing(gray: Gray, corners: Points, known: list[int], side: float) -> float:
    if 0 not in known:
        return 0.0
    if 1 in known:
        ends = (_mix(corners[0, 1], corners[0, 2], 6.5 / 7), _mix(corners[1, 0], corners[1, 3], 6.5 / 7))
    else:
        ends = (_mix(corners[0, 3], corners[0, 2], 6.5 / 7), _mix(corners[2, 0], corners[2, 1], 6.5 / 7))
    version = round((side - 17) / 4)
    near = slice(max(0, version - 2), version + 1)
    return float(_correlated(gray, ends[0][None], ends[1][None])[0, near].max() * 1.3)


def _mix(a: Numbers, b: Numbers, share: float) -> Numbers:
    return a * (1 - share) + b * share


def _correlated(gray: Gray, start: Points, end: Points) -> Numbers:
    """(n, 40) agreement of the greys between two points with each version's timing pattern."""
    t = (np.arange(_SAMPLES, dtype=np.float64) + 0.5) / _SAMPLES
    points = start[:, None] + (end - start)[:, None] * t[None, :, None]
    x, y = points[..., 0].astype(np.float32), points[..., 1].astype(np.float32)
    grey = cv2.remap(gray, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    grey -= cv2.blur(grey, (_SAMPLES // 6 | 1, 1), borderType=cv2.BORDER_REFLECT)
    # Only which side of the mean: one bright spot must not outweigh the rest.
    spread = grey.std(axis=1, keepdims=True) + 2.0
    grey = np.clip(grey / spread, -1, 1)
    numbers: Numbers = grey @ _waves() / np.maximum(np.linalg.norm(grey, axis=1, keepdims=True), 1e-6)
    return numbers


def _plan(side: Numbers) -> Points:
    """(n, 12, 2) the patterns' outer corners in modules."""
    square = np.array([(0.0, 0.0), (7.0, 0.0), (7.0, 7.0), (0.0, 7.0)])
    far = side[:, None] - 7
    shift = np.zeros((len(side), 3, 1, 2))
    shift[:, 1, :, 0] = far
    shift[:, 2, :, 1] = far
    out = (square[None, None] + shift).reshape(len(side), 12, 2)
    return out


def _homographies(corners: Points, side: Numbers) -> tuple[Numbers, Numbers]:
    return _solve(_plan(side), corners.reshape(len(side), 12, 2))


def _solve(plan: Points, points: Points) -> tuple[Numbers, Numbers]:
    """Least-squares homographies (n, 3, 3) from modules to pixels, and the residual in modules."""
    count = len(points)
    middle, spread = points.mean(axis=1, keepdims=True), points.std(axis=(1, 2))[:, None, None] + 1e-9
    size = plan.max(axis=(1, 2))[:, None, None]
    p, q = plan / size * 2 - 1, (points - middle) / spread
    x, y, u, v = p[..., 0], p[..., 1], q[..., 0], q[..., 1]
    zero, one = np.zeros_like(x), np.ones_like(x)
    rows = np.concatenate(
        [
            np.stack([x, y, one, zero, zero, zero, -u * x, -u * y], axis=2),
            np.stack([zero, zero, zero, x, y, one, -v * x, -v * y], axis=2),
        ],
        axis=1,
    )
    right = np.concatenate([u, v], axis=1)
    normal = np.einsum("nri,nrj->nij", rows, rows) + 1e-9 * np.eye(8)
    solved = np.linalg.solve(normal, np.einsum("nri,nr->ni", rows, right)[..., None])[..., 0]
    h = np.concatenate([solved, np.ones((count, 1))], axis=1).reshape(count, 3, 3)
    into = np.zeros((count, 3, 3))
    into[:, 0, 0] = into[:, 1, 1] = 2 / size[:, 0, 0]
    into[:, :2, 2] = -1
    into[:, 2, 2] = 1
    back = np.zeros((count, 3, 3))
    back[:, 0, 0] = back[:, 1, 1] = spread[:, 0, 0]
    back[:, :2, 2] = middle[:, 0]
    back[:, 2, 2] = 1
    move = back @ h @ into
    off = np.linalg.norm(_projected(move, plan) - points, axis=2)
    edge = np.linalg.norm(points[:, 1] - points[:, 0], axis=1) + np.linalg.norm(points[:, 3] - points[:, 0], axis=1)
    return move, np.sqrt((off**2).mean(axis=1)) / (edge / 14)


def _projected(move: Numbers, points: Points) -> Points:
    flat = np.concatenate(
        [np.broadcast_to(points, (len(move), *points.shape[1:])), np.ones((len(move), points.shape[1], 1))], axis=2
    )
    out = np.einsum("nij,nrj->nri", move, flat)
    w = out[..., 2:]
    made: Points = out[..., :2] / np.where(np.abs(w) > 1e-9, w, 1e-9)
    return made


def _convex(quad: Points) -> Mask:
    edge = np.roll(quad, -1, axis=1) - quad
    following = np.roll(edge, -1, axis=1)
    turn = edge[..., 0] * following[..., 1] - edge[..., 1] * following[..., 0]
    length = np.linalg.norm(edge, axis=2)
    mask: Mask = (turn > 0).all(axis=1) & (length.max(axis=1) < 6 * length.min(axis=1))
    return mask


def _busy(gray: Gray, quad: Quad) -> float:
    """Share of the area that is neither plain paper nor plain anything: 0..1."""
    side = 48
    square = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    move = cv2.getPerspectiveTransform(square, quad.astype(np.float32))
    flat = cv2.warpPerspective(gray, move, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    spread = cv2.subtract(cv2.dilate(flat, np.ones((5, 5))), cv2.erode(flat, np.ones((5, 5))))
    most = float(np.percentile(spread, 95))
    return float(np.mean(spread > max(12.0, 0.4 * most)))


def homography(plan: Points, points: Points) -> Numbers | None:
    """3x3 from places in modules (k, 2) to pixels (k, 2), least squares; None where there is none."""
    if float(points.std()) < 1:
        return None
    try:
        move, residual = _solve(plan[None], points[None])
    except np.linalg.LinAlgError:
        return None
    return move[0] if np.isfinite(move).all() and abs(np.linalg.det(move[0])) > 1e-12 and residual[0] < 9 else None
