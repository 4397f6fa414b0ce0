"""How large a sheet is, from its outline in the picture, and what the camera resolved of it.

One picture shows a sheet's shape, not its size. The shape comes from the four corners and the camera's focal length,
which the corners themselves tell where perspective is strong and common cameras where it is weak. The size comes from
what is known, in this order: the paper named by the caller; pixels per millimetre at table level (an overhead camera
measured once); the shape where only one paper has it (cards, till rolls); else A4, the paper of offices, unless the
sheet covers so little of the frame that nobody would have photographed an A4 so. `Size.sure` says which it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.near import even_grid
from scanner.pages.geometry import FOCAL, area
from scanner.papers import MM_PER_INCH, RECEIPT_MM, SIZES_MM

if TYPE_CHECKING:
    from scanner.arrays import Numbers, Quad


# Width over height of an ID-1 card (ISO/IEC 7810).
_CARD = 85.6 / 53.98
# Height over width of every A size (ISO 216).
_ISO = 297.0 / 210.0
# Height over width of US Letter.
_LETTER = 279.4 / 215.9
# Length over width from which a sheet is a receipt, of no standard size.
_RECEIPT = 2.2
_ALIKE = 3.0
"""Standard deviations: a sheet of another shape keeps its own, or all on it were squeezed."""
# Spread of the logarithm of phones' and kiosk cameras' focal lengths around the usual one.
_SPREAD_OFFOCAL = 0.22
# Cosine of the angle by which a sheet's corners may come out askew for corners a pixel off.
_SQUARENESS = 0.012
# Spread of the logarithm of the proportions that corners a pixel off leave.
_CORNER = 0.01
_MEASURED = 0.05
"""A camera over a table measures a sheet this well: its edges curl up, thick booklets lie higher."""


@dataclass(frozen=True)
class Size:
    """`paper`: a key of SIZES_MM, "receipt" or "other"; `mm`: width and height as the sheet lies; `sure`: 0 to 1."""

    paper: str
    mm: tuple[float, float]
    sure: float


def size_of(quad: Quad, frame: tuple[int, int], paper: str | None = None, px_per_mm: float | None = None) -> Size:
    """The sheet with these corners (ordered) in a frame of (width, height) pixels. `paper`: a key of SIZES_MM where
    it is known; `px_per_mm`: pixels a millimetre on the table has in this very picture.
    """
    aspect, spread = aspect_of(quad, frame)
    if paper in SIZES_MM:
        return Size(paper, _lying(SIZES_MM[paper], aspect), 1.0)
    if px_per_mm:
        return _measured(aspect, spread, float(np.sqrt(area(quad))) / px_per_mm)
    return _by_shape(aspect, spread, area(quad) / (frame[0] * frame[1]))


def lying(paper: str, mm: tuple[float, float]) -> tuple[float, float]:
    """Width and height of a named paper that lies (wide or high) as a sheet of `mm` does."""
    return _lying(SIZES_MM[paper], mm[0] / mm[1])


def aspect_of(quad: Quad, frame: tuple[int, int]) -> tuple[float, float]:
    """Width over height of the flat rectangle seen as `quad`, and one standard deviation of its logarithm.

    The sheet's two directions must be square to each other (Zhang and He's relation): every focal length is weighed
    by how square it makes them and by how common it is, so weak perspective falls back on common cameras.
    """
    width, height = frame
    longest = float(max(width, height))
    points = (quad - np.array([width / 2, height / 2])) / longest
    across, down = _directions(points)
    focal = FOCAL * np.geomspace(0.4, 4.0, 61)
    squares = focal**-2.0
    dot = squares * (across[:2] @ down[:2]) + across[2] * down[2]
    one = np.sqrt(squares * (across[:2] @ across[:2]) + across[2] ** 2)
    two = np.sqrt(squares * (down[:2] @ down[:2]) + down[2] ** 2)
    doubt = (dot / (one * two) / _SQUARENESS) ** 2 + (np.log(focal / FOCAL) / _SPREAD_OFFOCAL) ** 2
    weight = np.exp(-(doubt - doubt.min()) / 2)
    weight /= weight.sum()
    shapes = np.log(one / two)
    middle = float(weight @ shapes)
    spread = float(np.sqrt(weight @ (shapes - middle) ** 2 + _CORNER**2))
    return float(np.exp(middle)), spread


def resolution(quad: Quad, mm: tuple[float, float]) -> float:
    """Dots per inch the picture has on the sheet, in the poorer of its two directions: what three quarters of
    the sheet reach (the far end of a tilted sheet has a little less, its near end more).
    """
    return dense(even_grid(quad), mm)


def dense(grid: Numbers, mm: tuple[float, float]) -> float:
    """The same for places (rows, columns, 2) in the picture evenly spread over the sheet."""
    rows, columns = grid.shape[:2]
    across = np.linalg.norm(np.diff(grid, axis=1), axis=2) / (mm[0] / (columns - 1))
    down = np.linalg.norm(np.diff(grid, axis=0), axis=2) / (mm[1] / (rows - 1))
    return float(min(np.percentile(across, 25), np.percentile(down, 25)) * MM_PER_INCH)


def _directions(points: Numbers) -> tuple[Numbers, Numbers]:
    """The sheet's directions across and down, scaled alike, in a camera of focal length 1 (columns of a homography
    from the unit square to the plane of `points`).
    """
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float32)
    move = cv2.getPerspectiveTransform(unit, points.astype(np.float32)).astype(np.float64)
    return move[:, 0], move[:, 1]


def _measured(aspect: float, spread: float, mean_mm: float) -> Size:
    """The size nearest to what an overhead camera measures; `mean_mm`: root of the sheet's area."""
    slender = abs(np.log(aspect))
    best, least = "other", 3.0
    for name, (short, long) in SIZES_MM.items():
        shape = (slender - np.log(long / short)) / max(spread, 0.015)
        scale = np.log(mean_mm / np.sqrt(short * long)) / _MEASURED
        away = float(np.hypot(shape, scale))
        if away < least:
            best, least = name, away
    if best != "other":
        return Size(best, _lying(SIZES_MM[best], aspect), float(np.clip(1.05 - least / 6, 0.5, 0.98)))
    size = (mean_mm * np.sqrt(aspect), mean_mm / np.sqrt(aspect))
    narrow = min(size)
    for roll in RECEIPT_MM:
        if slender > np.log(1.5) and abs(np.log(narrow / roll)) < 2 * _MEASURED:
            scale = roll / narrow
            return Size("receipt", (size[0] * scale, size[1] * scale), 0.9)
    return Size("other", (float(size[0]), float(size[1])), 0.7)


def _by_shape(aspect: float, spread: float, share: float) -> Size:
    """The size guessed from shape alone; `share`: of the frame that the sheet covers."""
    slender = abs(float(np.log(aspect)))
    if slender > np.log(_RECEIPT):
        # The wider roll where nothing tells: the resolution told is then never more than the true one.
        short = max(RECEIPT_MM)
        return Size("receipt", _lying((short, short * float(np.exp(slender))), aspect), 0.5)
    reach = max(spread, 0.015)
    card, iso, letter = (abs(slender - np.log(shape)) / reach for shape in (_CARD, _ISO, _LETTER))
    if min(card, iso, 2 * letter) > _ALIKE:
        long = 297.0
        return Size("other", _lying((long / float(np.exp(slender)), long), aspect), 0.2)
    if letter < min(iso, _ALIKE / 2):
        return Size("Letter", _lying(SIZES_MM["Letter"], aspect), float(np.clip((iso - letter) / 12, 0.2, 0.5)))
    if card < iso:
        return Size("ID-1", _lying(SIZES_MM["ID-1"], aspect), float(np.clip((iso - card) / 6, 0.3, 0.95)))
    name, sure = ("A4", 0.8) if share > 0.12 else ("A5", 0.4) if share > 0.06 else ("A6", 0.3)
    return Size(name, _lying(SIZES_MM[name], aspect), sure)


def _lying(mm: tuple[float, float], aspect: float) -> tuple[float, float]:
    short, long = mm
    return (short, long) if aspect <= 1 else (long, short)
