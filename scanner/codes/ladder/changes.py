"""Changes to a gray picture before another look: size, light, sharpness. Each keeps or reports the geometry."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import Gray

Change = Callable[["Gray"], "Gray"]


def resized(gray: Gray, side: int) -> tuple[Gray, float]:
    """The picture with its longer side `side` pixels, and the scale used."""
    scale = side / max(gray.shape)
    if abs(scale - 1) < 0.02:
        return gray, 1.0
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    return cv2.resize(gray, size, interpolation=how), scale


def as_is(gray: Gray) -> Gray:
    """No change."""
    return gray


def evened(gray: Gray, share: float = 0.15) -> Gray:
    """Every neighbourhood (`share` of the longer side) brought to one mean and one contrast: shadow, glare, dark."""
    window = max(15, int(max(gray.shape) * share) | 1)
    values = gray.astype(np.float32)
    mean = cv2.blur(values, (window, window))
    spread = np.sqrt(np.maximum(cv2.blur(values * values, (window, window)) - mean * mean, 0)) + 6
    picture: Gray = np.clip(128 + 64 * (values - mean) / spread, 0, 255).astype(np.uint8)
    return picture


def finely_evened(gray: Gray) -> Gray:
    """`evened` over small neighbourhoods: spots of light over part of a code."""
    return evened(gray, 0.07)


def clipped(gray: Gray) -> Gray:
    """Everything brighter than most of the picture is cut off and the rest stretched: glare beside dark print."""
    top = int(np.percentile(gray, 70))
    low = int(np.percentile(gray, 2))
    picture: Gray = np.clip(
        (np.minimum(gray, top).astype(np.float32) - low) * (255.0 / max(top - low, 1)), 0, 255
    ).astype(np.uint8)
    return picture


def thresholded(gray: Gray, share: float = 0.1) -> Gray:
    """Black and white by the mean of a neighbourhood that is `share` of the longer side."""
    window = max(9, int(max(gray.shape) * share) | 1)
    return cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, window, 0)


def widely_thresholded(gray: Gray) -> Gray:
    """`thresholded` over wide neighbourhoods: little but the slope of the light is taken out."""
    return thresholded(gray, 0.2)


def finely_thresholded(gray: Gray) -> Gray:
    """`thresholded` over small neighbourhoods: spots and edges of light."""
    return thresholded(gray, 0.05)


def softly_thresholded(gray: Gray) -> Gray:
    """`thresholded` after a light blur: creases, specks."""
    return thresholded(softened(gray), 0.12)


def sharpened(gray: Gray, reach: float = 0.007, amount: float = 1.5) -> Gray:
    """Unsharp mask; `reach` is the blur undone as a share of the longer side."""
    blurred = cv2.GaussianBlur(gray, (0, 0), max(0.8, max(gray.shape) * reach))
    return cv2.addWeighted(gray, 1 + amount, blurred, -amount, 0)


def crisped(gray: Gray) -> Gray:
    """A narrow, strong unsharp mask: a little out of focus."""
    return sharpened(gray, 0.007, 4.0)


def strongly_sharpened(gray: Gray) -> Gray:
    """A wide, strong unsharp mask: far out of focus."""
    return sharpened(gray, 0.014, 5.0)


def finely_sharpened(gray: Gray) -> Gray:
    """A narrow unsharp mask: modules of a few pixels in a large symbol."""
    return sharpened(gray, 0.0012)


def evened_sharpened(gray: Gray) -> Gray:
    """Evened, then sharpened: out of focus and low in contrast."""
    return sharpened(evened(gray), 0.01, 2.0)


def softened(gray: Gray) -> Gray:
    """A light blur: the dots of a screen or of a printer, noise."""
    return cv2.GaussianBlur(gray, (0, 0), max(0.8, max(gray.shape) / 250))


def cleaned(gray: Gray) -> Gray:
    """Median: specks and thin scratches."""
    return cv2.medianBlur(gray, 5)
