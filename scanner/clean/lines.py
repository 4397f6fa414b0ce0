"""How straight the lines of writing on a page run, measured without finding a single line.

The page is cut into upright strips; the ink of each strip, summed along its rows, is a profile of the lines crossing
it. Where neighbouring strips' profiles fit best when shifted against each other, the lines slope by that shift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.warp import sample

if TYPE_CHECKING:
    from scanner.arrays import Image, Numbers, Plane


PX_PER_MM = 4.0
"""The resolution slopes are measured at."""

# Millimetres across one strip in which lines of writing are followed.
_STRIP = 10.0
# Millimetres around a line that tell how strong it is: about three lines of print.
_BAND = 16.0
# Slope (rise over run) of the steepest line followed; a sheet is straightened to less before.
_STEEPEST = 0.2
# Correlation from which two strips show the same lines.
_ALIKE = 0.6
# Places with a slope that a page needs for its lines to say anything.
_ENOUGH = 60
# Orders across and down of the polynomials that slopes follow: waves across a page, a slow change down it.
_ORDERS = np.array([(i, j) for i in range(7) for j in range(5)])


@dataclass(frozen=True)
class Slopes:
    """Slopes (down per across) of writing at places `at` (n, 2), mm on a page of size `mm`, and their `weight`."""

    at: Numbers
    slope: Numbers
    weight: Numbers
    mm: tuple[float, float]

    @property
    def known(self) -> bool:
        """Whether the page holds enough writing to go by."""
        return len(self.slope) >= _ENOUGH

    def fit(self) -> Baselines:
        """The smooth field that most slopes follow."""
        basis = _basis(self.at, self.mm)
        damp = np.diag(0.15 * (_ORDERS**2).sum(axis=1) + 0.01)
        weight: Numbers = self.weight.copy()
        values: Numbers = np.zeros(basis.shape[1])
        for _ in range(8):
            root = np.sqrt(weight)[:, None]
            # By OpenCV, not numpy: a linear algebra library's own threads wait for each other where cores are busy.
            square = cv2.mulTransposed(basis * root, True)
            right = _times(basis.T, (weight * self.slope)[:, None])[:, 0]
            values = np.asarray(np.linalg.solve(square + damp, right), dtype=np.float64)
            weight[:] = self.weight / (1 + ((self.slope - _times(basis, values[:, None])[:, 0]) / 0.012) ** 2)
        return Baselines(values, self.mm)

    @property
    def crooked(self) -> float:
        """How unevenly lines run: the mean distance of the smooth field from its own mean, at the writing. A flat
        page shows about 0.001; nan where there is too little writing.
        """
        if not self.known:
            return float("nan")
        field = _times(_basis(self.at, self.mm), self.fit().values[:, None])[:, 0]
        return float(np.average(np.abs(field - np.average(field, weights=self.weight)), weights=self.weight))


@dataclass(frozen=True)
class Baselines:
    """A smooth field of slopes on a page of size `mm`; `values`: its weights of products of polynomials."""

    values: Numbers
    mm: tuple[float, float]

    def drop(self, x: Numbers, y: Numbers) -> Numbers:
        """Millimetres that lines of writing lie below their mean height at places (x, y), arrays of one shape."""
        nodes = np.linspace(0, self.mm[0], 97)
        rows = np.linspace(0, self.mm[1], 49)
        across, down = np.meshgrid(nodes, rows)
        basis = _basis(np.column_stack([across.ravel(), down.ravel()]), self.mm)
        slope = _times(basis, self.values[:, None]).reshape(across.shape)
        step = nodes[1]
        run = np.concatenate(
            [np.zeros((len(rows), 1)), np.cumsum((slope[:, 1:] + slope[:, :-1]) / 2 * step, axis=1)], 1
        )
        run -= run.mean(axis=1, keepdims=True)
        place = np.stack([x / step, y / rows[1]], axis=-1).astype(np.float32)
        field = run.astype(np.float32)
        return np.asarray(sample(field, place), dtype=np.float64)


def slopes(page: Image) -> Slopes:
    """Slopes of writing on an upright-lying page (BGR or grey) of PX_PER_MM; text running downwards shows none."""
    mm = (page.shape[1] / PX_PER_MM, page.shape[0] / PX_PER_MM)
    gray = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY) if page.ndim == 3 else page
    side = round(3.5 * PX_PER_MM) | 1
    paper = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    ink = cv2.divide(paper - gray, np.maximum(paper, 1), scale=255).astype(np.float32)
    # Seals, photographs and table rules weigh no more than writing.
    ink = np.minimum(ink, 110)
    ink[ink < 18] = 0
    strip, band = round(_STRIP * PX_PER_MM), round(_BAND * PX_PER_MM) | 1
    if ink.shape[1] < 3 * strip or len(ink) < 3 * band:
        return Slopes(np.zeros((0, 2)), np.zeros(0), np.zeros(0), mm)
    profile = _profiles(ink, strip)
    left, right = profile[:, :-2], profile[:, 2:]
    reach = round(_STEEPEST * strip)
    shifts = np.arange(-reach, reach + 1)
    power = np.maximum(_windowed(left * left, band), 1e-3)
    fits = np.empty((len(shifts), *left.shape), np.float32)
    for place, shift in enumerate(shifts.tolist()):
        moved = np.roll(right, -shift, axis=0)
        both = _windowed(left * moved, band)
        fits[place] = both / np.sqrt(power * np.maximum(_windowed(moved * moved, band), 1e-3))
    rows = np.arange(band, len(profile) - band, band // 2)
    fits = fits[:, rows]
    best = np.clip(fits.argmax(axis=0), 1, len(shifts) - 2)
    here = [np.take_along_axis(fits, best[None] + step, axis=0)[0] for step in (-1, 0, 1)]
    bend = here[0] - 2 * here[1] + here[2]
    shift = shifts[best] + np.where(bend < -1e-6, 0.5 * (here[0] - here[2]) / np.minimum(bend, -1e-6), 0)
    strength = np.sqrt(np.maximum(power[rows], 0))
    written = max(1.0, 0.25 * float(np.percentile(strength, 90)))
    good = (here[1] > _ALIKE) & (strength > written) & (best > 1) & (best < len(shifts) - 2)
    y, x = np.nonzero(good)
    half = strip // 2
    at = np.column_stack([(x + 2) * half, rows[y]]) / PX_PER_MM
    weight = ((here[1][good] - 0.4) ** 2).astype(np.float64)
    return Slopes(at, (shift[good] / strip).astype(np.float64), weight, mm)


def _basis(at: Numbers, mm: tuple[float, float]) -> Numbers:
    """Products of Chebyshev polynomials of both directions at places (n, 2): (n, number of _ORDERS)."""
    across = np.polynomial.chebyshev.chebvander(2 * at[:, 0] / mm[0] - 1, int(_ORDERS[:, 0].max()))
    down = np.polynomial.chebyshev.chebvander(2 * at[:, 1] / mm[1] - 1, int(_ORDERS[:, 1].max()))
    return np.asarray(across[:, _ORDERS[:, 0]] * down[:, _ORDERS[:, 1]], dtype=np.float64)


def _times(one: Numbers, other: Numbers) -> Numbers:
    """The matrix product."""
    return np.asarray(cv2.gemm(np.ascontiguousarray(one), other, 1.0, None, 0.0), dtype=np.float64)


def _profiles(ink: Plane, strip: int) -> Plane:
    """Ink (rows, columns) summed over strips that overlap by half, without what changes slowly: (rows, strips)."""
    half = strip // 2
    count = ink.shape[1] // half
    halves = ink[:, : count * half].reshape(len(ink), count, half).mean(axis=2)
    profile = np.ascontiguousarray((halves[:, :-1] + halves[:, 1:]) / 2)
    profile = cv2.GaussianBlur(profile, (1, 7), 0.1, sigmaY=1.2)
    plane: Plane = profile - cv2.blur(profile, (1, round(8 * PX_PER_MM) | 1))
    return plane


def _windowed(values: Plane, rows: int) -> Plane:
    return cv2.blur(values, (1, rows))
