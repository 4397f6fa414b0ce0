"""Laying one picture of a flat thing over another: shifted, turned, tilted, nearer or farther, in other light.

First the shift (phase correlation), then all eight numbers of a homography by inverse compositional Gauss-Newton
(Baker and Matthews, 2004): the template's derivatives are computed once, so every further picture is cheap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import Gray, Numbers, Plane

# Share of the longer side over which light is evened.
_WINDOW = 0.06
# Share of the mean power added to each neighbourhood's: bare paper's noise is not blown up.
_FLOOR = 1.0
# Blur (pixels) and steps of each pass, coarse to fine, and whether it may tilt.
_PASSES = ((2.0, 6, False), (0.8, 10, True))
# Pixels a corner still moves when the search ends.
_STILL = 0.02
# Evened levels (1 is usual print) a difference counts at most: a finger or a glare is no move.
_OUTLIER = 1.0


@dataclass(frozen=True)
class Registration:
    """`move`: (3, 3) float64 from the template's pixels to the picture's; `agreement`: correlation of the two after
    it, with the light evened, -1..1.
    """

    move: Numbers
    agreement: float


class Template:
    """What pictures are registered to: a gray uint8 or float32 picture (h, w), 24 pixels a side or more."""

    def __init__(self, picture: Gray | Plane) -> None:
        self._size = (picture.shape[1], picture.shape[0])
        self._taper = _taper(picture.shape)
        self._levels = [_Level(evened(picture, blur), self._taper, tilts) for blur, _, tilts in _PASSES]

    def register(self, picture: Gray | Plane, start: Numbers | None = None) -> Registration | None:
        """Where the template lies in a picture; `start`: a first guess of the move. None where it is lost."""
        move = np.eye(3) if start is None else start / start[2, 2]
        for number, (level, (blur, steps, _)) in enumerate(zip(self._levels, _PASSES, strict=True)):
            seen = evened(picture, blur)
            if number == 0:
                move = move @ self._shift(level, self._warped(seen, move))
            for _ in range(steps):
                change = level.change(self._warped(seen, move))
                if change is None:
                    return None
                move = move @ np.linalg.inv(change)
                move /= move[2, 2]
                if level.reach(change) < _STILL:
                    break
        return Registration(move, level.agreement(self._warped(seen, move)))

    def _warped(self, seen: Plane, move: Numbers) -> Plane:
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpPerspective(seen, move, self._size, flags=flags, borderMode=cv2.BORDER_REPLICATE)

    def _shift(self, level: _Level, warped: Plane) -> Numbers:
        (dx, dy), _ = cv2.phaseCorrelate(level.picture * self._taper, warped * self._taper)
        if max(abs(dx), abs(dy)) > 0.25 * min(self._size):
            dx = dy = 0.0
        return np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1]], float)


class _Level:
    """The template at one blur, its derivatives by the numbers of the move."""

    def __init__(self, picture: Plane, taper: Plane, tilts: bool) -> None:
        height, width = picture.shape
        self.picture = picture
        self._taper = taper
        self._radius = radius = 0.5 * max(width, height)
        self._middle = middle = ((width - 1) / 2, (height - 1) / 2)
        x = ((np.arange(width, dtype=np.float32) - middle[0]) / radius)[None, :]
        y = ((np.arange(height, dtype=np.float32) - middle[1]) / radius)[:, None]
        gx = cv2.Sobel(picture, cv2.CV_32F, 1, 0, ksize=3, scale=radius / 8)
        gy = cv2.Sobel(picture, cv2.CV_32F, 0, 1, ksize=3, scale=radius / 8)
        columns = [gx * x, gx * y, gx, gy * x, gy * y, gy]
        if tilts:
            along = gx * x + gy * y
            columns += [-along * x, -along * y]
        self._slopes = np.stack([column.ravel() for column in columns])
        self._weighted = self._slopes * taper.ravel()
        normal = product(self._weighted, self._slopes, transposed=True).astype(np.float64)
        normal[np.diag_indices_from(normal)] *= 1 + 1e-6
        self._normal = normal
        self._weight = float(taper.sum())

    def change(self, warped: Plane) -> Numbers | None:
        """The move (in the template's pixels) by which the warped picture is still off."""
        # Where light or a finger came between, the difference says nothing about the move.
        off = np.clip(warped - self.picture, -_OUTLIER, _OUTLIER).reshape(-1, 1)
        try:
            p = np.linalg.solve(self._normal, product(self._weighted, off).ravel().astype(np.float64))
        except np.linalg.LinAlgError:
            return None
        if not np.isfinite(p).all() or np.abs(p).max() > 0.5:
            return None
        tilt = (p[6], p[7]) if len(p) == 8 else (0.0, 0.0)
        local = np.array([[1 + p[0], p[1], p[2]], [p[3], 1 + p[4], p[5]], [*tilt, 1.0]])
        outward = np.array([[self._radius, 0, self._middle[0]], [0, self._radius, self._middle[1]], [0, 0, 1]])
        move: Numbers = outward @ local @ np.linalg.inv(outward)
        return move

    def reach(self, change: Numbers) -> float:
        """How far the change moves the template's corners, in pixels."""
        cx, cy = self._middle
        corners = np.array([[[0, 0], [2 * cx, 0], [2 * cx, 2 * cy], [0, 2 * cy]]], float)
        return float(np.abs(cv2.perspectiveTransform(corners, change) - corners).max())

    def agreement(self, warped: Plane) -> float:
        """Correlation under the taper."""
        a, b, w = self.picture, warped, self._taper
        above = float((w * a * b).sum())
        below = float((w * a * a).sum()) * float((w * b * b).sum())
        return float(above / max(below, 1e-9) ** 0.5)


def evened(picture: Gray | Plane, blur: float) -> Plane:
    """The picture blurred by `blur` (sigma, pixels), every neighbourhood brought to mean 0 and about spread 1;
    float32.
    """
    values = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), blur)
    window = max(9, int(max(picture.shape) * _WINDOW) | 1)
    values -= cv2.blur(values, (window, window))
    power = cv2.blur(values * values, (window, window))
    floor = _FLOOR * float(power.mean()) + 1e-3
    plane: Plane = values / np.sqrt(power + floor)
    return plane


def product(a: Plane, b: Plane, transposed: bool = False) -> Plane:
    """Matrix product, of b turned over where `transposed`. Not numpy's: its threads wait for each other on a busy
    machine, and these matrices are small.
    """
    return cv2.gemm(a, b, 1.0, None, 0.0, flags=cv2.GEMM_2_T if transposed else 0)


def _taper(shape: tuple[int, int]) -> Plane:
    """1 in the middle, falling to 0 over the outer sixth."""
    lines = []
    for length in shape:
        at = np.minimum(np.arange(length), np.arange(length)[::-1]) / max(1.0, length / 6)
        lines.append(np.clip(at, 0, 1))
    return np.outer(lines[0], lines[1]).astype(np.float32)
