"""The last try at a place that no engine reads: outlines guessed from what is half seen, the symbol repaired."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes.engines import EngineLook, Reading, zxing
from scanner.codes.ladder import changes
from scanner.codes.places import Polygon, cut, polygon, side
from scanner.codes.rescue import mesh
from scanner.codes.rescue.locate import Region, locate
from scanner.codes.rescue.sample import guesses, symbol_of

if TYPE_CHECKING:
    from scanner.arrays import Gray, Mask

# Pixels of the longer side of the one copy all looks are made from.
_MIDDLE = 700
# Longer side looked at, margin, and whether finder patterns are looked for beside what zxing half sees.
_LOOKS = ((400, 0.3, False), (300, 0.22, True), (560, 0.4, True))
STEPS = len(_LOOKS)
# Largest version that is guessed from what is half seen.
_MOST_VERSION = 25
# Fit below which a half-seen outline is dropped.
_LEAST_FIT = 0.3
# Outlines tried, the best fitting ones.
_GUESSES = 4
# Modules within which two outlines are one.
_SAME_MODULES = 0.6
# Changes under which zxing finds the three finder patterns of a code it cannot decode.
_HINTS: tuple[tuple[int, changes.Change, bool], ...] = (
    (160, changes.thresholded, True),
    (290, changes.as_is, False),
    (290, changes.evened, True),
    (290, changes.sharpened, True),
    (400, changes.softened, False),
    (240, changes.crisped, True),
    (400, changes.evened_sharpened, False),
    (200, changes.widely_thresholded, True),
    (480, changes.as_is, False),
)


def weave(gray: Gray, place: Polygon, step: int, until: float) -> EngineLook:
    """A code at the place: its modules are sampled through a bent grid, its doubtful codewords are filled in; empty
    where any doubt remains. Each `step` (below STEPS) looks at another size. Stops at `until` (monotonic).
    """
    longer, margin, patterns = _LOOKS[step]
    part, left, top = cut(gray, place, margin)
    if min(part.shape) < 24:
        return EngineLook()
    part, shrunk = changes.resized(part, min(_MIDDLE, max(part.shape)))
    small, scale = changes.resized(part, min(longer, 3 * max(part.shape)))
    found = _hints(part, scale, until)
    if found.readings:
        return EngineLook(tuple(_moved(r, scale * shrunk, left, top) for r in found.readings))
    regions = _half_seen(small, found)
    if patterns:
        regions += locate(cv2.GaussianBlur(small, (0, 0), 0.6), _GUESSES)
    for region in regions:
        for guess in guesses(small, region):
            if time.monotonic() > until:
                return EngineLook()
            symbol = symbol_of(guess, until, thorough=True)
            text = "" if symbol is None else text_of(symbol.modules)
            if symbol is not None and text:
                return EngineLook(
                    (_moved(Reading(text, polygon(symbol.corners), "mesh"), scale * shrunk, left, top),)
                )
    return EngineLook()


def text_of(modules: Mask) -> str:
    """Text of a whole symbol given as its modules (True = dark), "" where it holds none."""
    look = zxing(_drawn(modules), pure=True)
    return look.readings[0].text if look.readings else ""


def _hints(part: Gray, scale: float, until: float) -> EngineLook:
    """Half-seen codes, in pixels of the scaled part; or readings, should one of the looks succeed."""
    places: list[Polygon] = []
    versions: list[int] = []
    for longer, change, histogram in _HINTS:
        if time.monotonic() > until:
            break
        seen, by = changes.resized(part, min(longer, 3 * max(part.shape)))
        look = zxing(change(seen), histogram=histogram)
        if look.readings:
            readings = (Reading(r.text, polygon(r.polygon, by / scale), "zxing") for r in look.readings)
            return EngineLook(tuple(readings))
        places += [polygon(place, by / scale) for place in look.unread]
        versions += look.versions
    return EngineLook((), tuple(places), tuple(versions))


def _half_seen(picture: Gray, hints: EngineLook) -> list[Region]:
    """What zxing half saw as regions, likeliest first, each once, dark on light or light on dark."""
    guesses: list[tuple[float, Region]] = []
    for place, version in zip(hints.unread, hints.versions, strict=True):
        corners = np.array(place, np.float32)
        if not 1 <= version <= _MOST_VERSION or not cv2.isContourConvex(corners):
            continue
        module = side(place) / (17 + 4 * version)
        for inverted, seen in ((False, picture), (True, 255 - picture)):
            fit = mesh.first_fit(seen, corners, version)
            if fit > _LEAST_FIT:
                quad = corners.astype(np.float64)
                guesses.append((fit, Region(quad, module, version, (None, None, None), inverted, fit)))
    chosen: list[Region] = []
    for _, guess in sorted(guesses, key=lambda entry: -entry[0]):
        alike = (other for other in chosen if other.version == guess.version)
        if all(np.abs(other.quad - guess.quad).max() >= _SAME_MODULES * guess.module for other in alike):
            chosen.append(guess)
    return chosen[:_GUESSES]


def _drawn(modules: Mask, pixels: int = 4) -> Gray:
    """The modules as a clean picture with quiet zone."""
    picture = np.where(modules, 0, 255).astype(np.uint8)
    return np.pad(np.kron(picture, np.ones((pixels, pixels), np.uint8)), 4 * pixels, constant_values=255)


def _moved(reading: Reading, scale: float, left: int, top: int) -> Reading:
    return Reading(reading.text, polygon(reading.polygon, scale, left, top), reading.engine)
