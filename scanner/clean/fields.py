"""Small maps that belong to a sheet: stretched to a picture's size, and their gaps filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import Plane


def stretched(
    values: Plane, over: tuple[float, float], size: tuple[int, int], corner: tuple[int, int] = (0, 0)
) -> Plane:
    """The map laid over a picture of `over` (width, height) pixels, as it falls on the part of `size` at `corner`."""
    across, down = values.shape[1] / over[0], values.shape[0] / over[1]
    place = np.array([[across, 0, (corner[0] + 0.5) * across - 0.5], [0, down, (corner[1] + 0.5) * down - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(values, place, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def largest(values: Plane) -> Plane:
    """The greatest of three channels; numpy's own way along so short an axis is ten times slower."""
    return np.maximum(np.maximum(values[..., 0], values[..., 1]), values[..., 2])


def spread(values: Plane, trust: Plane, reach: float) -> Plane:
    """`values` (h, w, c) averaged over about `reach` pixels by `trust` (h, w); farther where none near is trusted."""
    height, width = trust.shape
    # So smooth a field needs few points.
    size = (max(4, width // 4), max(4, height // 4))
    weight = cv2.resize(trust, size, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(values * trust[:, :, None], size, interpolation=cv2.INTER_AREA).reshape(*size[::-1], -1)
    done = np.zeros(sums.shape, np.float32)
    missing = np.ones(weight.shape, dtype=bool)
    for sigma in (reach / 4, reach * 3 / 4, reach * 9 / 4):
        near = cv2.GaussianBlur(weight, (0, 0), sigma)
        mean = cv2.GaussianBlur(sums, (0, 0), sigma).reshape(sums.shape)
        here = missing & (near > 0.02)
        done[here] = mean[here] / near[here][:, None]
        missing &= ~here
        if not missing.any():
            break
    wide = cv2.resize(done, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide.reshape(values.shape), dtype=np.float32)
