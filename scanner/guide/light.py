"""How the light falls on the sheet: too dark, too bright, or mirrored (glare)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.guide.glimpse import EDGE

if TYPE_CHECKING:
    from scanner.guide.glimpse import Glimpse

# Level (0-255) from which a pixel is burnt out.
_BLOWN = 250
# Share of the sheet below which a burnt spot hides nothing.
_BLOB = 0.0015
# Levels around a burnt spot by which it falls off: a lamp's reflection does, white paper does not.
_FALL = 14
# Share burnt out, share of ink, and level of ink that tell a sheet washed out.
_WASHED, _NO_INK, _FADED = 0.6, 0.005, 98
# Levels lighter than the sheet's ink: letters under glare.
_FADES = 40


def paper_light(seen: Glimpse) -> float:
    """Lightness (0-255) of the bare sheet: the brightest tenth left out, nine tenths of the ink and shade too."""
    return float(np.percentile(seen.value[::2, ::2], 85))


def washed_out(seen: Glimpse) -> bool:
    """Whether the picture is exposed so long that ink fades into the paper: most of the sheet blown, no dark ink."""
    blown = float(np.mean(seen.least >= _BLOWN))
    if blown < _WASHED:
        return False
    ink = seen.least[seen.ink]
    if ink.size < _NO_INK * seen.least.size:
        return blown > 0.85
    return float(np.percentile(ink, 25)) > _FADED


def glare_share(seen: Glimpse) -> float:
    """Share of the sheet (0-1) under mirrored light: blown patches that end abruptly, their letters gone or faded.

    White paper that is merely well lit goes over into its surroundings gently, or keeps its letters black.
    """
    # Every other pixel of every other row shows a blob as well, in a quarter of the time.
    least, ink = np.ascontiguousarray(seen.least[::2, ::2]), seen.ink[::2, ::2]
    blown = (least >= _BLOWN).astype(np.uint8)
    if not blown.any() or float(np.percentile(least, 60)) >= _BLOWN - 6:
        return 0.0
    height, width = blown.shape
    # The outermost edge may be table, or what stands behind a sheet that curls.
    dy, dx = max(1, round(height * EDGE)), max(1, round(width * EDGE))
    blown[:dy], blown[-dy:], blown[:, :dx], blown[:, -dx:] = 0, 0, 0, 0
    if float(blown.mean()) < _BLOB:
        return 0.0
    blown = cv2.morphologyEx(blown, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(blown, connectivity=4)
    reach = max(3, round(0.025 * max(height, width)))
    share = 0.0
    black = float(np.median(least[ink])) if ink.any() else 0.0
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:12] + 1
    for label in order:
        size = int(stats[label, cv2.CC_STAT_AREA])
        if size < _BLOB * height * width:
            break
        x, y, w, h = (int(value) for value in stats[label, :4])
        x0, y0, x1, y1 = max(0, x - 2 * reach), max(0, y - 2 * reach), x + w + 2 * reach, y + h + 2 * reach
        blob = (labels[y0:y1, x0:x1] == label).astype(np.uint8)
        near = cv2.dilate(blob, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
        wide = cv2.dilate(near, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
        ring = least[y0:y1, x0:x1][(wide > 0) & (near == 0)]
        whole = cv2.morphologyEx(blob, cv2.MORPH_CLOSE, np.ones((reach | 1, reach | 1), np.uint8))
        letters = (whole > 0) & ink[y0:y1, x0:x1]
        inked = float(letters.sum()) / size
        lost = inked < 0.03 or float(np.median(least[y0:y1, x0:x1][letters])) > black + _FADES
        if lost and ring.size and float(np.percentile(ring, 70)) <= _BLOWN - _FALL:
            share += size / (height * width)
    return share
