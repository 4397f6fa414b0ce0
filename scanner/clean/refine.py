"""A second look at the light found on a page: corrects what grain did to it, and sharpens the edges of shadows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.fields import largest

if TYPE_CHECKING:
    from scanner.arrays import Image, Mask, Picture, Plane


_SEAM = 0.008
"""Slope of light, as a logarithm per pixel of the small copy, that is a shadow's edge."""
_THIN = 9
"""Pixels of the larger copy that no stroke is as thick as: about 2.5 mm on A4."""


def grain_bias(small: Image, light: Plane, stroke: int) -> Plane:
    """By how much plain paper comes out too bright or too dark here and there (h, w, 3), `light` found on `small`:
    closing takes the brightest grain for paper, and where it is dark the grain is coarse. `stroke`: pixels that no
    line of writing is as high as.
    """
    ratio = cv2.divide(small, light, dtype=cv2.CV_32F)
    ratio[largest(np.abs(ratio - 1)) > 0.1] = 1
    middle = _middle(np.clip(ratio * 200, 0, 255).astype(np.uint8), 2 * stroke + 1, 3)
    return np.asarray(cv2.GaussianBlur(middle, (0, 0), stroke / 2) / 200, dtype=np.float32)


def crisp_edges(image: Image, light: Plane, strange: Mask) -> Plane:
    """The light found on a small copy, its shadows' edges as crisp as they are seen on the larger `image`: else a
    light and a dark seam would stay along them.
    """
    logs = np.log(largest(light))
    across, down = (np.abs(cv2.Scharr(logs, -1, x, 1 - x, scale=1 / 32)) for x in (1, 0))
    seam = cv2.dilate((np.maximum(across, down) > _SEAM).astype(np.uint8), np.ones((9, 9), np.uint8))
    seam[cv2.dilate(strange.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0] = 0
    longest = max(image.shape[:2])
    if not seam.any() or longest < 1.5 * max(logs.shape):
        return light
    scale = min(1.0, 2 * max(logs.shape) / longest)
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    fine = image if scale == 1 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    wide = cv2.resize(light, size, interpolation=cv2.INTER_LINEAR)
    ratio = np.maximum(largest(cv2.divide(fine, wide, dtype=cv2.CV_32F)), 0.05)
    paper = cv2.medianBlur(cv2.morphologyEx(ratio, cv2.MORPH_CLOSE, np.ones((_THIN, _THIN), np.uint8)), 5)
    grain = np.clip((paper - cv2.medianBlur(ratio, 5)) * 800, 0, 255).astype(np.uint8)
    ratio = paper - _middle(grain, 31, 4) / 800
    share = cv2.GaussianBlur(cv2.resize(seam.astype(np.float32), size, interpolation=cv2.INTER_LINEAR), (0, 0), 2)
    # What is this dark beside its surroundings is print.
    share *= np.clip((ratio - 0.7) / 0.1, 0, 1)
    more = 1 + share * (cv2.GaussianBlur(np.clip(ratio, 0.7, 1.4), (0, 0), 1.0) - 1)
    return np.asarray(wide * more[:, :, None], dtype=np.float32)


def _middle(values: Picture, wide: int, step: int) -> Plane:
    """The median about each place of a uint8 map, from every so manyth value."""
    some = cv2.medianBlur(np.ascontiguousarray(values[::step, ::step]), max(3, wide // step | 1))
    return np.asarray(cv2.resize(some, values.shape[1::-1], interpolation=cv2.INTER_LINEAR), dtype=np.float32)
