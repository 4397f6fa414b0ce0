"""A photograph altered as cameras, lamps and tables would alter it: more of the same for a program that learns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.pages.geometry import order_corners

if TYPE_CHECKING:
    from scanner.arrays import Image, Numbers, Quad

_LONGEST = 1600
"""Longer side in pixels at which a photograph is altered: no program looks at more."""


def altered(image: Image, quads: tuple[Quad, ...]) -> Iterator[tuple[Image, tuple[Quad, ...]]]:
    """The picture as it is, then in eleven ways, each with the corners as they lie then."""
    scale = min(1.0, _LONGEST / max(image.shape[:2]))
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
    quads = tuple(quad * scale for quad in quads)
    yield image, quads
    for change in _LIGHT:
        yield np.clip(change(image.astype(np.float64)), 0, 255).astype(np.uint8), quads
    yield cv2.GaussianBlur(image, (0, 0), max(image.shape) / 700), quads
    noise = np.random.default_rng(5).normal(0, 9, image.shape)
    yield np.clip(image + noise, 0, 255).astype(np.uint8), quads
    height, width = image.shape[:2]
    for move, size in _moves(width, height):
        seen = cv2.warpPerspective(image, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        yield seen, tuple(order_corners(cv2.perspectiveTransform(quad[None], move)[0]) for quad in quads)


def _slope(image: Numbers) -> Numbers:
    """A lamp at one side."""
    fall: Numbers = image * np.linspace(0.45, 1.1, image.shape[1])[None, :, None]
    return fall


_LIGHT: tuple[Callable[[Numbers], Numbers], ...] = (
    lambda image: image * 0.45,
    lambda image: image * 1.5 + 10,
    lambda image: 128 + (image - 128) * 0.5,
    lambda image: image * np.array((0.78, 0.95, 1.12)),
    lambda image: image * np.array((1.12, 1.0, 0.84)),
    _slope,
)


def _moves(width: int, height: int) -> Iterator[tuple[Numbers, tuple[int, int]]]:
    """Mirrored; turned a little; seen from nearer, so that the table is narrow."""
    yield np.array([[-1, 0, width - 1], [0, 1, 0], [0, 0, 1]], float), (width, height)
    angle = np.radians(9)
    middle = np.array([width / 2, height / 2])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    yield np.vstack([np.c_[turn, middle - turn @ middle], (0, 0, 1)]), (width, height)
    yield np.vstack([np.c_[1.08 * np.eye(2), -0.08 * middle], (0, 0, 1)]), (width, height)
