"""Undoing the blur of a code without knowing it: the blur is learnt from the code's own modules.

A decision-feedback equalizer, as modems use it: each module's value is a weighted sum of the picture around its
middle and of what its neighbours were decided to be. The weights come from least squares over all modules, the fixed
ones as they must be, the others as decided so far, and the decisions from the weights, in turn. Whatever direction a
hand shook in, no model of it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from scanner.codes.rescue import symbol
from scanner.codes.rescue.frames.register import product

if TYPE_CHECKING:
    from scanner.arrays import Mask, Plane

FINE, QUIET = 3, 3
"""Pixels a module of the picture to be equalized, and modules of it beyond the code on every side."""

# Pixels (three a module) around a module's middle that tell its value: two modules each way, every other one.
_REACH, _STRIDE = 6, 2
# Modules each way whose decided values are taken out of it.
_NEAR = 2
# Of the least squares, in modules: keeps the weights of a small code in bounds.
_RIDGE = 5.0
# Weight of a module that is fixed by the plan against one decided for sure.
_FIXED = 1.5
# How quickly a grey counts as decided, per average grey.
_STEEP = 2.0
# Rounds of deciding and fitting; after which of them the greys are tried, beside the last.
_ROUNDS, _OFFERED = 7, (3, 5)


def equalized(seen: Plane, version: int, first: Plane, hidden: Mask | None = None) -> Iterator[Plane]:
    """Greys (n, n) float32, light above 0, ever better, from a picture of FINE pixels a module laid upright on the
    grid with QUIET modules all round, and a first guess of the greys (n, n). `hidden`: (n, n) bool, modules something
    lies over: nothing is learnt from them, and they come out as 0.
    """
    known = symbol.plan(version).known
    open_ = np.ones(known.size, bool) if hidden is None else ~hidden.ravel()
    fixed = (known >= 0).ravel() & open_
    wanted = (1.0 - 2.0 * known).ravel().astype(np.float32)
    around = _around(seen, known.shape[0])
    greys = first * open_.reshape(known.shape)
    for number in range(_ROUNDS):
        level = np.abs(greys).mean() + 1e-6
        decided = np.where(fixed, wanted, np.tanh(_STEEP * greys.ravel() / level)).astype(np.float32)
        weight = np.where(fixed, _FIXED, np.minimum(np.abs(greys.ravel()) / level, 1)) * open_
        facts = around if number == 0 else np.concatenate([around, _neighbours(decided.reshape(known.shape))])
        weighted = facts * weight.astype(np.float32)
        normal = product(weighted, facts, transposed=True).astype(np.float64)
        target = product(weighted, decided[:, None]).astype(np.float64)
        weights = np.linalg.solve(normal + _RIDGE * np.eye(len(facts)), target)
        greys = product(np.ascontiguousarray(weights.T.astype(np.float32)), facts).reshape(known.shape)
        greys = greys * open_.reshape(known.shape)
        if number in _OFFERED or number == _ROUNDS - 1:
            yield greys


def _around(seen: Plane, size: int) -> Plane:
    """The pixels around every module's middle, one row a place, one column a module."""
    middles = (np.arange(size) + QUIET) * FINE + FINE // 2
    steps = range(-_REACH, _REACH + 1, _STRIDE)
    return np.stack([seen[np.ix_(middles + dy, middles + dx)].ravel() for dy in steps for dx in steps])


def _neighbours(decided: Plane) -> Plane:
    """What the modules around each were decided to be; beyond the rim it is light."""
    size = decided.shape[0]
    wide = np.pad(decided, _NEAR, constant_values=1.0)
    steps = range(2 * _NEAR + 1)
    return np.stack(
        [wide[y : y + size, x : x + size].ravel() for y in steps for x in steps if (y, x) != (_NEAR, _NEAR)]
    )
