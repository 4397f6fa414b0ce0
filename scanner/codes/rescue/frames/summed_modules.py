"""From summed frames to the modules of a code: the grid laid on the sum, the blur undone for all modules at once.

Where a module is little more than a pixel, its grey is mostly its neighbours'. The sum of many frames is quiet enough
to solve for all modules together: first by least squares of a print of squares seen through a blur of a few possible
widths, which settles the grid; then by an equalizer that learns the blur (see `equalize`).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes.engines import EngineLook, Reading
from scanner.codes.places import Polygon, polygon
from scanner.codes.rescue import soft, symbol
from scanner.codes.rescue.equalize import FINE, QUIET, equalized
from scanner.codes.rescue.frames.outlines import guesses
from scanner.codes.rescue.frames.register import Template, product
from scanner.codes.rescue.weave import text_of

if TYPE_CHECKING:
    from scanner.arrays import Mask, Numbers, Plane, Quad32

# Widths of the blur, sigma in modules, and how much noise is expected beside the print.
_BLURS = (0.35, 0.5, 0.62, 0.75, 0.9)
# Noise beside print, squared share: what the blur is undone against.
_NOISE = 0.005
# Correlation of the greys with the symbol made of them, below which chance made it.
_LEAST_MATCH = 0.45
# Contrast (squared, against most of the code) of what is no print, and how much of a code may be hidden.
_BARE, _FINGER = 0.05, (0.004, 0.4)
# Steps of settling a grid; times clearer a step must make it.
_STEPS, _GAIN = 8, 1.003
# Spreads between dark and light: to begin with, to be read, to be settled.
_LEAST_CLEAR, _WORTH, _ENOUGH = 0.4, 0.85, 1.8


def decoded(summed: Plane, until: float, contrast: Plane | None = None) -> EngineLook:
    """The code in a sum of frames (float32, light above 0), found by its finder patterns; `unread` where one is seen
    but not read beyond doubt. `contrast`: strength of the print at every pixel, where known. No guess is begun after
    `until` (monotonic).
    """
    picture = np.clip(128 + 55 * summed, 0, 255).astype(np.uint8)
    seen: Polygon | None = None
    for corners, version in guesses(picture):
        if time.monotonic() > until:
            break
        grid = settled(summed, corners, version)
        if grid is None:
            continue
        seen = seen or polygon(grid.corners)
        text = _text(grid, contrast)
        if text:
            return EngineLook((Reading(text, polygon(grid.corners), "frames"),))
    return EngineLook(unread=() if seen is None else (seen,))


@dataclass(frozen=True)
class Grid:
    """`corners`: (4, 2) outline in the picture; `seen`: the picture laid upright on the grid, FINE pixels a module,
    QUIET modules beyond; `greys`: (n, n), light above 0, the blur undone as far as a model of it goes; `clear`: how
    far dark and light fixed modules stand from each other, in spreads.
    """

    version: int
    corners: Quad32
    seen: Plane
    greys: Plane
    clear: float


def settled(summed: Plane, corners: Quad32, version: int) -> Grid | None:
    """The flat grid of that version, settled step by step: what is drawn from the modules as decided so far is
    registered to the picture, which moves the grid. None where the fixed modules are not in place.
    """
    size = 17 + 4 * version
    best, blur = _solved(summed, _moved(size, corners), version)
    if best.clear < _LEAST_CLEAR:
        return None
    greys, closer = best.greys, False
    for _ in range(_STEPS):
        if best.clear > _ENOUGH:
            break
        found = Template(_drawn(greys, version, blur)).register(best.seen)
        if found is None:
            break
        to_fine = _scaling(size)
        move = _moved(size, best.corners) @ np.linalg.inv(to_fine) @ found.move @ to_fine
        grid, width = _solved(summed, move, version)
        if grid.clear > _GAIN * best.clear:
            best, blur = grid, width
        elif closer:
            break
        else:
            closer = True
        # The equalizer decides better but costs more: for the last steps.
        greys = next(equalized(best.seen, version, best.greys)) if closer else best.greys
    return best if best.clear > _WORTH else None


def _solved(summed: Plane, move: Numbers, version: int) -> tuple[Grid, float]:
    """The grid with its greys under the likeliest width of blur, and that width."""
    size = 17 + 4 * version
    seen = _fine(summed, move, size)
    known = symbol.plan(version).known
    fixed = known >= 0
    wanted = 1.0 - 2.0 * known[fixed]
    inner = slice(QUIET, -QUIET)
    tried = []
    for width in _BLURS:
        greys = _both_ways(_undoing(size, width), seen)[inner, inner]
        right = greys[fixed] * wanted
        tried.append((float(right.mean() / (right.std() + 1e-6)), width, greys))
    clear, blur, greys = max(tried, key=lambda entry: entry[0])
    corners = cv2.perspectiveTransform(_square(size)[None], move)[0]
    return Grid(version, corners, seen, greys, clear), blur


def _moved(size: int, corners: Quad32) -> Numbers:
    """From modules to the picture."""
    return cv2.getPerspectiveTransform(_square(size), np.asarray(corners, np.float32))


def _drawn(greys: Plane, version: int, blur: float) -> Plane:
    """The fine picture there would be, were the modules as decided."""
    known = symbol.plan(version).known
    scale = 1.0 / max(float(np.abs(greys).mean()), 1e-6)
    print_ = np.where(known >= 0, 1.0 - 2.0 * known, np.clip(greys * scale * 1.5, -1, 1))
    print_ = np.pad(print_, QUIET, constant_values=1.0)
    return _both_ways(_blurring(greys.shape[0], blur), print_.astype(np.float32))


def _both_ways(matrix: Plane, values: Plane) -> Plane:
    """The matrix along columns and along rows."""
    return product(product(matrix, values), matrix, transposed=True)


def _fine(summed: Plane, move: Numbers, size: int) -> Plane:
    side = (size + 2 * QUIET) * FINE
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(
        summed, move @ np.linalg.inv(_scaling(size)), (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )


def _scaling(size: int) -> Numbers:
    """From modules (0 the outer edge) to the fine picture's pixels."""
    shift = QUIET * FINE - 0.5
    return np.array([[FINE, 0, shift], [0, FINE, shift], [0, 0, 1]], float)


def _square(size: int) -> Quad32:
    return np.array([(0, 0), (size, 0), (size, size), (0, size)], np.float32)


def _text(grid: Grid, contrast: Plane | None) -> str:
    hidden: Mask = np.zeros(1, bool) if contrast is None else _hidden(grid, contrast)
    # First as if nothing lay over the code: a deep shadow is no finger.
    for over in (None, hidden) if _FINGER[0] < hidden.mean() < _FINGER[1] else (None,):
        for greys in equalized(grid.seen, grid.version, grid.greys, over):
            modules = soft.mended(greys)
            if modules is not None and _match(greys, modules, over) > _LEAST_MATCH:
                text = text_of(modules)
                if text:
                    return text
    return ""


def _hidden(grid: Grid, contrast: Plane) -> Mask:
    """(n, n) bool: modules without print, and those beside them."""
    size = grid.greys.shape[0]
    fine = _fine(contrast, _moved(size, grid.corners), size)[
        QUIET * FINE : -QUIET * FINE, QUIET * FINE : -QUIET * FINE
    ]
    mean = cv2.resize(np.ascontiguousarray(fine), (size, size), interpolation=cv2.INTER_AREA)
    bare = (mean < _BARE * float(np.percentile(mean, 75))).astype(np.uint8)
    return cv2.dilate(bare, np.ones((3, 3), np.uint8)) > 0


def _match(greys: Plane, modules: Mask, hidden: Mask | None) -> float:
    """Correlation of the greys with the symbol made of them, where it is seen."""
    seen = np.ones(modules.shape, bool) if hidden is None else ~hidden
    return float(np.corrcoef(greys[seen], 1.0 - modules[seen])[0, 1])


@lru_cache(maxsize=64)
def _blurring(size: int, blur: float) -> Plane:
    """The matrix from modules along a line, quiet zone too, to what fine places show under that blur."""
    count = size + 2 * QUIET
    at = (np.arange(count * FINE) + 0.5) / FINE
    edges = np.arange(count + 1)
    reach = np.vectorize(math.erf)((at[:, None] - edges[None, :]) / (blur * math.sqrt(2)))
    plane: Plane = (0.5 * (reach[:, :-1] - reach[:, 1:])).astype(np.float32)
    return plane


@lru_cache(maxsize=64)
def _undoing(size: int, blur: float) -> Plane:
    """The matrix from fine places along a line to the modules' own greys: least squares under that blur."""
    seen = _blurring(size, blur).astype(np.float64)
    normal = seen.T @ seen + _NOISE * FINE * np.eye(seen.shape[1])
    return np.linalg.solve(normal, seen.T).astype(np.float32)
