"""Light taken off a page."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np


def flatten_light(image: Any) -> Any:
    """Divide by the light that fell on the sheet: shadows go, ink and seals keep their colour."""
    height, width = image.shape[:2]
    scale = 256 / max(height, width)
    small = cv2.resize(image, None, fx=min(1, scale), fy=min(1, scale), interpolation=cv2.INTER_AREA)
    side = max(3, round(max(small.shape[:2]) * 0.045) | 1)
    # Ink is darker than paper: a closing wider than strokes leaves the paper; the median takes specks.
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    paper = cv2.medianBlur(paper, side)
    # One light for the three channels, in the sheet's own tint: a red seal larger than the closing must not
    # be taken for red light and washed out.
    tint = np.median(paper.reshape(-1, 3), axis=0).astype(np.float32)
    light = (paper.astype(np.float32) / np.maximum(tint, 1)).max(axis=2)
    light = cv2.GaussianBlur(light, (0, 0), side / 2)
    full = cv2.resize(light, (width, height), interpolation=cv2.INTER_CUBIC)
    divided = image.astype(np.float32) / np.maximum(full, 0.08)[:, :, None]
    # White point: paper a little below pure white, coloured paper stays coloured.
    gain = 245.0 / max(float(tint.max()), 1.0)
    return np.clip(divided * gain, 0, 255).astype(np.uint8)
