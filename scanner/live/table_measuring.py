"""Measures a camera's table from a picture of one white A4 sheet: where its corners are, how white it looks.

Anything that would make a bad measure is refused with what to do; nothing is guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from langso.words.catalogue import Sentence
from scanner.errors import TableRefused
from scanner.live.table import COLUMNS, ROWS, Table, around
from scanner.pages.geometry import sides
from scanner.papers import SIZES_MM

if TYPE_CHECKING:
    from scanner.arrays import Image, Numbers, Points, Quad

A4_MM = SIZES_MM["A4"][::-1]
"""The sheet it is measured by, lying across."""

SURE = 0.6
"""Confidence of its outline below which nothing is measured."""

LEAST_SHARE = 0.08
"""Of the picture that the sheet must take: a smaller one's edges are not exact enough."""

DARK, BLOWN = 80.0, 250.0
"""Median level too dark, and level that is burnt out."""

STEEPEST_DEG = 20.0
"""Degrees the camera may look askew: beyond, the far side has too few pixels."""

# Log ratio to A4's proportions that edges a pixel off leave.
_SHAPE = 0.03
# Log ratio between the channels of white paper under any lamp people live with.
_COLOURED = 0.45
# Share of ink from which the sheet is not blank.
_MARKS = 0.004
# Log ratio to a smooth fall of light: more is a shadow across it.
_UNEVEN = 0.06
# Share of the longer side two pictures' corners may differ when nothing moves.
_STILL = 0.004
# Share of a side left out all round.
_INSET = 0.05
# Rows and columns at which white is looked at.
_SPOTS = (24, 34)


def measure_table(image: Image, camera: str, again: Image | None = None) -> Table:
    """From a BGR picture of a white A4 sheet alone on the table. `camera`: its identity; `again`: a second picture,
    to tell that nothing moves. Raises TableRefused with what to do.
    """
    quad = _corners(image)
    if again is not None and not _alike(quad, _corners(again), image):
        raise TableRefused(Sentence("table-moving"))
    top, right, bottom, left = sides(quad)
    if top + bottom < left + right:
        quad = np.roll(quad, -1, axis=0)
    _check_shape(image, quad)
    whites, spots = _samples(image, quad)
    _check_light(image, quad, whites)
    beside = around(image, quad)
    if beside is None:
        raise TableRefused(Sentence("table-fills-picture"))
    height, width = image.shape[:2]
    sheet = np.array([(0, 0), (A4_MM[0], 0), A4_MM, (0, A4_MM[1])], dtype=np.float32)
    to_mm = cv2.getPerspectiveTransform(quad.astype(np.float32), sheet)
    return Table(
        camera=camera,
        size=(width, height),
        to_mm=tuple(float(value) for value in to_mm.ravel()),
        white=_field(whites, spots, (width, height)),
        around=_colour(beside),
    )


def _corners(image: Image) -> Quad:
    from scanner.pages import find_page

    found = find_page(image)
    if found.quad is None:
        raise TableRefused(Sentence("table-no-sheet"))
    height, width = image.shape[:2]
    margin = 0.006 * max(width, height)
    low, high = found.quad.min(axis=0), found.quad.max(axis=0)
    if low.min() < margin or high[0] > width - margin or high[1] > height - margin:
        raise TableRefused(Sentence("table-sheet-cut"))
    if found.confidence < SURE:
        raise TableRefused(Sentence("table-edges-clear-up"))
    return _refined(image, found.quad)


def _refined(image: Image, quad: Quad) -> Quad:
    """The corners where straight lines through the steepest places of the four edges meet."""
    gray = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (0, 0), 1.2).astype(np.float32)
    reach = 0.008 * max(gray.shape)
    lines = []
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        along = (end - start) / np.linalg.norm(end - start)
        inward = np.array([-along[1], along[0]])
        base = start + (end - start) * np.linspace(0.06, 0.94, 60)[:, None]
        steps = np.linspace(-reach, reach, 2 * int(reach * 2) + 1)
        places = (base[:, None] + inward * steps[:, None]).astype(np.float32)
        rise = np.diff(cv2.remap(gray, places[..., 0], places[..., 1], cv2.INTER_LINEAR), axis=1)
        best = rise.argmax(axis=1)
        clear = rise.max(axis=1) > 2
        if clear.sum() < 20:
            raise TableRefused(Sentence("table-edges"))
        edge = base + inward * ((steps[best] + steps[best + 1]) / 2)[:, None]
        vx, vy, x, y = cv2.fitLine(edge[clear].astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append(np.cross(np.array((x, y, 1.0)), np.array((x + vx, y + vy, 1.0))))
    corners = [np.cross(lines[number - 1], lines[number]) for number in range(4)]
    if min(abs(corner[2]) for corner in corners) < 1e-9:
        raise TableRefused(Sentence("table-edges"))
    return np.array([corner[:2] / corner[2] for corner in corners], dtype=np.float64)


def _alike(first: Quad, second: Quad, image: Image) -> bool:
    apart = min(float(np.abs(np.roll(second, turn, axis=0) - first).max()) for turn in range(4))
    return bool(apart < _STILL * max(image.shape))


def _check_shape(image: Image, quad: Quad) -> None:
    from scanner.clean.size import aspect_of
    from scanner.guide.stance import stance
    from scanner.pages.geometry import area

    height, width = image.shape[:2]
    if area(quad) < LEAST_SHARE * width * height:
        raise TableRefused(Sentence("table-sheet-small"))
    aspect, spread = aspect_of(quad, (width, height))
    if abs(abs(np.log(aspect)) - np.log(A4_MM[0] / A4_MM[1])) > max(_SHAPE, min(2 * spread, 0.06)):
        raise TableRefused(Sentence("table-not-a4"))
    if stance(quad, width, height).tilt > STEEPEST_DEG:
        raise TableRefused(Sentence("table-askew"))


def _samples(image: Image, quad: Quad) -> tuple[Numbers, Points]:
    """BGR (n, 3) of the sheet in small places, and where they are in the picture (n, 2)."""
    rows, columns = _SPOTS
    corners = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], dtype=np.float32)
    towards = cv2.getPerspectiveTransform(corners, quad.astype(np.float32))
    few = 12
    grown = cv2.getPerspectiveTransform(corners * few, quad.astype(np.float32))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    flat = cv2.warpPerspective(image, grown, (columns * few, rows * few), flags=flags)
    means = cv2.resize(flat, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float64)
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    places = cv2.perspectiveTransform(np.stack([x, y], axis=-1).reshape(1, -1, 2), towards)[0]
    inside = (np.minimum(x / columns, 1 - x / columns) > _INSET) & (np.minimum(y / rows, 1 - y / rows) > _INSET)
    return means[inside], places[inside.ravel()]


def _check_light(image: Image, quad: Quad, whites: Numbers) -> None:
    from scanner.guide.glimpse import glimpse, ink_ratio

    brightest = whites.max(axis=1)
    if np.median(brightest) < DARK:
        raise TableRefused(Sentence("table-dark"))
    if np.mean(brightest > BLOWN) > 0.02:
        raise TableRefused(Sentence("table-bright"))
    middle = np.median(whites, axis=0)
    if np.log(middle.max() / middle.min()) > _COLOURED:
        raise TableRefused(Sentence("table-not-white"))
    if ink_ratio(glimpse(image, quad)) > _MARKS:
        raise TableRefused(Sentence("table-not-blank"))


def _field(whites: Numbers, spots: Points, size: tuple[int, int]) -> tuple[tuple[float, float, float], ...]:
    """White in every place of the picture: the light on the sheet, smoothly carried on beyond its edges."""
    scale = np.array(size, dtype=np.float64)
    terms = _terms(spots / scale)
    logs = np.log(np.maximum(whites, 1.0))
    solved = np.linalg.lstsq(terms, logs, rcond=None)[0]
    if np.percentile(np.abs(terms @ solved - logs), 95) > _UNEVEN:
        raise TableRefused(Sentence("table-shadow"))
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    everywhere = _terms(np.stack([(x.ravel() + 0.5) / COLUMNS, (y.ravel() + 0.5) / ROWS], axis=1)) @ solved
    return tuple(_colour(one) for one in np.exp(np.clip(everywhere, logs.min(axis=0), logs.max(axis=0))))


def _terms(at: Points) -> Numbers:
    x, y = at[:, 0] - 0.5, at[:, 1] - 0.5
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)


def _colour(value: Numbers) -> tuple[float, float, float]:
    blue, green, red = (round(float(np.clip(channel, 1, 255)), 2) for channel in value)
    return blue, green, red
