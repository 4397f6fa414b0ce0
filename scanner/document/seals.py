"""Round red seals removed from the grey picture that is read, since they hide the name and office printed under them.

Only for reading: the page in the file keeps its seal. Red print in lines (a title) stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.papers import MM_PER_INCH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scanner.arrays import Gray, Image

# Dots per inch of the copy red is looked for on.
_LOOK_DPI = 50
# Millimetres across a round seal, with room on both sides: an office's is 36.
_SMALLEST_MM, _LARGEST_MM = 18.0, 60.0
# Width over height, or the reverse, from which a red spot is round.
_ROUND = 0.75
# Seal red against both other channels, after the light was evened out.
_REDNESS = 50
# Rings and letters, not a sheet of red paper.
_LEAST_FILL, _MOST_FILL = 0.05, 0.9
# Millimetres between a seal's strokes that are bridged.
_BRIDGED_MM = 3.0
# Millimetres around a seal made grey with it.
_MARGIN_MM = 1.5
# Fades seal red (180 and more in the red channel) to white; black and blue ink have next to none of it.
_LIFT = 1.4


def grey_without_seals(image: Image, dpi: int) -> Gray:
    """BGR to grey, with black and blue ink under a red seal left standing and the seal gone. uint8, same size."""
    import cv2
    import numpy as np

    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    for left, top, right, bottom in _seals(image, dpi):
        red = image[top:bottom, left:right, 2].astype(np.float32) * _LIFT
        part = grey[top:bottom, left:right]
        np.maximum(part, np.minimum(red, 255).astype(np.uint8), out=part)
    return grey


def _seals(image: Image, dpi: int) -> Iterator[tuple[int, int, int, int]]:
    """Boxes (left, top, right, bottom; pixels) of round red prints as large as seals are."""
    import cv2
    import numpy as np

    share = min(1.0, _LOOK_DPI / max(dpi, 1))
    size = (max(1, round(image.shape[1] * share)), max(1, round(image.shape[0] * share)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    dot = dpi * share / MM_PER_INCH
    blue, green, red = (small[:, :, channel].astype(np.int16) for channel in range(3))
    mask = (red - np.maximum(blue, green) > _REDNESS).astype(np.uint8)
    # A worn ring, or one with writing over it, comes in pieces.
    wide = max(3, round(_BRIDGED_MM * dot) | 1)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide)))
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    margin = _MARGIN_MM * dot
    for left, top, width, height, area in stats[1:]:
        fits = _SMALLEST_MM * dot <= min(width, height) and max(width, height) <= _LARGEST_MM * dot
        round_enough = min(width, height) >= _ROUND * max(width, height)
        if fits and round_enough and _LEAST_FILL <= area / (width * height) <= _MOST_FILL:
            box = (left - margin, top - margin, left + width + margin, top + height + margin)
            yield tuple(max(0, round(side / share)) for side in box)
