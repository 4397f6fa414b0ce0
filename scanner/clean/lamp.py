"""Which part of a sheet's tint is the paper's and which the lamp's; and whether it is a dark thing or a dark room.

Colours are ratios, (log B/G, log R/G), in which the light's and the paper's simply add. Each lamp that a camera's
white balance leaves, each paper and each table top is more or less common; the lamp chosen is the one under which all
that is seen together is most common (Bayesian colour constancy). White paper and a table of the same tint are two
white things under one coloured lamp; blue paper on a table that looks grey is blue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import AnyNumbers, Numbers, Plane, Quad
    from scanner.clean.near import Near


_WARMER = np.array([-0.77, 0.638])
"""Direction from blue sky to warm bulb; lamps and daylight lie along it."""
# Across it, from the greenish light of tubes to pinkish.
_PINKER = np.array([0.638, 0.77])
# Lamps thought of, 0.01 and 0.005 apart: logarithms of blue and of red against green, along and across.
_ALONG, _ASIDE = np.meshgrid(np.linspace(-0.3, 0.45, 76), np.linspace(-0.1, 0.1, 41), indexing="ij")
_LAMPS = _ALONG[..., None] * _WARMER + _ASIDE[..., None] * _PINKER
# Pixels of the long side of the copy that colours are counted on.
_THUMB = 96
# Colours beside the sheet that are told apart, the commonest ones.
_THINGS = 3
# Level (0-255) from which a channel may be burnt out and its colour wrong.
_CLIPPED = 250
# Level (0-255) below which a channel is mostly noise and its colour wrong.
_DARKEST = 48
_DEEP = 0.65
"""Largest over smallest of a paper's blue, green and red, as a logarithm: above it is no sheet of office paper."""
_PHOTOGRAPHED = 235.0
"""What white comes to where a camera sets its exposure."""
_DARK = 0.35
"""Share of the brightness around it under which a sheet is dark itself, not in the shade."""
# Share of white below which paper is taken for dark paper, not for little light.
_DARKEST_LEVEL = 0.2
# Share of white that tinted paper may have at the least and still be evened to white.
_PALEST = 0.85


@dataclass(frozen=True)
class Around:
    """What lies around a sheet. `chroma`: (n, 2) its most common colours, `share`: (n,) of what is seen; `level`: the
    brightness of its brighter half, 0 where nothing is seen.
    """

    chroma: Numbers
    share: Numbers
    level: float


NOTHING = Around(np.zeros((0, 2)), np.zeros(0), 0.0)


def around(near: Near, quad: Quad) -> Around:
    """What lies around the sheet `quad` (in the picture's pixels), from the small copy `near`."""
    height, width = near.image.shape[:2]
    scale = _THUMB / max(height, width)
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    small = cv2.resize(near.image, size, interpolation=cv2.INTER_AREA)
    mask = np.full(small.shape[:2], 255, np.uint8)
    corners = (near.inside(quad) + 0.5) * (size[0] / width, size[1] / height) - 0.5
    middle = corners.mean(axis=0)
    cv2.fillConvexPoly(mask, np.rint(middle + (corners - middle) * 1.05).astype(np.int32), 0)
    seen = small[mask > 0]
    if len(seen) < 40:
        return NOTHING
    bright = seen.max(axis=1)
    level = float(np.median(bright[bright >= np.median(bright)]))
    usable = seen[(bright < _CLIPPED) & (seen.min(axis=1) >= _DARKEST)]
    if len(usable) < 40:
        return Around(NOTHING.chroma, NOTHING.share, level)
    colours, shares = _commonest(chroma(usable))
    return Around(colours, shares, level)


def chroma(bgr: AnyNumbers) -> Numbers:
    """(log B/G, log R/G) of colours (..., 3)."""
    logs = np.log(np.maximum(np.asarray(bgr, dtype=np.float64), 1.0))
    return np.asarray(logs[..., ::2] - logs[..., 1:2], dtype=np.float64)


def lamp_of(tint: Plane, others: Around = NOTHING) -> Numbers:
    """The lamp's colour (BGR, the largest 1) over a sheet whose paper looks `tint` (BGR) among other things."""
    paper = np.clip(chroma(tint), -1, 1) - _LAMPS
    belief = _common_lamps() * _common_papers(paper)
    for colour, share in zip(others.chroma, others.share, strict=True):
        # A table that fills half the margin is as good a witness as one that fills it all.
        belief = belief * _common_tables(colour - _LAMPS) ** min(0.8, 2.0 * float(share))
    # Sharpened: between two beliefs the likelier counts, not a colour halfway that is neither.
    belief = belief**2
    best = np.tensordot(belief / belief.sum(), _LAMPS, axes=([0, 1], [0, 1]))
    lamp = np.exp(np.array([best[0], 0.0, best[1]]))
    return np.asarray(lamp / lamp.max(), dtype=np.float64)


def white_of(tint: Plane, others: Around = NOTHING, white: tuple[float, float, float] | None = None) -> Numbers:
    """BGR that a sheet whose paper looks `tint` shows where it is as bright and as colourless as clean paper gets.
    `white`: BGR of white paper under this lamp, where it was measured.
    """
    colour = np.maximum(np.asarray(tint, dtype=np.float64), 1.0)
    lamp = lamp_of(tint, others) if white is None else np.maximum(white, 1.0) / np.max(white)
    brightest = float((colour / lamp).max())
    level = _level(tint, others, 0.0 if white is None else float(np.max(white)))
    if white is not None and level == 1.0:
        # White paper comes out white however the light falls; coloured paper is a little darker than white.
        dyed = np.clip((float(np.ptp(np.log(colour / lamp))) - 0.02) / 0.03, 0, 1)
        level = float(np.clip(brightest / np.max(white), _PALEST, 1.0)) ** float(dyed)
    return np.asarray(lamp * brightest / level)


def _commonest(points: Numbers) -> tuple[Numbers, Numbers]:
    """The fullest places of a coarse map of colours (n, 2), and their shares; what a place holds is one thing."""
    found: list[Numbers] = []
    shares: list[float] = []
    left = points
    while len(found) < _THINGS and len(left) >= 10:
        cells, counts = np.unique(np.rint(left / 0.03).astype(int), axis=0, return_counts=True)
        close = np.abs(left - cells[counts.argmax()] * 0.03).max(axis=1) < 0.04
        if close.sum() < 0.08 * len(points):
            break
        found.append(np.median(left[close], axis=0))
        shares.append(float(close.mean() * len(left) / len(points)))
        left = left[~close]
    return np.array(found).reshape(-1, 2), np.array(shares)


def _level(tint: Plane, others: Around, white: float) -> float:
    """How bright the sheet's paper is, of 1: below 1 for dark covers among brighter things. In a dark room, where
    all is dark, paper is white.
    """
    bright = float(np.max(tint))
    # What no lamp does to paper, a colour deeper than any office's, is a cover's own: as bright as the camera saw it.
    if float(np.ptp(np.log(np.maximum(np.asarray(tint, dtype=np.float64), 1.0)))) > _DEEP:
        return float(np.clip(bright / (white or max(others.level, _PHOTOGRAPHED)), _DARKEST_LEVEL, 1.0))
    return float(np.clip(bright / max(others.level, white, 1.0) / _DARK, _DARKEST_LEVEL, 1.0))


def _common_lamps() -> Numbers:
    along = 0.55 * _bell(_ALONG, 0.0, 0.04) + 0.45 * _bell(_ALONG, 0.05, 0.09)
    return along * _bell(_ASIDE, np.where(_ALONG < 0, -0.15 * _ALONG, 0.0), 0.02)


def _common_papers(colour: Numbers) -> Numbers:
    """How common paper of these colours (..., 2) is: white, yellowed, or dyed in any colour."""
    dyed = 2.5 / (1 + (colour**2).sum(axis=-1) / 0.12**2) ** 1.5
    return np.asarray(0.75 * _spot(colour, (-0.003, 0.0), 0.012) + dyed, dtype=np.float64)


def _common_tables(colour: Numbers) -> Numbers:
    """The same of table tops: white, grey and black ones, woods, cloths."""
    plain, wood = _spot(colour, (-0.01, 0.005), 0.03), _spot(colour, (-0.3, 0.19), 0.12)
    return 0.3 * plain + 0.35 * wood + 0.35 * _spot(colour, (-0.05, 0.03), 0.25)


def _spot(colour: Numbers, middle: tuple[float, float], sigma: float) -> Numbers:
    away = ((colour - np.array(middle)) ** 2).sum(axis=-1)
    return np.asarray(np.exp(-away / (2 * sigma**2)) / (2 * np.pi * sigma**2), dtype=np.float64)


def _bell(values: Numbers, middle: Numbers | float, sigma: float) -> Numbers:
    return np.asarray(np.exp(-(((values - middle) / sigma) ** 2) / 2) / sigma, dtype=np.float64)
