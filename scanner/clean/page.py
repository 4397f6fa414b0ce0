"""What a clean page is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.arrays import Image

MM_PER_INCH = 25.4
"""Millimetres an inch."""


@dataclass(frozen=True)
class CleanPage:
    """`image`: BGR uint8; `dpi`: true dots per inch of what the camera saw, never more; `paper`: its size's name;
    `size_mm`: width and height on paper; `sure`: 0 to 1, how sure the size is; `turned`: degrees clockwise it was
    turned to stand upright; `straightened`: how its curl was taken out, empty for a flat sheet.
    """

    image: Image
    dpi: int
    paper: str
    size_mm: tuple[float, float]
    sure: float = 1.0
    turned: int = 0
    straightened: str = ""
