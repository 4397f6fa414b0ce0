"""Laying the modules' grid over a code that is tilted, curved or creased: by its patterns where they are seen, then
bent to where print and plan agree most, then settled module by module.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes.rescue import cylinder, symbol
from scanner.codes.rescue.soft import darknesses

if TYPE_CHECKING:
    from scanner.arrays import Gray, Numbers, Plane, Points, Quad32

_PIXELS, _QUIET = 6, 5
"""Of a code laid flat: pixels a module, modules of paper around it."""
# Modules of blur for a second try on a print that is grainy.
_SOFTER = 0.3
_DECIDED, _PLAIN = 0.7, 1.0
"""What decided data modules and plain stretches among them count beside the fixed modules."""
# Modules tried per bend, ever smaller; what a bend's square costs.
_BENDS, _STIFF = (1.2, 0.6, 0.3, 0.15), 0.01
_PULLS = ((1.0, 2), (0.4, 1))
"""Steps in modules, and how many to each side."""
# Larger codes hold more alignment patterns than the corner's.
_MOST_PULLED = 6
# Modules a grid point may move, and over how many its neighbours move with it; two rounds.
_SETTLING = ((0.35, 3.0), (0.21, 1.7))
# Correlation from which a patch is an alignment pattern.
_MATCH = 0.55
# Modules around its place where the far alignment pattern is sought, and how many are tried.
_FAR, _LOOKALIKES = 5.0, 4
# Known points around an alignment pattern that say where it should be.
_NEAR = 16
# Points a cylinder's view is fitted through: it has eleven numbers, two a point.
_LEAST_KNOTS = 8
# Smoothness of the thin plate; places a side it is worked out at.
_PLATE_STIFF, _PLATE_PLACES = 0.02, 24


@dataclass(frozen=True)
class Mesh:
    """`centres`: (n, n, 2) float32, x and y of every module's middle in the picture; `greys`: (n, n) float32 seen
    there; `fit`: above 1 where print and plan agree, below 0.5 by chance.
    """

    centres: Plane
    greys: Plane
    fit: float

    @property
    def corners(self) -> Plane:
        """The symbol's outer corners (4, 2), half a module outside the corner modules' middles."""
        c = self.centres
        out = []
        for row, column in ((0, 0), (0, -1), (-1, -1), (-1, 0)):
            inner_row, inner_column = (1 if row == 0 else -2), (1 if column == 0 else -2)
            out.append(2.0 * c[row, column] - 0.5 * (c[inner_row, column] + c[row, inner_column]))
        return np.array(out)


def first_fit(gray: Gray, corners: Quad32, version: int) -> float:
    """How well the flat grid fits a symbol of this version whose outer corners are about `corners` (4, 2), its own
    upper left first: to choose between guesses.
    """
    return Flat(gray, _square(corners, version), version).fit


class Flat:
    """A symbol laid flat as a square picture by `move` (3x3, from modules to pixels of `gray`); places in it are
    measured in modules. `seen`: (k, 4) corners of its finder patterns, as the plan has them and where `move` puts
    what is seen. `fit`: how well print and plan agree before any bending, above 1 or, by chance, below 0.5.
    """

    def __init__(self, gray: Gray, move: Numbers, version: int, seen: Points | None = None) -> None:
        self._move, self._version = move, version
        self._known = symbol.plan(version).known
        self._side = len(self._known)
        size = (self._side + 2 * _QUIET) * _PIXELS
        # Middle of pixel p lies at (p + 0.5) / _PIXELS - _QUIET modules.
        into = np.array(
            [[1 / _PIXELS, 0, 0.5 / _PIXELS - _QUIET], [0, 1 / _PIXELS, 0.5 / _PIXELS - _QUIET], [0, 0, 1]]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        laid = cv2.warpPerspective(gray, move @ into, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        self._show(laid)
        middle = np.arange(self._side) + 0.5
        self._still = np.stack(np.meshgrid(middle, middle), axis=-1)
        self._knots = np.zeros((0, 4)) if seen is None else np.asarray(seen, float).reshape(-1, 4)
        self._start, self.fit = self._still, self._score(_ringed(self._still))

    def follow(self) -> None:
        """Bend the first grid through the patterns seen; `fit` says what came of it."""
        if len(self._knots):
            self._start = self._followed()
            self.fit = self._score(_ringed(self._start))

    def meshes(self, thorough: bool) -> Iterator[Mesh]:
        """Grids over the symbol, cheap and likely ones first; `thorough`: also bent by trying, at some 30 ms."""
        places = self._start
        yield self._mesh(places)
        yield self._mesh(self._settled(places))
        softer = self._softer()
        yield softer._mesh(softer._settled(places))
        if self._version <= _MOST_PULLED:
            places = softer._pulled(places)
            yield self._mesh(places)
            yield softer._mesh(softer._settled(places))
        rolled = self._rolled()
        if rolled is not None:
            yield self._mesh(rolled)
            yield self._mesh(self._settled(rolled))
            places = max(places, rolled, key=lambda each: self._score(_ringed(each)))
        if thorough:
            places = self._bent(places)
            yield self._mesh(places)
            yield self._mesh(self._settled(places))
            yield softer._mesh(softer._settled(places))

    def _mesh(self, places: Points) -> Mesh:
        """The grid with its middles at `places`, in the pixels of the picture."""
        centres = cv2.perspectiveTransform(places.astype(np.float64), self._move).astype(np.float32)
        return Mesh(centres, self._greys(places), self._score(_ringed(places)))

    def _softer(self) -> Flat:
        """The same, blurred by a third of a module: noise, specks, the dots of a printer."""
        other = copy.copy(self)
        other._show(cv2.GaussianBlur(self._sharp, (0, 0), _SOFTER * _PIXELS))
        return other

    def _show(self, laid: Gray) -> None:
        self._sharp = laid
        self._picture = cv2.blur(laid, (3, 3))

    def _followed(self) -> Points:
        """Places by the finder corners given and every alignment pattern found, the one next to known ones first."""
        wanted = _alignments(self._version)
        if len(wanted) == 1:
            # Far from the finder patterns: which of several look-alikes it is, the whole print decides.
            found = self._seek(np.array(wanted[0]), _FAR, _LOOKALIKES)
            trials = [self._knots, *(_with(self._knots, np.array(wanted[0]), lies) for lies in found)]
            places, self._knots = max(
                ((self._through(knots), knots) for knots in trials), key=lambda each: self._score(_ringed(each[0]))
            )
            return places
        knots, left = self._knots, np.array(wanted).reshape(-1, 2)
        while len(left):
            away = np.abs(left[:, None] - knots[None, :, :2]).max(axis=2)
            index = int(away.min(axis=1).argmin())
            place = left[index]
            near = knots[np.argsort(away[index])[:_NEAR]]
            guess = _plated(near, place[None], self._side)[0]
            found = self._seek(guess, 1.3 + 0.09 * float(away[index].min()), 1)
            knots = _with(knots, place, found[0]) if found else knots
            left = np.delete(left, index, axis=0)
        self._knots = knots
        return self._through(knots)

    def _rolled(self) -> Points | None:
        """Places as if the symbol lay round a cylinder: of many axes and radii the one the print agrees with most."""
        if len(self._knots) < _LEAST_KNOTS:
            return None
        fits = cylinder.fitted(self._knots[:, :2], self._knots[:, 2:], self._side)
        places = [each.reshape(self._still.shape) for each in cylinder.placed(fits, self._still.reshape(-1, 2))]
        return max(places, key=lambda each: self._score(_ringed(each)), default=None)

    def _through(self, knots: Numbers) -> Points:
        """Places on a thin plate through the knots: (k, 4) places as the plan has them and where they are seen."""
        # So smooth a thing is known from a few places.
        few = np.linspace(0, self._side, min(self._side, _PLATE_PLACES))
        bends = _plated(knots, np.stack(np.meshgrid(few, few), axis=-1).reshape(-1, 2), self._side)
        between = _between(self._side, len(few))
        points: Points = np.einsum(
            "ai,ijk,bj->abk", between, bends.reshape(len(few), len(few), 2), between, optimize=True
        )
        return points

    def _pulled(self, places: Points) -> Points:
        """The places with the lower right corner, which no finder pattern holds, drawn to where the print is most
        decided and paper lies outside.
        """
        line = np.linspace(0, 1, self._side)
        pull = (line[:, None] * line[None])[..., None]
        best, best_score = places, -9.0
        for reach, around in _PULLS:
            start = best
            steps = np.arange(-around, around + 1) * reach
            for shift in ((x, y) for x in steps for y in steps):
                trial = start + pull * np.array(shift)
                score = self._score(_ringed(trial))
                if score > best_score:
                    best, best_score = trial, score
        return best

    def _bent(self, places: Points) -> Points:
        """The places bent by smooth polynomials, one small step after another as long as the fit grows."""
        shapes = _shapes(self._side)
        start, bend = _ringed(places), np.zeros((shapes.shape[-1], 2))

        def score(trial: Points) -> float:
            # Shifts, stretches and tilts are free, bends are not.
            return self._score(start + shapes @ trial) - _STIFF * float(np.square(trial[3:]).sum())

        best = score(bend)
        for step in _BENDS:
            for _ in range(3):
                before = best
                for shape in range(len(bend)):
                    for axis in (0, 1):
                        for sign in (step, -step):
                            trial = bend.copy()
                            trial[shape, axis] += sign
                            tried = score(trial)
                            if tried > best:
                                bend, best = trial, tried
                                break
                if best - before < 0.003:
                    break
        return (start + shapes @ bend)[1:-1, 1:-1]

    def _settled(self, places: Points) -> Points:
        """The places after a small smooth shift to where print is most decided and fits the plan: creases, curl."""
        for reach, smooth in _SETTLING:
            shifts = np.array([(x, y) for x in (-reach, 0, reach) for y in (-reach, 0, reach)], np.float32)
            scores = []
            for shift in shifts:
                dark = darknesses(self._greys(places + shift))
                decided = np.where(self._known >= 0, 2 * dark * (2.0 * self._known - 1), np.abs(dark))
                scores.append(_smoothed(decided.astype(np.float32), smooth))
            best = shifts[np.argmax(np.stack(scores), axis=0)]
            places = places + _smoothed(best, smooth * 0.7)
        return places

    def _greys(self, places: Points) -> Plane:
        pixels = ((places + _QUIET) * _PIXELS - 0.5).astype(np.float32)
        seen = cv2.remap(
            self._picture, pixels[..., 0], pixels[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return seen.astype(np.float32)

    def _score(self, ringed: Points) -> float:
        """Agreement with the plan, and how decided the data modules are."""
        agreeing, deciding = _weights(self._version)
        darkness = darknesses(self._greys(ringed))
        # No mask leaves a large plain stretch: a grid that lies on bare paper shows one.
        plain = cv2.blur(darkness, (5, 5), borderType=cv2.BORDER_REPLICATE).ravel()
        darkness = darkness.ravel()
        return float(agreeing @ darkness + deciding @ (np.abs(darkness) - _PLAIN * plain * plain))

    def _seek(self, place: Numbers, reach: float, most: int) -> list[Points]:
        """Middles of what looks like an alignment pattern about `place`, likeliest first."""
        template = _alignment()
        half = template.shape[0] / 2
        x0, y0 = (max(0, int(v)) for v in np.floor((place + _QUIET) * _PIXELS - half - reach * _PIXELS))
        more = template.shape[0] + int(2 * reach * _PIXELS) + 1
        part = self._sharp[y0 : y0 + more, x0 : x0 + more]
        found: list[Points] = []
        if min(part.shape) < template.shape[0] + 2 or float(part.std()) < 3:
            return found
        match = cv2.matchTemplate(part, template, cv2.TM_CCOEFF_NORMED)
        while len(found) < most:
            _, best, _, (x, y) = cv2.minMaxLoc(match)
            if best < _MATCH:
                break
            found.append(np.array([x0 + x + half, y0 + y + half]) / _PIXELS - _QUIET)
            match[max(0, y - _PIXELS) : y + _PIXELS + 1, max(0, x - _PIXELS) : x + _PIXELS + 1] = -1
        return found


def _square(corners: Quad32, version: int) -> Numbers:
    side = 17.0 + 4 * version
    square = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    return cv2.getPerspectiveTransform(square, np.asarray(corners, np.float32))


def _ringed(places: Points) -> Points:
    """The places with one module of quiet zone all round: it is light, and tells where the symbol ends."""
    wide = np.concatenate([2 * places[:, :1] - places[:, 1:2], places, 2 * places[:, -1:] - places[:, -2:-1]], axis=1)
    return np.concatenate([2 * wide[:1] - wide[1:2], wide, 2 * wide[-1:] - wide[-2:-1]], axis=0)


@lru_cache(maxsize=40)
def _weights(version: int) -> tuple[Plane, Plane]:
    """What each module of the ringed symbol counts: its darkness (with a sign), and being decided at all."""
    known = np.pad(symbol.plan(version).known, 1, constant_values=0)
    weight = np.where(known >= 0, 1.0, 0.0)
    weight[1:-1, 1:-1] *= 1.5
    agreeing = (weight / weight.sum() * (2.0 * known - 1)).astype(np.float32)
    open_ = known < 0
    return agreeing.ravel(), (_DECIDED * open_ / open_.sum()).astype(np.float32).ravel()


@lru_cache(maxsize=40)
def _shapes(side: int) -> Numbers:
    """(side + 2, side + 2, 10) shift, stretch and shear, tilt, then bends; each a module large at the border."""
    line = (np.arange(-1, side + 1) + 0.5) / side * 2 - 1
    a, b = np.meshgrid(line, line)
    aa, bb = a * a - 0.5, b * b - 0.5
    shapes = [np.ones_like(a), a, b, a * b, aa, bb, aa * b, a * bb, a * (aa - 0.1), b * (bb - 0.1)]
    return np.stack(shapes, axis=-1)


def _alignments(version: int) -> list[tuple[float, float]]:
    """Middles of the alignment patterns, in modules."""
    lines = symbol.alignments(version)
    last = len(lines) - 1
    corners = ((0, 0), (0, last), (last, 0))
    return [(x + 0.5, y + 0.5) for i, x in enumerate(lines) for j, y in enumerate(lines) if (i, j) not in corners]


@lru_cache(maxsize=1)
def _alignment() -> Gray:
    ring = np.maximum(*np.abs(np.mgrid[-2:3, -2:3]))
    drawn = np.where(ring == 1, 255, 0).astype(np.uint8)
    return cv2.blur(np.kron(drawn, np.ones((_PIXELS, _PIXELS), np.uint8)), (3, 3))


def _smoothed(values: Plane, reach: float) -> Plane:
    return cv2.GaussianBlur(values, (0, 0), reach, borderType=cv2.BORDER_REPLICATE)


def _with(knots: Numbers, place: Points, lies: Numbers) -> Numbers:
    return np.concatenate([knots, [[*place, *lies]]])


def _plated(knots: Numbers, at: Points, side: int) -> Points:
    """Where the places `at` (m, 2) lie on a thin plate through the knots, all in modules."""
    p, q = knots[:, :2] / side, at / side
    count = len(p)
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _plate(p, p) + _PLATE_STIFF * np.eye(count)
    system[:count, count] = system[count, :count] = 1
    system[:count, count + 1 :] = p
    system[count + 1 :, :count] = p.T
    right = np.zeros((count + 3, 2))
    right[:count] = knots[:, 2:] - knots[:, :2]
    solved = np.linalg.solve(system, right)
    points: Points = at + _plate(q, p) @ solved[:count] + solved[count] + q @ solved[count + 1 :]
    return points


@lru_cache(maxsize=40)
def _between(side: int, few: int) -> Numbers:
    """(side, few) weights of `few` places from one end to the other in the middle of each module."""
    at = (np.arange(side) + 0.5) / side * (few - 1)
    numbers: Numbers = np.maximum(0, 1 - np.abs(at[:, None] - np.arange(few)))
    return numbers


def _plate(a: Points, b: Points) -> Numbers:
    square = ((a[:, None] - b[None]) ** 2).sum(axis=2)
    numbers: Numbers = 0.5 * square * np.log(np.maximum(square, 1e-12))
    return numbers
