"""How much a quad looks like the outline of a sheet: its evidence weighed.

The weights rank candidates (softmax over each picture's candidates, expected overlap as the gain). Where they come
from and how good they are on pictures not fitted on: `scanner.fitting.records`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scanner.pages.evidence import NAMES, evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Numbers
    from scanner.pages.cues import Views

# Of each kind of evidence: its weight for a rough candidate, and for one moved onto the edges.
_WEIGHTS = {
    "edge": (4.23, 4.55),
    "edge_worst": (2.43, 3.73),
    "edge_second": (1.32, 2.47),
    "near": (5.01, 3.42),
    "near_worst": (3.68, 2.77),
    "wide": (3.81, 3.45),
    "wide_worst": (3.09, 2.63),
    "one_way": (2.73, 3.46),
    "lighter": (-0.10, 0.16),
    "lighter_share": (4.62, 4.76),
    "even_light": (1.46, 1.85),
    "even_colour": (3.28, 4.16),
    "foreign_colour": (-2.43, -4.07),
    "leak": (-5.55, -1.81),
    "leak_colour": (-3.41, -2.36),
    "beyond": (-6.01, -7.64),
    "outside": (-3.80, -2.61),
    "share": (6.81, 4.86),
    "share_log": (1.59, 1.68),
    "skew": (-18.43, -10.62),
    "bow": (0.00, -8.64),
}
ROUGH, EXACT = np.array([_WEIGHTS[name] for name in NAMES]).T
# Whether a refined quad is a sheet at all, however large.
_SHEET = {
    "edge": 4.65,
    "edge_worst": -2.56,
    "edge_second": -3.41,
    "near": 8.81,
    "near_worst": -0.76,
    "wide": 7.62,
    "wide_worst": 2.14,
    "one_way": -1.21,
    "lighter": 0.30,
    "lighter_share": 6.78,
    "even_light": 0.09,
    "even_colour": -3.61,
    "foreign_colour": -15.79,
    "leak": -2.51,
    "leak_colour": -2.08,
    "beyond": -6.21,
    "outside": -2.40,
    "skew": -15.05,
    "bow": -7.13,
}
SHEET_BIAS = -13.24
"""Log odds; fitted with the weights above."""

# As a vector; evidence that no weight was fitted for counts nothing.
IS_SHEET = np.array([_SHEET.get(name, 0.0) for name in NAMES])
_EDGE, _WORST = NAMES.index("edge"), NAMES.index("near_worst")


@dataclass(frozen=True)
class Score:
    """`total` ranks quads; `support` (0-1) is the share of the outline that lies on an edge, `weakest` of its worst
    side, near which the edge may be; `odds`: log odds that it is the outline of some sheet, large or small.
    """

    total: float
    support: float
    weakest: float
    odds: float


def rough_totals(views: Views, quads: NDArray[np.float64]) -> Numbers:
    """What ranks fresh candidates (n, 4, 2): float (n,)."""
    numbers: Numbers = evidence(views, quads) @ ROUGH
    return numbers


def score_many(views: Views, quads: NDArray[np.float64], bows: NDArray[np.float64] | None = None) -> list[Score]:
    """Scores of refined `quads` (n, 4, 2) whose sides bend inwards by `bows` (n, 4) pixels."""
    rows = evidence(views, quads, bows)
    totals, odds = rows @ EXACT, rows @ IS_SHEET + SHEET_BIAS
    table = np.stack([totals, rows[:, _EDGE], rows[:, _WORST], odds], axis=1)
    return [Score(*row) for row in table.tolist()]
