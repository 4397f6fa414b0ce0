"""Photographing a scene: geometry, lens, light, sensor and JPEG, with the truth beside the picture."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from scenes import light, tables
from scenes.codes import DIMMED
from scenes.model import Placed, Scene
from scenes.optics import Bend, Lens, Surface, grid, spread

_COARSE = 8
# Sigma in pixels of the sensor of a lens in focus.
_LENS = 0.4


@dataclass(frozen=True)
class Conditions:
    """How a picture is taken; the defaults are a kiosk camera on a good day.

    `size`: picture (w, h) px. `fill`: share of the picture's side the papers take; `shift`: their middle off the
    picture's, as a share. `tilt`, `azimuth`, `roll`: degrees. `distortion`: radial k1. `defocus`: sigma, `motion`:
    length, both px, `motion_angle` degrees. `exposure`: gain (1 = white paper at 235). `noise`: read noise in grey
    levels of a bright picture; grows in the dark. `cast`: gain of blue, green, red; `window`: the same of a second
    light that comes in from the left and fades to the right. `shadow`: none, soft, hand,
    sharp, taking `shadow_depth`. `glares` lamps of `glare_strength` grey levels on full gloss, drifting by
    `glare_drift` px. `fingers` over an edge. `skip`: every n-th pixel of the sensor is read, as cheap cameras do for
    live pictures: that is when screens shimmer. `jpeg`: quality, 0 = none.
    """

    size: tuple[int, int] = (1600, 1200)
    fill: float = 0.85
    shift: tuple[float, float] = (0.0, 0.0)
    tilt: float = 4.0
    azimuth: float = 0.0
    roll: float = 0.0
    distortion: float = 0.0
    defocus: float = 0.5
    motion: float = 0.0
    motion_angle: float = 0.0
    exposure: float = 1.0
    noise: float = 1.5
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    window: tuple[float, float, float] | None = None
    shadow: str = "none"
    shadow_depth: float = 0.0
    glares: int = 0
    glare_strength: float = 200.0
    glare_drift: tuple[float, float] = (0.0, 0.0)
    bend: Bend = field(default_factory=Bend)
    clutter: int = 0
    fingers: int = 0
    skip: int = 1
    jpeg: int = 92


@dataclass(frozen=True)
class SheetTruth:
    """Where a sheet is: `quad` (4, 2) pixels, clockwise from the sheet's own top left; `px_per_mm` in the picture."""

    kind: str
    quad: Any
    size_mm: tuple[float, float]
    lines: tuple[str, ...]
    px_per_mm: float
    placed: Placed


@dataclass(frozen=True)
class CodeTruth:
    """A code in the picture: exact text, corners (4, 2), modules a side, pixels a module (its shorter side)."""

    text: str
    polygon: Any
    modules: int
    px_per_module: float


@dataclass(frozen=True)
class Photograph:
    """BGR uint8 picture and what is true of it."""

    image: Any
    sheets: tuple[SheetTruth, ...]
    codes: tuple[CodeTruth, ...]
    conditions: Conditions


def shoot(scene: Scene, conditions: Conditions, rng: Any) -> Photograph:
    """One photograph; `rng` a numpy Generator. 12 megapixels take about two seconds of one core."""
    return _expose(scene, conditions, _aim(scene, conditions), int(rng.integers(2**31)), int(rng.integers(2**31)))


def frames(scene: Scene, conditions: Conditions, seconds: float, fps: float, rng: Any) -> Iterator[Photograph]:
    """A live sequence: the hand trembles and drifts, lamps wander over the gloss, focus settles in
    the first half second. Shadows and the table stay.
    """
    seed = int(rng.integers(2**31))
    count = max(1, round(seconds * fps))
    drift = np.cumsum(rng.normal(0, 1, (count, 6)), axis=0) * 0.35 + rng.normal(0, 0.25, (count, 6))
    for k in range(count):
        move = drift[k]
        # A hand's speed in two directions: mostly about its mean, now and then nearly still.
        speed = float(np.hypot(*rng.normal(0, 0.8, 2)))
        now = replace(
            conditions,
            shift=(conditions.shift[0] + 0.004 * move[0], conditions.shift[1] + 0.004 * move[1]),
            tilt=max(0.0, conditions.tilt + 0.8 * move[2]),
            azimuth=conditions.azimuth + 2.0 * move[3],
            roll=conditions.roll + 0.7 * move[4],
            fill=conditions.fill * (1 + 0.006 * move[5]),
            motion=conditions.motion * speed,
            motion_angle=float(rng.uniform(0, 180)),
            defocus=conditions.defocus * (1 + 1.2 * max(0.0, 1 - k / max(1.0, fps / 2))),
            glare_drift=(
                conditions.size[0] * 0.02 * (move[2] + move[3]),
                conditions.size[1] * 0.02 * (move[3] - move[2]),
            ),
        )
        yield _expose(scene, now, _aim(scene, now), seed, int(rng.integers(2**31)))


def _aim(scene: Scene, c: Conditions) -> Lens:
    """Distance and direction so that the papers fill the picture as asked."""
    lens = Lens(c.size, 0.9 * max(c.size), c.tilt, c.azimuth, c.roll, 600.0, (0.0, 0.0), c.distortion)
    papers = scene.sheets or scene.placed
    for _ in range(6):
        seen = np.vstack([lens.corners(Surface(p, c.bend)) for p in papers])
        low, high = seen.min(0), seen.max(0)
        grow = float(max((high - low) / (np.array(c.size) * c.fill)))
        lens = replace(lens, distance=lens.distance * grow)
        seen = np.vstack([lens.corners(Surface(p, c.bend)) for p in papers])
        middle = (seen.min(0) + seen.max(0)) / 2 - np.array(c.size) * np.array(c.shift)
        lens = replace(lens, target=tuple(float(v) for v in lens.on_table(middle[None])[0]))
    return lens


def _expose(scene: Scene, c: Conditions, lens: Lens, stage: int, moment: int) -> Photograph:
    """`stage` seeds what stays between frames (table, shadows, fingers), `moment` the sensor's noise."""
    now = np.random.default_rng(moment)
    picture, still = _table(scene.table, lens, stage)
    shine = np.zeros((-(-c.size[1] // _COARSE), -(-c.size[0] // _COARSE)), np.float32)
    glow = np.zeros_like(shine)
    sheets, codes, screens = [], [], []
    for placed in scene.placed:
        surface = Surface(placed, Bend() if placed.clutter else c.bend)
        gloss = _draw(picture, placed, surface, lens, c, screens)
        shine = np.maximum(shine, gloss)
        if placed.sheet.cells:
            glow = np.maximum(glow, np.sign(gloss - 0.5) * 0.5 + 0.5)
        if placed.clutter:
            continue
        quad = lens.corners(surface)
        scale = np.sqrt(
            abs(cv2.contourArea(quad.astype(np.float32))) / (placed.sheet.size_mm[0] * placed.sheet.size_mm[1])
        )
        sheets.append(
            SheetTruth(placed.sheet.kind, quad, placed.sheet.size_mm, placed.sheet.lines, float(scale), placed)
        )
        for code in placed.sheet.codes:
            polygon = lens.project(*surface.down(code.polygon / placed.sheet.px_per_mm))
            sides = np.hypot(*(polygon - np.roll(polygon, -1, 0)).T)
            codes.append(CodeTruth(code.text, polygon, code.modules, float(sides.min() / code.modules)))
    if c.fingers and sheets:
        victim = sheets[int(still.integers(len(sheets)))]
        edge = _outer_edge(victim.quad, np.vstack([s.quad for s in sheets]).mean(0), still)
        side = (victim.quad[edge], victim.quad[(edge + 1) % 4])
        outlines = light.fingers(picture, still, side, c.fingers, victim.px_per_mm)
        for _, _, weight, corner in screens:
            for outline in outlines:
                cv2.fillPoly(weight, [(outline - corner).astype(np.int32)], 0.0)
    if c.motion > 0.5:
        picture = cv2.filter2D(picture, -1, _streak(c.motion, c.motion_angle))
    if c.defocus > 0.2:
        picture = cv2.GaussianBlur(picture, (0, 0), c.defocus)
    for area, face, weight, _ in screens:
        weight = cv2.GaussianBlur(weight, (0, 0), max(0.5, c.defocus))
        part = picture[area]
        part[:] = cv2.blendLinear(face, np.ascontiguousarray(part), weight, 1 - weight)
    image = _sensor(picture, c, still, now, shine, glow, sheets)
    return Photograph(image, tuple(sheets), tuple(codes), c)


def _outer_edge(quad: Any, middle: Any, rng: Any) -> int:
    """An edge nobody else's paper lies behind: any one of a single sheet, else the one farthest out."""
    centres = (quad + np.roll(quad, -1, 0)) / 2
    far = np.hypot(*(centres - middle).T)
    alone = np.hypot(*(quad.mean(0) - middle)) < 1
    return int(rng.integers(4)) if alone else int(far.argmax())


@lru_cache(maxsize=4)
def _tile(name: str, stage: int, density: float) -> tuple[Any, Any]:
    """A table top and the generator as it left it: the same for all frames of a sequence."""
    rng = np.random.default_rng(stage)
    return tables.table_top(name, rng, 1536, density), rng


def _table(name: str, lens: Lens, stage: int) -> tuple[Any, Any]:
    """The table filling the picture, and the generator for what else stays still."""
    # Nobody looks closely at the table: in large pictures it is drawn at half size.
    half = 2 if lens.size[0] * lens.size[1] > 4_000_000 else 1
    box = (0, 0, -(-lens.size[0] // half), -(-lens.size[1] // half))
    points, shape = grid(box)
    density = float(np.clip(lens.focal / lens.distance / half, 1.5, 5.0))
    tile, rng = _tile(name, stage, density)
    at = np.clip(lens.on_table(points * half) * density, -32000, 32000)
    at = spread(at.reshape(*shape, 2).astype(np.float32), box)
    top = cv2.remap(tile, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    top = cv2.resize(top, lens.size, interpolation=cv2.INTER_LINEAR) if half > 1 else top
    return top, copy.deepcopy(rng)


def _draw(picture: Any, placed: Placed, surface: Surface, lens: Lens, c: Conditions, screens: list[Any]) -> Any:
    """Put a sheet into the picture; returns its gloss, coarse. A lit screen is also added to `screens` (where, its
    picture, its share of each pixel, the corner): blurred before it was sampled, it must not be blurred again.
    """
    sheet = placed.sheet
    quad = lens.corners(surface)
    coarse = (-(-c.size[0] // _COARSE), -(-c.size[1] // _COARSE))
    outline = lens.project(*surface.down(_rim(sheet.size_mm)))
    margin = 4
    x0, y0 = np.maximum(0, np.floor(outline.min(0)).astype(int) - margin)
    x1, y1 = np.minimum(c.size, np.ceil(outline.max(0)).astype(int) + margin)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return np.zeros(coarse[::-1], np.float32)
    box = (int(x0), int(y0), int(x1), int(y1))
    per_mm = float(np.sqrt(abs(cv2.contourArea(quad.astype(np.float32))) / (sheet.size_mm[0] * sheet.size_mm[1])))
    finer = 3 if sheet.cells else 1
    image, alpha = _at_scale(sheet, per_mm * finer)
    bent = surface.shade(image.shape[1 - surface.axis], 0.5)
    if bent.min() < 0.995 or bent.max() > 1.005:
        shade = bent[None, :, None] if surface.axis == 0 else bent[:, None, None]
        image = np.clip(image * shade, 0, 255).astype(np.uint8)
    points, shape = grid(box)
    scale = np.array([image.shape[1] / sheet.size_mm[0], image.shape[0] / sheet.size_mm[1]])
    at = (lens.on_sheet(points, surface) * scale - 0.5).reshape(*shape, 2)
    at = spread(np.clip(at, -30000, 30000).astype(np.float32), box, finer)
    face = cv2.remap(image, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.remap(alpha, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    if finer > 1:
        # The lens and the shake spread light before the sensor's cells gather it: what is left of the grid beats.
        if c.motion > 0.5:
            face = cv2.filter2D(face, -1, _streak(c.motion * finer, c.motion_angle))
        face = cv2.GaussianBlur(face, (0, 0), max(_LENS / c.skip, c.defocus) * finer)
        size = (box[2] - box[0], box[3] - box[1])
        gathered = cv2.resize(face, size, interpolation=cv2.INTER_AREA) if c.skip == 1 else face[1::finer, 1::finer]
        face = cv2.convertScaleAbs(gathered, alpha=1 / DIMMED)
        cover = cv2.resize(cover, size, interpolation=cv2.INTER_AREA)
        area = (slice(box[1], box[3]), slice(box[0], box[2]))
        screens.append((area, face, cover.astype(np.float32) / 255, np.array(box[:2])))
    part = picture[box[1] : box[3], box[0] : box[2]]
    weight = cover.astype(np.float32) / 255
    whole = np.zeros((c.size[1], c.size[0]), np.uint8)
    whole[box[1] : box[3], box[0] : box[2]] = cover
    mask = cv2.resize(whole, coarse, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    _contact(picture, mask, per_mm)
    part[:] = cv2.blendLinear(face, part, weight, 1 - weight)
    return mask * sheet.gloss


def _contact(picture: Any, mask: Any, per_mm: float) -> None:
    """The thin dark line a sheet throws beside itself."""
    reach = max(0.8, 2.2 * per_mm / _COARSE)
    x, y, width, height = cv2.boundingRect((mask > 0.02).astype(np.uint8))
    if not width:
        return
    more = int(4 * reach) + 2
    x0, y0, x1, y1 = max(0, x - more), max(0, y - more), x + width + more, y + height + more
    part = mask[y0:y1, x0:x1]
    dark = cv2.GaussianBlur(part, (0, 0), reach)
    dark = np.roll(dark, (max(1, round(reach * 0.5)), max(1, round(reach * 0.4))), (0, 1))
    area = picture[y0 * _COARSE : y1 * _COARSE, x0 * _COARSE : x1 * _COARSE]
    shade = cv2.convertScaleAbs(1 - 0.32 * dark, alpha=255)
    big = (part.shape[1] * _COARSE, part.shape[0] * _COARSE)
    shade = cv2.resize(shade, big, interpolation=cv2.INTER_LINEAR)[: area.shape[0], : area.shape[1]]
    cv2.multiply(area, cv2.cvtColor(shade, cv2.COLOR_GRAY2BGR), dst=area, scale=1 / 255)


def _at_scale(sheet: Any, per_mm: float) -> tuple[Any, Any]:
    """Image and mask reduced to about what the sensor can tell apart, so that sampling them adds no aliasing."""
    image = sheet.image
    alpha = np.full(image.shape[:2], 255, np.uint8) if sheet.alpha is None else sheet.alpha
    shrink = min(1.0, 1.15 * per_mm / sheet.px_per_mm)
    if shrink < 0.9:
        size = (max(2, round(image.shape[1] * shrink)), max(2, round(image.shape[0] * shrink)))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        alpha = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    return image, alpha


def _sensor(
    picture: Any, c: Conditions, still: Any, now: Any, gloss: Any, glow: Any, sheets: list[SheetTruth]
) -> Any:
    """Light, colour filter, noise, development, JPEG. Screens (`glow`) shine by themselves, in shadow too."""
    coarse = (gloss.shape[1], gloss.shape[0])
    corners = np.vstack([s.quad for s in sheets]) if sheets else np.array([(0, 0), c.size], np.float64)
    middle = corners.mean(0) / _COARSE
    reach = float(np.ptp(corners, axis=0).max()) / 2 / _COARSE
    lit = light.illumination(still, coarse, c.shadow, c.shadow_depth, middle, reach)
    if c.glares:
        drift = np.array(c.glare_drift) / _COARSE
        shine = light.glare(still, coarse, middle, reach, c.glares, c.glare_strength, drift) * (0.06 + gloss)
    else:
        shine = np.zeros_like(gloss)
    raw = _mosaic(picture, c.cast)
    if c.window:
        _mix(raw, c.cast, c.window)
    # A camera that brightens a dim room overexposes the screen in it.
    falling = 0.94 * lit * c.exposure * (1 - glow) + glow * (1.13 - 0.16 * c.exposure)
    cv2.multiply(raw, cv2.resize(falling.astype(np.float32), c.size, interpolation=cv2.INTER_LINEAR), dst=raw)
    if c.glares:
        shine = (shine * min(1.0, c.exposure)).astype(np.float32)
        cv2.add(raw, cv2.resize(shine, c.size, interpolation=cv2.INTER_LINEAR), dst=raw)
    # Gain lifts the noise of a dark scene: less light, more noise, whatever the final brightness.
    if c.noise > 0:
        rough = cv2.sqrt(cv2.max(raw, 1.0))
        rough *= np.float32(0.55 * c.noise / 235**0.5)
        rough += np.float32(0.45 * c.noise)
        rough *= now.standard_normal(raw.shape, dtype=np.float32)
        raw += rough
    eight = cv2.convertScaleAbs(cv2.max(raw, 0.0))
    image = cv2.cvtColor(eight, cv2.COLOR_BayerRGGB2RGB)
    if c.jpeg:
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, c.jpeg])
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return image


def _mosaic(picture: Any, cast: tuple[float, float, float]) -> Any:
    """What a sensor keeps: one colour a pixel, blue and green, green and red in turn; float32."""
    raw = np.empty(picture.shape[:2], np.float32)
    for row, column, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        site = raw[row::2, column::2]
        np.multiply(picture[row::2, column::2, channel], np.float32(cast[channel]), out=site, casting="unsafe")
    return raw


def _mix(raw: Any, lamp: tuple[float, float, float], window: tuple[float, float, float]) -> None:
    """The lamp's colour in a mosaic turned into the window's towards the left."""
    share = np.linspace(1, 0, -(-raw.shape[1] // 2), dtype=np.float32)[None]
    for row, column, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        site = raw[row::2, column::2]
        site *= 1 + share[:, : site.shape[1]] * np.float32(window[channel] / lamp[channel] - 1)


def _streak(length: float, angle: float) -> Any:
    """Kernel of a shake in one direction."""
    side = int(np.ceil(length)) | 1
    kernel = np.zeros((side + 2, side + 2), np.float32)
    middle = (side + 1) / 2
    way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) * length / 2
    for t in np.linspace(-1, 1, 4 * side):
        x, y = middle + way * t
        i, j = int(y), int(x)
        for di in (0, 1):
            for dj in (0, 1):
                kernel[i + di, j + dj] += (1 - abs(y - i - di)) * (1 - abs(x - j - dj))
    return kernel / kernel.sum()


def _rim(size: tuple[float, float]) -> Any:
    """Points all round a sheet, for the box it takes when bent."""
    t = np.linspace(0, 1, 25)[:, None]
    corners = np.array([(0, 0), (size[0], 0), size, (0, size[1])])
    return np.vstack([a + (b - a) * t for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)])
