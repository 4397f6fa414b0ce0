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
        + 0.25 * light
        + 0.75 * np.minimum(share, 0.8)
        - 0.9 * skew
    )
    return [Score(*map(float, row)) for row in zip(total, support, weakest, contrast, strict=True)]


def refine(views: Views, quad: Quad, reach: int = 7) -> Quad:
    """Each side moved to the line that the strongest steps within `reach` pixels lie on (robust fit)."""
    normals = _inward(quad)
    starts, ends = quad, np.roll(quad, -1, axis=0)
    along = np.linspace(0.06, 0.94, 60)
    offsets = np.arange(-reach - 2, reach + 3, dtype=np.float64)
    lines: list[NDArray[np.float64]] = []
    for side in range(4):
        points = starts[side] + (ends[side] - starts[side]) * along[:, None]
        spots = points[:, None, :] + normals[side] * offsets[None, :, None]
        profile = _sample(views.lab, spots)
        difference = np.linalg.norm((profile[:, 4:] - profile[:, :-4]) * _WEIGHTS, axis=2)
        near = np.exp(-(((offsets[2:-2]) / (reach * 1.2)) ** 2))
        best = np.argmax(difference * near, axis=1)
        strength = difference[np.arange(len(along)), best]
        keep = strength > max(8.0, 0.4 * float(np.median(strength)))
        if int(keep.sum()) < 15:
            lines.append(line_through(starts[side], ends[side]))
            continue
        moved = points + normals[side] * offsets[best + 2][:, None]
        vx, vy, x0, y0 = cv2.fitLine(moved[keep].astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        a = np.array([x0, y0], dtype=np.float64)
        lines.append(line_through(a, a + np.array([vx, vy], dtype=np.float64)))
    corners = [meet(lines[(side - 1) % 4], lines[side]) for side in range(4)]
    if any(corner is None for corner in corners):
        return quad
    refined = np.array(corners)
    if float(np.abs(refined - quad).max()) > 4 * reach:
        return quad
    return refined


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
    return picture.reshape(height * width, -1)[y * width + x]


def _within(points: NDArray[np.float64], width: int, height: int) -> Any:
    x, y = points[..., 0], points[..., 1]
    return (x > 3) & (y > 3) & (x < width - 4) & (y < height - 4)
