"""Pictures as a screen needs them: read from the visit's folder and made no larger than they are shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kiosk.journeys.papers import PageKept

PREVIEW_SIDE = 1000
SMALL_SIDE = 400
PRINTED = 235
"""Lightness below which a card's sheet is no bare paper."""


def picture_of(path: Path, side: int = PREVIEW_SIDE) -> Any:
    """A picture file as BGR, no larger than a screen needs. Raises FileNotFoundError. Slow for large ones."""
    import cv2

    image = cv2.imread(str(path))
    if image is None:
        raise FileNotFoundError(str(path))
    return shrunk(image, side)


def shrunk(image: Any, side: int = SMALL_SIDE) -> Any:
    """A BGR picture whose longer side is no longer than `side` pixels."""
    import cv2

    shrink = min(1.0, side / max(image.shape[:2]))
    return image if shrink == 1 else cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)


def picture_of_page(page: PageKept) -> Any:
    """The picture to look at: of a sheet with a card only the card, or its letters would be too small. Slow for large
    pages.
    """
    if not page.card:
        return picture_of(page.path)
    import cv2

    image = picture_of(page.path, side=2 * PREVIEW_SIDE)
    x, y, width, height = cv2.boundingRect((image.min(axis=2) < PRINTED).astype("uint8"))
    edge = max(image.shape) // 60
    top, left = max(0, y - edge), max(0, x - edge)
    return image[top : y + height + edge, left : x + width + edge].copy() if width and height else image
