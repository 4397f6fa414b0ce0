"""Whether a quad is one whole sheet among several, from `evidence` at the sheet's own scale and more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scanner.pages.evidence import NAMES as OUTLINE
from scanner.pages.evidence import evidence
from scanner.pages.ground import inside_of
from scanner.pages.sides import apart, inward, sample, seam, spots_along
from scanner.pages.weights import HIDDEN, HIDDEN_BIAS, OUT, OUT_BIAS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Gray, Numbers, Plane, Reals
    from scanner.pages.cues import Views
    from scanner.pages.ground import Survey

NAMES = (
    *OUTLINE, "split", "split_ends", "long", "small", "bare", "bare_most", "bare_beside", "bare_side",
    "closed", "closed_worst", "seam_most",
)  # fmt: skip

# Where edges right through a quad are looked for: shares of the way down, clear of its own sides.
_INNER = np.linspace(0.12, 0.88, 12)
# Shares of the way along such an edge at which it is looked at.
_ACROSS = np.linspace(0.04, 0.96, 18)
# Lab difference from which an edge is as clear as can be.
_FULL = 12.0


def wholeness(seen: Survey, quads: NDArray[np.float64], bows: NDArray[np.float64] | None = None) -> Numbers:
    """One row of NAMES for each of `quads` (n, 4, 2) with sides bent by `bows` (n, 4) pixels; float (n, f)."""
    views = seen.views
    edges = np.linalg.norm(quads[:, (1, 2, 3, 0)] - quads, axis=2)
    narrow = np.minimum((edges[:, 0] + edges[:, 2]) / 2, (edges[:, 1] + edges[:, 3]) / 2)
    wide = np.maximum((edges[:, 0] + edges[:, 2]) / 2, (edges[:, 1] + edges[:, 3]) / 2)
    reach = np.clip(narrow / 220, 0.4, 1.0)
    rows = evidence(views, quads, bows, reach)
    split, ends = _split(views, quads, reach)
    more = [split, ends, np.log(wide / np.maximum(narrow, 1.0)), np.minimum(narrow, 300) / 300]
    more += _bareness(seen.table, quads, bows, reach)
    more += _closed(seen, quads, bows, reach)
    return np.concatenate([rows, np.stack(more, axis=1)], axis=1)


def _split(views: Views, quads: NDArray[np.float64], reach: Numbers) -> tuple[Plane, Plane]:
    """How clearly (0-1) one straight edge runs right through each quad, and how clear its least clear third is."""
    a, b, c, d = (quads[:, i, None, None, :] for i in range(4))
    s, t = _INNER[:, None, None], _ACROSS[None, :, None]
    clear, worst = [], []
    for p, q, r, o in ((a, b, c, d), (b, c, d, a)):
        # Points along lines from side p-o to side q-r, s of the way down.
        left, right = p + (o - p) * s, q + (r - q) * s
        spots = left + (right - left) * t
        down = o - p
        normal = down / np.maximum(np.linalg.norm(down, axis=-1, keepdims=True), 1e-9)
        off = (3.0 * reach)[:, None, None, None] * normal
        both = np.stack([spots - off, spots + off])
        colours = sample(views.planes, both[..., 0], both[..., 1])
        step = np.minimum(np.sqrt(apart(colours[:, 1] - colours[:, 0])) / _FULL, 1)
        clear.append(step.mean(axis=2))
        worst.append(step.reshape(*step.shape[:2], 3, -1).mean(axis=3).min(axis=2))
    return np.concatenate(clear, axis=1).max(axis=1), np.concatenate(worst, axis=1).max(axis=1)


def _bareness(table: Gray, quads: NDArray[np.float64], bows: Numbers | None, reach: Numbers) -> list[Reals]:
    """Of each quad (n,): how like the table its inside is, the most of its nine parts, the ground just beside it,
    and the least of what lies beside one side.
    """
    inside = inside_of(table, quads)
    parts = inside.reshape(-1, 3, 3, 3, 3).mean(axis=(2, 4))
    x, y = spots_along(quads, np.linspace(0.05, 0.95, 20), np.array([-6.0, -10.0])[:, None] * reach, bows)
    beside = sample(table[None], x, y)[0].mean(axis=(0, 3)) / 255
    return [inside.mean(axis=1), parts.max(axis=(1, 2)), beside.mean(axis=1), beside.min(axis=1)]


def _closed(seen: Survey, quads: NDArray[np.float64], bows: Numbers | None, reach: Numbers) -> list[Plane]:
    """Of each quad (n,): how much of its outline is an edge or a dark seam, of the worst side too, and how much of
    the side that is most of all a seam.
    """
    x, y = spots_along(quads, np.linspace(0.03, 0.97, 24), np.array([-5.0, 0.0, 5.0])[:, None] * reach, bows)
    colours = sample(seen.views.planes, x, y)
    step = np.sqrt(apart(colours[:, 2] - colours[:, 0]))
    thin = seam(seen.fine, x[1], y[1], inward(quads)[:, :, None])
    closed = np.minimum(np.maximum(step, thin) / _FULL, 1).mean(axis=2)
    return [closed.mean(axis=1), closed.min(axis=1), np.minimum(thin / _FULL, 1).mean(axis=2).max(axis=1)]


def whole_odds(seen: Survey, quads: NDArray[np.float64], bows: NDArray[np.float64] | None = None) -> Numbers:
    """Log odds (n,) that each of `quads` (n, 4, 2) is the outline of one whole sheet."""
    # Not `@`: so small a product is spread over threads that then spin, which costs a third of the whole search.
    hidden = np.einsum("nf,fh->nh", wholeness(seen, quads, bows), HIDDEN)
    numbers: Numbers = np.tanh(hidden + HIDDEN_BIAS) @ OUT + OUT_BIAS
    return numbers
