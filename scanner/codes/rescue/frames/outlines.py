"""Where the code in a sum of frames may lie, and of which version: by its finder patterns, three of them or two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes.ladder import changes
from scanner.codes.rescue import finder_patterns, mesh
from scanner.codes.rescue.locate import locate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Gray, Plane, Quad, Quad32

# Largest version sought in sums: the modules of a larger one are less than a pixel.
_MOST_VERSION = 25
# Of a flat grid: below it a guess is dropped; above it no other way is tried.
_LEAST_FIT, _GOOD_FIT = 0.25, 0.6
# Guesses of each kind, the best fitting ones.
_GUESSES = 3
# Pixels of the longer side at which finder patterns are sought: grain drowns them at one or the other.
_SIDES = (480, 320)
# Score from which a lone pattern is used, and how many are.
_SURE_FINDER, _MOST_FINDERS = 0.6, 8
# How far (share of the way) a finder pattern may lie beside another's diagonal.
_ASKEW = 0.12

Guess = tuple[float, "NDArray[np.float32]", int]


def guesses(picture: Gray) -> Iterator[tuple[Quad32, int]]:
    """Outlines (4, 2) and versions in a gray uint8 picture, best first."""
    found: list[Guess] = []
    for side in _SIDES:
        small, scale = changes.resized(picture, side)
        for change in (changes.crisped, changes.sharpened):
            found = _best(found + _located(picture, change(small), scale))
            if found and found[0][0] > _GOOD_FIT:
                yield from _told(found)
                return
    small, scale = changes.resized(picture, _SIDES[0])
    yield from _told(_best(found + _opposite(picture, changes.crisped(small), scale)))


def _told(found: list[Guess]) -> Iterator[tuple[Quad32, int]]:
    for fit, corners, version in found:
        if fit > _LEAST_FIT:
            yield corners, version


def _best(found: list[Guess]) -> list[Guess]:
    return sorted(found, key=lambda guess: -guess[0])[:_GUESSES]


def _located(picture: Gray, small: Gray, scale: float) -> list[Guess]:
    found: list[Guess] = []
    for region in locate(small, 4):
        if region.version is not None and not region.inverted:
            found += _versions(picture, _back(region.quad, scale), region.version)
    return found


def _opposite(picture: Gray, small: Gray, scale: float) -> list[Guess]:
    """From two finder patterns across from each other, a finger over the one between them."""
    finders = finder_patterns.finders(small)
    sure = [index for index in np.argsort(-finders.scores)[:_MOST_FINDERS] if finders.scores[index] > _SURE_FINDER]
    found: list[Guess] = []
    for first in sure:
        for second in sure:
            if first == second:
                continue
            for turn in range(4):
                right, low = np.roll(finders.corners[first], turn, axis=0), finders.corners[second]
                # In modules along the first's own sides, from its own upper left corner.
                axes = np.stack([right[1] - right[0], right[3] - right[0]], axis=1) / 7
                away = np.linalg.solve(axes, finders.centres[second] - finders.centres[first])
                gap = float(away[1] - away[0]) / 2
                version = round((gap - 10) / 4)
                # The first would be the upper right one: the other lies left of it and as far below.
                if away[0] > 0 or not 1 <= version <= _MOST_VERSION or abs(away.sum()) > 2 * _ASKEW * gap:
                    continue
                low = _turned_like(low, right)
                found += _versions(picture, _back(_outline(right, low, version), scale), version)
    return found


def _turned_like(corners: Quad, others: Quad) -> Quad:
    """The corners begun where the others begin."""
    turns = [np.roll(corners, turn, axis=0) for turn in range(4)]
    way = (others - others.mean(axis=0)).ravel()
    return max(turns, key=lambda each: float((each - each.mean(axis=0)).ravel() @ way))


def _outline(right: Quad, low: Quad, version: int) -> Quad:
    """Corners of the code whose upper right and lower left finder patterns have these corners."""
    size = 17.0 + 4 * version
    square = np.array([(0, 0), (7, 0), (7, 7), (0, 7)], float)
    far = size - 7
    plan = np.concatenate([square + np.array([far, 0]), square + np.array([0, far])])
    move, _ = cv2.findHomography(plan, np.concatenate([right, low]))
    whole = np.array([[(0, 0), (size, 0), (size, size), (0, size)]], float)
    return np.full((4, 2), np.nan) if move is None else cv2.perspectiveTransform(whole, move)[0]


def _versions(picture: Gray, corners: Quad32, version: int) -> list[Guess]:
    if not np.isfinite(corners).all() or not cv2.isContourConvex(corners):
        return []
    tried = [v for v in (version - 1, version, version + 1) if 1 <= v <= _MOST_VERSION]
    return [(mesh.first_fit(picture, corners, v), corners, v) for v in tried]


def _back(quad: Quad, scale: float) -> Plane:
    return ((np.asarray(quad, np.float32) + 0.5) / scale - 0.5).astype(np.float32)
