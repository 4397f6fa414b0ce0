"""A code laid flat by its finder patterns, bent by its alignment patterns and by how decided the print is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from scanner.reading import symbol
from scanner.reading.soft import darknesses

PIXELS = 6
"""Pixels a module in a flattened code."""
QUIET = 4
"""Modules of quiet zone around it."""
_MATCH = 0.55
_STIFF = 0.02
_SHIFT = 0.35


def flattened(gray: Any, move: Any, side: int) -> Any:
    """The code of `side` modules as a square picture, PIXELS a module with QUIET modules around; `move`: 3x3 from
    modules to pixels of the picture.
    """
    size = (side + 2 * QUIET) * PIXELS
    # Middle of pixel p lies at (p + 0.5) / PIXELS - QUIET modules.
    into = np.array([[1 / PIXELS, 0, 0.5 / PIXELS - QUIET], [0, 1 / PIXELS, 0.5 / PIXELS - QUIET], [0, 0, 1]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(gray, move @ into, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def knots(flat: Any, version: int, known: Any) -> tuple[Any, Any]:
    """Where the print of a flattened code lies and should lie, (k, 2) each, in modules: the given finder corners
    (rows of should x, y, lies x, y) and every alignment pattern found, nearest to the known ones first.
    """
    should, lies = known[:, :2].tolist(), known[:, 2:].tolist()
    centres = symbol.alignments(version)
    last = len(centres) - 1
    wanted = [
        (x + 0.5, y + 0.5)
        for i, x in enumerate(centres)
        for j, y in enumerate(centres)
        if (i, j) not in ((0, 0), (0, last), (last, 0))
    ]
    template = _alignment()
    while wanted:
        # The next one is where the known ones are close: their shift predicts its own.
        have = np.array(should)
        gaps = [float(np.min(np.abs(have - place).max(axis=1))) for place in wanted]
        place = wanted.pop(int(np.argmin(gaps)))
        near = np.argsort(np.abs(have - place).max(axis=1))[:3]
        weight = 1 / (1 + np.abs(have[near] - place).max(axis=1))
        shift = (weight[:, None] * (np.array(lies)[near] - have[near])).sum(axis=0) / weight.sum()
        reach = 1.3 + 0.09 * min(gaps)
        found = _seek(flat, template, np.array(place) + shift, reach)
        if found is not None:
            should.append([*place])
            lies.append(found.tolist())
    return np.array(should), np.array(lies)


def bent(should: Any, lies: Any, side: int) -> Any:
    """(side, side, 2) places of the module middles in modules of the flat picture: a thin plate through the knots."""
    middle = np.arange(side) + 0.5
    x, y = np.meshgrid(middle, middle)
    at = np.stack([x.ravel(), y.ravel()], axis=1)
    scale = float(side)
    p, q = should / scale, at / scale
    count = len(p)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _plate(p, p) + _STIFF * np.eye(count)
    system[:count, count] = system[count, :count] = 1
    system[:count, count + 1 :] = p
    system[count + 1 :, :count] = p.T
    right = np.zeros((count + 3, 2))
    right[:count] = lies - should
    solved = np.linalg.lstsq(system, right, rcond=None)[0]
    moved = _plate(q, p) @ solved[:count] + solved[count] + q @ solved[count + 1 :]
    return (at + moved).reshape(side, side, 2)


def sampled(flat: Any, places: Any) -> Any:
    """Greys (side, side) float32 at places in modules, each the mean of the module's middle."""
    soft = cv2.blur(flat, (3, 3))
    pixels = ((places + QUIET) * PIXELS - 0.5).astype(np.float32)
    seen: Any = cv2.remap(soft, pixels[..., 0], pixels[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return seen.astype(np.float32)


def settled(flat: Any, places: Any, version: int) -> Any:
    """The places after a small smooth shift to where the print is most decided and fits the plan: creases, curl."""
    known = symbol.plan(version).known
    for reach, smooth in ((_SHIFT, 3.0), (_SHIFT * 0.6, 1.7)):
        shifts = np.array([(x, y) for x in (-reach, 0, reach) for y in (-reach, 0, reach)], np.float32)
        scores = []
        for shift in shifts:
            dark = darknesses(sampled(flat, places + shift))
            decided = np.where(known >= 0, 2 * dark * (2.0 * known - 1), np.abs(dark)).astype(np.float32)
            scores.append(cv2.GaussianBlur(decided, (0, 0), smooth, borderType=cv2.BORDER_REPLICATE))
        best = shifts[np.argmax(np.stack(scores), axis=0)]
        places = places + cv2.GaussianBlur(best, (0, 0), smooth * 0.7, borderType=cv2.BORDER_REPLICATE)
    return places


def cornered(flat: Any, places: Any, version: int) -> Any:
    """The places with the lower right corner, which no finder pattern holds, drawn to where the print is most decided
    and paper lies outside.
    """
    line = np.linspace(0, 1, places.shape[0])
    pull = (line[:, None] * line[None])[..., None]
    known = symbol.plan(version).known
    best, best_score = places, -9.0
    for reach, around in ((1.0, 2), (0.4, 1)):
        start = best
        steps = np.arange(-around, around + 1) * reach
        for shift in ((x, y) for x in steps for y in steps):
            trial = start + pull * np.array(shift)
            right = np.concatenate([trial, 2 * trial[:, -1:] - trial[:, -2:-1]], axis=1)
            whole = np.concatenate([right, 2 * right[-1:] - right[-2:-1]], axis=0)
            dark = darknesses(sampled(flat, whole))
            inner = dark[:-1, :-1]
            fixed = float(np.mean(inner[known >= 0] * (2.0 * known[known >= 0] - 1)))
            paper = -float(dark[8:, -1].mean() + dark[-1, 8:].mean()) / 2
            score = fixed + 0.7 * float(np.mean(np.abs(inner[known < 0]))) + 0.5 * paper
            if score > best_score:
                best, best_score = trial, score
    return best


def fit(greys: Any, version: int) -> float:
    """How well the fixed modules (finder, timing, alignment, version) are where the plan has them: -1..1."""
    known = symbol.plan(version).known
    fixed = known >= 0
    return float(np.mean(darknesses(greys)[fixed] * (2.0 * known[fixed] - 1)))


@lru_cache(maxsize=1)
def _alignment() -> Any:
    ring = np.maximum(*np.abs(np.mgrid[-2:3, -2:3]))
    drawn = np.where(ring == 1, 255, 0).astype(np.uint8)
    return cv2.blur(np.kron(drawn, np.ones((PIXELS, PIXELS), np.uint8)), (3, 3))


def _seek(flat: Any, template: Any, place: Any, reach: float) -> Any | None:
    half = template.shape[0] / 2
    middle = (place + QUIET) * PIXELS
    x0, y0 = (int(v) for v in np.floor(middle - half - reach * PIXELS))
    more = template.shape[0] + int(2 * reach * PIXELS) + 1
    x0, y0 = max(0, x0), max(0, y0)
    part = flat[y0 : y0 + more, x0 : x0 + more]
    if min(part.shape) < template.shape[0] + 2 or float(part.std()) < 3:
        return None
    match = cv2.matchTemplate(part, template, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(match)
    if best < _MATCH:
        return None
    return (np.array([x0 + x + half, y0 + y + half])) / PIXELS - QUIET


def _plate(a: Any, b: Any) -> Any:
    square = ((a[:, None] - b[None]) ** 2).sum(axis=2)
    return 0.5 * square * np.log(np.maximum(square, 1e-12))
