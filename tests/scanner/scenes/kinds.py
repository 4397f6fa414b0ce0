"""Photographs of codes by what makes them hard, as public test sets sort them: each seeded, with the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from scenes.labels import Drawn, draw, finish, ground, place, slope, square

Maker = Callable[[Any, float], tuple[Any, list[Any]]]


@dataclass(frozen=True)
class Shot:
    """A gray photograph and the codes in it: (text, outline (4, 2))."""

    kind: str
    image: Any
    codes: tuple[tuple[str, Any], ...]


def shots(seed: int, count: int, hard: float = 0.0) -> list[Callable[[], Shot]]:
    """`count` photographs of every kind, made when called; `hard`: 0 as one meets them, 1 at the edge of what is
    readable.
    """
    out: list[Callable[[], Shot]] = []
    for number, (kind, make) in enumerate(KINDS.items()):
        for index in range(count):
            out.append(lambda k=kind, m=make, s=(seed, number, index): _shot(k, m, s, hard))  # type: ignore[misc]
    return out


def _shot(kind: str, make: Maker, seed: tuple[int, ...], hard: float) -> Shot:
    image, codes = make(np.random.default_rng(seed), hard)
    return Shot(kind, image, tuple(codes))


def _one(
    rng: Any,
    drawn: Drawn | None = None,
    *,
    size: tuple[int, int] = (1200, 1600),
    module: float = 6.0,
    turn: float | None = None,
    tilt: float = 12.0,
    round_by: float = 0.0,
) -> tuple[Any, list[Any], float]:
    """One code about the middle of a picture; the picture, its codes, pixels a module."""
    drawn = drawn or draw(rng, int(rng.integers(1, 8)))
    image = ground(rng, *size)
    across = (drawn.side + 2 * drawn.quiet) * module
    across = min(across, 0.9 * min(size))
    middle = np.array(size) / 2 + rng.uniform(-0.15, 0.15, 2) * (np.array(size) - across)
    quad = square(rng, middle, across, rng.uniform(-20, 20) if turn is None else turn, rng.uniform(0, tilt))
    at = place(image, drawn, quad, round_by, bool(rng.random() < 0.7))
    return image, [(drawn.text, at)], across / (drawn.side + 2 * drawn.quiet)


def nominal(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """As one meets them: a little turned and tilted."""
    image, codes, _ = _one(rng, module=rng.uniform(4, 9) - 2 * hard)
    return finish(rng, image, rng.uniform(0.5, 1.2), noise=3 + 5 * hard), codes


def blurred(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """Out of focus, or shaken."""
    image, codes, module = _one(rng, module=rng.uniform(5, 12))
    if rng.random() < 0.4:
        length = int(module * rng.uniform(0.6, 1.3 + 0.5 * hard)) | 1
        streak = cv2.warpAffine(
            np.pad(np.ones((1, length), np.float32), ((length // 2,) * 2, (0, 0))),
            cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), rng.uniform(0, 180), 1),
            (length, length),
        )
        return finish(rng, cv2.filter2D(image, -1, streak / streak.sum()), 0.8), codes
    return finish(rng, image, module * rng.uniform(0.4 + 0.2 * hard, 0.75 + 0.15 * hard), noise=2), codes


def bright_spots(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """Round spots of sun or lamp on and about the code."""
    image, codes, module = _one(rng, draw(rng, int(rng.integers(2, 8)), error="h"), module=rng.uniform(5, 9))
    light = np.ones(image.shape[:2], np.float32) * 0.6
    outline = codes[0][1]
    for _ in range(int(rng.integers(2, 5 + int(3 * hard)))):
        at = outline.mean(axis=0) + rng.uniform(-0.6, 0.6, 2) * np.ptp(outline, axis=0)
        radius = rng.uniform(2, 5 + 2 * hard) * module
        spot = np.zeros_like(light)
        cv2.circle(spot, tuple(int(v) for v in at), int(radius), 1.0, -1)
        light += cv2.GaussianBlur(spot, (0, 0), radius * 0.4) * rng.uniform(1, 8)
    return finish(rng, image, 0.8, light), codes


def glare(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """A long gleam across a glossy code."""
    image, codes, module = _one(rng, draw(rng, int(rng.integers(2, 8)), error="q"), module=rng.uniform(5, 9))
    outline = codes[0][1]
    shine = np.zeros(image.shape[:2], np.float32)
    at = outline.mean(axis=0) + rng.uniform(-0.5, 0.5, 2) * np.ptp(outline, axis=0)
    axes = (int(rng.uniform(6, 14) * module), int(rng.uniform(2, 5 + 2 * hard) * module))
    cv2.ellipse(shine, tuple(int(v) for v in at), axes, rng.uniform(0, 180), 0, 360, 1.0, -1)
    shine = cv2.GaussianBlur(shine, (0, 0), axes[1] * 0.6) * rng.uniform(120, 260)
    bright = np.clip(image + shine[..., None], 0, 255).astype(np.uint8)
    return finish(rng, bright, 0.8), codes


def shadows(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """Hard and soft shadows with edges through the code."""
    image, codes, _ = _one(rng, module=rng.uniform(5, 9))
    height, width = image.shape[:2]
    light = np.ones((height, width), np.float32)
    middle = codes[0][1].mean(axis=0)
    for _ in range(int(rng.integers(1, 4))):
        reach = np.ptp(codes[0][1]) * 0.5
        corners = middle + rng.uniform(-1, 1, (4, 2)) * reach * 1.6
        dark = np.zeros_like(light)
        cv2.fillConvexPoly(dark, cv2.convexHull(corners.astype(np.int32)), 1.0)
        light *= 1 - cv2.GaussianBlur(dark, (0, 0), rng.uniform(1, 12)) * rng.uniform(0.4, 0.75 + 0.13 * hard)
    return finish(rng, image, 0.8, light), codes


def brightness(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """Far too dark or far too bright."""
    image, codes, _ = _one(rng, module=rng.uniform(5, 9))
    if rng.random() < 0.6:
        return finish(rng, image, 0.7, gain=rng.uniform(0.06, 0.2) * (1 - 0.5 * hard), noise=rng.uniform(1, 3)), codes
    lifted = np.clip(image.astype(np.float32) * rng.uniform(1.3, 2.2) + rng.uniform(60, 130) + 40 * hard, 0, 255)
    return finish(rng, lifted.astype(np.uint8), 0.8), codes


def close(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """A code larger than half the picture."""
    drawn = draw(rng, int(rng.integers(1, 6)), 24)
    size = (1500, 2000)
    share = rng.uniform(0.75, 0.98) + 0.1 * hard
    image, codes, _ = _one(
        rng, drawn, size=size, module=share * 1500 / (drawn.side + 8), turn=rng.uniform(-6, 6), tilt=6
    )
    return finish(rng, image, rng.uniform(1, 5), slope(rng, *size, 0.5)), codes


def curved(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """Round a bottle."""
    drawn, module = draw(rng, int(rng.integers(1, 8)), 12), rng.uniform(6, 12)
    by = rng.uniform(0.5, 1.2) + 0.2 * hard
    image, codes, _ = _one(rng, drawn, module=module, round_by=by, tilt=20 + 10 * hard)
    return finish(rng, image, 0.9, slope(rng, image.shape[1], image.shape[0], 0.5)), codes


def damaged(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """Scratched, stained, torn at a corner."""
    drawn = draw(rng, int(rng.integers(2, 8)), error="h" if rng.random() < 0.6 else "q")
    side = drawn.picture.shape[0]
    for _ in range(int(rng.integers(1, 4 + int(3 * hard)))):
        what = rng.integers(3)
        shade = (int(rng.choice([30, 120, 235])),) * 3
        a, b = (rng.uniform(0, side, 2).astype(int).tolist() for _ in range(2))
        if what == 0:
            cv2.line(drawn.picture, a, b, shade, int(rng.uniform(0.5, 2) * drawn.pixels), cv2.LINE_AA)
        elif what == 1:
            cv2.circle(drawn.picture, a, int(rng.uniform(1.5, 3.5) * drawn.pixels), shade, -1, cv2.LINE_AA)
        else:
            corner = np.array([(0, 0), (side, 0), (side, side), (0, side)])[int(rng.integers(4))]
            reach = rng.uniform(5, 8 + 3 * hard) * drawn.pixels
            inward = np.where(corner == 0, reach, -reach)
            torn = [corner, corner + inward * (1, 0), corner + inward * (0, 1)]
            cv2.fillConvexPoly(drawn.picture, np.array(torn).astype(np.int32), shade)
    image, codes, _ = _one(rng, drawn, module=rng.uniform(5, 9))
    return finish(rng, image, 0.8), codes


def high_version(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """Versions 15 to 40, few pixels a module."""
    version = int(rng.integers(15, 41))
    drawn = draw(rng, version, 5, error="l" if rng.random() < 0.6 else "m")
    size = (1512, 2016)
    image, codes, _ = _one(
        rng, drawn, size=size, module=rng.uniform(3.2, 7) - 0.9 * hard, turn=rng.uniform(-8, 8), tilt=10
    )
    return finish(rng, image, rng.uniform(0.6, 1.1), slope(rng, *size, 0.7)), codes


def lots(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """A sheet full of codes, seen from the side and from farther off the harder it is."""
    size, cell = (3024, 4032), 300
    across, down = int(rng.integers(4, 8)), int(rng.integers(6, 12))
    sheet = np.full((down * cell, across * cell, 3), 228, np.uint8)
    drawn = []
    for i, j in np.ndindex(across, down):
        code = draw(rng, int(rng.integers(1, 6)), 8)
        middle = (np.array([i, j]) + 0.5) * cell
        turn = rng.uniform(-4, 4) + 90 * int(rng.integers(4))
        drawn.append((code.text, place(sheet, code, square(rng, middle, cell * rng.uniform(0.65, 0.85), turn))))
    image = ground(rng, *size)
    height, width = sheet.shape[:2]
    quad = square(rng, np.zeros(2), 1.0, rng.uniform(-10, 10), rng.uniform(5, 30) + 15 * hard) * (width, height)
    quad *= min(np.array(size) / np.ptp(quad, axis=0)) * (0.95 - 0.4 * hard * rng.random())
    quad += np.array(size) / 2 - (quad.min(axis=0) + quad.max(axis=0)) / 2
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    move = cv2.getPerspectiveTransform(corners, quad.astype(np.float32))
    seen = cv2.warpPerspective(sheet, move, size, image, cv2.INTER_AREA, cv2.BORDER_TRANSPARENT)
    codes = [(text, cv2.perspectiveTransform(at[None].astype(np.float32), move)[0]) for text, at in drawn]
    return finish(rng, seen, rng.uniform(0.8, 1.6) + hard * rng.uniform(0, 1.2), slope(rng, *size, 0.4)), codes


def monitor(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """On a screen whose grid beats with the camera, with bands."""
    drawn = draw(rng, int(rng.integers(1, 8)), 9)
    grid = np.ones(drawn.picture.shape[:2], np.float32)
    grid[::3] *= 0.55
    grid[:, ::3] *= 0.7
    lit = np.clip(drawn.picture * grid[..., None] * 1.25, 0, 255).astype(np.uint8)
    screen = Drawn(drawn.text, lit, drawn.side, drawn.pixels, drawn.quiet)
    image, codes, _ = _one(rng, screen, module=rng.uniform(4, 11) - 1.5 * hard, tilt=25)
    rows = np.sin(np.arange(image.shape[0]) * rng.uniform(0.02, 0.9) + rng.uniform(0, 6))
    bands = 1 - rng.uniform(0.05, 0.25 + 0.3 * hard) * (rows[:, None] > 0)
    return finish(rng, image, 0.6, np.broadcast_to(bands, image.shape[:2]).astype(np.float32)), codes


def noncompliant(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """Light on dark, coloured, of dots, with a logo, without quiet zone, on a pattern."""
    drawn = draw(rng, int(rng.integers(2, 7)), 12, error="h")
    picture, p, q = drawn.picture, drawn.pixels, drawn.quiet
    dark = picture[p // 2 :: p, p // 2 :: p, 0] < 128
    style = int(rng.integers(7))
    if style == 0:
        picture[:] = 255 - picture
    elif style == 1:
        ink = np.array([int(v) for v in rng.integers(20, 130, 3)])
        paper = np.array([int(v) for v in rng.integers(190, 256, 3)])
        picture[:] = np.where(picture < 128, ink, paper)
    elif style in (2, 3):
        picture[:] = 235
        radius = int(p * (0.42 if style == 2 else 0.5))
        for y, x in zip(*np.nonzero(dark), strict=True):
            finder = min(x - q, drawn.side - 1 - (x - q)) < 7 and min(y - q, drawn.side - 1 - (y - q)) < 7
            if finder and style == 2:
                cv2.rectangle(picture, (x * p, y * p), (x * p + p - 1, y * p + p - 1), (25,) * 3, -1)
            else:
                cv2.circle(picture, (x * p + p // 2, y * p + p // 2), radius, (25,) * 3, -1, cv2.LINE_AA)
    elif style == 4:
        half = int(drawn.side * p * 0.13)
        c = picture.shape[0] // 2
        cv2.circle(picture, (c, c), half + p, (235,) * 3, -1)
        cv2.circle(picture, (c, c), half, (int(rng.integers(60, 200)), 60, int(rng.integers(60, 220))), -1)
    elif style == 5:
        cut = picture[(q - 1) * p : -(q - 1) * p, (q - 1) * p : -(q - 1) * p].copy()
        drawn = Drawn(drawn.text, cut, drawn.side, p, 1)
    else:
        paper = np.array(cv2.resize(ground(rng, 256, 256), picture.shape[1::-1]), np.float32) * 0.4 + 120
        picture[:] = np.where(picture < 128, 30, paper).astype(np.uint8)
    image, codes, _ = _one(rng, drawn, module=rng.uniform(5, 10) - 1.5 * hard, tilt=12 + 25 * hard)
    return finish(rng, image, 0.8 + 0.5 * hard, noise=3 + 4 * hard), codes


def pathological(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """A code in the middle of another, a code among bare finder patterns, or one beside checks and stripes."""
    style = int(rng.integers(3))
    if style == 0:
        outer = draw(rng, 7, 12, error="h")
        inner = draw(rng, 1, 4)
        half, c = inner.picture.shape[0] // 2, outer.picture.shape[0] // 2
        outer.picture[c - half : c - half + 2 * half, c - half : c - half + 2 * half] = inner.picture[
            : 2 * half, : 2 * half
        ]
        size = (1400, 1800)
        image = ground(rng, *size)
        quad = square(rng, np.array(size) / 2, 1100, rng.uniform(-20, 20), rng.uniform(0, 10))
        at = place(image, outer, quad)
        box = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32) * outer.picture.shape[0] - 0.5
        move = cv2.getPerspectiveTransform(box, quad.astype(np.float32))
        inside = (inner.corners + c - half).astype(np.float32)
        codes = [(outer.text, at), (inner.text, cv2.perspectiveTransform(inside[None], move)[0])]
        return finish(rng, image, 0.9), codes
    image, codes, module = _one(rng, module=rng.uniform(5, 9))
    outline = codes[0][1]
    for _ in range(12):
        middle = rng.uniform((80, 80), (image.shape[1] - 80, image.shape[0] - 80))
        if np.abs(middle - outline.mean(axis=0)).max() < np.ptp(outline, axis=0).max() * 0.5 + 6 * module:
            continue
        if style == 1:
            ring = np.maximum(*np.abs(np.mgrid[-4:5, -4:5]))
            tile = np.where((ring == 2) | (ring == 4), 235, 25).astype(np.uint8)
        else:
            tile = np.where(np.add(*np.mgrid[:17, :17]) % 2, 235, 25).astype(np.uint8)
        size = round(module * len(tile))
        tile = cv2.resize(tile, (size, size), interpolation=cv2.INTER_NEAREST)[..., None]
        x, y = (middle - size / 2).astype(int)
        part = image[max(0, y) : y + size, max(0, x) : x + size]
        part[:] = tile[: part.shape[0], : part.shape[1]]
    return finish(rng, image, 0.8), codes


def perspective(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """Seen from far aside."""
    drawn = draw(rng, int(rng.integers(1, 8)), 12)
    size = (1200, 1600)
    image = ground(rng, *size)
    across = (drawn.side + 8) * rng.uniform(8, 12)
    quad = square(rng, np.array(size) / 2, min(across, 900), rng.uniform(-180, 180), rng.uniform(40, 65) + 7 * hard)
    at = place(image, drawn, quad)
    return finish(rng, image, 0.8), [(drawn.text, at)]


def rotations(rng: Any, hard: float) -> tuple[Any, list[Any]]:
    """Three codes turned every way."""
    size = (1512, 2016)
    image = ground(rng, *size)
    codes = []
    for middle in ((450, 450), (1050, 1000), (450, 1550)):
        drawn = draw(rng, int(rng.integers(1, 7)))
        across = min(520, (drawn.side + 8) * (rng.uniform(5, 10) - 2 * hard))
        quad = square(rng, np.array(middle), across, rng.uniform(0, 360), rng.uniform(0, 15))
        codes.append((drawn.text, place(image, drawn, quad)))
    return finish(rng, image, 0.9 + 0.6 * hard), codes


KINDS: dict[str, Maker] = {
    make.__name__: make
    for make in (
        blurred, bright_spots, brightness, close, curved, damaged, glare, high_version, lots, monitor, nominal,
        noncompliant, pathological, perspective, rotations, shadows,
    )
}  # fmt: skip
"""Each makes one photograph from a generator and a hardness: a gray picture and its codes."""
