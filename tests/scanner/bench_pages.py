"""Page finding: the development photographs beside simple peers, generated scenes, live frames. Run by `make bench`.

`python tests/scanner/bench_pages.py SHEET.png` also writes a contact sheet of the outlines.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import scenes
from scenes.many import COUNTS, bare, many
from scenes.tables import TABLES

from scanner.pages import find_page, find_pages
from scanner.pages.cues import candidates, look
from scanner.pages.finder import WORK_SIDE, shrunk
from scanner.pages.geometry import order_corners, overlap
from scanner.pages.live import PageTracker

PAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "pages"
SIZE = (1280, 960)
KINDS = ("form", "table", "receipt", "card_front", "booklet", "white_on_white", "folded")
Finder = Callable[[Any], Any]


def main(sheet: Path | None = None) -> None:
    """Print the tables; with `sheet`, write a contact sheet of the outlines there."""
    cv2.setNumThreads(1)
    if PAGES.is_dir():
        _photographs(sheet)
    else:
        print("pages: ../shared/data/pages is absent, generated scenes only")
    _scenes()
    _several()
    _live()


def _photographs(sheet: Path | None) -> None:
    entries = json.loads((PAGES / "manifest.json").read_text(encoding="utf-8"))["images"]
    rows: dict[str, list[tuple[float, float]]] = {}
    ours: list[tuple[float, float, str]] = []
    tiles = []
    peers: dict[str, Finder] = {
        "ours": lambda image: find_page(image).quad,
        "Canny + contour": lambda image: _canny(image, dilate=False),
        "Canny, dilated": lambda image: _canny(image, dilate=True),
    }
    for entry in entries:
        image, truth = cv2.imread(str(PAGES / entry["image"])), order_corners(entry["quad"])
        for name, finder in peers.items():
            begin = time.process_time()
            quad = finder(image)
            spent = (time.process_time() - begin) * 1000
            rows.setdefault(name, []).append((_iou(quad, truth), spent))
        rows.setdefault("best of our candidates", []).append((_oracle(image, truth), float("nan")))
        found = find_page(image)
        ours.append((_iou(found.quad, truth), found.confidence, entry["image"]))
        if sheet is not None:
            tiles.append(_tile(image, truth, found.quad))
    print("pages, development photographs (goal: mean IoU .970, 95 % >= .90, none missed, 60 ms)")
    for name, pairs in rows.items():
        ious, times = np.array(pairs).T
        print(
            f"  {name:24} mean {ious.mean():.3f}  median {np.median(ious):.3f}  >= .90 {np.mean(ious >= 0.9):4.0%}  "
            f"missed {int(np.sum(ious < 0.3)):2}  CPU ms {np.median(times):4.0f}, p95 {np.percentile(times, 95):4.0f}"
        )
    print("  worst: " + ", ".join(f"{name} {iou:.3f} (sure {sure:.2f})" for iou, sure, name in sorted(ours)[:4]))
    if sheet is not None:
        while len(tiles) % 5:
            tiles.append(np.zeros_like(tiles[0]))
        cv2.imwrite(str(sheet), np.vstack([np.hstack(tiles[i : i + 5]) for i in range(0, len(tiles), 5)]))


def _scenes() -> None:
    sure: list[tuple[float, float]] = []
    for severity in scenes.SEVERITIES:
        ious = []
        for kind in KINDS:
            for seed in (101, 102):
                shot = scenes.sample(kind, severity, seed, size=SIZE)
                if len(shot.sheets) != 1:
                    continue
                found = find_page(shot.image)
                ious.append(_iou(found.quad, order_corners(shot.sheets[0].quad)))
                sure.append((found.confidence, ious[-1]))
        told = np.array(ious)
        print(f"pages, scenes {severity:8} {len(told)}: mean {told.mean():.3f}, >= .90 {np.mean(told >= 0.9):.0%}, "
              f"missed {int(np.sum(told < 0.3))}")  # fmt: skip
    table = np.array(sure)
    for low, high in ((0.0, 0.5), (0.5, 0.8), (0.8, 1.01)):
        some = table[(table[:, 0] >= low) & (table[:, 0] < high), 1]
        if some.size:
            print(
                f"  confidence {low:.1f}-{min(high, 1):.1f}: {some.size:3}, IoU >= .95 in {np.mean(some >= 0.95):.0%}"
            )


def _several() -> None:
    """Several sheets on one table: found above .90, by how many there are and how hard it is; and bare tables."""
    rows: dict[str, list[tuple[list[float], list[float]]]] = {}
    spent = []
    shots = [
        (name, "typical", scenes.sample(kind, "typical", seed, size=SIZE))
        for name, kind in (("both sides of a card", "both_cards"), ("villagers' several", "several"))
        for seed in range(101, 106)
    ]
    for severity in scenes.SEVERITIES:
        for count in COUNTS:
            shots += [(f"{count} sheets", severity, many(count, severity, seed)) for seed in (1000, 1001)]
    for name, severity, shot in shots:
        begin = time.process_time()
        found = [page.quad for page in find_pages(shot.image)]
        spent.append((time.process_time() - begin) * 1000)
        truths = [order_corners(one.quad) for one in shot.sheets]
        seen = (
            [max((_iou(quad, truth) for quad in found), default=0.0) for truth in truths],
            [max(_iou(quad, truth) for truth in truths) for quad in found],
        )
        rows.setdefault(name, []).append(seen)
        if name.endswith("sheets"):
            rows.setdefault(f"all, {severity}", []).append(seen)
    print(f"pages, several on one table (CPU ms median {np.median(spent):.0f}, most {max(spent):.0f}; limit 150)")
    for name, pairs in rows.items():
        hit, own = (np.array([value for pair in pairs for value in pair[i]]) for i in (0, 1))
        print(
            f"  {name:22} {int(np.sum(hit > 0.9)):3} of {len(hit):3} found ({np.mean(hit > 0.9):4.0%} above .90), "
            f"their mean IoU {hit[hit > 0.9].mean():.3f}; {np.mean(own > 0.9):4.0%} of {len(own):3} told are right, "
            f"{int(np.sum(own < 0.5))} are none"
        )
    tables = [bare(table, severity, 1) for table in TABLES for severity in scenes.SEVERITIES]
    one = sum(find_page(shot.image).quad is not None for shot in tables)
    more = sum(bool(find_pages(shot.image)) for shot in tables)
    print(f"  bare tables: a sheet told on {one} of {len(tables)}, several sought: on {more}")


def _live() -> None:
    tracker, spent, ious, none = PageTracker(), [], [], 0
    for shot in scenes.live("form", "typical", 101, seconds=2, fps=10):
        begin = time.process_time()
        quad = tracker.see(shot.image).quad
        spent.append(time.process_time() - begin)
        none += quad is None
        if quad is not None:
            ious.append(_iou(quad, order_corners(shot.sheets[0].quad)))
    still, rng = scenes.sample("form", "typical", 102, size=(1920, 1080)).image, np.random.default_rng(1)
    tracker, quads = PageTracker(), []
    for _ in range(15):
        noise = rng.integers(-7, 8, still.shape, dtype=np.int16)
        quads.append(tracker.see(np.clip(still + noise, 0, 255).astype(np.uint8)).quad)
    told = np.array([quad for quad in quads if quad is not None])
    jitter = np.abs(told - told.mean(axis=0)).max() / still.shape[1] if len(told) else float("nan")
    print(
        f"pages, live: median {np.median(spent) * 1000:.0f} ms a frame, {len(spent) / sum(spent):.0f}/s (goal 10), "
        f"{none} without outline, IoU {np.mean(ious):.3f}, jitter {jitter:.2%} of the width (limit 0.30 %)"
    )


def _canny(image: Any, *, dilate: bool) -> Any:
    """The usual recipe: edges at 500 px, the largest contour with four corners."""
    scale = 500 / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edge: Any = cv2.Canny(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0), 75, 200)
    if dilate:
        edge = cv2.dilate(edge, np.ones((5, 5), np.uint8))
    contours, _ = cv2.findContours(edge, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:5]:
        few = cv2.approxPolyDP(contour, 0.02 * cv2.arcLength(contour, True), True)
        if len(few) == 4 and cv2.contourArea(few) > 0.05 * edge.size:
            return order_corners(few.reshape(4, 2) / scale)
    return None


def _oracle(image: Any, truth: Any) -> float:
    scale = min(1.0, WORK_SIDE / max(image.shape[:2]))
    return max((overlap(quad / scale, truth) for quad in candidates(look(shrunk(image, scale)))), default=0.0)


def _iou(quad: Any, truth: Any) -> float:
    return 0.0 if quad is None else overlap(quad, truth)


def _tile(image: Any, truth: Any, quad: Any) -> Any:
    for outline, colour in ((truth, (0, 0, 255)), (quad, (138, 208, 53))):
        if outline is not None:
            cv2.polylines(image, [outline.astype(int)], True, colour, max(1, image.shape[0] // 200))
    return cv2.resize(image, (300, 400), interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    import sys

    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
