"""From a place where a code may be to what can be decoded: a flattened picture, and its modules as bits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from scanner.reading import grid_bend, grid_groups, soft, symbol
from scanner.reading.locate import Region

_FINE = 5.0
_FIT = 0.35
_MENDABLE = 0.5
_MOST_VERSION = 40
# Larger codes hold more alignment patterns than the corner's.
_MOST_CORNERED = 6
_SQUARE = ((0.0, 0.0), (7.0, 0.0), (7.0, 7.0), (0.0, 7.0))


@dataclass(frozen=True)
class Straightened:
    """`picture`: gray uint8, dark on light, upright, with quiet zone; `modules`: (n, n) bool, True = dark, where all
    codewords were mended beyond doubt, else None; `corners`: (4, 2) outline in the picture it came from, the text's
    only where `modules` is given (a bare picture of a wrong guess may hold a neighbouring code); `fit`: how well the
    fixed modules are in place, -1..1.
    """

    picture: Any
    modules: Any | None
    version: int
    corners: Any
    fit: float


def straighten(gray: Any, region: Region) -> Iterator[Straightened]:
    """The region as something to decode, likeliest first. Mended modules come before bare pictures of one version;
    nothing for a region whose size in modules is unknown.
    """
    if region.version is None or not np.isfinite(region.quad).all():
        return
    part, offset, scale = _part(gray, region)
    if min(part.shape) < 21:
        return
    if region.inverted:
        part = 255 - part
    grids = [
        grid for version in _versions(region) if (grid := _grid(part, region, version, offset, scale)) is not None
    ]
    grids.sort(key=lambda grid: -grid.fit)
    for grid in grids:
        if grid.fit < _FIT:
            break
        yield from _variants(grid)


@dataclass(frozen=True)
class _Grid:
    flat: Any
    places: Any
    version: int
    corners: Any
    fit: float


def drawn(modules: Any, pixels: int = 4) -> Any:
    """The modules as a clean picture with quiet zone, for a decoder told that it is pure."""
    picture = np.where(modules, 0, 255).astype(np.uint8)
    return np.pad(np.kron(picture, np.ones((pixels, pixels), np.uint8)), 4 * pixels, constant_values=255)


def _variants(grid: _Grid) -> Iterator[Straightened]:
    tried: list[Any] = []
    blurred = cv2.GaussianBlur(grid.flat, (0, 0), 0.3 * grid_bend.PIXELS)
    for flat, places in _layings(grid, blurred):
        greys = grid_bend.sampled(flat, places)
        fit = grid_bend.fit(greys, grid.version)
        modules = soft.mended(greys) if fit > _MENDABLE else None
        if modules is not None:
            yield Straightened(drawn(modules), modules, grid.version, grid.corners, fit)
            return
        tried.append((fit, greys))
    _, greys = max(tried, key=lambda each: float(each[0]))
    plan = symbol.plan(grid.version)
    guessed = np.where(plan.known >= 0, plan.known > 0, soft.darknesses(greys) > 0)
    yield Straightened(drawn(guessed), None, grid.version, grid.corners, grid.fit)
    yield Straightened(grid.flat, None, grid.version, grid.corners, grid.fit)


def _layings(grid: _Grid, blurred: Any) -> Iterator[tuple[Any, Any]]:
    yield grid.flat, grid.places
    yield grid.flat, grid_bend.settled(grid.flat, grid.places, grid.version)
    yield blurred, grid_bend.settled(blurred, grid.places, grid.version)
    if grid.version <= _MOST_CORNERED:
        places = grid_bend.cornered(blurred, grid.places, grid.version)
        yield grid.flat, places
        yield blurred, grid_bend.settled(blurred, places, grid.version)


def _part(gray: Any, region: Region) -> tuple[Any, Any, float]:
    """The region with its surroundings at no more pixels a module than needed, where it lies, and its scale."""
    margin = 6 * region.module + 4
    low = np.floor(region.quad.min(axis=0) - margin).astype(int)
    high = np.ceil(region.quad.max(axis=0) + margin).astype(int)
    height, width = gray.shape
    x0, y0 = max(0, int(low[0])), max(0, int(low[1]))
    part = gray[y0 : min(height, int(high[1])), x0 : min(width, int(high[0]))]
    scale = min(1.0, _FINE / max(region.module, 1e-6))
    if scale < 0.8 and min(part.shape) > 0:
        part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    else:
        scale = 1.0
    return part, np.array([x0, y0], float), scale


def _versions(region: Region) -> list[int]:
    version = region.version or 1
    reach = 1 if version < 12 else 2 if version < 25 else 3
    return [v for v in range(version - reach, version + reach + 1) if 1 <= v <= _MOST_VERSION]


def _grid(part: Any, region: Region, version: int, offset: Any, scale: float) -> _Grid | None:
    side = 17 + 4 * version
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
    move = grid_groups.homography(should, seen)
    if move is None:
        return None
    flat = grid_bend.flattened(part, move, side)
    # Where the flattening put the finder corners, in modules: a curved code's are not where they should be.
    back = np.linalg.inv(move)
    lies = cv2.perspectiveTransform(seen[None], back)[0]
    known = np.concatenate([should, lies], axis=1)
    should, lies = grid_bend.knots(flat, version, known)
    places = grid_bend.bent(should, lies, side)
    greys = grid_bend.sampled(flat, places)
    outline = np.array([[(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]])
    # The fourth corner follows the alignment patterns.
    outline[0, 2] += places[-1, -1] - (side - 0.5)
    corners = cv2.perspectiveTransform(outline, move)[0]
    corners = (corners + 0.5) / scale - 0.5 + offset
    return _Grid(flat, places, version, corners, grid_bend.fit(greys, version))


def _local(points: Any, offset: Any, scale: float) -> Any:
    return (points - offset + 0.5) * scale - 0.5
