"""Grain that comes up where the dark is lifted, smoothed away; strokes of any strength stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.fields import stretched

if TYPE_CHECKING:
    from scanner.arrays import Image, Mask, Plane

# Pixels a side of what is smoothed at once: fits the processor's cache.
_TILE = 128
_STROKE = 3.5
"""So many times the grain's own size is writing."""
_MOST = 6.0
"""Grain of more grey levels than this is print, too."""


def smooth_grain(page: Image, dark: Mask) -> None:
    """Smooth the page (BGR uint8), in place, where `dark` (bool, small, laid over it) says that it was lifted."""
    if not dark.any():
        return
    height, width = page.shape[:2]
    share = cv2.GaussianBlur(dark.astype(np.float32), (0, 0), 6)
    rows, columns = -(-height // _TILE), -(-width // _TILE)
    for row, here in enumerate(cv2.resize(share, (columns, rows), interpolation=cv2.INTER_AREA) > 0.03):
        # Runs of tiles that need it, so that the bright part costs nothing.
        if not here.any():
            continue
        top = row * _TILE
        first, last = int(np.argmax(here)), columns - int(np.argmax(here[::-1]))
        box = (slice(top, min(height, top + _TILE)), slice(first * _TILE, min(width, last * _TILE)))
        _smooth(page, box, share)


def _smooth(page: Image, box: tuple[slice, slice], share: Plane) -> None:
    height, width = page.shape[:2]
    # A few pixels more, so that no border shows between tiles.
    rows, columns = (slice(max(0, one.start - 4), one.stop + 4) for one in box)
    part = page[rows, columns]
    soft = cv2.GaussianBlur(part, (5, 5), 1.2)
    apart = cv2.absdiff(part, soft)
    blue, green, red = (cv2.extractChannel(apart, channel) for channel in range(3))
    size = cv2.blur(cv2.max(cv2.max(blue, green), red), (3, 3))
    grain = min(_MOST, max(0.5, float(np.median(size[::4, ::4]))))
    level = np.clip(np.arange(256, dtype=np.float32) / (_STROKE * grain), 0, 1)
    weight = stretched(share, (width, height), size.shape[::-1], (columns.start, rows.start))
    weight *= cv2.LUT(size, (1 - level**2).astype(np.float32))
    done = cv2.blendLinear(soft, np.ascontiguousarray(part), weight, 1 - weight)
    page[box] = done[
        box[0].start - rows.start : box[0].stop - rows.start,
        box[1].start - columns.start : box[1].stop - columns.start,
    ]
