"""Where in a live frame a code may be, too blurred for any engine to hint at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes.ladder import changes
from scanner.codes.places import Polygon, polygon
from scanner.codes.rescue.locate import Region, locate

if TYPE_CHECKING:
    from scanner.arrays import Gray

# Pixels of the longer side looked at.
_LOOK_SIDE = 1400
# Places judged, the best scored ones.
_LOOKED_AT = 12
# Pixels a side below which nothing can be judged.
_LEAST_SIDE = 12
# Score from which three finder patterns outdo whatever the surroundings say.
_SURE = 0.3
# Pixels over which a place's own shade is taken out: print is left.
_FINE = 9
# Shares of the outline's size: what is surely code, what is surely beside it.
_INSIDE, _BESIDE = 0.8, (1.1, 1.35)
# How much print around it, and lighter paper (grey levels, at most), count.
_QUIET_WEIGHT, _LIGHT_WEIGHT, _MOST_LIGHT = 1.5, 0.3, 40.0


def likely(gray: Gray, most: int) -> list[Polygon]:
    """At most so many places of a gray frame (h, w), likeliest first: three finder patterns; else busy patches that
    are darker and busier than what is around them, as print in its quiet zone is and a table's grain is not.
    """
    small, scale = changes.resized(gray, min(_LOOK_SIDE, max(gray.shape)))
    crisp = cv2.addWeighted(small, 3, cv2.GaussianBlur(small, (0, 0), 2), -2, 0)
    found = locate(crisp, _LOOKED_AT)
    found.sort(key=lambda region: _standing_out(small, region), reverse=True)
    return [polygon(region.quad, scale) for region in found[:most]]


def _standing_out(small: Gray, region: Region) -> float:
    if region.version is not None and region.score > _SURE:
        return 255.0 + region.score
    middle = region.quad.mean(axis=0)
    reach = region.quad - middle
    if abs(cv2.contourArea(reach.astype(np.float32))) < _LEAST_SIDE**2:
        return -255.0
    outer = np.rint(middle + _BESIDE[1] * reach).astype(int)
    x0, y0 = np.maximum(outer.min(axis=0), 0)
    x1, y1 = outer.max(axis=0) + 1
    part = small[y0:y1, x0:x1].astype(np.float32)
    if min(part.shape) < _LEAST_SIDE:
        return -255.0
    inside, beside = np.zeros(part.shape, np.uint8), np.zeros(part.shape, np.uint8)
    for mask, share, value in ((inside, _INSIDE, 1), (beside, _BESIDE[1], 1), (beside, _BESIDE[0], 0)):
        cv2.fillConvexPoly(mask, np.rint(middle + share * reach).astype(np.int32) - (x0, y0), value)
    if inside.sum() < _LEAST_SIDE or beside.sum() < _LEAST_SIDE:
        return -255.0
    fine = part - cv2.blur(part, (_FINE, _FINE))
    busy = float(fine[inside > 0].std())
    around = _QUIET_WEIGHT * float(np.percentile(np.abs(fine[beside > 0]), 60))
    lighter = float(np.median(part[beside > 0]) - part[inside > 0].mean())
    return busy - around + _LIGHT_WEIGHT * float(np.clip(lighter, -_MOST_LIGHT, _MOST_LIGHT))
