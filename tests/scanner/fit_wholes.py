"""Fits the weights of `scanner.pages.wholes` anew on generated scenes, and judges them beside the ones in force.

    .venv/bin/python tests/scanner/fit_wholes.py [SEEDS [WEIGHTS.py]]

SEEDS (default 20) scenes a kind are learnt from; others are kept apart. WEIGHTS.py is written where it is named.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "scanner")]

import scenes  # noqa: E402
from scenes.many import COUNTS, bare, many  # noqa: E402
from scenes.tables import TABLES  # noqa: E402

from scanner.pages import weights  # noqa: E402
from scanner.pages.claims import CLAIM_SIDE, proposals  # noqa: E402
from scanner.pages.finder import shrunk  # noqa: E402
from scanner.pages.geometry import convex_many, order_corners, overlap  # noqa: E402
from scanner.pages.ground import survey  # noqa: E402
from scanner.pages.sides import bows_of, refined  # noqa: E402
from scanner.pages.wholes import NAMES, wholeness  # noqa: E402

HELD_OUT = 1000
KINDS = ("text", "table", "form", "receipt", "booklet", "card_front", "white_on_white", "folded", "both_cards")
NETS, UNITS, DECAY, EPOCHS, BATCH = 3, 22, 2e-4, 40, 256
CANDIDATES = 160
# From what overlap on a candidate begins to be the sheet, and over how much more it wholly is.
NEARLY, FULLY = 0.82, 0.14
# How much all candidates of one sheet count together, and how much all those of a scene that are none.
OF_ONE_SHEET, OF_NONE = 25.0, 60.0

Net = tuple[Any, Any, Any, Any]


def shots(first: int, count: int) -> Iterator[Any]:
    """Scenes with several sheets, one sheet, none; seeds from `first` on."""
    for seed in range(first, first + count):
        for severity in scenes.SEVERITIES:
            yield from (many(number, severity, seed) for number in COUNTS)
            kinds = KINDS[seed % 3 :: 3]
            yield from (scenes.sample(kind, severity, seed, size=(1280, 960)) for kind in kinds)
            yield bare(TABLES[seed % len(TABLES)], severity, seed)


def examples(shot: Any, rng: np.random.Generator) -> tuple[Any, Any, Any]:
    """Evidence (n, f) of a scene's candidates, how much each is a sheet (0-1), and how much each counts."""
    scale = min(1.0, CLAIM_SIDE / max(shot.image.shape[:2]))
    seen = survey(shrunk(shot.image, scale))
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
    sheets = [order_corners(np.asarray(sheet.quad)) * scale for sheet in shot.sheets]
    shared = np.array([[overlap(order_corners(quad), sheet) for sheet in sheets] for quad in quads])
    shared = shared.reshape(len(quads), len(sheets))
    best = shared.max(axis=1, initial=0.0)
    counts = np.full(len(quads), OF_NONE / max(OF_NONE, float((best <= NEARLY).sum())))
    for number in range(len(sheets)):
        near = (best > NEARLY) & (shared.argmax(axis=1) == number)
        counts[near] = OF_ONE_SHEET / max(1, int(near.sum()))
    return wholeness(seen, quads, all_bows), np.clip((best - NEARLY) / FULLY, 0, 1), counts


def gathered(first: int, count: int) -> tuple[Any, Any, Any]:
    """`examples` of all shots."""
    rng = np.random.default_rng(first)
    parts = [examples(shot, rng) for shot in shots(first, count)]
    rows, targets, counts = (np.concatenate(part) for part in zip(*parts, strict=True))
    return rows, targets, counts


def fitted(rows: Any, targets: Any, counts: Any, seed: int) -> Net:
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
    return inward, net[1] - middle @ inward, net[2], net[3][0]


def loss(net: Net, rows: Any, targets: Any, counts: Any) -> float:
    """Mean cross-entropy."""
    odds = np.tanh(rows @ net[0] + net[1]) @ net[2] + net[3]
    sure = np.clip(1 / (1 + np.exp(-odds)), 1e-6, 1 - 1e-6)
    return float(-(counts * (targets * np.log(sure) + (1 - targets) * np.log(1 - sure))).sum() / counts.sum())


def written(net: Net) -> str:
    """The weights as the file in force has them, below its docstring."""

    def numbers(values: Any) -> str:
        told = ", ".join(f"{value:.3g}" for value in values) + ","
        return textwrap.fill(told, width=112, initial_indent=" " * 8, subsequent_indent=" " * 8)

    rows = "".join(f'    "{name}": (\n{numbers(row)}\n    ),\n' for name, row in zip(NAMES, net[0], strict=True))
    sums = "".join(f"{name} = np.array(\n    (\n{numbers(part)}\n    )\n)\n" for name, part in
                   (("HIDDEN_BIAS", net[1]), ("OUT", net[2])))  # fmt: skip
    return f"_HIDDEN = {{\n{rows}}}\nHIDDEN = np.array(list(_HIDDEN.values()))\n{sums}OUT_BIAS = {net[3]:.4g}\n"


def main() -> None:
    """Fit, judge, write."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    learnt, held = gathered(0, count), gathered(HELD_OUT, max(1, count // 4))
    nets = [fitted(*learnt, seed) for seed in range(NETS)]
    # Averaged by laying them side by side.
    inward, bias, out = (np.concatenate([net[i] for net in nets], axis=-1) for i in range(3))
    fresh = (inward, bias, out / NETS, np.mean([net[3] for net in nets]))
    now = (weights.HIDDEN, weights.HIDDEN_BIAS, weights.OUT, weights.OUT_BIAS)
    print(f"{len(learnt[1])} candidates learnt from, {len(held[1])} kept apart; cross-entropy of those:")
    print(f"  fitted now {loss(fresh, *held):.4f}   in force {loss(now, *held):.4f}")
    if len(sys.argv) > 2:
        path = Path(sys.argv[2])
        head = (ROOT / "scanner" / "pages" / "weights.py").read_text(encoding="utf-8").split("_HIDDEN = {")[0]
        path.write_text(head + written(fresh), encoding="utf-8")


if __name__ == "__main__":
    main()
