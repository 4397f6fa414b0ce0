"""Where things fall on the sensor: a pinhole camera above a table, radial distortion, sheets flat or bent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from scenes.model import Placed, rectangle

STEP = 16
"""Maps are computed on every 16th pixel and spread linearly; the error is below a fiftieth of a pixel."""


@dataclass(frozen=True)
class Bend:
    """Paper that does not lie flat: a cylinder along one side. `height_mm`: how far it rises; `axis`: 0 across the
    width, 1 down the height; `shape`: "arch", "curl" (one edge up) or "wave".
    """

    height_mm: float = 0.0
    axis: int = 0
    shape: str = "arch"


class Surface:
    """A placed sheet in space: table coordinates (mm) to the sheet's own (mm) and back."""

    def __init__(self, placed: Placed, bend: Bend) -> None:
        self.size = placed.sheet.size_mm
        self._centre = np.array(placed.centre)
        turn = np.radians(placed.angle)
        self._turn = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        self._axis = bend.axis
        length = self.size[bend.axis]
        s = np.linspace(-0.3, 1.3, 641)
        inside = np.clip(s, 0, 1)
        profile = {
            "arch": np.sin(np.pi * inside),
            "curl": np.maximum(0, (inside - 0.45) / 0.55) ** 2,
            "wave": 0.5 * (1 - np.cos(4 * np.pi * inside)),
        }[bend.shape]
        self._s, self._z = s * length, profile * bend.height_mm
        slope = np.clip(np.gradient(self._z, self._s), -0.9, 0.9)
        # Paper keeps its length: what rises covers less of the table.
        covered = np.sqrt(1 - slope**2)
        x = np.concatenate([[0], np.cumsum((covered[1:] + covered[:-1]) / 2 * np.diff(self._s))])
        self._x = x - np.interp(length / 2, self._s, x) + length / 2
        self.slope = slope

    def down(self, sheet_mm: Any) -> tuple[Any, Any]:
        """Points (n, 2) of the sheet -> (table points (n, 2), heights)."""
        local = np.array(sheet_mm, dtype=np.float64)
        height = np.interp(local[:, self._axis], self._s, self._z)
        local[:, self._axis] = np.interp(local[:, self._axis], self._s, self._x)
        return (local - np.array(self.size) / 2) @ self._turn.T + self._centre, height

    def up(self, table: Any) -> tuple[Any, Any]:
        """Table points (n, 2) -> (points of the sheet above them, heights)."""
        local = (table - self._centre) @ self._turn + np.array(self.size) / 2
        local[:, self._axis] = np.interp(local[:, self._axis], self._x, self._s, left=-1e4, right=1e4)
        return local, np.interp(local[:, self._axis], self._s, self._z)

    def shade(self, pixels: int, strength: float) -> Any:
        """Light along the bent side: brighter where it faces the window, `pixels` values."""
        at = np.linspace(0, self.size[self._axis], pixels)
        return (1 - strength * np.interp(at, self._s, self.slope)).astype(np.float32)

    @property
    def axis(self) -> int:
        """The side along which it bends."""
        return self._axis


@dataclass(frozen=True)
class Lens:
    """A camera above the table looking at `target` (mm): tilted by `tilt` towards `azimuth`, turned by `roll`."""

    size: tuple[int, int]
    focal: float
    tilt: float
    azimuth: float
    roll: float
    distance: float
    target: tuple[float, float]
    distortion: float

    def _axes(self) -> Any:
        a = np.radians(self.azimuth)
        lean, _ = cv2.Rodrigues(np.array([np.cos(a), np.sin(a), 0.0]) * np.radians(self.tilt))
        turn, _ = cv2.Rodrigues(np.array([0.0, 0.0, np.radians(self.roll)]))
        return turn @ lean

    def project(self, table: Any, height: Any) -> Any:
        """Pixels (n, 2) of points (n, 2) at `height` mm above the table."""
        points = np.column_stack([np.asarray(table) - np.array(self.target), -np.asarray(height)])
        seen = points @ self._axes().T + np.array([0, 0, self.distance])
        flat = seen[:, :2] / seen[:, 2:]
        flat = flat * (1 + self.distortion * (flat**2).sum(1, keepdims=True))
        return flat * self.focal + (np.array(self.size) - 1) / 2

    def rays(self, pixels: Any) -> tuple[Any, Any]:
        """(the camera's place, directions (n, 3)) in mm, the table at depth 0, depth growing downwards."""
        bent = (pixels - (np.array(self.size) - 1) / 2) / self.focal
        flat = bent.copy()
        for _ in range(5):
            flat = bent / (1 + self.distortion * (flat**2).sum(1, keepdims=True))
        axes = self._axes()
        return axes.T @ np.array([0, 0, -self.distance]), np.column_stack([flat, np.ones(len(flat))]) @ axes

    def on_table(self, pixels: Any, height: Any = 0.0) -> Any:
        """Points (n, 2) in mm where pixels meet the plane at `height`."""
        place, way = self.rays(pixels)
        reach = (-np.asarray(height) - place[2]) / way[:, 2]
        return place[:2] + way[:, :2] * reach[:, None] + np.array(self.target)

    def on_sheet(self, pixels: Any, surface: Surface, steps: int = 7) -> Any:
        """Points (n, 2) of a sheet, in its mm, where pixels meet it; outside its size where they miss."""
        height: Any = np.zeros(len(pixels))
        for _ in range(steps):
            local, height = surface.up(self.on_table(pixels, height))
        return local

    def corners(self, surface: Surface) -> Any:
        """The sheet's corners in the picture, (4, 2), clockwise from its own top left."""
        return self.project(*surface.down(rectangle(*surface.size)))


def spread(values: Any, box: tuple[int, int, int, int], finer: int = 1) -> Any:
    """A coarse map (rows, columns, n) on every STEP-th pixel, for every pixel of box (x0, y0, x1, y1); `finer`: so
    many samples a pixel and side.
    """
    width, height = (box[2] - box[0]) * finer, (box[3] - box[1]) * finer
    move = np.array(
        [[1 / (STEP * finer), 0, 0.5 * (1 / finer - 1) / STEP], [0, 1 / (STEP * finer), 0.5 * (1 / finer - 1) / STEP]]
    )
    if finer > 1:
        # warpAffine keeps 1/32 of a cell; finer samples need exact positions.
        xs = (np.arange(width, dtype=np.float32) * move[0, 0] + move[0, 2]).astype(np.float32)
        ys = (np.arange(height, dtype=np.float32) * move[1, 1] + move[1, 2]).astype(np.float32)
        return _bilinear(values, xs, ys)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(values, move, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _bilinear(values: Any, xs: Any, ys: Any) -> Any:
    def along(grid: Any, at: Any) -> Any:
        low = np.clip(np.floor(at).astype(int), 0, grid.shape[0] - 2)
        part = (at - low).astype(np.float32).reshape(-1, *[1] * (grid.ndim - 1))
        return grid[low] * (1 - part) + grid[low + 1] * part

    rows = along(values, ys)
    return np.ascontiguousarray(along(rows.swapaxes(0, 1), xs).swapaxes(0, 1))


def grid(box: tuple[int, int, int, int]) -> tuple[Any, tuple[int, int]]:
    """Every STEP-th pixel of a box (and one beyond) as points (n, 2), and the grid's (rows, columns)."""
    xs = np.arange(box[0], box[2] + STEP, STEP, dtype=np.float64)
    ys = np.arange(box[1], box[3] + STEP, STEP, dtype=np.float64)
    x, y = np.meshgrid(xs, ys)
    return np.column_stack([x.ravel(), y.ravel()]), x.shape
