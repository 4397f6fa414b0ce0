"""Papers by their true size, and what a clean page of one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.arrays import Image

MM_PER_INCH = 25.4
"""Millimetres an inch."""

SIZES_MM = {
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "A3": (297.0, 420.0),
    "A6": (105.0, 148.0),
    "B5": (176.0, 250.0),
    "F4": (210.0, 330.0),
    "Letter": (215.9, 279.4),
    "ID-1": (53.98, 85.6),
    "ID-3": (88.0, 125.0),
}
"""Short and long side: ISO 216, folio and Letter; ISO/IEC 7810 cards (ID-1: căn cước, bằng lái), passport pages."""

RIGID = ("ID-1",)
"""Papers that do not curl."""

RECEIPT_MM = (58.0, 80.0)
"""Widths of till rolls."""


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
