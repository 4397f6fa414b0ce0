"""Candidates for whole sheets, at twice the detail of the first look: proposed, moved onto edges, weighed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scanner.pages.cues import distinct, patches, plausible
from scanner.pages.geometry import convex_many, overlap
from scanner.pages.ground import bareness
from scanner.pages.ruled import ruled
from scanner.pages.sides import bows_of, refined
from scanner.pages.wholes import whole_odds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Integers, Numbers, Quad
    from scanner.pages.ground import Survey

CLAIM_SIDE = 960
"""Pixels of the longer side at which several sheets are sought: cards need twice one sheet's."""

# Patches taken from one mask, the largest ones.
_EACH = 30
# Share of the picture below which nothing is a sheet: a card beside six A4.
_LEAST = 0.003
# Candidates that are refined.
_KEEP = 70
# Log odds from which a candidate is a sheet.
_LEAST_ODDS = 0.0
# What looks like the table inside may be white paper on a white table, where its outline is sure.
_ALIKE = 0.7
# Log odds asked of what looks like the table inside.
_SURE_ON_ALIKE = 1.5
# Share of the longer side within which a side lies on the picture's border.
_FRAME = 0.03
# Of the diagonal: corners nearer than this are of the same sheet.
_ALIKE_CORNERS = 0.05
# Overlap from which two are one sheet.
_COPY = 0.7
# Sheets told of, at most.
_MOST = 30


def proposals(seen: Survey) -> NDArray[np.float64]:
    """Quads (n, 4, 2) that may be sheets, in the survey's pixels, without near copies."""
    height, width = seen.views.shape
    many = np.concatenate([ruled(seen), patches(seen.views, _EACH, _LEAST, seen.table)])
    return np.array(distinct(plausible(many, width, height, _LEAST))).reshape(-1, 4, 2)


def claims(seen: Survey) -> tuple[list[Quad], list[float]]:
    """The most promising candidates moved onto the edges, without near copies, and the log odds that each is a whole
    sheet; best first.
    """
    proposed = proposals(seen)
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


def _various(quads: NDArray[np.float64], odds: Numbers) -> list[int]:
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


def _sides_on_border(quads: NDArray[np.float64], height: int, width: int) -> Integers:
    """How many sides of each quad (n,) run along the picture's own border."""
    edge = _FRAME * max(width, height)
    outside = np.concatenate([quads < edge, quads > np.array([width - 1, height - 1]) - edge], axis=2)
    numbers: Integers = (outside & outside[:, (1, 2, 3, 0)]).any(axis=2).sum(axis=1)
    return numbers
