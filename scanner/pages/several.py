"""Finding every sheet and card on one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scanner.pages.cues import distinct, patches, plausible
from scanner.pages.finder import PageFound, advice_for, shrunk
from scanner.pages.geometry import area, convex_many, order_corners, overlap
from scanner.pages.ground import bareness, survey
from scanner.pages.ruled import ruled
from scanner.pages.sides import bows_of, refined
from scanner.pages.wholes import whole_odds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.pages.geometry import Quad
    from scanner.pages.ground import Survey

_SIDE = 960
_EACH = 30
_LEAST = 0.003
_KEEP = 70
_LEAST_ODDS = 0.0
# What looks like the table inside may be white paper on a white table, where its outline is sure.
_ALIKE = 0.7
_SURE_ON_ALIKE = 1.5
_FRAME = 0.03
# Of the diagonal: corners nearer than this are of the same sheet.
_ALIKE_CORNERS = 0.05
_COPY = 0.7
_SHARED = 0.12
_MOST = 30
_STEPS = 20000


def find_pages(image: Any) -> list[PageFound]:
    """All sheets and cards of a BGR picture, in reading order; [] where there is none. Neighbours may touch or lie a
    little over one another.

    A card lying on a sheet belongs to the sheet, an open booklet is one sheet: nothing is found inside another.
    """
    height, width = image.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    seen = survey(shrunk(image, scale))
    quads, odds = claims(seen, proposals(seen))
    chosen = _apart(quads, odds)
    found = []
    for at in _reading_order([quads[i] for i in chosen]):
        quad = order_corners(quads[chosen[at]] / scale)
        confidence = float(1 / (1 + np.exp(-odds[chosen[at]])))
        found.append(PageFound(quad, round(confidence, 3), advice_for(quad, confidence, width, height)))
    return found


def proposals(seen: Survey) -> NDArray[np.float64]:
    """Quads (n, 4, 2) that may be sheets, in the survey's pixels, without near copies."""
    height, width = seen.views.shape
    many = np.concatenate([ruled(seen), patches(seen.views, _EACH, _LEAST, seen.table)])
    return np.array(distinct(plausible(many, width, height, _LEAST))).reshape(-1, 4, 2)


def claims(seen: Survey, proposed: NDArray[np.float64]) -> tuple[list[Quad], list[float]]:
    """The most promising candidates moved onto the edges, without near copies, and the log odds that each is a whole
    sheet; best first.
    """
    if not len(proposed):
        return [], []
    few = proposed[_various(proposed, whole_odds(seen, proposed))]
    planes = seen.views.planes
    nearer, straight = refined(planes, few)
    bent, bows = refined(planes, few, 5, bows_of(planes, few), bend=True)
    quads, all_bows = np.concatenate([few, nearer, bent]), np.concatenate([0 * straight, 0 * straight, bows])
    good = convex_many(quads)
    quads, odds = quads[good], whole_odds(seen, quads[good], all_bows[good])
    alike = bareness(seen.table, quads)
    needed = np.where(alike > _ALIKE, _SURE_ON_ALIKE, _LEAST_ODDS)
    needed[(alike > 0.5) & (_sides_on_border(quads, *seen.views.shape) > 2)] = np.inf
    odds = np.where(odds > needed, odds, -1.0)
    kept: list[int] = []
    for i in np.argsort(-odds):
        if odds[i] <= _LEAST_ODDS or len(kept) >= _MOST:
            break
        if all(overlap(quads[i], quads[j]) < _COPY for j in kept):
            kept.append(int(i))
    return [quads[i] for i in kept], [float(odds[i]) for i in kept]


def _various(quads: NDArray[np.float64], odds: Any) -> list[int]:
    """The best of quads (n, 4, 2), no two of which refining would make the same."""
    reach = _ALIKE_CORNERS * np.linalg.norm(quads[:, 2] - quads[:, 0], axis=1)
    open_ = np.ones(len(quads), dtype=bool)
    kept: list[int] = []
    for i in np.argsort(-odds):
        if open_[i]:
            kept.append(int(i))
            open_ &= np.abs(quads - quads[i]).max(axis=(1, 2)) > reach[i]
            if len(kept) == _KEEP:
                break
    return kept


def _sides_on_border(quads: NDArray[np.float64], height: int, width: int) -> Any:
    """How many sides of each quad (n,) run along the picture's own border."""
    edge = _FRAME * max(width, height)
    outside = np.concatenate([quads < edge, quads > np.array([width - 1, height - 1]) - edge], axis=2)
    return (outside & outside[:, (1, 2, 3, 0)]).any(axis=2).sum(axis=1)


def _apart(quads: list[Quad], odds: list[float]) -> list[int]:
    """Those that together cover most with most certainty, no two of them sharing ground: the best set of all."""
    count = len(quads)
    order = sorted(range(count), key=lambda i: -area(quads[i]) * np.tanh(odds[i] / 4))
    value = [area(quads[i]) * float(np.tanh(odds[i] / 4)) for i in order]
    clash = [
        sum(1 << j for j in range(count) if j != i and _shared(quads[order[i]], quads[order[j]]) > _SHARED)
        for i in range(count)
    ]
    rest = [*np.cumsum(value[::-1])[::-1].tolist(), 0.0]
    best, chosen, steps = -1.0, 0, 0
    # Depth first, the worthiest first: a branch ends where all that is left could not make it the best.
    branches = [(0, 0, 0, 0.0)]
    while branches and steps < _STEPS:
        at, used, barred, total = branches.pop()
        steps += 1
        if total > best:
            best, chosen = total, used
        if at == count or total + rest[at] <= best:
            continue
        branches.append((at + 1, used, barred, total))
        if not barred >> at & 1:
            branches.append((at + 1, used | 1 << at, barred | clash[at], total + value[at]))
    return [order[i] for i in range(count) if chosen >> i & 1]


def _shared(first: Quad, second: Quad) -> float:
    """Ground shared by two quads, as a share of the smaller."""
    shared, _ = cv2.intersectConvexConvex(first.astype(np.float32), second.astype(np.float32))
    return float(shared) / max(min(area(first), area(second)), 1.0)


def _reading_order(quads: list[Quad]) -> list[int]:
    """Row by row: what starts above the middle of the row's first is in the same row."""
    left = sorted(range(len(quads)), key=lambda i: float(quads[i][:, 1].mean()))
    order: list[int] = []
    while left:
        first = quads[left[0]]
        floor = first[:, 1].mean() + (first[:, 1].max() - first[:, 1].min()) / 3
        row = [i for i in left if quads[i][:, 1].mean() <= floor]
        order += sorted(row, key=lambda i: float(quads[i][:, 0].mean()))
        left = [i for i in left if i not in row]
    return order
