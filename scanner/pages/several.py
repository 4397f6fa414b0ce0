"""Finding every sheet and card on one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.pages.claims import CLAIM_SIDE, claims
from scanner.pages.finder import PageFound, advice_for, shrunk
from scanner.pages.geometry import area, order_corners
from scanner.pages.ground import colours_inside, survey

if TYPE_CHECKING:
    from scanner.arrays import Image, Quad
    from scanner.pages.ground import Survey

# Share of the smaller that two sheets may overlap.
_SHARED = 0.12
# Share of a part that lies within a whole, or of a whole its parts fill.
_INSIDE = 0.85
# Difference of the papers' a and b in Lab.
_OTHER_PAPER = 7.0
# Choices looked at: bounds the time where thirty candidates overlap.
_STEPS = 20000


def find_pages(image: Image) -> list[PageFound]:
    """All sheets and cards of a BGR picture, in reading order; [] where there is none. Neighbours may touch or lie a
    little over one another.

    A card lying on a sheet belongs to the sheet, an open booklet is one sheet: nothing is found inside another.
    """
    height, width = image.shape[:2]
    scale = min(1.0, CLAIM_SIDE / max(height, width))
    seen = survey(shrunk(image, scale))
    quads, odds = claims(seen)
    single = [i for i, quad in enumerate(quads) if not _is_two(seen, quad, quads)]
    quads, odds = [quads[i] for i in single], [odds[i] for i in single]
    chosen = _apart(quads, odds)
    found = []
    for at in _reading_order([quads[i] for i in chosen]):
        quad = order_corners(quads[chosen[at]] / scale)
        confidence = float(1 / (1 + np.exp(-odds[chosen[at]])))
        found.append(PageFound(quad, round(confidence, 3), advice_for(quad, confidence, width, height)))
    return found


def _is_two(seen: Survey, whole: Quad, quads: list[Quad]) -> bool:
    """Whether a quad is two others side by side, their papers of different colours; a booklet is of one."""
    parts = [quad for quad in quads if area(quad) < 0.8 * area(whole) and _shared(quad, whole) > _INSIDE]
    colours = [np.median(colours_inside(seen.views, quad)[1:], axis=1) for quad in parts]
    return any(
        area(parts[i]) + area(parts[j]) > _INSIDE * area(whole)
        and _shared(parts[i], parts[j]) < _SHARED
        and float(np.linalg.norm(colours[i] - colours[j])) > _OTHER_PAPER
        for i in range(len(parts))
        for j in range(i)
    )


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
