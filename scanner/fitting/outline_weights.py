"""Fits the weights of `scanner.pages.score` and judges them beside those in force, on pictures not fitted on.

    python -m scanner.fitting.outline_weights FOLDER … [--judge FOLDER …]

Ranking: of a picture's candidates the softmax of their totals is to fall on those of high overlap with the sheet, as
the gain. Odds of a sheet: cross-entropy over all candidates. Photographs are altered in eleven ways.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from scanner.fitting.altering import altered
from scanner.fitting.marked import FOLDER, Marked, fingerprint, parted
from scanner.pages import score
from scanner.pages.cues import candidates, look
from scanner.pages.evidence import NAMES, evidence
from scanner.pages.finder import WORK_SIDE, shrunk
from scanner.pages.geometry import convex_many, order_corners, overlap
from scanner.pages.sides import bows_of, refined

if TYPE_CHECKING:
    from scanner.arrays import Image, Numbers, Quad

SEED = 3
"""Of which candidates are kept where a picture has more than CANDIDATES."""

CANDIDATES = 120
"""Of one picture, at most."""

STEPS, RATE, DECAY = 600, 0.05, 2e-3
"""Of Adam over all pictures at once, on evidence brought to mean 0 and spread 1."""

NEARLY, FULLY = 0.82, 0.14
"""From what overlap on a candidate begins to be the sheet, and over how much more it wholly is."""

_NOT_ODDS = ("share", "share_log")
"""Evidence that must not tell whether a quad is a sheet at all: a small sheet is one too."""


@dataclass(frozen=True)
class Examples:
    """Candidates of one picture: evidence (n, f) of the rough ones and of the refined, and the overlap of each."""

    rough: Numbers
    rough_overlap: Numbers
    exact: Numbers
    exact_overlap: Numbers


@dataclass(frozen=True)
class Weights:
    """As `score` has them; `odds` with its bias last."""

    rough: Numbers
    exact: Numbers
    odds: Numbers


def in_force() -> Weights:
    """The weights the scanner uses."""
    return Weights(score.ROUGH, score.EXACT, np.append(score.IS_SHEET, score.SHEET_BIAS))


def examples(image: Image, quads: tuple[Quad, ...], rng: np.random.Generator) -> Examples | None:
    """The candidates of a picture; None where it offers none."""
    scale = min(1.0, WORK_SIDE / max(image.shape[:2]))
    views = look(shrunk(image, scale))
    proposed = np.array(candidates(views)).reshape(-1, 4, 2)
    if not len(proposed):
        return None
    rough = evidence(views, proposed)
    order = np.argsort(-(rough @ score.ROUGH))
    few = proposed[order[: CANDIDATES // 3]]
    nearer, straight = refined(views.planes, few)
    bent, bows = refined(views.planes, few, 5, bows_of(views.planes, few), bend=True)
    fine, all_bows = np.concatenate([few, nearer, bent]), np.concatenate([0 * straight, 0 * straight, bows])
    good = convex_many(fine)
    fine, all_bows = fine[good], all_bows[good]
    kept = rng.permutation(len(proposed))[:CANDIDATES]
    sheets = [quad * scale for quad in quads]
    return Examples(
        rough[kept], _overlaps(proposed[kept], sheets), evidence(views, fine, all_bows), _overlaps(fine, sheets)
    )


def gathered(pictures: list[Marked]) -> list[Examples]:
    """`examples` of every picture; those with one sheet (photographs) altered too."""
    rng = np.random.default_rng(SEED)
    found = []
    for one in pictures:
        image = one.image()
        ways = altered(image, one.quads) if len(one.quads) == 1 else iter([(image, one.quads)])
        found += [told for seen, quads in ways if (told := examples(seen, quads, rng)) is not None]
    return found


def fitted(learnt: list[Examples]) -> Weights:
    """Fitted on these pictures."""
    with_sheet = [one for one in learnt if one.exact_overlap.max(initial=0) > NEARLY]
    rough = _ranking([one.rough for one in with_sheet], [one.rough_overlap for one in with_sheet])
    exact = _ranking([one.exact for one in with_sheet], [one.exact_overlap for one in with_sheet])
    return Weights(rough, exact, _odds(learnt))


def judged(weights: Weights, held: list[Examples]) -> tuple[float, float, float]:
    """On pictures that show a sheet among their candidates: mean overlap of the candidate ranked first, share of
    those above 0.9; and on all the cross-entropy of the odds.
    """
    first = [one.exact_overlap[np.argmax(one.exact @ weights.exact)] for one in held if one.exact_overlap.max() > 0.9]
    losses = []
    for one in held:
        sure = np.clip(_sigmoid(one.exact @ weights.odds[:-1] + weights.odds[-1]), 1e-6, 1 - 1e-6)
        target = _target(one.exact_overlap)
        losses.append(float(-(target * np.log(sure) + (1 - target) * np.log(1 - sure)).mean()))
    return float(np.mean(first)), float(np.mean(np.array(first) > 0.9)), float(np.mean(losses))


@click.command()
@click.argument("folders", nargs=-1, required=True, type=FOLDER)
@click.option("--judge", type=FOLDER, multiple=True)
def main(folders: tuple[Path, ...], judge: tuple[Path, ...]) -> None:
    """Fit, judge, print."""
    learning, apart = parted(folders, judge)
    learnt, held = gathered(learning), gathered(apart)
    fresh = fitted(learnt)
    print(f"data {fingerprint([*folders, *judge])}, seed {SEED}")
    print(
        f"{len(learnt)} pictures learnt from, {len(held)} kept apart; of those: first choice's overlap, share above"
    )
    print("0.9, cross-entropy of the odds")
    for name, weights in (("in force", in_force()), ("fitted now", fresh)):
        overlap_, above, loss = judged(weights, held)
        print(f"  {name:11} {overlap_:.4f}  {above:.1%}  {loss:.4f}")
    for number, name in enumerate(NAMES):
        print(f'    "{name}": ({fresh.rough[number]:.2f}, {fresh.exact[number]:.2f}),  odds {fresh.odds[number]:.2f}')
    print(f"    bias of the odds {fresh.odds[-1]:.2f}")


def _overlaps(quads: Numbers, sheets: list[Quad]) -> Numbers:
    return np.array([max((overlap(order_corners(q), s) for s in sheets), default=0.0) for q in quads], float)


def _target(overlaps: Numbers) -> Numbers:
    target: Numbers = np.clip((overlaps - NEARLY) / FULLY, 0, 1)
    return target


def _sigmoid(odds: Numbers) -> Numbers:
    sure: Numbers = 1 / (1 + np.exp(-np.clip(odds, -60, 60)))
    return sure


def _ranking(rows: list[Numbers], overlaps: list[Numbers]) -> Numbers:
    """Weights whose softmax over each picture's candidates expects the greatest overlap."""
    seen, _, spread = _standard(np.concatenate(rows))
    gain, starts = np.concatenate(overlaps), np.cumsum([0, *(len(part) for part in rows[:-1])])
    of = np.repeat(np.arange(len(rows)), [len(part) for part in rows])

    def slope(weights: Numbers) -> Numbers:
        totals = seen @ weights
        share = np.exp(totals - np.maximum.reduceat(totals, starts)[of])
        share /= np.add.reduceat(share, starts)[of]
        expected = np.add.reduceat(share * gain, starts)[of]
        steep: Numbers = -(share * (gain - expected)) @ seen / len(rows) + DECAY * weights / len(weights)
        return steep

    weights: Numbers = _adam(np.zeros(seen.shape[1]), slope) / spread
    return weights


def _odds(learnt: list[Examples]) -> Numbers:
    """Weights and, last, the bias of the odds that a refined candidate is some sheet."""
    rows = np.concatenate([one.exact for one in learnt])
    target = _target(np.concatenate([one.exact_overlap for one in learnt]))
    # What is a sheet and what is none counts alike.
    counts = np.where(target > 0.5, 0.5 / max((target > 0.5).mean(), 1e-3), 0.5 / max((target <= 0.5).mean(), 1e-3))
    seen, middle, spread = _standard(rows)
    barred = np.isin(NAMES, _NOT_ODDS)
    seen = np.c_[np.where(barred, 0.0, seen), np.ones(len(seen))]

    def slope(weights: Numbers) -> Numbers:
        steep: Numbers = (counts * (_sigmoid(seen @ weights) - target)) @ seen / len(seen) + DECAY * weights / 50
        return steep

    weights = _adam(np.zeros(seen.shape[1]), slope)
    inward = np.where(barred, 0.0, weights[:-1] / spread)
    return np.append(inward, weights[-1] - float(inward @ middle))


def _standard(rows: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Rows brought to mean 0 and spread 1, and those."""
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    return (rows - middle) / spread, middle, spread


def _adam(weights: Numbers, slope: Callable[[Numbers], Numbers]) -> Numbers:
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        steep = slope(weights)
        first, second = 0.9 * first + 0.1 * steep, 0.999 * second + 0.001 * steep**2
        rate = RATE * (1 - step / STEPS) + 1e-4
        weights = weights - rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights


if __name__ == "__main__":
    main()
