"""Which side of an identity card is seen, whichever way up it lies.

The back of every card with a chip (2016, 2021 and 2024) bears three lines for machines along its lower edge, in
places that ICAO 9303-5 fixes to the millimetre; the front bears the portrait at the left and the state's red emblem
above it (a small child's card the emblem alone). The code tells nothing: in 2024 it went from the front to the back.
A card that shows none of these, or both, is taken as it is: driving licences and old cards have no such lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import Image, Plane
    from scanner.guide.glimpse import Glimpse


Side = Literal["front", "back"]

# Of the copy a card is judged on.
_PX_PER_MM = 5.0
# Pixels of that copy: 85.6 x 54 mm.
_SIZE = (428, 270)
# Pixels of the copy that colours are judged on.
_SMALL = (107, 68)
_LINES = 0.03
"""What three lines for machines come to: drawn backs in hard light from .036, fronts to .026."""
_PORTRAIT = 0.45
"""What a portrait comes to: drawn fronts in hard light from .47, backs to .43."""
# Share of red in the emblem's place on a clear front.
_EMBLEM = 0.12
# Times as likely one side must be to be told.
_CLEARLY = 1.15
# Parts across in which the machine-readable lines must show.
_BINS = 20
# Of those, which may be empty: a finger, a glare.
_EMPTY_BINS = 3
# Height of a machine-readable letter (ICAO 9303).
_LETTER_MM = 2.6
# From one of its lines to the next, least and most, as seen a little tilted.
_APART_MM = (3.8, 5.2)
# Left, top, right, bottom as shares of the card: where fronts have the portrait.
_PORTRAIT_BOX = (0.05, 0.34, 0.29, 0.86)
# The same of the emblem.
_EMBLEM_BOX = (0.02, 0.04, 0.20, 0.32)
# Log ratio of red to green above the card's own from which a pixel is the emblem's.
_RED = 0.5


def card_side(seen: Glimpse) -> Side | None:
    """The side of the card that lies here; None where it cannot be told (about 4 ms)."""
    card = seen.bgr if seen.bgr.shape[1] >= seen.bgr.shape[0] else np.rot90(seen.bgr)
    card = cv2.resize(np.ascontiguousarray(card), _SIZE, interpolation=cv2.INTER_AREA)
    ink = _ink(card)
    colours = _colours(card)
    bare = _bare(ink)
    lines = portrait = emblem = 0.0
    for turned in (slice(None), slice(None, None, -1)):
        lines = max(lines, _machine_lines(ink[turned, turned]))
        portrait = max(portrait, _portrait(colours[turned, turned], bare[turned, turned]))
        emblem = max(emblem, _emblem(colours[turned, turned]))
    back = lines / _LINES
    front = max(portrait / _PORTRAIT, emblem / _EMBLEM)
    if back > _CLEARLY * max(1.0, portrait / _PORTRAIT):
        return "back"
    if front > _CLEARLY * max(0.9, back):
        return "front"
    return None


def _ink(card: Image) -> Plane:
    """How much darker than the paper right around it each pixel is, 0 to 1: letters, not shadows."""
    least = cv2.min(cv2.min(card[:, :, 0], card[:, :, 1]), card[:, :, 2])
    paper = cv2.blur(cv2.morphologyEx(least, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), (9, 9))
    ink = np.clip(1 - least.astype(np.float32) / np.maximum(paper, 8), 0, 1)
    return np.asarray(ink, dtype=np.float32)


def _machine_lines(ink: Plane) -> float:
    """How much darker three lines low on the card are than the gaps between them, all along their length: the
    weakest of the places in which each line must hold letters, a few left to glare and fingers.
    """
    height, width = ink.shape
    inner = np.ascontiguousarray(ink[:, round(0.055 * width) : round(0.945 * width)])
    tall, low = (round(mm * _PX_PER_MM) for mm in (_LETTER_MM, 0.6))
    full, bare = (
        cv2.resize(cv2.blur(inner, (1, rows)), (_BINS, height), interpolation=cv2.INTER_AREA) for rows in (tall, low)
    )
    best = 0.0
    for apart in range(round(_APART_MM[0] * _PX_PER_MM), round(_APART_MM[1] * _PX_PER_MM) + 1):
        first = np.arange(round(0.60 * height), min(round(0.86 * height), height - 8 - 2 * apart))
        if not first.size:
            continue
        lines = (full[first] + full[first + apart] + full[first + 2 * apart]) / 3
        gaps = (bare[first + apart // 2] + bare[first + apart + apart // 2]) / 2
        weakest = np.partition(lines - gaps, _EMPTY_BINS, axis=1)[:, _EMPTY_BINS]
        best = max(best, float(weakest.max()))
    return best


def _colours(card: Image) -> Plane:
    """A small copy as logarithms: lightness, red over green, blue over green. Light only adds to them."""
    small = cv2.resize(cv2.GaussianBlur(card, (0, 0), 2.0), _SMALL, interpolation=cv2.INTER_AREA)
    blue, green, red = cv2.split(np.log(np.maximum(small, 4).astype(np.float32)))
    return np.asarray(cv2.merge([(blue + green + red) / 3, red - green, blue - green]), dtype=np.float32)


def _bare(ink: Plane) -> Plane:
    """1 where the small copy shows the card's ground, 0 on letters and at its very edge."""
    bare = (cv2.resize(ink, _SMALL, interpolation=cv2.INTER_AREA) < 0.08).astype(np.float32)
    bare[:2] = bare[-2:] = 0
    bare[:, :2] = bare[:, -2:] = 0
    return bare


def _portrait(colours: Plane, bare: Plane) -> float:
    """How far lightness and colour vary inside the portrait's place, the ground and light around it taken off."""
    place = _place(_PORTRAIT_BOX)
    outside = bare.copy()
    outside[place] = 0
    weight = cv2.GaussianBlur(outside, (0, 0), 7)
    ground = cv2.GaussianBlur(colours * outside[:, :, None], (0, 0), 7) / np.maximum(weight, 1e-4)[:, :, None]
    apart = (colours - ground)[place]
    return float(apart[:, :, 0].std() + np.hypot(apart[:, :, 1], apart[:, :, 2]).std())


def _emblem(colours: Plane) -> float:
    """Share of the emblem's place that is red as no ground, skin or chip is."""
    usual = float(np.median(colours[:, :, 1]))
    return float(np.mean(colours[_place(_EMBLEM_BOX)][:, :, 1] - usual > _RED))


def _place(box: tuple[float, float, float, float]) -> tuple[slice, slice]:
    x0, y0, x1, y1 = box
    width, height = _SMALL
    return slice(round(y0 * height), round(y1 * height)), slice(round(x0 * width), round(x1 * width))
