"""Both sides of an identity card on one A4 sheet at their true size (85.6 x 54 mm), as offices ask for them."""

from __future__ import annotations

from collections.abc import Sequence

from langso.words.catalogue import Sentence
from scanner.errors import DocumentRefused
from scanner.papers import MM_PER_INCH, SIZES_MM, CleanPage

CARD = "ID-1"
# Dots per inch, at most: as a page's.
_MAX_DPI = 300
# Millimetres of paper above the front.
_TOP_MM = 50.0
# Millimetres of paper between front and back.
_GAP_MM = 20.0
# Millimetres a side's size may differ from a card's, by rounding alone.
_TOLERANCE_MM = 1.0


def card_sheet(sides: Sequence[CleanPage]) -> CleanPage:
    """A white A4 with one or both sides of a card, one above the other, at the lower of their resolutions (at most
    300 dpi): nothing is enlarged. Raises DocumentRefused for other papers or another number of sides.
    """
    import cv2
    import numpy as np

    if not 1 <= len(sides) <= 2:
        raise DocumentRefused(Sentence("document-card-sides"))
    for side in sides:
        size = sorted(side.size_mm)
        if any(abs(a - b) > _TOLERANCE_MM for a, b in zip(size, sorted(SIZES_MM[CARD]), strict=True)):
            raise DocumentRefused(Sentence("document-no-card"))
    # What the pixels hold counts, not what the page says of itself.
    dpi = max(1, min(_MAX_DPI, *(side.dpi for side in sides), *(_held(side) for side in sides)))
    dot = dpi / MM_PER_INCH
    sheet = np.full((round(SIZES_MM["A4"][1] * dot), round(SIZES_MM["A4"][0] * dot), 3), 255, np.uint8)
    top = _TOP_MM
    for side in sides:
        wide, high = side.size_mm
        size_px = (max(1, round(wide * dot)), max(1, round(high * dot)))
        small = cv2.resize(side.image, size_px, interpolation=cv2.INTER_AREA)
        left_px, top_px = round((SIZES_MM["A4"][0] - wide) / 2 * dot), round(top * dot)
        sheet[top_px : top_px + size_px[1], left_px : left_px + size_px[0]] = small
        top += high + _GAP_MM
    return CleanPage(sheet, dpi, "A4", SIZES_MM["A4"], min(side.sure for side in sides))


def _held(side: CleanPage) -> int:
    height, width = side.image.shape[:2]
    return int(min(width / side.size_mm[0], height / side.size_mm[1]) * MM_PER_INCH)
