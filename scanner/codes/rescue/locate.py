"""Where QR codes may be in a picture: outlines with finder patterns, sure ones first; busy patches last."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes.places import same_place
from scanner.codes.rescue import finder_patterns, pattern_groups
from scanner.codes.rescue.finder_patterns import Finders
from scanner.codes.rescue.pattern_groups import Group

if TYPE_CHECKING:
    from scanner.arrays import Gray, Quad

LIMIT = 64
"""Regions given for one picture, at most."""

# Pixels of the longer side of the largest view: modules of 1.5 pixels are seen in it.
_FIRST_SIDE = 1500
# Pixels up to which patterns are found by connected spots, which see more and cost four times as much.
_BY_SPOTS = 400_000
# Pixels of the longer side of the smallest view.
_LEAST_SIDE = 110
# Score from which a region is believed: light on dark is not looked for then.
_ENOUGH = 0.3
# Score from which its patterns belong to no other region.
_SURE = 0.5
# Score below which a triple is chance.
_LEAST = 0.02
# Lone patterns paired, and pairs given.
_PAIRED = 12
# Busy patches given, the largest ones.
_MOST_BUSY = 12
# Pixels of the small view over which change is averaged: a few modules.
_BUSY_WINDOW = 11


@dataclass(frozen=True)
class Pattern:
    """One finder pattern: `corners` (4, 2), its outer corners, clockwise from the code's upper left; float64, pixels
    of the picture ((0, 0) is the middle of the first pixel).
    """

    corners: Quad


@dataclass(frozen=True)
class Region:
    """Where a code may be. `quad`: float64 (4, 2) outline without quiet zone, clockwise from the code's own upper
    left where known; `module`: pixels a module; `version`: estimate or None; `patterns`: upper left, upper right,
    lower left, None where not seen; `inverted`: light on dark; `score`: 0..1.
    """

    quad: Quad
    module: float
    version: int | None
    patterns: tuple[Pattern | None, Pattern | None, Pattern | None]
    inverted: bool
    score: float


def locate(gray: Gray, limit: int = LIMIT, until: float = math.inf) -> list[Region]:
    """Places of codes in a gray uint8 picture (h, w), best first, at most `limit`; of the largest modules only, when
    the time is up (monotonic).
    """
    if gray.ndim != 2 or min(gray.shape) < 16 or limit < 1:
        return []
    levels = _levels(gray)
    regions = _by_patterns(levels, False, until)
    if not regions or regions[0].score < _ENOUGH:
        regions += _by_patterns([(255 - picture, factor) for picture, factor in levels], True, until)
    regions = sorted(regions, key=lambda region: -region.score)
    for quad, score in _busy_patches(*levels[-1] if len(levels) < 3 else levels[-2]):
        if not any(_alike(quad, region.quad) for region in regions[:limit]):
            regions.append(Region(quad, float("nan"), None, (None, None, None), False, score))
    return regions[:limit]


def _levels(gray: Gray) -> list[tuple[Gray, float]]:
    """The picture at halving sizes, largest first, with the factor back to the picture."""
    factor = 1.0
    side = max(gray.shape)
    picture = gray
    levels: list[tuple[Gray, float]] = []
    while side > _FIRST_SIDE * 1.4:
        picture = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        factor *= 2
        side = max(picture.shape)
    while True:
        levels.append((picture, factor))
        if max(picture.shape) / 2 < _LEAST_SIDE:
            return levels
        picture = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        factor *= 2


def _by_patterns(levels: list[tuple[Gray, float]], inverted: bool, until: float) -> list[Region]:
    sets = []
    # The smallest picture first: it costs a hundredth of the largest.
    for picture, factor in reversed(levels):
        if time.monotonic() > until:
            break
        sets.append(finder_patterns.finders(picture, picture.size > _BY_SPOTS).scaled(factor))
    # Of patterns as sure the larger picture's are the more exact.
    found = finder_patterns.merged(sets[::-1])
    picture, factor = levels[0]
    base = found.scaled(1 / factor)
    groups = _chosen([g for g in pattern_groups.triples(picture, base) if g.score > _LEAST], len(base))
    taken = {member for group in groups if group.score > _ENOUGH for member in group.members}
    free = [index for index in range(len(base)) if index not in taken and base.scores[index] > 0.7]
    # Patterns come best first; a guess from two is worth little where many lie about.
    groups += pattern_groups.pairs(picture, base, np.array(free[:_PAIRED], int))[:_PAIRED]
    return [_region(group, base, factor, inverted) for group in groups]


def _chosen(groups: list[Group], count: int) -> list[Group]:
    """First the groups that share no two patterns with a better one, none with a sure one; the others doubted."""
    kept: list[Group] = []
    rest: list[Group] = []
    sure = np.zeros(count, bool)
    pairs: set[tuple[int, int]] = set()
    for group in groups:
        a, b, c = group.members
        mine = {(min(pair), max(pair)) for pair in ((a, b), (a, c), (b, c))}
        if sure[[a, b, c]].any() or mine & pairs:
            rest.append(group)
            continue
        kept.append(group)
        pairs |= mine
        sure[[a, b, c]] |= group.score > _SURE
        if len(kept) >= LIMIT:
            break
    return kept + [replace(group, score=group.score * 0.3) for group in rest[:LIMIT]]


def _region(group: Group, found: Finders, factor: float, inverted: bool) -> Region:
    shift = (factor - 1) / 2
    patterns = tuple(
        None if member < 0 else Pattern(corners * factor + shift)
        for member, corners in zip(group.members, group.corners, strict=True)
    )
    modules = [float(found.modules[member]) for member in group.members if member >= 0]
    return Region(
        group.quad * factor + shift,
        factor * sum(modules) / len(modules),
        group.version,
        (patterns[0], patterns[1], patterns[2]),
        inverted,
        group.score,
    )


def _alike(a: Quad, b: Quad) -> bool:
    return same_place([tuple(p) for p in a.tolist()], [tuple(p) for p in b.tolist()])


def _busy_patches(small: Gray, factor: float) -> list[tuple[Quad, float]]:
    """Light and dark in quick change in both directions, as a code whose finder patterns are lost shows: outlines
    (4, 2) in pixels of the picture, `factor` times as large as the small view, with a score <= 0.1.
    """
    across = cv2.absdiff(small[:, 1:], small[:, :-1])[:-1]
    down = cv2.absdiff(small[1:], small[:-1])[:, :-1]
    spread = cv2.subtract(cv2.dilate(small, np.ones((5, 5))), cv2.erode(small, np.ones((5, 5))))[:-1, :-1]
    # Writing changes mostly across, a code in both directions alike.
    window = (_BUSY_WINDOW, _BUSY_WINDOW)
    both = np.minimum(cv2.blur(across, window), cv2.blur(down, window))
    level = max(5.0, 0.45 * float(np.percentile(both, 99.5)))
    busy = ((both > level) & (cv2.blur(spread, window) > 20)).astype(np.uint8)
    busy = cv2.morphologyEx(busy, cv2.MORPH_CLOSE, np.ones((9, 9)))
    busy = cv2.morphologyEx(busy, cv2.MORPH_OPEN, np.ones((9, 9)))
    outlines, _ = cv2.findContours(busy, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    out: list[tuple[Quad, float]] = []
    for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:_MOST_BUSY]:
        middle, size, turn = cv2.minAreaRect(outline)
        if min(size) < 12 or max(size) > 2.5 * min(size):
            continue
        full = cv2.contourArea(outline) / max(size[0] * size[1], 1.0)
        quad = cv2.boxPoints((middle, size, turn)).astype(np.float64) * factor + (factor - 1) / 2
        out.append((quad, 0.1 * min(1.0, full)))
    return out
