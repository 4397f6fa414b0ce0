"""A curled sheet's shape, and whether straightening it helps.

A sheet that lies flat is left to the plain perspective warp. One whose sides bow or whose lines of writing bend is
described by its sides (a Coons patch between the four traced curves), then by its writing (what the sides leave);
each step is kept only where the lines of writing come out no worse than without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.lines import PX_PER_MM, Baselines, Slopes, slopes
from scanner.clean.outline import ALONG, REACH, Side, straightened, trace
from scanner.pages.geometry import FOCAL, area

if TYPE_CHECKING:
    from scanner.arrays import Numbers, Quad
    from scanner.clean.near import Near


FLAT_BOW = 1.0 / 297.0
"""Sides that leave a straight line by no more than this share of the long side (1 mm of A4) lie flat."""
FLAT_LINES = 0.0045
"""Lines of writing whose slopes differ by no more than this run straight."""

# Share of the long side looked at where the narrow band found no edge: 4 cm on A4, a strong curl.
_WIDE_REACH = 0.14
# Millimetres of bow below which a traced side is as good as straight.
_TRACED = 0.7
# Rows and columns of the net a sheet is laid out on: 2.5 mm apart on A4.
_GRID = (121, 89)
# Radians by which lines may come out more crooked before a straightening is dropped: their own noise.
_WORSE = 0.0006
# Share of the crookedness that may be left for a straightening to be worth its blur.
_WORTH = 0.75
# Share of one side's bow the opposite one must have: a sheet curls along its whole width.
_PAIRED = 0.4
_HIGHEST = 0.25
"""Height over the table, as a share of its length, that no sheet to be scanned rises to."""


@dataclass(frozen=True)
class Shape:
    """Where every point of a sheet of size `mm` lies in the picture. `quad`: the corners its size is counted from;
    `sides`: what was traced of its sides; `bowed`: whether they shape it; `writing`: fields of baselines to take
    out, in order; `distance`: of the camera in mm, where a bow is to tell how high the sheet rises.
    """

    quad: Quad
    mm: tuple[float, float]
    sides: tuple[Side, ...] = ()
    bowed: bool = False
    writing: tuple[Baselines, ...] = ()
    distance: float = 0.0

    @property
    def flat(self) -> bool:
        """Whether a plain perspective warp shows it straight."""
        return not self.bowed and not self.writing

    @property
    def how(self) -> str:
        """What straightens it: "", "sides", "writing" or "sides+writing"."""
        return "+".join(["sides"] * self.bowed + ["writing"] * bool(self.writing))

    def grid(self, rows: int = _GRID[0], columns: int = _GRID[1]) -> Numbers:
        """Pixels (rows, columns, 2) of places evenly spread over the sheet."""
        x, y = np.meshgrid(np.linspace(0, self.mm[0], columns), np.linspace(0, self.mm[1], rows))
        return self.locate(x, y)

    def locate(self, x: Numbers, y: Numbers) -> Numbers:
        """Pixels of the places (x, y), mm from the sheet's top left; arrays of one shape (h, w)."""
        for field in reversed(self.writing):
            y = y + field.drop(x, y)
        if self.bowed:
            x, y = _between(self.sides, self.mm, x, y, self.distance)
        goal = np.array([(0, 0), (self.mm[0], 0), self.mm, (0, self.mm[1])], dtype=np.float32)
        move = cv2.getPerspectiveTransform(goal, self.quad.astype(np.float32)).astype(np.float64)
        points = np.stack([x, y], axis=-1).reshape(1, -1, 2)
        return np.asarray(cv2.perspectiveTransform(points, move).reshape(*x.shape, 2), dtype=np.float64)


def shape_of(near: Near, quad: Quad, mm: tuple[float, float], *, rigid: bool = False) -> Shape:
    """The shape of the sheet of size `mm` whose corners `quad` (as its writing reads, top left first) lie at these
    pixels of the picture that `near` was cut from; `rigid`: it cannot curl.
    """
    sides = trace(near, quad, mm)
    if min(side.sure for side in sides) <= 0:
        sides = _or_wide(sides, trace(near, quad, mm, _WIDE_REACH), REACH * max(mm) / 2)
    flat = Shape(straightened(quad, mm, sides), mm, sides)
    if rigid:
        return flat
    lines = _writing(near, flat)
    if max(side.bow for side in sides) <= max(FLAT_BOW * max(mm), _TRACED):
        return _by_writing(near, flat, lines)[0]
    distance = FOCAL * max(near.frame) / float(np.sqrt(area(quad) / (mm[0] * mm[1])))
    bowed = Shape(quad, mm, sides, bowed=True, distance=distance)
    after = _writing(near, bowed)
    if not (after.crooked > lines.crooked + _WORSE):
        return _by_writing(near, bowed, after)[0]
    if lines.crooked <= FLAT_LINES:
        return flat
    # Sides and writing bend together: neither alone tells which shape ends up straighter.
    plain, its_lines = _by_writing(near, flat, lines)
    better, after = _by_writing(near, bowed, after)
    return better if after.crooked <= its_lines.crooked + _WORSE else plain


def _or_wide(sides: tuple[Side, ...], wide: tuple[Side, ...], least: float) -> tuple[Side, ...]:
    """The sides traced in a narrow band, and where they were not found the ones in a wide one that bow by `least` mm,
    or whose opposite does and which bow nearly as much: a sheet that rises bows on both.
    """
    found = [near.sure <= 0 and far.bow > least for near, far in zip(sides, wide, strict=True)]
    out = []
    for index, (near, far) in enumerate(zip(sides, wide, strict=True)):
        other = (index + 2) % 4
        paired = near.sure <= 0 and found[other] and far.bow > _PAIRED * wide[other].bow
        out.append(far if found[index] or paired else near)
    return tuple(out)


def _by_writing(near: Near, shape: Shape, lines: Slopes) -> tuple[Shape, Slopes]:
    """The shape with what bends its writing taken out, as long as that helps; and how the writing then runs."""
    for _ in range(2):
        if not lines.known or lines.crooked <= FLAT_LINES:
            break
        better = replace(shape, writing=(*shape.writing, lines.fit()))
        after = _writing(near, better)
        if not after.crooked < _WORTH * lines.crooked:
            break
        shape, lines = better, after
    return shape, lines


def curl(shape: Shape) -> float:
    """How far the sides that shape the sheet bow, as a share of its long side; 0 for a flat one."""
    return max((side.bow for side in shape.sides), default=0.0) / max(shape.mm) if shape.bowed else 0.0


def _writing(near: Near, shape: Shape) -> Slopes:
    """Slopes of the writing on the sheet taken to have this shape."""
    size = (round(shape.mm[0] * PX_PER_MM), round(shape.mm[1] * PX_PER_MM))
    return slopes(near.view(shape.grid(), size))


def _between(
    sides: tuple[Side, ...], mm: tuple[float, float], x: Numbers, y: Numbers, distance: float
) -> tuple[Numbers, Numbers]:
    """Places of a flat sheet moved to where they lie between four bowed sides (a Coons patch), in mm."""
    at = np.linspace(0, 1, ALONG)
    top, right, bottom, left = (side.smooth for side in sides)
    told = [side.sure > 0 for side in sides]
    u = _along(x / mm[0], top + bottom[::-1], mm[0], mm[1], distance if told[0] and told[2] else 0.0)
    v = _along(y / mm[1], right + left[::-1], mm[1], mm[0], distance if told[1] and told[3] else 0.0)
    up, down = np.interp(u, at, -top), np.interp(u, at, bottom[::-1])
    before, behind = np.interp(v, at, -left[::-1]), np.interp(v, at, right)
    return u * mm[0] + (1 - u) * before + u * behind, v * mm[1] + (1 - v) * up + v * down


def _along(share: Numbers, bow: Numbers, length: float, apart: float, distance: float) -> Numbers:
    """Where places a `share` of the way along the paper are seen, as a share of the way between its ends.

    What rises towards the camera looks larger: two sides `apart` mm from each other bow outward by `bow` mm together
    (ALONG,). So the sheet's height is known, and how much of its length a slope hides.
    """
    if distance <= 0:
        return share
    seen = np.linspace(0, 1, ALONG)
    ends = bow[0] + (bow[-1] - bow[0]) * seen
    height = np.clip((bow - ends) * distance / apart, -_HIGHEST * length, _HIGHEST * length)
    below = length * (0.5 + (seen - 0.5) * (1 - height / distance))
    paper = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(below), np.diff(height)))])
    inside = np.clip(share, 0, 1)
    # Beyond the ends lies the table, flat.
    return np.asarray(np.interp(inside, paper / paper[-1], seen) + share - inside, dtype=np.float64)
