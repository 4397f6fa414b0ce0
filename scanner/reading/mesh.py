"""Laying the modules' grid over a code that is tilted, curved or creased: where print and plan agree most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from scanner.reading import symbol
from scanner.reading.soft import darknesses

_STEPS = (1.2, 0.6, 0.3, 0.15)
_STIFF = 0.01
_DECIDED = 0.7


@dataclass(frozen=True)
class Mesh:
    """`centres`: (n, n, 2) float32, x and y of every module's middle in the picture; `fit`: above 1 where print and
    plan agree, below 0.5 by chance.
    """

    centres: Any
    fit: float

    @property
    def corners(self) -> Any:
        """The symbol's outer corners (4, 2), half a module outside the corner modules' middles."""
        c = self.centres
        rows = (0, 0, -1, -1)
        columns = (0, -1, -1, 0)
        out = []
        for row, column in zip(rows, columns, strict=True):
            inner_row, inner_column = (1 if row == 0 else -2), (1 if column == 0 else -2)
            out.append(1.5 * c[row, column] - 0.25 * (c[inner_row, column] + c[row, inner_column]))
        return np.array(out)


def sampled(gray: Any, centres: Any) -> Any:
    """Greys at the centres, linear between pixels."""
    return cv2.remap(gray, centres[..., 0], centres[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def fitted(gray: Any, corners: Any, version: int) -> Mesh:
    """The grid of a symbol of this version whose outer corners are about `corners` (its own upper left first), bent
    to the print. The picture should be scaled to four or more pixels a module.
    """
    return _Bent(gray, version, corners).fitted()


def first_fit(gray: Any, corners: Any, version: int) -> float:
    """How well the flat grid fits, to choose between guesses."""
    flat = _Bent(gray, version, corners)
    return flat.score(flat.still)


class _Bent:
    """A homography whose unit square is bent by smooth polynomials, fitted by trying steps."""

    def __init__(self, gray: Any, version: int, corners: Any) -> None:
        self._gray = gray
        plan = symbol.plan(version)
        self._size = n = plan.size
        square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
        self._move = cv2.getPerspectiveTransform(square, np.asarray(corners, np.float32))
        # One module of quiet zone all round takes part: it is light, and tells where the symbol ends.
        self._known = np.pad(plan.known, 1, constant_values=0)
        weight = np.where(self._known >= 0, 1.0, 0.0)
        weight[1:-1, 1:-1] *= 1.5
        self._agreeing = (weight / weight.sum() * (2.0 * self._known - 1)).astype(np.float32).ravel()
        open_ = self._known < 0
        self._deciding = (_DECIDED * open_ / open_.sum()).astype(np.float32).ravel()
        line = (np.arange(-1, n + 1, dtype=np.float32) + 0.5) / n
        u, v = (axis.ravel() for axis in np.meshgrid(line, line))
        self._flat = np.stack([u, v], axis=1)
        a, b = 2 * u - 1, 2 * v - 1
        # Shift, stretch and shear, tilt, then bends; each as large as 1 at the border.
        aa, bb = a * a - 0.5, b * b - 0.5
        shapes = [np.ones_like(a), a, b, a * b, aa, bb, aa * b, a * bb, a * (aa - 0.1), b * (bb - 0.1)]
        self._shapes = np.stack(shapes, axis=1).astype(np.float32) / n
        self.still = np.zeros((len(shapes), 2), np.float32)

    def centres(self, bend: Any, offset: Any = None) -> Any:
        """Middles of the modules and of the ring around them, under a bend (and offsets) given in modules."""
        places = self._flat + self._shapes @ bend
        if offset is not None:
            places = places + offset.reshape(-1, 2) / np.float32(self._size)
        moved = cv2.perspectiveTransform(places[:, None].astype(np.float32), self._move)
        return moved.reshape(self._size + 2, self._size + 2, 2)

    def score(self, bend: Any, offset: Any = None) -> float:
        """Agreement with the plan, how decided the data modules are, less for stronger bends."""
        darkness = darknesses(sampled(self._gray, self.centres(bend, offset))).ravel()
        stiff = _STIFF * float(np.square(bend[3:]).sum())
        return float(self._agreeing @ darkness + self._deciding @ np.abs(darkness)) - stiff

    def fitted(self) -> Mesh:
        """The grid after bending and local shifts."""
        bend, best = self.still.copy(), self.score(self.still)
        for step in _STEPS:
            for _ in range(3):
                before = best
                for shape in range(len(self.still)):
                    for axis in (0, 1):
                        for sign in (step, -step):
                            trial = bend.copy()
                            trial[shape, axis] += sign
                            score = self.score(trial)
                            if score > best:
                                bend, best = trial, score
                                break
                if best - before < 0.003:
                    break
        offset = None
        for reach, smooth in ((0.4, 2.5), (0.25, 1.5)):
            trial = self._local(bend, offset, reach, smooth)
            score = self.score(bend, trial)
            if score > best:
                offset, best = trial, score
        centres = self.centres(bend, offset)[1:-1, 1:-1]
        return Mesh(np.ascontiguousarray(centres), best)

    def _local(self, bend: Any, offset: Any, reach: float, smooth: float) -> Any:
        """For every module the small shift at which its neighbourhood is most decided: creases."""
        n = self._size + 2
        start = np.zeros((n, n, 2), np.float32) if offset is None else offset
        shifts = [(x, y) for x in (-reach, 0, reach) for y in (-reach, 0, reach)]
        scores = []
        for shift in shifts:
            darkness = darknesses(sampled(self._gray, self.centres(bend, start + np.array(shift, np.float32))))
            decided = np.where(self._known >= 0, 2 * darkness * (2.0 * self._known - 1), np.abs(darkness))
            scores.append(
                cv2.GaussianBlur(decided.astype(np.float32), (0, 0), smooth, borderType=cv2.BORDER_REPLICATE)
            )
        best = np.argmax(np.stack(scores), axis=0)
        moved = np.array(shifts)[best].astype(np.float32)
        return start + cv2.GaussianBlur(moved, (0, 0), smooth / 2, borderType=cv2.BORDER_REPLICATE)
