"""Finder patterns: a dark square in a light ring in a dark ring, found by its core and measured along rays.

Whatever the tilt, a ray from the middle leaves core, light ring and dark ring at distances like 3 : 5 : 7. That holds
in every direction, so no direction is preferred, and a few spoiled rays (a tear, a stain) cost little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from scanner.arrays import AnyNumbers, Gray, Image, Integers, Mask, Numbers, Plane, Points

# Rays that measure a pattern; a few spoiled ones cost little.
_RAYS = 32
# Rays that choose which candidates are measured.
_QUICK_RAYS = 8
# Modules a ray goes out: its half diagonal is 5, tilted it is longer.
_REACH = 8.0
# Places on a ray: seven a module.
_STEPS = 56
# Share of the rays that must agree.
_LEAST_SCORE = 0.5
# Pixels over which print is told from its surroundings.
_WINDOW = 25
# Every so many rows of pixels are looked at.
_STRIDE = 2
# Grey levels by which print is darker than its surroundings, at the most asked for.
_CONTRAST = 4
# The same by the level of the surroundings: in the dark print has less to be darker by.
_SHARE = np.clip(np.arange(256) // 10 + 1, 1, _CONTRAST).astype(np.uint8)
# Spots looked at, the largest ones: bounds the time on grain and leaves.
_MOST_CANDIDATES = 3000
# Candidates measured, the likeliest ones.
_MOST_MEASURED = 400
# Patterns given: a hundred codes have so many.
_MOST_KEPT = 300


@dataclass(frozen=True)
class Finders:
    """Finder patterns of one picture, as columns. `centres` (n, 2), `corners` (n, 4, 2) clockwise outer corners,
    `scores` (n,) share of rays that agree, 0..1, `modules` (n,) pixels a module.
    """

    centres: Points
    corners: Points
    scores: Numbers
    modules: Numbers

    def __len__(self) -> int:
        return len(self.scores)

    @staticmethod
    def none() -> Finders:
        """No finder pattern."""
        return Finders(np.zeros((0, 2)), np.zeros((0, 4, 2)), np.zeros(0), np.zeros(0))

    def scaled(self, factor: float, left: float = 0.0, top: float = 0.0) -> Finders:
        """The same in a picture `factor` times as large, moved by (left, top) there; pixel middles stay middles."""
        shift = np.array([left, top]) + (factor - 1) / 2
        return Finders(
            self.centres * factor + shift, self.corners * factor + shift, self.scores, self.modules * factor
        )

    def chosen(self, which: Integers) -> Finders:
        """Those at the given indices or mask."""
        return Finders(self.centres[which], self.corners[which], self.scores[which], self.modules[which])


def finders(gray: Gray, by_rows: bool = False) -> Finders:
    """Dark-on-light finder patterns of a gray uint8 picture whose modules are about 1.5 to 6 pixels. `by_rows`: only
    those some row of pixels cuts in the proportion 1:1:3:1:1, four times as fast; otherwise by connected spots.
    """
    soft = cv2.GaussianBlur(gray, (3, 3), 0)
    mean = cv2.blur(soft, (_WINDOW, _WINDOW))
    # Print takes a share of the light there is: of a dark corner few grey levels are left. Spots would run together.
    least = cv2.LUT(mean, _SHARE) if by_rows else np.full_like(mean, _CONTRAST)
    dark = cv2.compare(cv2.subtract(mean, soft), least, cv2.CMP_GT)
    centres, modules = _cut(dark) if by_rows else _cores(dark)
    if not len(modules):
        return Finders.none()
    hopeful = _quick(dark, centres, modules)
    return merged([_measured(gray, centres[hopeful], modules[hopeful])])


def merged(sets: list[Finders]) -> Finders:
    """All sets as one, each pattern once: the best scored of those at one place."""
    sets = [each for each in sets if len(each)]
    if not sets:
        return Finders.none()
    every = Finders(*(np.concatenate([getattr(s, name) for s in sets]) for name in _COLUMNS))
    order = np.argsort(-every.scores, kind="stable")
    every = every.chosen(order)
    gap = np.hypot(*(every.centres[:, None] - every.centres[None]).transpose(2, 0, 1))
    close = gap < 2.0 * np.maximum(every.modules[:, None], every.modules[None])
    keep: list[int] = []
    gone = np.zeros(len(every), bool)
    for index in range(len(every)):
        if not gone[index]:
            keep.append(index)
            gone |= close[index]
    return every.chosen(np.array(keep[:_MOST_KEPT]))


_COLUMNS = ("centres", "corners", "scores", "modules")


def _cores(dark: Gray) -> tuple[Points, Numbers]:
    """Middles and module sizes of the compact dark spots that could be the square inside a finder pattern."""
    _, _, stats, centroids = cv2.connectedComponentsWithStats(dark, connectivity=4)
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    longer, shorter = np.maximum(width, height), np.minimum(width, height)
    fine = (area >= 7) & (shorter * 4 >= longer) & (area * 10 >= 4 * width * height) & (longer <= 48)
    fine[0] = False
    which = np.flatnonzero(fine)
    if len(which) > _MOST_CANDIDATES:
        which = which[np.argsort(-area[which])[:_MOST_CANDIDATES]]
    return centroids[which], np.sqrt(area[which]) / 3.0


def _cut(dark: Gray) -> tuple[Points, Numbers]:
    """The same from rows that run ring, gap, core, gap, ring."""
    rows = np.ascontiguousarray(dark[1::_STRIDE])
    width = rows.shape[1] - 1
    at = np.flatnonzero(rows[:, 1:] != rows[:, :-1])
    row, x = at // width, at % width + 1
    if len(at) < 6:
        return np.zeros((0, 2)), np.zeros(0)
    run = np.diff(x).astype(np.float32)
    ring, gap, core, gap_after, ring_after = run[:-4], run[1:-3], run[2:-2], run[3:-1], run[4:]
    module = (gap + core + gap_after) / 5
    slack = 0.5 * module + 0.7
    fits = (row[:-5] == row[5:]) & (np.abs(core - 3 * module) < slack * 1.6)
    fits &= (np.abs(gap - module) < slack) & (np.abs(gap_after - module) < slack)
    # A ring may run into what is printed beside it.
    fits &= (np.minimum(ring, ring_after) > 0.35 * module) & (np.minimum(ring, ring_after) < 2.5 * module)
    fits &= rows[row[:-5], x[:-5]] > 0
    hit = np.flatnonzero(fits)
    if not len(hit):
        return np.zeros((0, 2)), np.zeros(0)
    if len(hit) > _MOST_CANDIDATES:
        off = np.abs(core - 3 * module)[hit] / module[hit]
        hit = np.sort(hit[np.argsort(off, kind="stable")[:_MOST_CANDIDATES]])
    module = module[hit].astype(np.float64)
    centres = np.stack([(x[hit + 2] + x[hit + 3] - 1) / 2, row[hit] * _STRIDE + 1.0], axis=1)
    tall, centres = _across(dark, centres, module, np.array([np.pi / 2, -np.pi / 2]))
    wide, centres = _across(dark, centres, module, np.array([0.0, np.pi]))
    fine = (tall > 0.4 * wide) & (tall < 2.5 * wide)
    centres, module = centres[fine], np.sqrt(tall * wide)[fine] / 3
    size = np.exp2(np.round(np.log2(np.maximum(module, 1))))[:, None]
    _, once = np.unique(np.round(np.concatenate([centres / size, size], axis=1)), axis=0, return_index=True)
    return centres[once], module[once]


def _across(dark: Gray, centres: Points, modules: Numbers, angles: Numbers) -> tuple[Numbers, Points]:
    """Length of the dark run through each point along two opposite directions, and the run's middle."""
    light = _rays(dark, centres, modules, angles, cv2.INTER_NEAREST) == 0
    step = _REACH / (_STEPS - 1) * modules
    out = light.argmax(axis=-1) * step[:, None]
    way = np.stack([np.cos(angles[0]) * np.ones(len(step)), np.sin(angles[0]) * np.ones(len(step))], axis=1)
    return out.sum(axis=1), centres + way * ((out[:, 0] - out[:, 1]) / 2)[:, None]


def _rays(gray: Gray, centres: Points, modules: Numbers, angles: Numbers, how: int) -> Image:
    """Greys (candidates, rays, steps) on rays out to _REACH modules."""
    rays = len(angles)
    radii = np.linspace(0, _REACH, _STEPS, dtype=np.float32)
    out = modules.astype(np.float32)[:, None, None] * radii
    middle = centres.astype(np.float32)
    x = middle[:, 0, None, None] + np.cos(angles).astype(np.float32)[:, None] * out
    y = middle[:, 1, None, None] + np.sin(angles).astype(np.float32)[:, None] * out
    flat = (len(modules) * rays, _STEPS)
    # remap's sides are 16 bit.
    parts = [
        cv2.remap(
            gray, x.reshape(flat)[i : i + 30000], y.reshape(flat)[i : i + 30000], how, borderMode=cv2.BORDER_REPLICATE
        )
        for i in range(0, flat[0], 30000)
    ]
    return np.concatenate(parts).reshape(len(modules), rays, _STEPS)


def _angles(count: int) -> Numbers:
    return np.arange(count, dtype=np.float64) * (2 * np.pi / count)


def _crossings(light: Mask) -> tuple[Integers, Integers, Integers, Mask]:
    """First steps at which a ray turns light, dark again, light again; and whether all three are there."""
    first = light.argmax(axis=-1)
    steps = np.arange(light.shape[-1])
    after = ~light & (steps > first[..., None])
    second = after.argmax(axis=-1)
    after = light & (steps > second[..., None])
    third = after.argmax(axis=-1)
    return first, second, third, (first > 0) & (second > first) & (third > second)


def _agree(first: AnyNumbers, second: AnyNumbers, third: AnyNumbers) -> Mask:
    module = np.maximum(third, 1e-6) / 3.5
    core, gap, ring = first / module, (second - first) / module, (third - second) / module
    return (core > 0.85) & (core < 2.2) & (gap > 0.4) & (gap < 1.75) & (ring > 0.4) & (ring < 1.75)


def _quick(dark: Gray, centres: Points, modules: Numbers) -> Integers:
    """Indices of the candidates worth measuring."""
    light = _rays(dark, centres, modules, _angles(_QUICK_RAYS), cv2.INTER_NEAREST) == 0
    first, second, third, there = _crossings(light)
    step = _REACH / (_STEPS - 1)
    near = there & _agree(first * step, second * step, third * step) & (first * step < 3.2)
    agreeing = near.sum(axis=1)
    order = np.argsort(-agreeing, kind="stable")[:_MOST_MEASURED]
    numbers: Integers = order[agreeing[order] >= _QUICK_RAYS * 0.45]
    return numbers


def _measured(gray: Gray, centres: Points, modules: Numbers) -> Finders:
    if not len(modules):
        return Finders.none()
    profile = _rays(gray, centres, modules, _angles(_RAYS), cv2.INTER_LINEAR).astype(np.float32)
    step = _REACH / (_STEPS - 1)
    inner, outer = int(0.6 / step), int(4.0 / step)
    core = profile[:, :, :inner].mean(axis=(1, 2))
    paper = profile[:, :, inner:outer].max(axis=2)
    # One ray's light ring may lie under a stain: its neighbours' light helps.
    paper = np.maximum(paper, np.median(paper, axis=1)[:, None] * 0.8 + core[:, None] * 0.2)
    limit = (core[:, None] + paper) / 2
    first, second, third, there = _crossings(profile > limit[:, :, None])
    near, far, end = (_between(profile, limit, at) * step for at in (first, second, third))
    good = there & _agree(near, far, end) & ((paper - core[:, None]) > 6)
    score = good.mean(axis=1)
    keep = score >= _LEAST_SCORE
    centres, modules, good = centres[keep], modules[keep], good[keep]
    if not len(modules):
        return Finders.none()
    radius = end[keep] * modules[:, None]
    # A spoiled ray takes the length of the one opposite, or the middle length.
    opposite = np.roll(radius, _RAYS // 2, axis=1)
    usual = np.median(np.where(good, radius, np.nan), axis=1) if good.all() else _median(radius, good)
    radius = np.where(good, radius, np.where(np.roll(good, _RAYS // 2, axis=1), opposite, usual[:, None]))
    corners, fits = _squares(radius, good)
    corners = corners + centres[:, None, :]
    sides = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
    area = 0.5 * np.abs(_cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]))
    fine = fits & (sides.min(axis=1) * 4 > sides.max(axis=1)) & (area > 30)
    middle = corners.mean(axis=1)
    return Finders(middle[fine], corners[fine], score[keep][fine], np.sqrt(area[fine]) / 7)


def _median(values: Numbers, good: Mask) -> Numbers:
    return np.nanmedian(np.where(good, values, np.nan), axis=1)


def _between(profile: Plane, limit: Plane, at: Integers) -> Numbers:
    """The crossing before step `at`, in fractions of a step."""
    before = np.maximum(at - 1, 0)
    low = np.take_along_axis(profile, before[..., None], axis=2)[..., 0]
    high = np.take_along_axis(profile, at[..., None], axis=2)[..., 0]
    change = high - low
    share = np.where(np.abs(change) > 1e-6, (limit - low) / np.where(change == 0, 1, change), 0.5)
    numbers: Numbers = before + np.clip(share, 0, 1)
    return numbers


def _squares(radius: Numbers, good: Mask) -> tuple[Points, Mask]:
    """Corners (n, 4, 2) of the tilted squares with these radii, about their middles; and whether they closed."""
    angles = _angles(_RAYS)
    points = radius[:, :, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    # Second moments of the area bend with the tilt exactly, so undoing them leaves an upright square, turned.
    following = np.roll(points, -1, axis=1)
    cross = _cross(points, following)
    summed = points + following
    moments = np.einsum("nr,nri,nrj->nij", cross, points, points)
    moments += np.einsum("nr,nri,nrj->nij", cross, following, following)
    moments += np.einsum("nr,nri,nrj->nij", cross, summed, summed)
    moments /= 24 * np.maximum(cross.sum(axis=1), 1e-9)[:, None, None]
    values, vectors = np.linalg.eigh(moments)
    whiten = np.einsum("nij,nj,nkj->nik", vectors, 1 / np.sqrt(np.maximum(values, 1e-9)), vectors)
    upright = np.einsum("nij,nrj->nri", whiten, points)
    theta = np.arctan2(upright[..., 1], upright[..., 0])
    length = np.hypot(upright[..., 0], upright[..., 1])
    phase = np.angle(np.sum((length - length.mean(axis=1, keepdims=True)) * np.exp(4j * theta), axis=1)) / 4
    # Corners lie at phase + k * 90 degrees; side k between corner k and k + 1.
    turned = np.mod(theta - phase[:, None], 2 * np.pi)
    side = (turned // (np.pi / 2)).astype(int) % 4
    inside = np.mod(turned, np.pi / 2)
    sure = good & (inside > 0.14) & (inside < np.pi / 2 - 0.14)
    lines = np.zeros((len(radius), 4, 3))
    enough = np.ones(len(radius), bool)
    for k in range(4):
        weight = np.where(side == k, np.where(sure, 1.0, 0.02), 0.0)
        total = weight.sum(axis=1)
        enough &= total > 0
        total = np.maximum(total, 1e-9)
        mean = np.einsum("nr,nri->ni", weight, points) / total[:, None]
        away = points - mean[:, None]
        spread = np.einsum("nr,nri,nrj->nij", weight, away, away)
        _, axes = np.linalg.eigh(spread)
        normal = axes[:, :, 0]
        lines[:, k, :2] = normal
        lines[:, k, 2] = -np.einsum("ni,ni->n", normal, mean)
    meet = np.cross(np.roll(lines, 1, axis=1), lines)
    closed = enough & (np.abs(meet[..., 2]) > 1e-6).all(axis=1)
    corners = meet[..., :2] / np.where(np.abs(meet[..., 2:]) > 1e-6, meet[..., 2:], 1)
    far = np.linalg.norm(corners, axis=2).max(axis=1)
    return corners, closed & (far < 3 * radius.max(axis=1))


def _cross(a: Points, b: Points) -> Numbers:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
