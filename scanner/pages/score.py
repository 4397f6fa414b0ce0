"""How much a quad looks like the outline of a sheet, and its sides moved onto the strongest nearby edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scanner.pages.geometry import line_through, meet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.pages.cues import Views
    from scanner.pages.geometry import Quad

_SAMPLES = 48
_REACH = 3.0
_FOREIGN = 2.0
_EDGE = 12.0
_ACROSS = np.array([-5.0, -_REACH, _REACH, 5.0, 9.0])
# Colour differences count more than lightness: shadows change lightness alone.
_WEIGHTS = np.array([1.0, 1.6, 1.6], dtype=np.float32)


@dataclass(frozen=True)
class Score:
    """`total` ranks quads; `support` (0-1) is the share of its outline that lies on an edge, `weakest` of its worst
    side; `contrast` in Lab units across the outline.
    """

    total: float
    support: float
    weakest: float
    contrast: float


def score(views: Views, quad: Quad) -> Score:
    """One quad's score."""
    return score_many(views, quad[None])[0]


def score_many(views: Views, quads: NDArray[np.float64]) -> list[Score]:
    """Scores of `quads` (n, 4, 2): edges under the outline, difference across it, evenness inside, shape, size.

    All at once: hundreds of candidates cost a few milliseconds.
    """
    height, width = views.shape
    count = len(quads)
    along = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    ends = quads[:, (1, 2, 3, 0)]
    edges = ends - quads
    lengths = np.linalg.norm(edges, axis=2)
    points = quads[:, :, None, :] + edges[:, :, None, :] * along[:, None]
    spots = points[:, :, :, None, :] + _inward(quads)[:, :, None, None, :] * _ACROSS[:, None]
    colours = _sample(views.lab, spots)
    outer = colours[:, :, :, :2].mean(axis=3)
    inner = colours[:, :, :, 2:].mean(axis=3)
    step = np.linalg.norm((inner - outer) * _WEIGHTS, axis=3)
    # A side beyond the picture has no edge to show; it counts a little so that a cut-off sheet is still found.
    on_edge = np.where(_within(points, width, height), np.minimum(step / _EDGE, 1), 0.35)
    per_side = on_edge.mean(axis=2)
    support = (per_side * lengths).sum(axis=1) / np.maximum(lengths.sum(axis=1), 1e-9)
    weakest = per_side.min(axis=1)
    contrast = np.median(step.reshape(count, -1), axis=1)
    flat = inner.reshape(count, -1, 3)
    spread = np.linalg.norm((flat - np.median(flat, axis=1, keepdims=True)) * (0.7, 1.5, 1.5), axis=2)
    steady = np.exp(-np.median(spread, axis=1) / 18)
    foreign = _foreign(views, quads)
    # Paper is mostly lighter than the table; on a lit table it may not be, so this only tips the balance.
    light = np.tanh(np.median((inner - outer)[..., 0].reshape(count, -1), axis=1) / 20)
    x, y = quads[:, :, 0], quads[:, :, 1]
    share = np.abs((x * ends[:, :, 1] - y * ends[:, :, 0]).sum(axis=1)) / 2 / (width * height)
    before = -edges[:, (3, 0, 1, 2)]
    cosine = (before * edges).sum(axis=2) / np.maximum(lengths * lengths[:, (3, 0, 1, 2)], 1e-9)
    skew = np.abs(np.degrees(np.arccos(np.clip(cosine, -1, 1))) - 90).mean(axis=1) / 90
    total = (
        2.2 * support
        + 1.6 * weakest
        + 0.45 * np.minimum(1.0, contrast / 50)
        + 0.35 * steady
        + 0.15 * light
        + 0.75 * np.minimum(share, 0.8)
        - 0.9 * skew
        - _FOREIGN * foreign
    )
    return [Score(*map(float, row)) for row in zip(total, support, weakest, contrast, strict=True)]


def refine(views: Views, quad: Quad, reach: int = 7) -> Quad:
    """Each side moved to the line that the strongest steps within `reach` pixels lie on (robust fit)."""
    return refine_many(views, quad[None], reach)[0]


def refine_many(views: Views, quads: NDArray[np.float64], reach: int = 7) -> list[Quad]:
    """`refine` for quads (n, 4, 2) at once; one that would jump away stays as it was."""
    along = np.linspace(0.06, 0.94, 48)
    offsets = np.arange(-reach - 2, reach + 3, dtype=np.float64)
    ends = quads[:, (1, 2, 3, 0)]
    normals = _inward(quads)
    points = quads[:, :, None, :] + (ends - quads)[:, :, None, :] * along[:, None]
    spots = points[:, :, :, None, :] + normals[:, :, None, None, :] * offsets[:, None]
    profile = _sample(views.lab, spots)
    change = (profile[..., 4:, :] - profile[..., :-4, :]) * _WEIGHTS
    difference = np.sqrt(np.einsum("...i,...i->...", change, change))
    near = np.exp(-((offsets[2:-2] / (reach * 1.2)) ** 2))
    best = np.argmax(difference * near, axis=3)
    strength = np.take_along_axis(difference, best[..., None], axis=3)[..., 0]
    keep = strength > np.maximum(8.0, 0.4 * np.median(strength, axis=2, keepdims=True))
    moved = points + normals[:, :, None, :] * offsets[best + 2][..., None]
    return [_refined(quads[i], moved[i], keep[i], reach) for i in range(len(quads))]


def _refined(quad: Quad, moved: NDArray[np.float64], keep: NDArray[np.bool_], reach: int) -> Quad:
    lines: list[NDArray[np.float64]] = []
    for side in range(4):
        if int(keep[side].sum()) < 12:
            lines.append(line_through(quad[side], quad[(side + 1) % 4]))
            continue
        some = moved[side][keep[side]].astype(np.float32)
        vx, vy, x0, y0 = cv2.fitLine(some, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        a = np.array([x0, y0], dtype=np.float64)
        lines.append(line_through(a, a + np.array([vx, vy], dtype=np.float64)))
    corners = [meet(lines[(side - 1) % 4], lines[side]) for side in range(4)]
    if any(corner is None for corner in corners):
        return quad
    refined = np.array(corners)
    return quad if float(np.abs(refined - quad).max()) > 4 * reach else refined


def _foreign(views: Views, quads: NDArray[np.float64]) -> Any:
    """How much of each quad (0-1) is of another colour than its middle: a strip of table or lamp taken in."""
    steps = np.linspace(0.05, 0.95, 12)
    u, v = (grid.ravel()[:, None] for grid in np.meshgrid(steps, steps))
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)[..., 0]
    colours = _sample(views.lab, np.einsum("pk,nkc->npc", weights, quads))
    apart = (colours - np.median(colours, axis=1, keepdims=True)) * np.array([0.6, 1.5, 1.5], dtype=np.float32)
    distance = np.sqrt(np.einsum("...i,...i->...", apart, apart))
    return np.clip((distance - 12) / 24, 0, 1).mean(axis=1)


def _inward(quads: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit normals of all sides (..., 4, 2), pointing inside."""
    following = quads[..., (1, 2, 3, 0), :]
    direction = following - quads
    normal = np.stack([-direction[..., 1], direction[..., 0]], axis=-1)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-9)
    middle = quads.mean(axis=-2, keepdims=True)
    towards = ((middle - (quads + following) / 2) * normal).sum(axis=-1)
    return np.asarray(normal * np.where(towards < 0, -1, 1)[..., None], dtype=np.float64)


def _sample(picture: NDArray[np.float32], spots: NDArray[np.float64]) -> Any:
    """The picture's values at `spots` (..., 2), nearest pixel, edges repeated."""
    height, width = picture.shape[:2]
    nearest = (spots + 0.5).astype(np.int32)
    x = np.minimum(np.maximum(nearest[..., 0], 0), width - 1)
    y = np.minimum(np.maximum(nearest[..., 1], 0), height - 1)
    return np.take(picture.reshape(height * width, -1), y * width + x, axis=0)


def _within(points: NDArray[np.float64], width: int, height: int) -> Any:
    x, y = points[..., 0], points[..., 1]
    return (x > 3) & (y > 3) & (x < width - 4) & (y < height - 4)
