"""Uneven light taken off a page: shadows go, paper becomes even, ink and seals keep their colour.

A page is taken as paper times light times ink. Shadow (of a hand, an arm, a weak lamp) reaches the sheet's border,
print lies inside it: so what is dark and surrounded by paper is print, however large, and what is dark and reaches
the border is shadow. That tells a photograph from a shadow without recognising either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.fields import largest, spread, stretched
from scanner.clean.grain import smooth_grain
from scanner.clean.lamp import white_of
from scanner.clean.refine import crisp_edges, grain_bias
from scanner.clean.shade import light_level

if TYPE_CHECKING:
    from scanner.arrays import Image, Numbers, Plane


PAPER = 245.0
"""The value flattened paper comes to: a little below white, so that nothing faint on it is burnt out."""

LOOK = 480
"""Pixels of the long side of the copy that light is looked for on."""

_STROKE = 0.032
"""Share of the long side no line of writing is as high as: about 9 mm on A4."""
_DEEPEST = 0.2
"""Light below this share of the sheet's brightest is not lifted further: it would be noise."""
# Pixels of the small copy's rim replaced by what is next to them.
_RIM = 4
_COLOURED = 0.09
"""Log distance in colour from the sheet's paper beyond which a spot is print or a finger, never light."""
# Rows of gains stretched at once: a page of them would be 100 MB.
_STRIP = 16
_COARSER = 4
"""Pixels of the page for one gain; so many rows of gains are stretched at once."""
_LIFTED = 1.6
"""Where light is lifted by so much more than usual, the sensor's grain comes up with it."""


@dataclass(frozen=True)
class Light:
    """`fall`: float32 (h, w, 3), light on a small copy of the sheet, 1 where it is usual; `tint`: its paper's BGR."""

    fall: Plane
    tint: Plane


def flatten_light(image: Image, white: tuple[float, float, float] | None = None) -> Image:
    """Divide a page (BGR uint8, the sheet only) by the light that fell on it; new BGR uint8 of the same size.
    `white`: as in `finish`.
    """
    light = light_of(image)
    return take_off(image, light, white_of(light.tint, white=white))


def take_off(image: Image, light: Light, white: Numbers) -> Image:
    """Removes a light that was found before from any copy of the page with the same layout (BGR uint8); `white`: BGR
    that is to come out as white (see lamp.white_of).
    """
    return _times(image, (PAPER / (light.fall * np.asarray(white, dtype=np.float32))).astype(np.float32))


def light_of(image: Image, *, one_colour: bool = False) -> Light:
    """The light on a page (BGR uint8) and the tint of its paper. `one_colour`: light that differs in strength only;
    on a card, colours that change over it are print.
    """
    height, width = image.shape[:2]
    scale = min(1.0, LOOK / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    # A sliver of a bright table all round would make the whole sheet a dark place shut in.
    rim = min(_RIM, (min(size) - 1) // 4)
    small = cv2.copyMakeBorder(small[rim:-rim, rim:-rim], rim, rim, rim, rim, cv2.BORDER_REPLICATE)
    stroke = max(3, round(max(size) * _STROKE) | 1)
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (stroke, stroke))
    bare = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, shape), 5)
    paper = np.maximum(bare, 1).astype(np.float32)
    tint = _tint(paper)
    relative = (paper / tint).astype(np.float32, copy=False)
    level = largest(relative)
    colour = np.log(relative / level[:, :, None])
    strange = largest(np.abs(colour - _usual(colour))) > _COLOURED
    level = light_level(level, strange)
    level = cv2.GaussianBlur(cv2.medianBlur(level, 5), (0, 0), 1.5)
    if one_colour:
        fall = np.repeat(level[:, :, None], 3, axis=2)
    else:
        trust = 1.0 - cv2.dilate(strange.astype(np.uint8), shape).astype(np.float32)
        fall = level[:, :, None] * np.exp(spread(colour, trust, stroke))
        fall *= grain_bias(small, fall * tint, stroke)
    fall = np.maximum(fall, _DEEPEST).astype(np.float32)
    tint = _paper_of(small, fall)
    return Light(crisp_edges(image, fall * tint, strange) / tint, tint)


def _usual(colour: Plane) -> Plane:
    """The colour most of the sheet has, (h, w, 3), where two lamps mix changing evenly from one side to the other."""
    height, width = colour.shape[:2]
    across, down = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    step = (slice(None, None, 8), slice(None, None, 8))
    x, y = np.meshgrid(across[step[1]], down[step[0]])
    some = colour[step].reshape(-1, 3)
    places = np.column_stack([np.ones(x.size, np.float32), x.ravel(), y.ravel()])
    near = np.abs(some - np.median(some, axis=0)).max(axis=1) < 0.25
    plane = np.zeros((3, 3), np.float32)
    for reach in (1.4, 0.8, 0.8):
        kept, here = places[near], some[near]
        if len(here) < 20:
            break
        plane = np.linalg.solve(kept.T @ kept + np.diag([0, 1, 1]).astype(np.float32), kept.T @ here)
        near = np.abs(some - places @ plane).max(axis=1) < reach * _COLOURED
    return np.asarray(plane[0] + across[None, :, None] * plane[1] + down[:, None, None] * plane[2], dtype=np.float32)


def _tint(paper: Plane) -> Plane:
    """The commonest colour among the brighter half of the sheet, whatever its light."""
    flat = paper[::3, ::3].reshape(-1, 3)
    bright = largest(flat)
    middle = np.median(flat[bright >= np.median(bright)], axis=0)
    return np.asarray(np.maximum(middle, 1.0), dtype=np.float32)


def _paper_of(small: Image, fall: Plane) -> Plane:
    """The paper's tint as it comes out of the division: closing over the writing leaves it a little too bright."""
    return _tint(small.astype(np.float32) / fall)


def _times(image: Image, gain: Plane) -> Image:
    """The image times a small map of gains stretched over it, strip by strip so that memory stays small."""
    height, width = image.shape[:2]
    size = (-(-width // _COARSER), -(-height // _COARSER))
    coarse = stretched(gain, (width / _COARSER, height / _COARSER), size)
    lifted = largest(coarse)
    coarse = cv2.copyMakeBorder(coarse, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    inner = slice(_COARSER, -_COARSER)
    out = np.empty_like(image)
    for row in range(0, size[1], _STRIP):
        part = coarse[row : row + _STRIP + 2]
        strip = cv2.resize(part, None, fx=_COARSER, fy=_COARSER, interpolation=cv2.INTER_LINEAR)[inner, inner]
        rows = slice(row * _COARSER, min(height, (row + _STRIP) * _COARSER))
        taken = image[rows]
        cv2.multiply(taken, np.ascontiguousarray(strip[: len(taken), :width]), dst=out[rows], dtype=cv2.CV_8U)
    smooth_grain(out, lifted > _LIFTED * float(np.median(lifted)))
    return out
