"""The flat things laid on a table, and how they lie there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

MM_PER_INCH = 25.4
A4 = (210.0, 297.0)
A5 = (148.0, 210.0)
ID1 = (85.6, 53.98)


@dataclass(frozen=True)
class PrintedCode:
    """A QR code on a sheet: its exact text, corners in the sheet's pixels clockwise from its own top left (without
    the quiet zone), modules a side.
    """

    text: str
    polygon: Any
    modules: int


@dataclass(frozen=True)
class Sheet:
    """Anything flat. `image`: BGR uint8; `size_mm`: width and height; `lines`: its printed text, NFC, as read from
    top to bottom; `alpha`: uint8 mask where it is no full rectangle; `gloss`: 0 paper, 1 glass; `cells`: pixels of
    `image` that make one pixel of a lit screen (0 = not lit).
    """

    image: Any
    size_mm: tuple[float, float]
    kind: str
    lines: tuple[str, ...] = ()
    codes: tuple[PrintedCode, ...] = ()
    alpha: Any = None
    gloss: float = 0.0
    cells: int = 0

    @property
    def px_per_mm(self) -> float:
        """Resolution of `image`."""
        return float(self.image.shape[1] / self.size_mm[0])


@dataclass(frozen=True)
class Placed:
    """A sheet on the table: its middle in mm, turned clockwise by `angle` degrees. `clutter`: not to be found."""

    sheet: Sheet
    centre: tuple[float, float] = (0.0, 0.0)
    angle: float = 0.0
    clutter: bool = False


@dataclass(frozen=True)
class Scene:
    """Things on a table, those below first. `table`: a name in `tables.TABLES`."""

    placed: tuple[Placed, ...]
    table: str = "wood"

    @property
    def sheets(self) -> tuple[Placed, ...]:
        """What is to be found."""
        return tuple(item for item in self.placed if not item.clutter)


def lay(*sheets: Sheet, table: str = "wood", gap: float = 18.0) -> Scene:
    """The sheets in one row, left to right, nothing else on the table."""
    at = 0.0
    placed = []
    for sheet in sheets:
        placed.append(Placed(sheet, (at + sheet.size_mm[0] / 2, 0.0)))
        at += sheet.size_mm[0] + gap
    middle = (at - gap) / 2
    return Scene(tuple(replace(p, centre=(p.centre[0] - middle, 0.0)) for p in placed), table)


def rectangle(width: float, height: float) -> Any:
    """Corners (4, 2) of a rectangle at the origin, clockwise from the top left."""
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)
