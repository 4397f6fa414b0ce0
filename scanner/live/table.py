"""The table under a fixed camera, measured once with an A4 sheet: millimetres, and how white paper looks there.

It holds for one camera in one place. Whether that is still so is asked of every picture: its size, and whether
sheets that have a paper's shape have its size too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from langso.words.catalogue import Sentence
from scanner.errors import TableRefused
from scanner.papers import SIZES_MM

if TYPE_CHECKING:
    from pathlib import Path

    from langso.settings.model import ScannerSettings
    from scanner.arrays import Image, Numbers, Points, Quad

MAX_BYTES = 32_768
"""Bytes of the file: 48 colours and some numbers are a tenth of it."""

FILE = "camera-table.json"
ROWS, COLUMNS = 6, 8
"""Places over the picture at which white is kept: lamps fall off no quicker."""

# Share by which a picture's proportions may differ, by rounding.
_PROPORTION = 0.01
# Times the sheet's size of the widest ring around it that the table is seen in.
_RING = 1.25
# Log ratio between two channels' changes: another thing lies there, not another lamp.
_TOO_OTHER = 0.35
# Degrees, and share of the sides, that a flat sheet may come out askew on the table.
_FLAT_DEG, _FLAT_SIDES = 4.0, 0.05
# Log ratio to a paper's size within which it is that paper.
_SAME_SIZE = 0.06

_Pixels = Annotated[int, Field(ge=16, le=20_000)]
_Level = Annotated[float, Field(ge=1, le=255, allow_inf_nan=False)]
_Colour = tuple[_Level, _Level, _Level]
_Coefficient = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]


class Table(BaseModel):
    """`camera`: see `identity`; `size`: width and height of the pictures it was measured in; `to_mm`: 3x3 by rows,
    from their pixels to millimetres on the table; `white`: BGR of white paper in ROWS x COLUMNS places of the
    picture, from its top left; `around`: BGR of the table beside the sheet at that time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal[1] = 1
    camera: Annotated[str, Field(min_length=1, max_length=400)]
    size: tuple[_Pixels, _Pixels]
    to_mm: Annotated[tuple[_Coefficient, ...], Field(min_length=9, max_length=9)]
    white: Annotated[tuple[_Colour, ...], Field(min_length=ROWS * COLUMNS, max_length=ROWS * COLUMNS)]
    around: _Colour

    @model_validator(mode="after")
    def _sane(self) -> Self:
        mm = self._millimetres(self._frame())
        across = 0.0 if mm is None else float(np.ptp(mm, axis=0).max())
        if not 20 <= across <= 5000:
            raise ValueError("no camera looks at such a table")
        return self

    def fits(self, image: Image) -> bool:
        """Whether a picture has the size it was measured for, or the same picture made smaller or larger."""
        height, width = image.shape[:2]
        return bool(abs(np.log(width / height * self.size[1] / self.size[0])) < _PROPORTION)

    def seen_mm(self) -> tuple[float, float]:
        """Width and height of what the camera sees of the table, through the middle of its picture."""
        width, height = self.size
        middle = np.array([(0, height / 2), (width, height / 2), (width / 2, 0), (width / 2, height)])
        mm = self._millimetres(middle)
        assert mm is not None
        return float(np.linalg.norm(mm[1] - mm[0])), float(np.linalg.norm(mm[3] - mm[2]))

    def size_mm(self, image: Image, quad: Quad) -> tuple[float, float] | None:
        """Width and height of the sheet `quad` as it lies; None where the picture is none of this table's."""
        from scanner.pages.geometry import sides

        mm = self._millimetres(self._scaled(image, quad)) if self.fits(image) else None
        if mm is None:
            return None
        top, right, bottom, left = sides(mm)
        return float(top + bottom) / 2, float(left + right) / 2

    def px_per_mm(self, image: Image, quad: Quad) -> float | None:
        """Pixels of this picture for a millimetre, on the average of the sheet `quad`; None where it has none."""
        from scanner.pages.geometry import area

        mm = self._millimetres(self._scaled(image, quad))
        if mm is None:
            return None
        square_mm, square_px = area(mm), area(np.asarray(quad, dtype=np.float64))
        if square_mm < 1 or square_px < 1:
            return None
        return float(np.sqrt(square_px / square_mm))

    def white_at(self, image: Image, quad: Quad) -> tuple[float, float, float] | None:
        """BGR of white paper where the sheet lies, as the camera is set in this very picture; None where the light is
        quite another or nothing of the table is seen.
        """
        change = self._changed_light(image, quad)
        if change is None:
            return None
        spots = self._scaled(image, quad)
        across = np.array([0.2, 0.5, 0.8])[:, None]
        above, below = (one + (other - one) * across for one, other in ((spots[0], spots[1]), (spots[3], spots[2])))
        inside = np.concatenate([above + (below - above) * down for down in (0.2, 0.5, 0.8)])
        grid = np.array(self.white).reshape(ROWS, COLUMNS, 3)
        column = np.clip(inside[:, 0] / self.size[0] * COLUMNS, 0, COLUMNS - 1).astype(int)
        row = np.clip(inside[:, 1] / self.size[1] * ROWS, 0, ROWS - 1).astype(int)
        blue, green, red = np.clip(grid[row, column].mean(axis=0) * change, 1, 255)
        return float(blue), float(green), float(red)

    def judge(self, image: Image, quad: Quad) -> bool | None:
        """Whether a sheet of a paper's shape has that paper's size too: else the camera looks from another place.
        None: the sheet tells nothing (torn, curled, of no known shape).
        """
        from scanner.pages.geometry import angles, sides

        mm = self._millimetres(self._scaled(image, quad))
        if mm is None:
            return None
        top, right, bottom, left = sides(mm)
        across, down = (top + bottom) / 2, (left + right) / 2
        if not min(across, down) > 1:
            return None
        uneven = max(abs(top - bottom) / across, abs(left - right) / down)
        if np.abs(angles(mm) - 90).max() > _FLAT_DEG or uneven > _FLAT_SIDES:
            return None
        short, long = min(across, down), max(across, down)
        shapes = [(a, b) for a, b in SIZES_MM.values() if abs(np.log(long / short * a / b)) < 0.02]
        if not shapes:
            return None
        return any(abs(np.log(long / b)) < _SAME_SIZE for _, b in shapes)

    def _frame(self) -> Quad:
        width, height = self.size
        return np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)

    def _scaled(self, image: Image, quad: Quad) -> Quad:
        """Points of a picture in the pixels that were measured."""
        height, width = image.shape[:2]
        made: Quad = np.asarray(quad, dtype=np.float64) * (self.size[0] / width, self.size[1] / height)
        return made

    def _millimetres(self, points: Points) -> Points | None:
        """None where a point lies on or behind the horizon."""
        moved = np.c_[points, np.ones(len(points))] @ np.array(self.to_mm).reshape(3, 3).T
        if not np.isfinite(moved).all() or moved[:, 2].min() < 1e-3:
            return None
        quad: Quad = moved[:, :2] / moved[:, 2:]
        return quad

    def _changed_light(self, image: Image, quad: Quad) -> Numbers | None:
        """How much brighter the three channels are than when it was measured; the table beside the sheet tells."""
        now = around(image, quad)
        if now is None:
            return None
        change = np.log(now / np.array(self.around))
        # Another colour beside the sheet is another thing there, not another lamp.
        return None if float(np.ptp(change)) > _TOO_OTHER else np.exp(change)


def around(image: Image, quad: Quad) -> Numbers | None:
    """BGR of what lies beside a sheet, its commonest; None where the sheet fills the picture."""
    height, width = image.shape[:2]
    points = np.asarray(quad, dtype=np.float64)
    middle = points.mean(axis=0)
    ring = []
    for grown in (1.08, 1.16, _RING):
        corners = middle + (points - middle) * grown
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            ring.append(start + (end - start) * np.linspace(0, 1, 150)[:, None])
    spots = np.concatenate(ring).round().astype(int)
    kept = spots[(spots >= 0).all(axis=1) & (spots[:, 0] < width) & (spots[:, 1] < height)]
    if len(kept) < 200:
        return None
    # The mean of the middle half: of a black table a level more or less would be a lamp's whole tint.
    levels = np.sort(image[kept[:, 1], kept[:, 0]].astype(np.float64), axis=0)
    numbers: Numbers = np.maximum(levels[len(levels) // 4 : -(len(levels) // 4)].mean(axis=0), 1.0)
    return numbers


def read_table(raw: bytes) -> Table:
    """A table from its file's bytes. Raises TableRefused."""
    if len(raw) > MAX_BYTES:
        raise TableRefused(Sentence("table-file-too-large"))
    try:
        return Table.model_validate_json(raw)
    except ValidationError as error:
        raise TableRefused(Sentence("table-file-broken")) from error


def load_table(path: Path) -> Table:
    """The table in a file. Raises TableRefused, FileRefused where it cannot be read."""
    from langso.durable.files import read_limited

    return read_table(read_limited(path, MAX_BYTES))


def save_table(table: Table, path: Path) -> None:
    """Replaces the file whole or not at all. Raises FileRefused."""
    from langso.durable.files import write_atomic
    from langso.durable.ownership import acting_as_owner

    path.parent.mkdir(parents=True, exist_ok=True)
    with acting_as_owner(path.parent):
        write_atomic(path, table.model_dump_json().encode(), mode=0o644)


def identity(settings: ScannerSettings) -> str:
    """Which camera it is and which way up: kind, source, the name the kernel gives it, turning."""
    from pathlib import Path

    name = ""
    if settings.camera == "v4l2":
        node = f"video{settings.source}" if settings.source.isdigit() else Path(settings.source).name
        try:
            name = Path("/sys/class/video4linux", node, "name").read_text(encoding="utf-8")[:100].strip()
        except (OSError, ValueError):
            name = ""
    return f"{settings.camera}:{settings.source}:{name}:{settings.rotate}"
