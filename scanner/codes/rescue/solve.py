"""A code that is out of focus or shaken, in one picture: solves for all its modules at once, as for summed frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes.engines import EngineLook, Reading
from scanner.codes.ladder import changes
from scanner.codes.places import Polygon, cut, polygon
from scanner.codes.rescue.frames.summed_modules import decoded

if TYPE_CHECKING:
    from scanner.arrays import Gray, Plane

# Pixels of the longer side a place is solved at.
_SIDE = 480
# Grey levels added to the spread: bare paper's noise is not blown up to print.
_LEAST_SPREAD = 2.0


def solve(gray: Gray, place: Polygon, until: float) -> EngineLook:
    """A code at the place, or nothing where there is none beyond doubt. Stops at `until` (monotonic)."""
    part, left, top = cut(gray, place)
    if min(part.shape) < 24:
        return EngineLook()
    part, scale = changes.resized(part, _SIDE)
    found = decoded(_light(part), until=until)
    return EngineLook(tuple(Reading(r.text, polygon(r.polygon, scale, left, top), "solved") for r in found.readings))


def _light(part: Gray) -> Plane:
    """Light above and dark below 0, both about 1 away, the slope of the lamp taken out."""
    values = part.astype(np.float32)
    window = (max(part.shape) // 2 | 1,) * 2
    even = values - cv2.blur(values, window)
    return even / (float(even.std()) + _LEAST_SPREAD)
