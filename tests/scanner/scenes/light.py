"""Light on the scene: ramps, shadows of hands and heads, glare on what shines, fingers at the edge."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np


def illumination(rng: Any, size: tuple[int, int], kind: str, depth: float, middle: Any, reach: float) -> Any:
    """How much light falls, float32 (height, width) about 1. `kind`: "none", "soft", "hand" or "sharp"; `depth`: what
    share a shadow takes; `middle`, `reach`: the papers' middle and half size in pixels, where shadows fall.
    """
    height, width = size[1], size[0]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = ((x - width / 2) * np.cos(angle) + (y - height / 2) * np.sin(angle)) / max(size)
    light = 1 + rng.uniform(0.05, 0.28) * ramp
    away = ((x - width / 2) ** 2 + (y - height / 2) ** 2) / (width**2 + height**2) * 4
    light *= 1 - rng.uniform(0.04, 0.16) * away
    if kind == "none" or depth <= 0:
        return light
    dark = np.zeros((height, width), np.float32)
    turn = rng.uniform(0, 2 * np.pi)
    base = np.asarray(middle) + reach * rng.uniform(0.2, 0.6) * np.array([np.cos(turn), np.sin(turn)])
    if kind == "sharp":
        normal = np.array([np.cos(turn), np.sin(turn)])
        dark[(x - base[0]) * normal[0] + (y - base[1]) * normal[1] > 0] = 1
        blur = reach * 0.012
    elif kind == "hand":
        _hand(dark, base, reach * rng.uniform(0.5, 0.9), turn, rng)
        blur = reach * rng.uniform(0.025, 0.07)
    else:
        axes = (int(reach * rng.uniform(0.7, 1.3)), int(reach * rng.uniform(0.4, 0.8)))
        cv2.ellipse(dark, (int(base[0]), int(base[1])), axes, np.degrees(turn), 0, 360, 1.0, -1)
        blur = reach * rng.uniform(0.15, 0.3)
    return light * (1 - depth * cv2.GaussianBlur(dark, (0, 0), max(0.8, float(blur))))


def glare(rng: Any, size: tuple[int, int], middle: Any, reach: float, count: int, strength: float, drift: Any) -> Any:
    """Light thrown back by gloss, float32 (height, width) in grey levels: lamp blobs and the long streaks of film."""
    shine = np.zeros((size[1], size[0]), np.float32)
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    for _ in range(count):
        at = np.asarray(middle) + reach * rng.uniform(-0.8, 0.8, 2) + np.asarray(drift)
        turn = rng.uniform(0, np.pi)
        long, thin = reach * rng.uniform(0.12, 0.3), reach * rng.uniform(0.08, 0.2)
        if rng.random() < 0.5:
            long, thin = reach * rng.uniform(0.5, 1.1), reach * rng.uniform(0.03, 0.07)
        u = (x - at[0]) * np.cos(turn) + (y - at[1]) * np.sin(turn)
        v = -(x - at[0]) * np.sin(turn) + (y - at[1]) * np.cos(turn)
        # Flat-topped: a lamp has an extent, and the film around it is uneven.
        distance = ((u / long) ** 2 + (v / thin) ** 2) ** 1.2
        shine += strength * rng.uniform(0.6, 1.2) * np.exp(-distance)
    return shine


def fingers(image: Any, rng: Any, edge: tuple[Any, Any], count: int, px_per_mm: float) -> list[Any]:
    """Fingertips reaching over a sheet's edge from outside, painted on the picture; returns their outlines."""
    a, b = np.asarray(edge[0]), np.asarray(edge[1])
    along = (b - a) / max(1e-6, float(np.hypot(*(b - a))))
    inward = np.array([-along[1], along[0]])
    skin = np.array([125, 160, 212]) * rng.uniform(0.55, 1.08)
    start = rng.uniform(0.15, 0.6)
    outlines = []
    for k in range(count):
        tip = a + (b - a) * start + along * k * 19 * px_per_mm + inward * rng.uniform(4, 16) * px_per_mm
        lean = np.radians(rng.uniform(-14, 14))
        way = np.array(
            [inward[0] * np.cos(lean) - inward[1] * np.sin(lean), inward[0] * np.sin(lean) + inward[1] * np.cos(lean)]
        )
        outlines.append(_finger(image, tip, -way, 7.5 * px_per_mm, 95 * px_per_mm, skin, rng))
    return outlines


def _finger(image: Any, tip: Any, way: Any, radius: float, length: float, skin: Any, rng: Any) -> Any:
    height, width = image.shape[:2]
    side = np.array([-way[1], way[0]])
    round_ = [tip + radius * (np.cos(t) * side - np.sin(t) * way + way) for t in np.linspace(0, np.pi, 24)]
    far = tip + way * length
    outline = np.array([*round_, far - side * radius * 1.15, far + side * radius * 1.15])
    x0, y0 = np.maximum(0, np.floor(outline.min(0)).astype(int) - 4)
    x1, y1 = np.minimum((width, height), np.ceil(outline.max(0)).astype(int) + 4)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return outline
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.fillPoly(mask, [((outline - (x0, y0)) * 8).astype(np.int32)], 255, cv2.LINE_AA, shift=3)
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    across = ((x - tip[0]) * side[0] + (y - tip[1]) * side[1]) / radius
    down = ((x - tip[0]) * way[0] + (y - tip[1]) * way[1]) / radius
    shade = np.clip(1.05 - 0.34 * across**2 - 0.1 * across, 0.35, 1.15)
    flesh = np.clip(skin * shade[:, :, None], 0, 255)
    nail = ((across / 0.62) ** 2 + ((down - 0.95) / 0.8) ** 2 < 1)[:, :, None]
    flesh = np.where(nail, flesh * 0.75 + np.array([175, 185, 225]) * 0.25 * shade[:, :, None], flesh)
    # The finger darkens the paper it hovers over.
    cast = cv2.GaussianBlur(mask, (0, 0), max(1.0, radius * 0.35)).astype(np.float32)[:, :, None] / 255
    part = image[y0:y1, x0:x1].astype(np.float32) * (1 - 0.35 * cast)
    solid = mask[:, :, None] / 255.0
    image[y0:y1, x0:x1] = np.clip(part * (1 - solid) + flesh * solid, 0, 255).astype(np.uint8)
    return outline


def _hand(dark: Any, base: Any, size: float, turn: float, rng: Any) -> None:
    """A hand and forearm as a shadow throws it."""
    way = np.array([np.cos(turn), np.sin(turn)])
    side = np.array([-way[1], way[0]])

    def bone(a: Any, b: Any, thick: float) -> None:
        cv2.line(dark, tuple(int(v) for v in a), tuple(int(v) for v in b), 1.0, max(2, int(thick)))

    cv2.ellipse(
        dark, tuple(int(v) for v in base), (int(size * 0.36), int(size * 0.28)), np.degrees(turn), 0, 360, 1.0, -1
    )
    bone(base, base + way * size * 4, size * 0.42)
    for k in range(4):
        root = base - way * size * 0.2 + side * size * (k - 1.5) * 0.16
        bone(root, root - way * size * rng.uniform(0.4, 0.6) + side * size * (k - 1.5) * 0.1, size * 0.13)
    bone(base + side * size * 0.2, base + side * size * 0.55 - way * size * 0.25, size * 0.14)
