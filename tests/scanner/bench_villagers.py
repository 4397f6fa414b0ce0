"""What villagers bring, drawn by seed and photographed again: ID-card codes and VietQR on phone screens in live
frames; stamped forms, coloured paper and both card sides found with their colours. Beside it zxing alone.
Run by `make bench`; `python tests/scanner/bench_villagers.py N` takes N seeds of each kind (a quarter of them easy).

A sequence counts as read when exactly its code's text is given within 2 s of frames shown at 10 a second; any other
text counts as wrong. The limit is >= 99 % read, none wrong. A finger that lies on the code stays there for all of the
sequence: those are counted, and told beside.
"""

from __future__ import annotations

import itertools
import logging
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import zxingcpp

sys.path.insert(0, str(Path(__file__).resolve().parent))

import scenes
from scenes.camera import SheetTruth

from scanner.clean import finish
from scanner.codes.live_reader import LiveReader
from scanner.pages import find_page
from scanner.pages.geometry import order_corners, overlap

FPS, SECONDS = 10, 2.0
GOAL = 0.99
RED_CHROMA, RED_HUE = 0.6, 20
CODES = ("card_front", "phone")
PAPERS = ("form", "yellow", "pink", "folded", "card_front", "card_back")
# Frames drawn first; where they do not do, the rest is drawn and all are shown anew, so that nobody who reads behind
# the frames gains the time the drawing takes.
_FIRST = {"card_front": 6, "phone": 2}
_FIRST_SEED = 7000


def main(seeds: int = 24) -> None:
    """Print both tables."""
    # Engines that are ended for being late are the rule here, not news.
    logging.getLogger("scanner").setLevel(logging.ERROR)
    codes(seeds)
    papers(max(2, seeds // 6))


def codes(seeds: int) -> None:
    """Live sequences: share read, when, by whom; failures with their conditions."""
    from scanner.codes import warm

    warm()
    print(f"codes in live frames: {seeds} a row, {SECONDS:.0f} s of {FPS} frames a second (goal {GOAL:.0%} read)")
    print(f"  {'':26}{'scanner':>9}{'median':>10}{'p95 of a look':>16}{'zxing alone':>13}{'wrong':>7}")
    failures: list[str] = []
    read = shown = covered = peers_read = 0
    for kind in CODES:
        for severity in scenes.SEVERITIES:
            firsts, peers, wrong, looks = [], [], 0, []
            count = max(2, seeds // 4) if severity == "easy" else seeds
            for seed in range(_FIRST_SEED, _FIRST_SEED + count):
                first, peer, bad, spent, shot = _sequence(kind, severity, seed)
                firsts.append(first)
                peers.append(peer)
                wrong += bad
                looks += spent
                if first is None or bad:
                    over = _covered(shot)
                    covered += over > 0
                    failures.append(
                        f"  {kind} {severity} seed {seed}: {'WRONG TEXT, ' if bad else ''}{_told(shot)}"
                        + (f", a finger on {over:.0%} of the code" if over else "")
                    )
            got = [f for f in firsts if f is not None]
            read, shown, peers_read = read + len(got), shown + count, peers_read + sum(p is not None for p in peers)
            when = f"{np.median(got) / FPS:.1f} s" if got else "-"
            print(
                f"  {kind + ', ' + severity:26}{len(got) / count:>9.0%}{when:>10}{np.percentile(looks, 95):>13.0f} ms"
                f"{sum(p is not None for p in peers) / count:>13.0%}{wrong:>7}",
                flush=True,
            )
    print(
        f"  all: {read / shown:.1%} of {shown} read, goal {'met' if read / shown >= GOAL else 'MISSED'}; zxing alone "
        f"{peers_read / shown:.1%}; of those without a finger on the code {read / (shown - covered):.1%}"
    )
    print("\n".join(failures) if failures else "  no failure")


def papers(seeds: int) -> None:
    """Photographs: overlap of the outline, reds and paper colours after cleaning."""
    print(f"papers: {seeds} photographs a row; overlap (IoU) of the outline; colours after cleaning, printed = 100 %")
    heads = (("mean IoU", 9), (">= .90", 8), ("missed", 8), ("red chroma", 13), ("hue off", 9), ("paper dE", 10))
    print(" " * 28 + "".join(f"{name:>{width}}" for name, width in heads) + f"{'ms':>7}")
    worst: list[tuple[float, str]] = []
    shown = above = stamped = red = 0
    for kind in PAPERS:
        for severity in scenes.SEVERITIES:
            ious, chroma, hue, paper, times = [], [], [], [], []
            for seed in range(100, 100 + seeds):
                shot = scenes.sample(kind, severity, seed)
                begin = time.perf_counter()
                found = find_page(shot.image)
                times.append((time.perf_counter() - begin) * 1000)
                truth = shot.sheets[0]
                iou = 0.0 if found.quad is None else overlap(found.quad, order_corners(truth.quad))
                ious.append(iou)
                shown, above = shown + 1, above + (iou >= 0.9)
                if iou < 0.9:
                    worst.append((iou, f"  {kind} {severity} seed {seed}: IoU {iou:.2f}, {_told(shot)}"))
                    continue
                kept = colours(truth, finish(shot.image, found.quad).image)
                if kept[0] is not None:
                    chroma.append(kept[0])
                    hue.append(kept[1])
                    stamped, red = stamped + 1, red + (kept[0] >= RED_CHROMA and kept[1] <= RED_HUE)
                paper.append(kept[2])
            print(
                f"  {kind + ', ' + severity:26}{np.mean(ious):>9.3f}{np.mean(np.array(ious) >= 0.9):>8.0%}"
                f"{int(np.sum(np.array(ious) < 0.3)):>8}{_mean(chroma, '.0%'):>13}{_mean(hue, '.0f'):>8}°"
                f"{_mean(paper, '.1f'):>10}{np.median(times):>7.0f}"
            )
    print("\n".join(text for _, text in sorted(worst)) if worst else "  every outline above .90")
    print(
        f"  found (IoU >= .90): {above} of {shown}; red kept (chroma >= {RED_CHROMA:.0%} of the printed, hue within "
        f"{RED_HUE}°): {red} of {stamped}"
    )
    _several(seeds)


def _several(seeds: int) -> None:
    try:
        from scanner.pages import find_pages
    except ImportError:
        return
    for kind in ("both_cards", "several"):
        for severity in scenes.SEVERITIES:
            wanted = got = extra = 0
            for seed in range(100, 100 + seeds):
                shot = scenes.sample(kind, severity, seed)
                quads = [found.quad for found in find_pages(shot.image) if found.quad is not None]
                hits = sum(any(overlap(q, order_corners(s.quad)) >= 0.9 for q in quads) for s in shot.sheets)
                wanted, got, extra = wanted + len(shot.sheets), got + hits, extra + max(0, len(quads) - hits)
            print(f"  {kind + ', ' + severity:26} {got} of {wanted} found above .90, {extra} others")


def colours(truth: SheetTruth, page: Any) -> tuple[float | None, float | None, float]:
    """(chroma of the reddest ink as a share of the printed, its hue's error in degrees, both None where nothing is
    red; colour difference of the paper in a*b*): the page as it was cleaned against the sheet as it was printed.
    """
    # The camera never saw finer print than this, so the printed sheet is reduced to the same.
    size = (page.shape[1], page.shape[0])
    printed = truth.placed.sheet.image
    if (printed.shape[1] > printed.shape[0]) != (size[0] > size[1]):
        size = (size[1], size[0])
    printed = cv2.GaussianBlur(cv2.resize(printed, size, interpolation=cv2.INTER_AREA), (0, 0), 1.0)
    was, now = _lab(printed), _lab(page)
    paper = float(np.hypot(*(_paper(was)[1:] - _paper(now)[1:])))
    red, kept = _red(was), _red(now)
    if red is None or kept is None:
        return None if red is None else 0.0, None if red is None else 180.0, paper
    angle = np.degrees(np.arctan2(red[2], red[1]) - np.arctan2(kept[2], kept[1]))
    return float(np.hypot(*kept[1:]) / np.hypot(*red[1:])), abs(float((angle + 180) % 360 - 180)), paper


def _lab(image: Any) -> Any:
    return cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_BGR2LAB).reshape(-1, 3)


def _paper(lab: Any) -> Any:
    """The commonest light colour."""
    light = lab[lab[:, 0] >= np.percentile(lab[:, 0], 50)]
    return np.median(light, axis=0)


def _red(lab: Any) -> Any:
    """Median of the reddest half percent, or None where even that is not red."""
    reddest = lab[lab[:, 1] >= np.percentile(lab[:, 1], 99.5)]
    middle = np.median(reddest, axis=0)
    return middle if middle[1] > 18 else None


def _sequence(kind: str, severity: str, seed: int) -> tuple[int | None, int | None, int, list[float], Any]:
    """(frame at which the scanner read it, frame at which zxing did, wrong texts, ms of each look, last frame)."""
    source = scenes.live(kind, severity, seed, seconds=SECONDS, fps=FPS)
    shots = list(itertools.islice(source, _FIRST[kind]))
    first, wrong, spent = _shown(shots)
    peer = _alone(shots)
    if first is None or peer is None:
        shots += source
        peer = _alone(shots)
    if first is None:
        first, bad, spent = _shown(shots)
        wrong = max(wrong, bad)
    return first, peer, wrong, spent, shots[-1]


def _shown(shots: list[Any]) -> tuple[int | None, int, list[float]]:
    """(frame at which a fresh live reader gave the text, wrong texts, ms of each look) at FPS frames a second."""
    reader = LiveReader()
    text = shots[0].codes[0].text
    spent: list[float] = []
    wrong = 0
    begin = time.monotonic()
    try:
        for number, shot in enumerate(shots):
            time.sleep(max(0.0, begin + number / FPS - time.monotonic()))
            before = time.perf_counter()
            told = reader.look(shot.image)
            spent.append((time.perf_counter() - before) * 1000)
            if any(code.text != text for code in told):
                wrong = 1
            if any(code.text == text for code in told):
                return number, wrong, spent
        return None, wrong, spent
    finally:
        reader.close()


def _alone(shots: list[Any]) -> int | None:
    """The frame in which zxing alone reads the text."""
    text = shots[0].codes[0].text
    for number, shot in enumerate(shots):
        if any(found.text == text for found in zxingcpp.read_barcodes(shot.image)):
            return number
    return None


def _covered(shot: Any) -> float:
    """Share of the code without print, where there are fingers in the picture: neither light nor dark modules."""
    if not shot.conditions.fingers:
        return 0.0
    code = shot.codes[0]
    side = 8 * code.modules
    square = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float32)
    move = cv2.getPerspectiveTransform(code.polygon.astype(np.float32), square)
    gray = cv2.warpPerspective(cv2.cvtColor(shot.image, cv2.COLOR_BGR2GRAY), move, (side, side)).astype(np.float32)
    mean = cv2.blur(gray, (32, 32))
    # Against the light there: a shadow takes no print away.
    contrast = np.sqrt(np.maximum(cv2.blur(gray * gray, (32, 32)) - mean * mean, 0)) / np.maximum(mean, 1)
    share = float(np.mean(contrast < 0.3 * np.percentile(contrast, 75)))
    return share if share > 0.02 else 0.0


def _told(shot: Any) -> str:
    c = shot.conditions
    size = f"{shot.codes[0].px_per_module:.1f} px/module" if shot.codes else f"{shot.sheets[0].px_per_mm:.1f} px/mm"
    parts = [size, f"tilt {c.tilt:.0f}°", f"blur {c.defocus:.1f}+{c.motion:.1f}", f"exposure {c.exposure:.2f}"]
    parts += [
        f"noise {c.noise:.1f}",
        f"glares {c.glares}x{c.glare_strength:.0f}",
        f"shadow {c.shadow} {c.shadow_depth:.0%}",
    ]
    parts += [f"bend {c.bend.height_mm:.0f} mm"] * (c.bend.height_mm > 0) + [f"fingers {c.fingers}"] * bool(c.fingers)
    return ", ".join(parts)


def _mean(values: list[float], form: str) -> str:
    return format(float(np.mean(values)), form) if values else "-"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 24)
