"""Fits the weights of `scanner.pages.wholes` and judges them beside those in force, on pictures not fitted on.

    python -m scanner.fitting.whole_weights [--out WEIGHTS.py] FOLDER … [--judge FOLDER …]

WEIGHTS.py is written where it is named.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from scanner.fitting.marked import FOLDER, Marked, fingerprint, parted
from scanner.pages import weights
from scanner.pages.claims import CLAIM_SIDE, proposals
from scanner.pages.finder import shrunk
from scanner.pages.geometry import convex_many, order_corners, overlap
from scanner.pages.ground import survey
from scanner.pages.sides import bows_of, refined
from scanner.pages.wholes import NAMES, wholeness

if TYPE_CHECKING:
    from scanner.arrays import Numbers

    # Evidence (n, f) of candidates, how much each is a sheet (0-1), and how much each counts.
    Examples = tuple[Numbers, Numbers, Numbers]
    # Weights and bias of the hidden units, weights and bias of what they add up to.
    Net = tuple[Numbers, Numbers, Numbers, float]

SEED = 0
"""Of the first net and of which candidates are kept; the nets after it take the seeds that follow."""

NETS, UNITS = 3, 22
"""Nets laid side by side, hidden units of each."""

DECAY, EPOCHS, BATCH = 2e-4, 40, 256
"""Of Adam: weight decay, rounds through all examples, examples a step."""

CANDIDATES = 160
"""Of one picture, at most."""

NEARLY, FULLY = 0.82, 0.14
"""From what overlap on a candidate begins to be the sheet, and over how much more it wholly is."""

OF_ONE_SHEET, OF_NONE = 25.0, 60.0
"""How much all candidates of one sheet count together, and how much all those of a picture that are none."""


def examples(picture: Marked, rng: np.random.Generator) -> Examples:
    """The candidates of a picture."""
    image = picture.image()
    scale = min(1.0, CLAIM_SIDE / max(image.shape[:2]))
    seen = survey(shrunk(image, scale))
    few = proposals(seen)
    few = few[rng.permutation(len(few))[:CANDIDATES]]
    if not len(few):
        return np.zeros((0, len(NAMES))), np.zeros(0), np.zeros(0)
    planes = seen.views.planes
    nearer, straight = refined(planes, few)
    bent, bows = refined(planes, few, 5, bows_of(planes, few), bend=True)
    quads, all_bows = np.concatenate([few, nearer, bent]), np.concatenate([0 * straight, 0 * straight, bows])
    good = convex_many(quads)
    quads, all_bows = quads[good], all_bows[good]
    sheets = [quad * scale for quad in picture.quads]
    shared = np.array([[overlap(order_corners(quad), sheet) for sheet in sheets] for quad in quads])
    shared = shared.reshape(len(quads), len(sheets))
    best = shared.max(axis=1, initial=0.0)
    counts = np.full(len(quads), OF_NONE / max(OF_NONE, float((best <= NEARLY).sum())))
    for number in range(len(sheets)):
        near = (best > NEARLY) & (shared.argmax(axis=1) == number)
        counts[near] = OF_ONE_SHEET / max(1, int(near.sum()))
    return wholeness(seen, quads, all_bows), np.clip((best - NEARLY) / FULLY, 0, 1), counts


def gathered(pictures: list[Marked]) -> Examples:
    """`examples` of all pictures."""
    rng = np.random.default_rng(SEED)
    rows, targets, counts = zip(*(examples(one, rng) for one in pictures), strict=True)
    return np.concatenate(rows), np.concatenate(targets), np.concatenate(counts)


def fitted(rows: Numbers, targets: Numbers, counts: Numbers, seed: int) -> Net:
    """One hidden layer by Adam; its weights for evidence as it is, not standardised."""
    rng = np.random.default_rng(seed)
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    seen, counts = (rows - middle) / spread, counts / counts.mean()
    width = seen.shape[1]
    net = [rng.normal(0, width**-0.5, (width, UNITS)), np.zeros(UNITS), rng.normal(0, 0.3, UNITS), np.zeros(1)]
    first, second = [np.zeros_like(part) for part in net], [np.zeros_like(part) for part in net]
    step = 0
    for epoch in range(EPOCHS):
        rate = 0.01 * (1 - epoch / EPOCHS) + 1e-4
        for at in np.array_split(rng.permutation(len(seen)), max(1, len(seen) // BATCH)):
            hidden = np.tanh(seen[at] @ net[0] + net[1])
            wrong = counts[at] * (1 / (1 + np.exp(-(hidden @ net[2] + net[3]))) - targets[at]) / len(at)
            back = wrong[:, None] * net[2] * (1 - hidden**2)
            slopes = [seen[at].T @ back + DECAY * net[0], back.sum(0), hidden.T @ wrong + DECAY * net[2], wrong.sum()]
            step += 1
            for i, slope in enumerate(slopes):
                first[i] = 0.9 * first[i] + 0.1 * slope
                second[i] = 0.999 * second[i] + 0.001 * slope**2
                net[i] = net[i] - rate * (first[i] / (1 - 0.9**step)) / (
                    np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8
                )
    inward = net[0] / spread[:, None]
    return inward, net[1] - middle @ inward, net[2], float(net[3][0])


def loss(net: Net, rows: Numbers, targets: Numbers, counts: Numbers) -> float:
    """Mean cross-entropy."""
    odds = np.tanh(rows @ net[0] + net[1]) @ net[2] + net[3]
    sure = np.clip(1 / (1 + np.exp(-odds)), 1e-6, 1 - 1e-6)
    return float(-(counts * (targets * np.log(sure) + (1 - targets) * np.log(1 - sure))).sum() / counts.sum())


def written(net: Net) -> str:
    """The weights as the file in force has them, below its docstring."""

    def numbers(values: Numbers) -> str:
        told = ", ".join(f"{value:.3g}" for value in values) + ","
        return textwrap.fill(told, width=112, initial_indent=" " * 8, subsequent_indent=" " * 8)

    rows = "".join(f'    "{name}": (\n{numbers(row)}\n    ),\n' for name, row in zip(NAMES, net[0], strict=True))
    sums = "".join(f"{name} = np.array(\n    (\n{numbers(part)}\n    )\n)\n" for name, part in
                   (("HIDDEN_BIAS", net[1]), ("OUT", net[2])))  # fmt: skip
    return f"_HIDDEN = {{\n{rows}}}\nHIDDEN = np.array(list(_HIDDEN.values()))\n{sums}OUT_BIAS = {net[3]:.4g}\n"


@click.command()
@click.argument("folders", nargs=-1, required=True, type=FOLDER)
@click.option("--judge", type=FOLDER, multiple=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False))
def main(folders: tuple[Path, ...], judge: tuple[Path, ...], out: Path | None) -> None:
    """Fit, judge, write."""
    learning, apart = parted(folders, judge)
    learnt, held = gathered(learning), gathered(apart)
    nets = [fitted(*learnt, SEED + number) for number in range(NETS)]
    # Averaged by laying them side by side.
    inward, bias, sums = (np.concatenate([net[i] for net in nets], axis=-1) for i in (0, 1, 2))
    fresh: Net = (inward, bias, sums / NETS, float(np.mean([net[3] for net in nets])))
    now: Net = (weights.HIDDEN, weights.HIDDEN_BIAS, weights.OUT, weights.OUT_BIAS)
    print(f"data {fingerprint([*folders, *judge])}, seed {SEED}")
    print(f"{len(learnt[1])} candidates learnt from, {len(held[1])} kept apart; cross-entropy of those:")
    print(f"  in force {loss(now, *held):.4f}   fitted now {loss(fresh, *held):.4f}")
    if out is not None:
        head = Path(weights.__file__).read_text(encoding="utf-8").split("_HIDDEN = {")[0]
        out.write_text(head + written(fresh), encoding="utf-8")


if __name__ == "__main__":
    main()
