"""The four corners of a page set by hand: which one a finger means, and where it may be moved. No Kivy here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanner.pages.geometry import is_convex, order_corners

INSET = 0.12
LEAST_SIDE = 0.05


class Corners:
    """Four corners in a picture's pixels. They stay inside the picture and their sides never cross."""

    def __init__(self, width: int, height: int, quad: Any = None) -> None:
        self._size = np.array([width - 1, height - 1], dtype=np.float64)
        given = None if quad is None else np.clip(np.asarray(quad, dtype=np.float64), 0, self._size)
        ordered = order_corners(given) if given is not None and given.shape == (4, 2) else None
        known = ordered is not None and self._sound(ordered)
        self._quad: NDArray[np.float64] = ordered if ordered is not None and known else self._inset(INSET)

    @property
    def quad(self) -> NDArray[np.float64]:
        """The corners as they are, (4, 2)."""
        return self._quad.copy()

    def nearest(self, point: Sequence[float], reach: float) -> int | None:
        """The corner that a touch means: the nearest one within `reach` pixels, or None."""
        apart = np.linalg.norm(self._quad - np.asarray(point, dtype=np.float64), axis=1)
        best = int(np.argmin(apart))
        return best if apart[best] <= reach else None

    def move(self, corner: int, point: Sequence[float]) -> None:
        """Moves a corner; it stays where it was if the four would make no sheet of paper."""
        moved = self._quad.copy()
        moved[corner] = np.clip(np.asarray(point, dtype=np.float64), 0, self._size)
        if self._sound(moved):
            self._quad = moved

    def whole(self) -> None:
        """Sets the corners of the whole picture."""
        self._quad = self._inset(0.0)

    def _inset(self, share: float) -> NDArray[np.float64]:
        around = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float64)
        return (share + around * (1 - 2 * share)) * self._size

    def _sound(self, quad: NDArray[np.float64]) -> bool:
        # Of what is no number every comparison is false.
        x, y = quad.T
        clockwise = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) > 0
        sides = np.linalg.norm(quad - np.roll(quad, 1, axis=0), axis=1)
        return bool(clockwise and is_convex(quad) and sides.min() >= LEAST_SIDE * self._size.min())
