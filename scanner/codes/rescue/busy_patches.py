"""Busy patches: light and dark in quick change in both directions, as a code whose finder patterns are lost shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import Gray, Quad

# Patches given, the largest ones.
_MOST = 12
# Pixels of the small view over which change is averaged: a few modules.
_WINDOW = 11


def patches(small: Gray, factor: float) -> list[tuple[Quad, float]]:
    """Outlines (4, 2) in pixels of the picture, `factor` times as large as the small view, with a score <= 0.1."""
    across = cv2.absdiff(small[:, 1:], small[:, :-1])[:-1]
    down = cv2.absdiff(small[1:], small[:-1])[:, :-1]
    spread = cv2.subtract(cv2.dilate(small, np.ones((5, 5))), cv2.erode(small, np.ones((5, 5))))[:-1, :-1]
    # Writing changes mostly across, a code in both directions alike.
    window = (_WINDOW, _WINDOW)
    both = np.minimum(cv2.blur(across, window), cv2.blur(down, window))
    level = max(5.0, 0.45 * float(np.percentile(both, 99.5)))
    busy = ((both > level) & (cv2.blur(spread, window) > 20)).astype(np.uint8)
    busy = cv2.morphologyEx(busy, cv2.MORPH_CLOSE, np.ones((9, 9)))
    busy = cv2.morphologyEx(busy, cv2.MORPH_OPEN, np.ones((9, 9)))
    outlines, _ = cv2.findContours(busy, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    out: list[tuple[Quad, float]] = []
    for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:_MOST]:
        middle, size, turn = cv2.minAreaRect(outline)
        if min(size) < 12 or max(size) > 2.5 * min(size):
            continue
        full = cv2.contourArea(outline) / max(size[0] * size[1], 1.0)
        quad = cv2.boxPoints((middle, size, turn)).astype(np.float64) * factor + (factor - 1) / 2
        out.append((quad, 0.1 * min(1.0, full)))
    return out
