"""The last means for a place no engine reads: guess the grid from half-seen codes, fit it, mend the symbol."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from scanner.reading import changes, mesh, soft
from scanner.reading.engines import Look, Reading, zxing
from scanner.reading.locate import locate
from scanner.reading.places import Polygon, cut, polygon, side
from scanner.reading.sample import drawn

_MIDDLE = 700
# Longer side looked at, blurs, margin, and whether finder patterns are looked for too (dear).
_LOOKS = (
    (400, (0.8, 1.6), 0.3, False),
    (300, (0.6, 1.2), 0.22, True),
    (560, (1.2, 2.2), 0.4, False),
)
STEPS = len(_LOOKS)
_MOST_VERSION = 25
_LEAST_FIT = 0.3
_GUESSES = 4
_WORTH_MENDING = 0.75
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


@dataclass(frozen=True)
class _Guess:
    fit: float
    version: int
    corners: Any
    inverted: bool


def weave(gray: Any, place: Polygon, step: int, until: float) -> Look:
    """A code at the place, its modules sampled through a bent grid and its doubtful codewords filled in; nothing
    where there is none beyond doubt. Every step (below STEPS) looks at another size. Stops at `until` (monotonic).
    """
    longer, blurs, margin, patterns = _LOOKS[step]
    part, left, top = cut(gray, place, margin)
    if min(part.shape) < 24:
        return Look()
    part, shrunk = changes.resized(part, min(_MIDDLE, max(part.shape)))
    small, scale = changes.resized(part, min(longer, 3 * max(part.shape)))
    found = _hints(part, scale, until)
    if found.readings:
        return Look(tuple(_moved(r, scale * shrunk, left, top) for r in found.readings))
    softer = [cv2.GaussianBlur(small, (0, 0), blur) for blur in blurs]
    for guess in _guesses(softer[0], found, patterns):
        if time.monotonic() > until:
            break
        seen = [255 - picture if guess.inverted else picture for picture in softer]
        fitted = mesh.fitted(seen[0], guess.corners, guess.version)
        for picture in seen if fitted.fit > _WORTH_MENDING else ():
            modules = soft.mended(mesh.sampled(picture, fitted.centres))
            text = "" if modules is None else text_of(modules)
            if text:
                return Look((_moved(Reading(text, polygon(fitted.corners), "mesh"), scale * shrunk, left, top),))
    return Look()


def text_of(modules: Any) -> str:
    """Text of a whole symbol given as its modules (True = dark), "" where it holds none."""
    look = zxing(drawn(modules), pure=True)
    return look.readings[0].text if look.readings else ""


def _hints(part: Any, scale: float, until: float) -> Look:
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
            return Look(tuple(readings))
        places += [polygon(place, by / scale) for place in look.unread]
        versions += look.versions
    return Look((), tuple(places), tuple(versions))


def _located(picture: Any, _: Look) -> list[_Guess]:
    """Guesses from finder patterns found on their own."""
    guesses: list[_Guess] = []
    for region in locate(picture, 4):
        if region.version is None or not 1 <= region.version <= _MOST_VERSION:
            continue
        corners = np.asarray(region.quad, np.float32)
        seen = 255 - picture if region.inverted else picture
        for version in {max(1, region.version - 1), region.version, region.version + 1}:
            guesses.append(_Guess(mesh.first_fit(seen, corners, version), version, corners, region.inverted))
    return guesses


def _seen(picture: Any, hints: Look) -> list[_Guess]:
    """Guesses from codes zxing half saw."""
    dark = 255 - picture
    guesses: list[_Guess] = []
    for place, version in zip(hints.unread, hints.versions, strict=True):
        corners = np.array(place, np.float32)
        if 1 <= version <= _MOST_VERSION and cv2.isContourConvex(corners):
            for inverted, seen in ((False, picture), (True, dark)):
                guesses.append(_Guess(mesh.first_fit(seen, corners, version), version, corners, inverted))
    return guesses


def _guesses(picture: Any, hints: Look, patterns: bool) -> Iterator[_Guess]:
    """The best guesses, each kind once: those half seen, then, at more cost, those from finder patterns."""
    given: list[_Guess] = []
    for source, most in ((_seen, _GUESSES), (_located, _GUESSES + 3)) if patterns else ((_seen, _GUESSES),):
        guesses = source(picture, hints)
        for guess in sorted(guesses, key=lambda guess: -guess.fit):
            if guess.fit < _LEAST_FIT or len(given) >= most:
                break
            alike = (g for g in given if g.version == guess.version)
            near = _SAME_MODULES * side(polygon(guess.corners)) / (17 + 4 * guess.version)
            if all(np.abs(g.corners - guess.corners).max() >= near for g in alike):
                given.append(guess)
                yield guess


def _moved(reading: Reading, scale: float, left: int, top: int) -> Reading:
    return Reading(reading.text, polygon(reading.polygon, scale, left, top), reading.engine)
