"""Whether two captures show the same page: told by what is written, place for place, not by the shape of the form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scanner.guide.glimpse import glimpse

if TYPE_CHECKING:
    from scanner.guide.glimpse import Glimpse
    from scanner.pages.geometry import Quad

_LOOK = 36_000
_CELL = 16
_SHIFT = 2
_INKED = 0.02
_OTHER = 0.55
_FEW = 0.04


@dataclass(frozen=True)
class Look:
    """A small picture of a page's ink: float32 (h, w), 0 bare paper to 1 black, whatever light fell on it."""

    ink: Any


def look(seen: Glimpse) -> Look:
    """The page as remembered from one frame."""
    paper = np.maximum(seen.paper.astype(np.float32), 8)
    ink = np.clip(1 - seen.least / paper, 0, 1)
    height, width = ink.shape
    scale = np.sqrt(_LOOK / (height * width))
    # Whole cells, so that pages of one shape are compared cell by cell.
    size = tuple(max(_CELL, round(side * scale / _CELL) * _CELL) for side in (width, height))
    return Look(cv2.resize(ink, size, interpolation=cv2.INTER_AREA))


def look_at(image: Any, quad: Quad) -> Look:
    """`look` for a usable quad in a BGR picture."""
    return look(glimpse(image, quad))


def same_look(first: Look, second: Look) -> bool:
    """Whether the two can be one page, whichever way up it lies."""
    for turn in range(4):
        turned = np.rot90(second.ink, turn)
        shape, other = first.ink.shape, turned.shape
        if max(abs(shape[0] - other[0]), abs(shape[1] - other[1])) > 2 * _CELL:
            continue
        if other != shape:
            turned = cv2.resize(np.ascontiguousarray(turned), (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
        if differing(first.ink, turned) <= _FEW:
            return True
    return False


def differing(first: Any, second: Any) -> float:
    """Share of the cells with ink (0-1) where two pictures of ink (float32, one shape) hold something else."""
    first, second = (np.ascontiguousarray(ink, dtype=np.float32) for ink in (first, second))
    least: Any = None
    padded = cv2.copyMakeBorder(second, _SHIFT, _SHIFT, _SHIFT, _SHIFT, cv2.BORDER_REPLICATE)
    height, width = first.shape
    for down in range(2 * _SHIFT + 1):
        for across in range(2 * _SHIFT + 1):
            apart = _per_cell(cv2.absdiff(first, padded[down : down + height, across : across + width]) ** 2)
            least = apart if least is None else np.minimum(least, apart)
    spread = sum(_per_cell(ink * ink) - _per_cell(ink) ** 2 for ink in (first, second))
    inked = spread > _INKED**2
    if not inked.any():
        return 0.0
    return float(np.mean(least[inked] > _OTHER * spread[inked]))


def _per_cell(picture: Any) -> Any:
    height, width = picture.shape
    size = (max(1, width // _CELL), max(1, height // _CELL))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
