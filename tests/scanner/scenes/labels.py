"""Codes as labels: drawn, laid on a ground flat, tilted or round a cylinder, lit and photographed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import segno

from scenes import tables

WORDS = "HSUBNDXAMAULANGSO0123456789"


@dataclass(frozen=True)
class Drawn:
    """A code on its own: `picture` (h, w, 3) uint8 with `quiet` modules of paper around, `pixels` a module."""

    text: str
    picture: Any
    side: int
    pixels: int
    quiet: int

    @property
    def corners(self) -> Any:
        """The symbol's outer corners (4, 2) in the picture."""
        low, high = self.quiet * self.pixels, (self.quiet + self.side) * self.pixels
        return np.array([(low, low), (high, low), (high, high), (low, high)], np.float64) - 0.5


def draw(rng: Any, version: int | None = None, pixels: int = 8, *, error: str | None = None, quiet: int = 4) -> Drawn:
    """A code with a text of its own."""
    error = error or str(rng.choice(list("lmqh")))
    length = int(rng.integers(4, 11)) if version is None or version < 2 else int(rng.integers(8, 21))
    text = "".join(rng.choice(list(WORDS), length))
    if version is not None and version >= 10:
        # Filled, as large codes are.
        text = "".join(rng.choice(list(WORDS), int(4 * version**1.6)))
    made = segno.make_qr(text, error=error, version=version, boost_error=False)
    dark = np.array([list(row) for row in made.matrix]) > 0
    plane = np.kron(np.where(np.pad(dark, quiet), 25, 235).astype(np.uint8), np.ones((pixels, pixels), np.uint8))
    return Drawn(text, cv2.merge([plane] * 3), len(dark), pixels, quiet)


def ground(rng: Any, width: int, height: int) -> Any:
    """Something a code lies on: a table top or a printed sheet."""
    if rng.random() < 0.3:
        sheet = np.full((height, width, 3), int(rng.integers(190, 245)), np.uint8)
        for line in range(0, height, 26):
            for x in range(20, width - 60, 60):
                if rng.random() < 0.8:
                    word = "".join(rng.choice(list(WORDS), 4))
                    cv2.putText(sheet, word, (x, line), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (60, 60, 60), 1, cv2.LINE_AA)
        return sheet
    name = str(rng.choice(sorted(tables.TABLES)))
    tile = tables.table_top(name, rng, 1024, 3.0)
    return np.tile(tile, (-(-height // 1024), -(-width // 1024), 1))[:height, :width].copy()


def place(image: Any, drawn: Drawn, quad: Any, round_by: float = 0.0, upright: bool = True) -> Any:
    """Lay the code's picture over `quad` (4, 2) of the image, rolled round a cylinder through `round_by` radians to
    each side; its symbol's outline in the image.
    """
    height, width = drawn.picture.shape[:2]
    box = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    move = cv2.getPerspectiveTransform(box, quad.astype(np.float32))
    low = np.maximum(np.floor(quad.min(axis=0)) - 2 - 0.2 * round_by * np.ptp(quad), 0).astype(int)
    high = np.minimum(np.ceil(quad.max(axis=0)) + 3 + 0.2 * round_by * np.ptp(quad), image.shape[1::-1]).astype(int)
    x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    points = np.stack([x, y], axis=-1).reshape(-1, 1, 2).astype(np.float32)
    at = cv2.perspectiveTransform(points, np.linalg.inv(move)).reshape(*x.shape, 2)
    at = _rolled(at, width, height, round_by, upright)
    shrink = np.sqrt(cv2.contourArea(quad.astype(np.float32)) / (width * height))
    soft = drawn.picture if shrink >= 0.9 else cv2.GaussianBlur(drawn.picture, (0, 0), 0.4 / shrink)
    cover = np.full((height, width), 255, np.uint8)
    a, b = at[..., 0].astype(np.float32), at[..., 1].astype(np.float32)
    seen = cv2.remap(soft, a, b, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    weight = cv2.remap(cover, a, b, cv2.INTER_LINEAR)[..., None] / 255.0
    part = image[low[1] : high[1], low[0] : high[0]]
    part[:] = (seen * weight + part * (1 - weight)).astype(np.uint8)
    return _outline(drawn, move, round_by, upright)


def _rolled(at: Any, width: int, height: int, round_by: float, upright: bool) -> Any:
    """Where on the flat label lies what is seen at `at` of the label rolled round a cylinder."""
    if not round_by:
        return at
    u, v = (at[..., 0] + 0.5) / width * 2 - 1, (at[..., 1] + 0.5) / height * 2 - 1
    if not upright:
        u, v = v, u
    inside = np.abs(u) <= 1
    flat = np.arcsin(np.clip(u, -1, 1) * np.sin(round_by)) / round_by
    # A camera a little above: circles round the cylinder sag.
    v = v - 0.12 * round_by * (np.sqrt(np.maximum(0, 1 - (u * np.sin(round_by)) ** 2)) - 1)
    flat = np.where(inside, flat, 9)
    flat, v = (flat, v) if upright else (v, flat)
    return np.stack([(flat + 1) / 2 * width - 0.5, (v + 1) / 2 * height - 0.5], axis=-1)


def _outline(drawn: Drawn, move: Any, round_by: float, upright: bool) -> Any:
    corners = drawn.corners
    if round_by:
        height, width = drawn.picture.shape[:2]
        uv = (corners + 0.5) / (width, height) * 2 - 1
        u, v = (uv[:, 0], uv[:, 1]) if upright else (uv[:, 1], uv[:, 0])
        seen = np.sin(u * round_by) / np.sin(round_by)
        v = v + 0.12 * round_by * (np.sqrt(1 - np.sin(u * round_by) ** 2) - 1)
        seen, v = (seen, v) if upright else (v, seen)
        corners = (np.stack([seen, v], axis=1) + 1) / 2 * (width, height) - 0.5
    return cv2.perspectiveTransform(corners[None].astype(np.float32), move)[0]


def square(rng: Any, middle: Any, size: float, turn: float, tilt: float = 0.0) -> Any:
    """The four corners of a square of `size` pixels, turned (degrees) and leaning away by `tilt` degrees."""
    half = size / 2
    corners = np.array([(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)])
    turned = corners @ _about(2, np.radians(turn)).T
    way = rng.uniform(0, 2 * np.pi)
    turned = turned @ (_about(2, way) @ _about(0, np.radians(tilt)) @ _about(2, -way)).T
    far = 2.2 * size
    return turned[:, :2] * (far / (far + turned[:, 2:])) + middle


def _about(axis: int, angle: float) -> Any:
    c, s = np.cos(angle), np.sin(angle)
    a, b = [i for i in range(3) if i != axis]
    turn = np.eye(3)
    turn[a, a] = turn[b, b] = c
    turn[a, b], turn[b, a] = -s, s
    return turn


def finish(
    rng: Any, image: Any, blur: float = 0.7, light: Any = None, noise: float = 3.0, gain: float = 1.0, jpeg: int = 88
) -> Any:
    """Light, lens, sensor and file; gray."""
    seen = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    if light is not None:
        seen *= light
    seen = cv2.GaussianBlur(seen * gain, (0, 0), max(blur, 0.3))
    seen += rng.standard_normal(seen.shape, dtype=np.float32) * noise
    eight = np.clip(seen, 0, 255).astype(np.uint8)
    return cv2.imdecode(cv2.imencode(".jpg", eight, [cv2.IMWRITE_JPEG_QUALITY, jpeg])[1], cv2.IMREAD_GRAYSCALE)


def slope(rng: Any, width: int, height: int, least: float) -> Any:
    """Light falling off across the picture from 1 to `least`."""
    way = rng.uniform(0, 2 * np.pi)
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    return (1 - (1 - least) * ((x * np.cos(way) + y * np.sin(way)) / 2.83 + 0.5)).astype(np.float32)
