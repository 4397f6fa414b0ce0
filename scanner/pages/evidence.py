"""What speaks for and against a quad being the outline of a sheet: one row of numbers for each quad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scanner.pages.sides import inward, sample, spots_along

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.pages.cues import Views

NAMES = (
    "edge", "edge_worst", "edge_second", "near", "near_worst", "wide", "wide_worst", "one_way",
    "lighter", "lighter_share", "even_light", "even_colour", "foreign_colour", "leak", "leak_colour",
    "beyond", "outside", "share", "share_log", "skew", "bow",
)  # fmt: skip

_SAMPLES = 24
_FULL = 12.0
_OFFSETS = np.array([-14.0, -8.0, -5.0, -3.0, -1.0, 1.0, 3.0, 5.0, 8.0, 11.0])
# Colour differences count more than lightness: shadows change lightness alone.
_WEIGHTS = np.array([1.0, 1.6, 1.6], dtype=np.float32)
_GRID = 9
_STEEP = (4.0, 9.0, 14.0)


def evidence(views: Views, quads: NDArray[np.float64], bows: NDArray[np.float64] | None = None) -> Any:
    """One row of NAMES for each of `quads` (n, 4, 2), whose sides bend inwards by `bows` (n, 4) pixels; float (n, f).

    All at once: hundreds of candidates cost a few milliseconds.
    """
    height, width = views.shape
    count = len(quads)
    along = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    ends = quads[:, (1, 2, 3, 0)]
    edges = ends - quads
    lengths = np.maximum(np.linalg.norm(edges, axis=2), 1e-9)
    spots = spots_along(quads, along, _OFFSETS, bows)
    profile = sample(views.lab, spots)
    weight = lengths / lengths.sum(axis=1, keepdims=True)
    inside = _within(spots[..., 5, :], width, height)

    outer, inner = profile[..., 2:4, :].mean(axis=3), profile[..., 6:9, :].mean(axis=3)
    change = (inner - outer) * _WEIGHTS
    step = _norm(change)
    edge = np.where(inside, np.minimum(step / _FULL, 1), 0.35).mean(axis=2)
    # The same, the edge anywhere within 4 pixels: a sheet that is not quite flat has no straight outline.
    shifted = (profile[..., 3:, :] - profile[..., :-3, :])[..., 1:6, :] * _WEIGHTS
    near = np.where(inside, np.minimum(_norm(shifted).max(axis=3) / _FULL, 1), 0.35).mean(axis=2)
    broad = _norm((profile[..., 7:, :].mean(axis=3) - profile[..., :2, :].mean(axis=3)) * _WEIGHTS)
    wide = np.where(inside, np.minimum(broad / _FULL, 1), 0.35).mean(axis=2)
    order = np.sort(edge, axis=1)
    one_way = (_norm(change.mean(axis=2)) / np.maximum(step.mean(axis=2), 1e-6)).min(axis=1)
    lift = (inner - outer)[..., 0].reshape(count, -1)

    grid = _interior(views, quads)
    middle = np.median(grid, axis=1, keepdims=True)
    apart = np.abs(grid - middle)
    colour = np.hypot(apart[..., 1], apart[..., 2])
    rim = inner.reshape(count, -1, 3)
    rim_apart = np.abs(rim - rim.mean(axis=1, keepdims=True)).mean(axis=1)
    # Table that looks like the paper's middle: the quad ends inside the sheet.
    away = np.abs(profile[..., 0, :].reshape(count, -1, 3) - middle)
    away_colour = np.hypot(away[..., 1], away[..., 2])
    known = _within(spots[..., 0, :], width, height).reshape(count, -1)
    known_count = np.maximum(known.sum(axis=1), 1)
    alike = (away[..., 0] < 14) & (away_colour < 6) & known
    alike_colour = (away_colour < 6) & known
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
        np.exp(-rim_apart[:, 0] / 18),
        np.exp(-np.hypot(rim_apart[:, 1], rim_apart[:, 2]) / 8),
        np.clip((colour - 6) / 14, 0, 1).mean(axis=1),
        alike.sum(axis=1) / known_count,
        alike_colour.sum(axis=1) / known_count,
        _beyond(views, quads, edges / lengths[..., None]),
        1 - inside.mean(axis=(1, 2)),
        np.minimum(share, 0.8),
        np.log(np.maximum(share, 1e-3)),
        skew,
        bend,
    ]
    return np.stack(rows, axis=1)


def _beyond(views: Views, quads: NDArray[np.float64], direction: NDArray[np.float64]) -> Any:
    """How much (0-1) the sides run on past the corners: paper ends there, joints of tiles and shadows do not."""
    height, width = views.shape
    steps = np.array(_STEEP) + 4
    normals = inward(quads)
    found = []
    for start, sign in ((quads, -1.0), (quads[:, (1, 2, 3, 0)], 1.0)):
        line = start[:, :, None, :] + sign * direction[:, :, None, :] * steps[:, None]
        two = line[:, :, :, None, :] + normals[:, :, None, None, :] * np.array([-4.0, 4.0])[:, None]
        colours = sample(views.lab, two)
        step = _norm((colours[..., 1, :] - colours[..., 0, :]) * _WEIGHTS)
        found.append(np.where(_within(line, width, height), np.minimum(step / _FULL, 1), 0.2).mean(axis=(1, 2)))
    return (found[0] + found[1]) / 2


def _interior(views: Views, quads: NDArray[np.float64]) -> Any:
    """Colours of a grid of points inside each quad (n, p, 3)."""
    steps = np.linspace(0.05, 0.95, _GRID)
    u, v = (grid.ravel()[:, None] for grid in np.meshgrid(steps, steps))
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)[..., 0]
    return sample(views.lab, np.einsum("pk,nkc->npc", weights, quads))


def _share(quads: NDArray[np.float64], width: int, height: int) -> Any:
    x, y, ends = quads[:, :, 0], quads[:, :, 1], quads[:, (1, 2, 3, 0)]
    return np.abs((x * ends[:, :, 1] - y * ends[:, :, 0]).sum(axis=1)) / 2 / (width * height)


def _norm(vectors: Any) -> Any:
    return np.sqrt(np.einsum("...i,...i->...", vectors, vectors))


def _within(points: NDArray[np.float64], width: int, height: int) -> Any:
    x, y = points[..., 0], points[..., 1]
    return (x > 3) & (y > 3) & (x < width - 4) & (y < height - 4)
