"""One place of successive frames, registered to each other and summed: noise, moving glare and moiré fade.

Only sums are kept, not the frames: memory stays the same however long a thing is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes.places import Polygon, cut, polygon
from scanner.codes.rescue.frames.register import Template

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from scanner.arrays import Gray, Numbers, Plane

LEAST_AGREEMENT = 0.38
"""Correlation below which a frame is not laid on the others."""

# Pixels of the longer side that frames are registered at.
_TEMPLATE_SIDE = 260
# Pixels of the sum's longer side, and times the template's, at most.
_FINE_SIDE, _FINER = 480, 3.0
# Pixels a side below which nothing can be registered.
_LEAST_SIDE = 24
# Shares of the place around it: in the template, and where it is sought in the next frame.
_MARGIN, _REACH = 0.2, 0.45
# Share of the longer side over which a frame's light is evened.
_WINDOW = 0.06


class Stack:
    """Sums of registered frames around one place. Not for several threads at a time."""

    def __init__(self, frame: Gray, place: Polygon) -> None:
        """`frame`: the gray picture the place (four corners) was seen in; raises ValueError for a place too small."""
        part, left, top = cut(frame, place, _MARGIN)
        if min(part.shape) < _LEAST_SIDE:
            raise ValueError("place too small to be laid over others")
        self._least = min(1.0, _TEMPLATE_SIDE / max(part.shape))
        small = cv2.resize(part, None, fx=self._least, fy=self._least, interpolation=cv2.INTER_AREA)
        self._template = Template(small)
        # From the template's pixels to the frame's, as the frames follow each other.
        self._move = _scaling(1 / self._least, left, top)
        self._place = cv2.perspectiveTransform(np.asarray([place], np.float64), np.linalg.inv(self._move))
        self._finer = min(_FINER, _FINE_SIDE / max(small.shape))
        self._size = (round(small.shape[1] * self._finer), round(small.shape[0] * self._finer))
        self._above: Plane = np.zeros((self._size[1], self._size[0]), np.float32)
        self._below: Plane = np.zeros_like(self._above)
        self.count = 0

    def add(self, frame: Gray) -> bool:
        """Lay one more gray frame on the sum; whether the place was found in it."""
        part, left, top = cut(frame, self.outline(), _REACH)
        if min(part.shape) < _LEAST_SIDE:
            return False
        small = part
        if self._least < 1:
            small = cv2.resize(part, None, fx=self._least, fy=self._least, interpolation=cv2.INTER_AREA)
        inward = _scaling(1 / self._least, left, top)
        found = self._template.register(small, np.linalg.inv(inward) @ self._move)
        if found is None or found.agreement < LEAST_AGREEMENT:
            return False
        self._move = inward @ found.move
        finer = found.move @ np.linalg.inv(_scaling(self._finer, 0, 0))
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        seen = cv2.warpPerspective(
            small.astype(np.float32), finer, self._size, flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        window = int(max(self._size) * _WINDOW) | 1
        seen -= cv2.blur(seen, (window, window))
        # A running mean of squares may come out a hair below nothing.
        power = np.maximum(cv2.blur(seen * seen, (window, window)), 0)
        # Least squares of one print at many contrasts: where glare or blur took the contrast, a frame counts less.
        self._above += np.sqrt(power) * seen
        self._below += power
        self.count += 1
        return True

    def summed(self) -> Plane:
        """The print as all frames show it, light 1, dark -1 or so, evened: float32."""
        evened = self._above / np.maximum(self._below, 1e-3 * float(self._below.mean()) + 1e-3)
        return evened.astype(np.float32, copy=False)

    def contrast(self) -> Plane:
        """How strong the print is, mean square over the frames: near 0 where a finger lies over it. float32."""
        return (self._below / max(1, self.count)).astype(np.float32, copy=False)

    def laid_back(self, corners: ArrayLike) -> Polygon:
        """Corners (4, 2) in the picture's pixels as they lie in the frame last laid on."""
        move = self._move @ np.linalg.inv(_scaling(self._finer, 0, 0))
        return polygon(cv2.perspectiveTransform(np.asarray(corners, np.float64)[None], move)[0])

    def outline(self) -> Polygon:
        """The place in the frame last laid on, without what lies around it."""
        return polygon(cv2.perspectiveTransform(self._place, self._move)[0])

    def forget(self) -> None:
        """Blank the sums."""
        self._above.fill(0)
        self._below.fill(0)
        self.count = 0


def _scaling(factor: float, left: float, top: float) -> Numbers:
    """From pixels of a part cut at (left, top) and scaled by 1 / factor to the whole's; middles stay middles."""
    shift = (factor - 1) / 2
    return np.array([[factor, 0, left + shift], [0, factor, top + shift], [0, 0, 1]], float)
