"""Draws marked pictures for the programs of `scanner.fitting`: several sheets on one table, single ones, bare tables.

    .venv/bin/python tests/scanner/draw_scenes.py FOLDER [FIRST [COUNT]]

Seeds FIRST (0) to FIRST + COUNT - 1 (20), 27 pictures a seed, and manifest.json as `scanner.fitting.marked` has it.
The same seeds give the same bytes with the same OpenCV and fonts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "scanner")]

import scenes  # noqa: E402
from scenes.many import COUNTS, bare, many  # noqa: E402
from scenes.tables import TABLES  # noqa: E402

KINDS = ("text", "table", "form", "receipt", "booklet", "card_front", "white_on_white", "folded", "both_cards")
QUALITY = 95


def shots(first: int, count: int) -> Iterator[tuple[str, Any]]:
    """Scenes with several sheets, one sheet, none, each with a name; seeds from `first` on."""
    for seed in range(first, first + count):
        for severity in scenes.SEVERITIES:
            for number in COUNTS:
                yield f"{seed}-{severity}-{number}-sheets", many(number, severity, seed)
            for kind in KINDS[seed % 3 :: 3]:
                yield f"{seed}-{severity}-{kind}", scenes.sample(kind, severity, seed, size=(1280, 960))
            yield f"{seed}-{severity}-bare", bare(TABLES[seed % len(TABLES)], severity, seed)


def main() -> None:
    """Draw and write."""
    folder = Path(sys.argv[1])
    first, count = (int(word) for word in (sys.argv[2:] + ["0", "20"][len(sys.argv) - 2 :])[:2])
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for name, shot in shots(first, count):
        cv2.imwrite(str(folder / f"{name}.jpg"), shot.image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        quads = [[list(map(float, corner)) for corner in sheet.quad] for sheet in shot.sheets]
        entries.append({"image": f"{name}.jpg", "quads": quads})
    (folder / "manifest.json").write_text(json.dumps({"images": entries}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
