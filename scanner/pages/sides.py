"""The sides of quads in a picture: sampled, bent as the paper bends, and moved onto the edge beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Image, Numbers, Plane, Points, Reals

Kind = TypeVar("Kind", bound=np.generic)

# Of each corner, the one after it.
_NEXT = (1, 2, 3, 0)
# Of each corner, the one before it.
_PREVIOUS = (3, 0, 1, 2)
# Squared weight of a difference in colour against one in lightness: shadows alter lightness alone.
_COLOUR = np.float32(1.6**2)
# Bends of a side that are tried, as shares of its length, inwards and outwards: a curled sheet has a tenth.
_BOWS = np.array([0.0, 0.015, 0.03, 0.05, 0.075, 0.1, -0.015, -0.03, -0.05, -0.075, -0.1])


def inward(quads: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit normals of all sides (..., 4, 2), pointing inside."""
    following = quads[..., _NEXT, :]
    direction = following - quads
    normal = np.stack([-direction[..., 1], direction[..., 0]], axis=-1)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-9)
    middle = quads.mean(axis=-2, keepdims=True)
    towards = ((middle - (quads + following) / 2) * normal).sum(axis=-1)
    return np.asarray(normal * np.where(towards < 0, -1, 1)[..., None], dtype=np.float64)


def sample(planes: NDArray[Kind], x: Reals, y: Reals) -> NDArray[Kind]:
    """Values (c, ...) of the picture's `planes` (c, h, w) at the points x, y (...), nearest pixel, edges repeated."""
    height, width = planes.shape[1:]
    column, row = (x + 0.5).astype(np.int32), (y + 0.5).astype(np.int32)
    np.clip(column, 0, width - 1, out=column)
    np.clip(row, 0, height - 1, out=row)
    row *= width
    row += column
    return np.take(planes.reshape(len(planes), -1), row, axis=1)


def apart(change: Plane) -> Plane:
    """Squared length (...) of Lab differences (3, ...); colour counts more, for shadows alter lightness alone."""
    plane: Plane = change[0] * change[0] + _COLOUR * (change[1] * change[1] + change[2] * change[2])
    return plane


def seam(fine: Image, x: Reals, y: Reals, normal: Points) -> Plane:
    """How much darker (grey levels, at least 0) the points x, y (...) are than both sides of them, 4 to 5 pixels off
    along `normal` (..., 2): the shadow where one sheet touches another. `fine`: uint8 (1, h, w).
    """
    off = np.array([-5.0, -4.0, -1.0, 0.0, 1.0, 4.0, 5.0]).reshape(-1, *([1] * x.ndim))
    level = sample(fine, x + off * normal[..., 0], y + off * normal[..., 1])[0].astype(np.float32)
    dark = level[2:5].min(axis=0)
    plane: Plane = np.maximum(np.minimum(level[:2].mean(axis=0), level[5:].mean(axis=0)) - dark, 0)
    return plane


def spots_along(
    quads: NDArray[np.float64], along: Numbers, offsets: Numbers, bows: NDArray[np.float64] | None = None
) -> tuple[Plane, Plane]:
    """x and y (offsets, n, 4, along) of points beside each side, at `along` (0-1) and `offsets` pixels inwards.

    `bows` (n, 4): how far in pixels the middle of each side lies inside its chord. `offsets` may be (offsets, n).
    """
    # Half precision of the corners' is plenty for choosing pixels, and twice as fast.
    along, offsets = along.astype(np.float32), offsets.astype(np.float32)
    inwards = (offsets if offsets.ndim == 2 else offsets[:, None])[:, :, None, None]
    if bows is not None:
        inwards = inwards + bows.astype(np.float32)[..., None] * (4 * along * (1 - along))
    start, edges = quads.astype(np.float32), (quads[:, _NEXT] - quads).astype(np.float32)
    normals = inward(quads).astype(np.float32)
    x, y = (
        start[..., axis, None] + edges[..., axis, None] * along + normals[..., axis, None] * inwards
        for axis in (0, 1)
    )
    return x.astype(np.float32, copy=False), y.astype(np.float32, copy=False)


def bows_of(planes: Plane, quads: NDArray[np.float64]) -> NDArray[np.float64]:
    """The bend (n, 4), in pixels inwards, at which each side fits an edge best; 0 where straight serves as well."""
    along = np.linspace(0.06, 0.94, 20)
    lengths = np.linalg.norm(quads[:, _NEXT] - quads, axis=2)
    many = np.repeat(quads, len(_BOWS), axis=0)
    x, y = spots_along(many, along, np.array([-4.0, 4.0]), (lengths[:, None, :] * _BOWS[:, None]).reshape(-1, 4))
    colours = sample(planes, x, y)
    step = np.minimum(np.sqrt(apart(colours[:, 1] - colours[:, 0])), 30).mean(axis=2)
    step = step.reshape(len(quads), len(_BOWS), 4)
    # Only a clearly better bend is believed: text and wood grain offer a slightly better one anywhere.
    step[:, 0] = step[:, 0] * 1.15 + 2.0
    return np.asarray(_BOWS[np.argmax(step, axis=1)] * lengths, dtype=np.float64)


def refined(
    planes: Plane,
    quads: NDArray[np.float64],
    reach: int = 7,
    bows: NDArray[np.float64] | None = None,
    *,
    bend: bool = False,
    count: int = 32,
    span: int = 2,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Quads (n, 4, 2) whose sides follow the strongest steps within `reach` pixels (robust fit), and their bows.

    With `bend` the sides may be parabolas; corners are where the curves' ends meet. One that would jump stays.
    """
    along = np.linspace(0.04, 0.96, count)
    offsets = np.arange(-reach - span, reach + span + 1, dtype=np.float64)
    start = np.zeros(quads.shape[:2]) if bows is None else bows
    profile = sample(planes, *spots_along(quads, along, offsets, start))
    difference = np.sqrt(apart(profile[:, 2 * span :] - profile[:, : -2 * span]))
    near = np.exp(-((offsets[span:-span] / (reach * 1.2)) ** 2)).astype(np.float32)
    best = np.argmax(difference * near[:, None, None, None], axis=0)
    strength = np.take_along_axis(difference, best[None], axis=0)[0]
    keep = (strength > np.maximum(8.0, 0.4 * np.median(strength, axis=2, keepdims=True))).astype(np.float64)
    shift = offsets[best + span] + (start[..., None] * 4 * along * (1 - along) if bows is not None else 0.0)
    fit = _fit(along, shift, keep, bend=bend)
    few = keep.sum(axis=2) < count / 4
    fit[few] = 0
    fit[few, 2] = 4 * start[few]
    return _corners(quads, fit, 4 * reach, start)


def _fit(along: Numbers, shift: Numbers, keep: Numbers, *, bend: bool) -> Numbers:
    """Coefficients (n, 4, 3) of a + b t + c t(1-t), by reweighted least squares that trust the agreeing points."""
    columns = np.stack([np.ones_like(along), along, along * (1 - along)], axis=1)
    if not bend:
        columns = columns[:, :2]
    weights = keep + 1e-3
    ridge = np.diag([1e-6, 1e-6, 0.02][: columns.shape[1]])
    solved = np.zeros((*shift.shape[:2], columns.shape[1]))
    size = columns.shape[1]
    outer = (columns[:, :, None] * columns[:, None, :]).reshape(len(columns), -1)
    for _ in range(4):
        left = (weights @ outer).reshape(*shift.shape[:2], size, size) + ridge
        solved = np.linalg.solve(left, ((weights * shift) @ columns)[..., None])[..., 0]
        rest = np.abs(shift - solved @ columns.T)
        spread = np.maximum(np.median(rest, axis=2, keepdims=True), 0.5)
        weights = keep / (1 + (rest / (1.5 * spread)) ** 2) ** 2 + 1e-3
    if not bend:
        solved = np.concatenate([solved, np.zeros((*solved.shape[:2], 1))], axis=2)
    return solved


def _corners(
    quads: NDArray[np.float64], fit: Numbers, limit: float, start: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    edges = quads[:, _NEXT] - quads
    normals = inward(quads)
    a, b, c = fit[..., 0:1], fit[..., 1:2], fit[..., 2:3]
    first, last = quads + normals * a, quads[:, _NEXT] + normals * (a + b)
    leaving, arriving = edges + normals * (b + c), edges + normals * (b - c)
    before, direction = last[:, _PREVIOUS], arriving[:, _PREVIOUS]
    cross = direction[..., 0] * leaving[..., 1] - direction[..., 1] * leaving[..., 0]
    gap = first - before
    # Where two sides hardly cross the quad stays as it was.
    flat = np.abs(cross) < 0.02 * np.linalg.norm(direction, axis=2) * np.linalg.norm(leaving, axis=2)
    t = (gap[..., 0] * leaving[..., 1] - gap[..., 1] * leaving[..., 0]) / np.where(flat, 1.0, cross)
    corners = before + direction * t[..., None]
    jumped = flat.any(axis=1) | (np.abs(corners - quads).max(axis=(1, 2)) > limit)
    corners[jumped] = quads[jumped]
    bows = np.where(jumped[:, None], start, fit[..., 2] / 4)
    return corners, bows
