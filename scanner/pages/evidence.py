"""Evidence for and against a quad being the outline of a sheet: one row of numbers for each quad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scanner.pages.sides import apart, inward, sample, spots_along

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Mask, Numbers, Plane, Reals
    from scanner.pages.cues import Views

NAMES = (
    "edge", "edge_worst", "edge_second", "near", "near_worst", "wide", "wide_worst", "one_way",
    "lighter", "lighter_share", "even_light", "even_colour", "foreign_colour", "leak", "leak_colour",
    "beyond", "outside", "share", "share_log", "skew", "bow",
)  # fmt: skip

# Places along each side.
_SAMPLES = 24
# Lab difference (colour counting more) from which an edge is as clear as can be.
_FULL = 12.0
# Pixels off a side, outside to inside, at which its colours are looked at: near ones tell the edge, far ones paper.
_OFFSETS = np.array([-14.0, -8.0, -5.0, -3.0, -1.0, 1.0, 3.0, 5.0, 8.0, 11.0])
# Points a side of the grid looked at inside.
_GRID = 9
# Pixels beyond a corner at which a side that runs on is looked for.
_STEEP = (4.0, 9.0, 14.0)


def _bilinear() -> NDArray[np.float64]:
    steps = np.linspace(0.05, 0.95, _GRID)
    u, v = (grid.ravel() for grid in np.meshgrid(steps, steps))
    return np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v])


# Of the corners, for each point of a grid inside the quad: (4, p).
_INNER = _bilinear()


def evidence(
    views: Views,
    quads: NDArray[np.float64],
    bows: NDArray[np.float64] | None = None,
    reach: NDArray[np.float64] | None = None,
) -> Numbers:
    """One row of NAMES for each of `quads` (n, 4, 2), whose sides bend inwards by `bows` (n, 4) pixels; float (n, f).

    `reach` (n,): how far from its sides each is looked at, 1 as for a sheet that fills a picture of 480 pixels.
    All at once: hundreds of candidates cost a few milliseconds.
    """
    height, width = views.shape
    count = len(quads)
    along = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    ends = quads[:, (1, 2, 3, 0)]
    edges = ends - quads
    lengths = np.maximum(np.linalg.norm(edges, axis=2), 1e-9)
    offsets = _OFFSETS if reach is None else _OFFSETS[:, None] * reach
    x, y = spots_along(quads, along, offsets, bows)
    profile = sample(views.planes, x, y)
    weight = lengths / lengths.sum(axis=1, keepdims=True)
    inside = _within(x[5], y[5], width, height)

    outer = (profile[:, 2] + profile[:, 3]) / np.float32(2)
    inner = (profile[:, 6] + profile[:, 7] + profile[:, 8]) / np.float32(3)
    change = inner - outer
    step = np.sqrt(apart(change))
    edge = _clear(step, inside)
    # The same, the edge anywhere within 4 pixels: a sheet that is not quite flat has no straight outline.
    near = _clear(np.sqrt(apart(profile[:, 4:9] - profile[:, 1:6]).max(axis=0)), inside)
    broad = (profile[:, 7] + profile[:, 8] + profile[:, 9]) / np.float32(3)
    broad -= (profile[:, 0] + profile[:, 1]) / np.float32(2)
    wide = _clear(np.sqrt(apart(broad)), inside)
    order = np.sort(edge, axis=1)
    one_way = (np.sqrt(apart(change.mean(axis=3))) / np.maximum(step.mean(axis=2), 1e-6)).min(axis=1)
    lift = change[0].reshape(count, -1)

    grid = _interior(views, quads)
    middle = np.partition(grid, _GRID * _GRID // 2, axis=2)[..., _GRID * _GRID // 2, None]
    colour = _colour(grid - middle)
    rim = inner.reshape(3, count, -1)
    rim_apart = np.abs(rim - rim.mean(axis=2, keepdims=True)).mean(axis=2)
    # Table that looks like the paper's middle: the quad ends inside the sheet.
    away = profile[:, 0].reshape(3, count, -1) - middle
    known = _within(x[0], y[0], width, height).reshape(count, -1)
    known_count = np.maximum(known.sum(axis=1), 1)
    alike_colour = (_colour(away) < 6) & known
    alike = alike_colour & (np.abs(away[0]) < 14)
    share = _share(quads, width, height)
    cosine = -(edges[:, (3, 0, 1, 2)] * edges).sum(axis=2) / (lengths * lengths[:, (3, 0, 1, 2)])
    skew = np.abs(np.degrees(np.arccos(np.clip(cosine, -1, 1))) - 90).mean(axis=1) / 90
    bend = np.zeros(count) if bows is None else (np.abs(bows) / lengths).max(axis=1)
    rows = [
        (edge * weight).sum(axis=1),
        order[:, 0],
        order[:, 1],
        (near * weight).sum(axis=1),
        near.min(axis=1),
        (wide * weight).sum(axis=1),
        wide.min(axis=1),
        one_way,
        np.tanh(lift.mean(axis=1) / 20),
        (lift > 2).mean(axis=1),
        np.exp(-rim_apart[0] / 18),
        np.exp(-np.hypot(rim_apart[1], rim_apart[2]) / 8),
        np.clip((colour - 6) / 14, 0, 1).mean(axis=1),
        alike.sum(axis=1) / known_count,
        alike_colour.sum(axis=1) / known_count,
        _beyond(views, quads, edges / lengths[..., None], reach),
        1 - inside.mean(axis=(1, 2)),
        np.minimum(share, 0.8),
        np.log(np.maximum(share, 1e-3)),
        skew,
        bend,
    ]
    return np.stack(rows, axis=1)


def _beyond(views: Views, quads: NDArray[np.float64], direction: NDArray[np.float64], reach: Numbers | None) -> Plane:
    """How much (0-1) the sides run on past the corners: paper ends there, joints of tiles and shadows do not."""
    height, width = views.shape
    scale = np.ones(len(quads)) if reach is None else reach
    steps = ((np.array(_STEEP) + 4)[:, None] * scale)[:, :, None, None]
    # Before the first corner of each side and after its last: (steps, 2, n, 4, 2).
    ends = np.stack([quads - steps * direction, quads[:, (1, 2, 3, 0)] + steps * direction], axis=1)
    across = 4 * scale[:, None, None] * inward(quads)
    two = np.stack([ends - across, ends + across])
    colours = sample(views.planes, two[..., 0], two[..., 1])
    step = np.minimum(np.sqrt(apart(colours[:, 1] - colours[:, 0])) / _FULL, 1)
    known = _within(ends[..., 0], ends[..., 1], width, height)
    plane: Plane = np.where(known, step, 0.2).mean(axis=(0, 1, 3))
    return plane


def _interior(views: Views, quads: NDArray[np.float64]) -> Plane:
    """Colours (3, n, p) of a grid of points inside each quad."""
    return sample(views.planes, quads[..., 0] @ _INNER, quads[..., 1] @ _INNER)


def _clear(step: Plane, inside: Mask) -> Plane:
    """How clear (0-1) the edge is on the whole of each side (n, 4); what the picture does not show counts a third."""
    plane: Plane = np.where(inside, np.minimum(step / np.float32(_FULL), 1), np.float32(0.35)).mean(axis=2)
    return plane


def _colour(change: Plane) -> Plane:
    plane: Plane = np.sqrt(change[1] * change[1] + change[2] * change[2])
    return plane


def _share(quads: NDArray[np.float64], width: int, height: int) -> Numbers:
    x, y, ends = quads[:, :, 0], quads[:, :, 1], quads[:, (1, 2, 3, 0)]
    numbers: Numbers = np.abs((x * ends[:, :, 1] - y * ends[:, :, 0]).sum(axis=1)) / 2 / (width * height)
    return numbers


def _within(x: Reals, y: Reals, width: int, height: int) -> Mask:
    return (x > 3) & (y > 3) & (x < width - 4) & (y < height - 4)
