"""QR reading by what makes it hard, on drawn photographs of sixteen kinds, beside each single engine in the same run.
Run by `make bench`; "unrescued" is the scanner without the decoder of our own. A code counts as read when its exact
text is given; a text that is nobody's counts as wrong.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

SEED, COUNT = 71, 4


def main() -> None:
    """Print the table for hard photographs."""
    from scenes import kinds

    from scanner.codes import engines, read_codes, warm

    warm()
    wechat = engines.WeChat()
    peers = {"zxing": engines.zxing, "wechat": wechat.read, "zbar": engines.zbar}
    read: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    ms: dict[str, list[float]] = defaultdict(list)
    wrong = 0
    for make in kinds.shots(SEED, COUNT, 1.0):
        shot = make()
        begin = time.perf_counter()
        said = {code.text for code in read_codes(shot.image)}
        ms[shot.kind].append((time.perf_counter() - begin) * 1000)
        texts = {text for text, _ in shot.codes}
        wrong += len(said - texts)
        without = {code.text for code in read_codes(shot.image, rescue=False)}
        union: set[str] = set()
        counts = read[shot.kind]
        for name, peer in peers.items():
            found = {reading.text for reading in peer(shot.image).readings}
            union |= found
            counts[name] += len(found & texts)
        counts["there"] += len(texts)
        counts["scanner"] += len(said & texts)
        counts["unrescued"] += len(without & texts)
        counts["union"] += len(union & texts)
    _table(read, ms, wrong)


def _table(read: dict[str, dict[str, int]], ms: dict[str, list[float]], wrong: int) -> None:
    columns = ("scanner", "unrescued", "zxing", "wechat", "zbar", "union")
    print(f"codes by kind: drawn, hard, {COUNT} photographs each (goal: at least the union); wrong texts {wrong}")
    print(f"  {'':14}{'codes':>6}" + "".join(f"{name:>10}" for name in columns) + f"{'median':>9}{'max':>7} ms")
    for kind, counts in read.items():
        rates = "".join(f"{counts[name] / counts['there']:>10.0%}" for name in columns)
        print(f"  {kind:14}{counts['there']:>6}{rates}{np.median(ms[kind]):>9.0f}{max(ms[kind]):>7.0f}")
    means = (np.mean([counts[name] / counts["there"] for counts in read.values()]) for name in columns)
    every: Any = np.concatenate(list(ms.values()))
    print(
        f"  {'mean':20}"
        + "".join(f"{mean:>10.1%}" for mean in means)
        + f"{np.median(every):>9.0f}{every.max():>7.0f}"
    )


if __name__ == "__main__":
    main()
