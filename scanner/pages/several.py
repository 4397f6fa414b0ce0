"""Finding every sheet and card on one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scanner.pages.cues import candidates, look
from scanner.pages.finder import WORK_SIDE, PageFound, advice_for, shrunk
from scanner.pages.geometry import area, is_convex, order_corners, overlap
from scanner.pages.score import rough_totals, sheet_odds
from scanner.pages.sides import bows_of, refined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.pages.geometry import Quad

_EACH = 8
_KEEP = 40
_LEAST_ODDS = 0.0
_COPY = 0.75
_SHARED = 0.12


def find_pages(image: Any) -> list[PageFound]:
    """All sheets and cards of a BGR picture that lie apart, in reading order; [] where there is none.

    A card lying on a sheet belongs to the sheet, an open booklet is one sheet: nothing is found inside another.
    """
    height, width = image.shape[:2]
    scale = min(1.0, WORK_SIDE / max(height, width))
    views = look(shrunk(image, scale))
    proposed = candidates(views, _EACH)
    if not proposed:
        return []
    quads, odds = promising(views, np.array(proposed))
    chosen = _apart(quads, odds)
    found = []
    for at in _reading_order([quads[i] for i in chosen]):
        quad = order_corners(quads[chosen[at]] / scale)
        confidence = float(1 / (1 + np.exp(-odds[chosen[at]])))
        found.append(PageFound(quad, round(confidence, 3), advice_for(quad, confidence, width, height)))
    return found


def promising(views: Any, proposed: NDArray[np.float64]) -> tuple[list[Quad], list[float]]:
    """Refined candidates without near copies, and the log odds that each is a sheet; best first."""
    order = np.argsort(-rough_totals(views, proposed, any_size=True))[:_KEEP]
    few = proposed[order]
    nearer, _ = refined(views.planes, few)
    bent, bows = refined(views.planes, few, 5, bows_of(views.planes, few), bend=True)
    quads = np.concatenate([nearer, bent])
    odds = sheet_odds(views, quads, np.concatenate([np.zeros(bows.shape), bows]))
    kept: list[int] = []
    for i in np.argsort(-odds):
        if is_convex(quads[i]) and all(overlap(quads[i], quads[j]) < _COPY for j in kept):
            kept.append(int(i))
    return [quads[i] for i in kept], [float(odds[i]) for i in kept]


def _apart(quads: list[Quad], odds: list[float]) -> list[int]:
    """Those that cover most with most certainty, no two of them sharing ground."""
    good = [i for i in range(len(quads)) if odds[i] > _LEAST_ODDS]
    value = {i: area(quads[i]) * float(np.tanh(odds[i] / 4)) for i in good}
    clash = {i: {j for j in good if j != i and _shared(quads[i], quads[j]) > _SHARED} for i in good}
    chosen: list[int] = []
    for i in sorted(good, key=lambda one: -value[one]):
        if not clash[i] & set(chosen):
            chosen.append(i)
    # Two sheets side by side also make one large outline: it goes where its parts together are worth more.
    for whole in list(chosen):
        free = [j for j in clash[whole] if not clash[j] & (set(chosen) - {whole})]
        parts: list[int] = []
        for j in sorted(free, key=lambda one: -odds[one]):
            if not clash[j] & set(parts):
                parts.append(j)
        if len(parts) > 1 and sum(value[j] for j in parts) > value[whole]:
            chosen = [one for one in chosen if one != whole] + parts
    return chosen


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
