"""What lies under and around the paper: table tops as tiles that repeat, and clutter."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from scenes import wording
from scenes.codes import rounded
from scenes.model import Placed, Sheet
from scenes.strips import by_strips

TABLES = ("wood", "dark_wood", "white", "cloth", "checked", "tiles", "stone", "black", "mat")


def table_top(name: str, rng: Any, side: int, px_per_mm: float) -> Any:
    """BGR uint8 (side, side), to be repeated in both directions."""
    if name in ("wood", "dark_wood"):
        return _wood(rng, side, px_per_mm, dark=name == "dark_wood")
    if name == "tiles":
        return _tiles(rng, side, px_per_mm)
    if name in ("cloth", "checked"):
        return _cloth(rng, side, px_per_mm, checked=name == "checked")
    tone = {
        "white": (236, 238, 240),
        "stone": (150, 158, 165),
        "black": (34, 33, 32),
        "mat": tuple(rng.integers(40, 200, 3)),
    }[name]
    rough = {"white": 1.5, "stone": 17, "black": 3, "mat": 6}[name]
    fine = _noise(rng, side, 1.2) * rough + _noise(rng, side, 40) * rough * 0.5
    ground = np.array(tone, np.float32)
    return by_strips(side, side, lambda rows: ground + fine[rows, :, None])


def clutter(rng: Any, count: int, around: tuple[float, float]) -> list[Placed]:
    """Things that lie about: pens, a cup's saucer, keys-like bars, other scraps. `around`: half sizes to keep off."""
    things = []
    for _ in range(count):
        angle = rng.uniform(0, 2 * np.pi)
        make = wording.pick(rng, (_pen, _saucer, _scrap, _wallet))
        sheet = make(rng)
        room = (
            around[0] + max(sheet.size_mm) * rng.uniform(0.3, 0.7),
            around[1] + max(sheet.size_mm) * rng.uniform(0.3, 0.7),
        )
        scale = 1 / max(abs(np.cos(angle)), abs(np.sin(angle)))
        centre = (room[0] * np.cos(angle) * scale, room[1] * np.sin(angle) * scale)
        things.append(Placed(sheet, centre, float(rng.uniform(0, 360)), clutter=True))
    return things


def _pen(rng: Any) -> Sheet:
    image = np.empty((60, 840, 3), np.uint8)
    profile = 0.45 + 0.75 * np.sin(np.linspace(0.15, np.pi - 0.15, 60)) ** 2
    image[:] = np.clip(profile[:, None, None] * rng.integers(20, 200, 3), 0, 255).astype(np.uint8)
    image[:, 700:] = np.clip(profile[:, None, None] * np.array([170, 170, 175]), 0, 255).astype(np.uint8)
    return Sheet(image, (140.0, 10.0), "clutter", alpha=rounded(840, 60, 28), gloss=0.3)


def _saucer(rng: Any) -> Sheet:
    image = np.full((480, 480, 3), rng.integers(120, 245, 3), np.uint8)
    for radius, shade in ((235, 0.9), (170, 1.05), (150, 0.8), (140, 0.35)):
        colour = tuple(int(min(255, v * shade)) for v in image[0, 0])
        cv2.circle(image, (240, 240), radius, colour, -1, cv2.LINE_AA)
    mask = np.zeros((480, 480), np.uint8)
    cv2.circle(mask, (240, 240), 236, 255, -1, cv2.LINE_AA)
    return Sheet(image, (120.0, 120.0), "clutter", alpha=mask, gloss=0.3)


def _scrap(rng: Any) -> Sheet:
    image = np.full((500, 380, 3), rng.integers(150, 250, 3), np.uint8)
    for y in range(50, 460, 28):
        cv2.line(image, (40, y), (int(rng.uniform(150, 340)), y), (90, 80, 80), 5)
    return Sheet(image, (95.0, 125.0), "clutter")


def _wallet(rng: Any) -> Sheet:
    shade = _noise(rng, 400, 2) * 9
    image = _bytes(
        np.array(wording.pick(rng, ((28, 42, 72), (30, 30, 34), (60, 50, 120))), np.float32) + shade[:, :, None]
    )
    cv2.rectangle(image, (14, 14), (385, 385), (70, 80, 110), 2)
    return Sheet(image, (95.0, 110.0), "clutter", alpha=rounded(400, 400, 26))


def _wood(rng: Any, side: int, px_per_mm: float, dark: bool) -> Any:
    grain = cv2.resize(
        rng.normal(0, 1, (side // 3, side // 64)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC
    )
    fine = cv2.resize(
        rng.normal(0, 1, (side, side // 24)).astype(np.float32), (side, side), interpolation=cv2.INTER_LINEAR
    )
    colour = np.array((38, 55, 80) if dark else (112, 158, 196), np.float32) * rng.uniform(0.8, 1.15)
    board = max(40, round(rng.uniform(60, 110) * px_per_mm))
    count = max(1, side // board)
    level = np.repeat(rng.normal(0, 1, count), side // count + 1)[:side]
    gap = np.minimum(np.arange(side) % max(1, side // count), 3) / 3
    tone = (1 + 0.07 * grain + 0.05 * fine + 0.08 * level[:, None]) * (0.35 + 0.65 * gap)[:, None]
    return by_strips(side, side, lambda rows: colour * tone[rows, :, None])


def _tiles(rng: Any, side: int, px_per_mm: float) -> Any:
    step = max(16, round(side / max(1, round(side / (100 * px_per_mm)))))
    image = np.full((side, side, 3), (205, 214, 218), np.float32) * rng.uniform(0.8, 1.05)
    image += (_noise(rng, side, 12) * 6)[:, :, None]
    joint = max(2, round(2 * px_per_mm))
    for at in range(0, side, step):
        image[at : at + joint] = (128, 135, 140)
        image[:, at : at + joint] = (128, 135, 140)
    return _bytes(image)


def _cloth(rng: Any, side: int, px_per_mm: float, checked: bool) -> Any:
    one, two = rng.integers(30, 235, 3).astype(np.float32), rng.integers(30, 235, 3).astype(np.float32)
    period = side / max(1, round(side / (24 * px_per_mm)))
    at = np.arange(side) / period
    bands = (np.sin(2 * np.pi * at) > 0.2).astype(np.float32)
    mix = (bands[None, :] + bands[:, None]) / 2 if checked else np.repeat(0.25 * bands[None, :], side, axis=0)
    thread = max(2.5, 0.9 * px_per_mm)
    weave = 0.06 * np.sign(np.sin(2 * np.pi * np.arange(side) / thread))
    fluff = _noise(rng, side, 1) * 5

    def woven(rows: slice) -> Any:
        image = one + (two - one) * mix[rows, :, None]
        return image * (1 + weave[None, :, None] * np.sign(weave)[rows, None, None]) + fluff[rows, :, None]

    return by_strips(side, side, woven)


def _noise(rng: Any, side: int, grain: float) -> Any:
    """Standard normal noise with features of `grain` pixels."""
    cells = max(4, int(side / grain))
    small = rng.standard_normal((cells, cells), dtype=np.float32)
    return cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR)


def _bytes(image: Any) -> Any:
    return np.clip(image, 0, 255).astype(np.uint8)
