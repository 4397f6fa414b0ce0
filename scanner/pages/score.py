"""How much a quad looks like the outline of a sheet: its evidence weighed.

The weights were fitted to rank candidates (softmax over each picture's candidates, expected overlap as the gain) on
twenty photographs altered in twelve ways and on generated scenes; whole photographs were held out to check them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scanner.pages.evidence import NAMES, evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.pages.cues import Views

# Of each kind of evidence: its weight for a rough candidate, and for one moved onto the edges.
_WEIGHTS = {
    "edge": (4.91, 4.27),
    "edge_worst": (3.79, 3.79),
    "edge_second": (1.23, 2.30),
    "near": (3.67, 3.15),
    "near_worst": (2.68, 2.62),
    "wide": (0.62, 3.34),
    "wide_worst": (1.23, 2.61),
    "one_way": (3.05, 3.80),
    "lighter": (-0.78, -0.87),
    "lighter_share": (6.61, 6.51),
    "even_light": (2.56, 2.08),
    "even_colour": (3.01, 2.81),
    "foreign_colour": (-4.79, -5.32),
    "leak": (-5.45, -1.50),
    "leak_colour": (-3.33, -2.29),
    "beyond": (-6.44, -5.81),
    "outside": (-4.32, -2.46),
    "share": (5.49, 5.12),
    "share_log": (1.51, 1.76),
    "skew": (-15.30, -11.11),
    "bow": (0.00, -12.66),
}
_ROUGH, _EXACT = np.array([_WEIGHTS[name] for name in NAMES]).T
_EDGE, _WORST = NAMES.index("edge"), NAMES.index("near_worst")


@dataclass(frozen=True)
class Score:
    """`total` ranks quads; `support` (0-1) is the share of the outline that lies on an edge, `weakest` of its worst
    side, near which the edge may be.
    """

    total: float
    support: float
    weakest: float


def rough_totals(views: Views, quads: NDArray[np.float64]) -> Any:
    """What ranks fresh candidates (n, 4, 2): float (n,)."""
    return evidence(views, quads) @ _ROUGH


def score_many(views: Views, quads: NDArray[np.float64], bows: NDArray[np.float64] | None = None) -> list[Score]:
    """Scores of refined `quads` (n, 4, 2) whose sides bend inwards by `bows` (n, 4) pixels."""
    rows = evidence(views, quads, bows)
    return [
        Score(float(total), float(row[_EDGE]), float(row[_WORST]))
        for total, row in zip(rows @ _EXACT, rows, strict=True)
    ]
