"""From a place where a code may be to the code's text: its modules seen through a grid, the doubtful ones mended."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes.rescue import mesh, pattern_groups, soft
from scanner.codes.rescue.locate import Region

if TYPE_CHECKING:
    from scanner.arrays import Gray, Mask, Numbers, Quad

# Pixels a module, at most: more tells nothing and costs time.
_FINE = 5.0
# Fit below which a version's grid is chance.
_LEAST_FIT = 0.5
# Fit a version may lie behind the best and still be tried.
_BEHIND = 0.3
# Fit from which a grid that could not be mended bars those that fit much worse.
_MENDABLE = 0.9
# A grid that fits so much worse than one that could not be mended is not worth mending.
_WORSE = 0.18
# Largest version there is (ISO/IEC 18004).
_MOST_VERSION = 40
# Versions whose alignment patterns are sought, the best fitting ones.
_VERSIONS_TRIED = 3
# Outer corners of a finder pattern, in modules.
_SQUARE = ((0.0, 0.0), (7.0, 0.0), (7.0, 7.0), (0.0, 7.0))


@dataclass(frozen=True)
class Symbol:
    """`modules`: (n, n) bool, True = dark, where all codewords were mended beyond doubt; `corners`: (4, 2) outline in
    the picture it came from.
    """

    modules: Mask
    corners: Quad

    @property
    def version(self) -> int:
        """1 to 40, as many modules as it has."""
        return (len(self.modules) - 17) // 4


@dataclass(frozen=True)
class Guess:
    """A region laid flat as a symbol of one version; `fit`: how well print and plan agree before any bending."""

    flat: mesh.Flat
    offset: Numbers
    scale: float

    @property
    def fit(self) -> float:
        """Above 1 where they agree, below 0.5 by chance."""
        return self.flat.fit


def guesses(gray: Gray, region: Region) -> list[Guess]:
    """The versions a region may have, best fit first; none where its size in modules is unknown or nothing fits."""
    if region.version is None or not np.isfinite(region.quad).all():
        return []
    part, offset, scale = _part(gray, region)
    if min(part.shape) < 21:
        return []
    if region.inverted:
        part = 255 - part
    laid = [flat for v in _versions(region) if (flat := _laid(part, region, v, offset, scale)) is not None]
    # Patterns are sought, which takes its time in large symbols, for the likeliest versions only.
    likely = sorted(laid, key=lambda flat: -flat.fit)[:_VERSIONS_TRIED]
    for flat in likely:
        flat.follow()
    likely.sort(key=lambda flat: -flat.fit)
    return [Guess(f, offset, scale) for f in likely if f.fit >= max(_LEAST_FIT, likely[0].fit - _BEHIND)]


def symbol_of(guess: Guess, until: float, thorough: bool = False) -> Symbol | None:
    """The symbol a guess holds, None where there is none beyond doubt. `thorough`: grids are also bent by trying.
    Stops at `until` (monotonic).
    """
    best = _MENDABLE
    for laid in guess.flat.meshes(thorough):
        if time.monotonic() > until:
            break
        if laid.fit < best - _WORSE:
            continue
        best = max(best, laid.fit)
        modules = soft.mended(laid.greys)
        if modules is not None:
            return Symbol(modules, (laid.corners + 0.5) / guess.scale - 0.5 + guess.offset)
    return None


def _part(gray: Gray, region: Region) -> tuple[Gray, Numbers, float]:
    """The region with its surroundings at no more pixels a module than needed, where it lies, and its scale."""
    margin = 6 * region.module + 4
    low = np.floor(region.quad.min(axis=0) - margin).astype(int)
    high = np.ceil(region.quad.max(axis=0) + margin).astype(int)
    height, width = gray.shape
    x0, y0 = max(0, int(low[0])), max(0, int(low[1]))
    part = gray[y0 : max(0, min(height, int(high[1]))), x0 : max(0, min(width, int(high[0])))]
    scale = min(1.0, _FINE / max(region.module, 1e-6))
    if scale < 0.8 and min(part.shape) > 0:
        part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    else:
        scale = 1.0
    return part, np.array([x0, y0], float), scale


def _versions(region: Region) -> list[int]:
    version = region.version or 1
    if region.patterns == (None, None, None):
        # Who saw the outline without a pattern of it knew the version.
        return [version]
    reach = 1 if version < 12 else 2 if version < 25 else 3
    return [v for v in range(version - reach, version + reach + 1) if 1 <= v <= _MOST_VERSION]


def _laid(part: Gray, region: Region, version: int, offset: Numbers, scale: float) -> mesh.Flat | None:
    side = 17.0 + 4 * version
    square = np.array(_SQUARE)
    starts = np.array([(0.0, 0.0), (side - 7.0, 0.0), (0.0, side - 7.0)])
    plan, points = [], []
    for start, pattern in zip(starts, region.patterns, strict=True):
        if pattern is not None:
            plan.append(square + start)
            points.append(_local(pattern.corners, offset, scale))
    if len(plan) < 2:
        whole = np.array([(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)])
        plan, points = [whole], [_local(region.quad, offset, scale)]
    should, seen = np.concatenate(plan), np.concatenate(points)
    move = pattern_groups.homography(should, seen)
    if move is None:
        return None
    # Where the flattening puts the finder corners, in modules: a curved code's are not where they should be.
    lies = cv2.perspectiveTransform(seen[None], np.linalg.inv(move))[0]
    return mesh.Flat(part, move, version, np.concatenate([should, lies], axis=1))


def _local(points: Quad, offset: Numbers, scale: float) -> Quad:
    return (points - offset + 0.5) * scale - 0.5
