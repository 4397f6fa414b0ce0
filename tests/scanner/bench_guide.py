"""The capture guide on seeded scenes with graded faults: false alarms, misses, milliseconds. Run by `make bench`.

Each case is a scene photographed with one fault; the outline is the true one, so that only the guide is judged. On
the development photographs, where present, every refusal is named: all of them are captures somebody kept.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import scenes
from scenes import card_kinds, cards

from scanner.guide import card_side, faults
from scanner.guide.glimpse import Glimpse, glimpse
from scanner.pages import PageFound
from scanner.pages.geometry import order_corners

PAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "pages"
SIZE = (1944, 2592)
LIMIT_MS = 15
LIVE = (1280, 960)
CARDS = 60
GOOD = scenes.Conditions(size=SIZE, defocus=0.8, noise=2.0, tilt=5.0, azimuth=30.0, roll=3.0, exposure=0.95)


@dataclass(frozen=True)
class Case:
    """`truth`: the fault that must be told, "" for none; `grade`: how bad, for the table."""

    truth: str
    grade: str
    kind: str
    seed: int
    conditions: scenes.Conditions


def cases() -> Iterator[Case]:
    """All cases; good captures, which must not be held up, with two seeds each."""
    paper = ("text", "form", "table", "receipt", "booklet", "yellow")
    for seed in range(2):
        for kind in (*paper, "pink", "old", "folded", "worn", "white_on_white", "card_front", "card_back", "slip"):
            yield Case("", "good", kind, seed, replace(GOOD, azimuth=137.0 * seed))
        if seed:
            continue
        for kind in ("text", "form", "card_front"):
            yield Case("", "white paper at 250", kind, seed, replace(GOOD, exposure=1.07))
            yield Case("", "exposure 0.5", kind, seed, replace(GOOD, exposure=0.5, noise=4.0))
            yield Case("", "shadow of a hand", kind, seed, replace(GOOD, shadow="hand", shadow_depth=0.4))
            yield Case("", "tilt 30", kind, seed, replace(GOOD, tilt=30.0))
            yield Case("dark", "exposure 0.16", kind, seed, replace(GOOD, exposure=0.16, noise=8.0))
            yield Case("dark", "exposure 0.08", kind, seed, replace(GOOD, exposure=0.08, noise=10.0))
            yield Case("bright", "exposure 3", kind, seed, replace(GOOD, exposure=3.0))
            yield Case("bright", "exposure 6", kind, seed, replace(GOOD, exposure=6.0))
            yield Case("tilt", "tilt 60", kind, seed, replace(GOOD, tilt=60.0))
            yield Case("cut_off", "a tenth outside", kind, seed, replace(GOOD, shift=(0.0, 0.2)))
            for sigma in (3.5, 5.0, 8.0):
                yield Case("blur", f"defocus {sigma:.1f} px", kind, seed, replace(GOOD, defocus=sigma))
            for length in (10.0, 16.0, 26.0):
                now = replace(GOOD, motion=length, motion_angle=40.0 * seed)
                yield Case("blur", f"shake {length:.0f} px", kind, seed, now)
        for kind in ("text", "form"):
            yield Case("far", "a third of the picture", kind, seed, replace(GOOD, fill=0.33))
            yield Case("far", "half of the picture", kind, seed, replace(GOOD, fill=0.5))
        for kind in ("blank", "nearly_blank"):
            yield Case("blank", kind.replace("_", " "), kind, seed, GOOD)
            yield Case("blank", f"{kind.replace('_', ' ')}, half lit", kind, seed, replace(GOOD, exposure=0.5))
        for kind in ("card_front", "card_back"):
            yield Case("glare", "lamp on film", kind, seed, replace(GOOD, glares=2, glare_strength=260.0))


def photograph(case: Case) -> Any:
    """(picture, outline) of a case."""
    rng = np.random.default_rng([case.seed, *case.kind.encode()])
    scene = scenes.scene_of(case.kind, rng, "easy")
    conditions = case.conditions
    if case.kind in ("card_front", "card_back", "slip", "booklet"):
        conditions = replace(conditions, size=SIZE[::-1])
    shot = scenes.shoot(scene, conditions, rng)
    return shot.image, order_corners(shot.sheets[0].quad)


def main() -> None:
    """Print the table."""
    told: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    spent = []
    for case in cases():
        image, quad = photograph(case)
        wrong, taken = _timed(image, PageFound(quad, 0.9, ()))
        spent.append(taken)
        codes = [one.code for one in wrong]
        told[case.truth, case.grade][case.truth if case.truth in codes else (codes[0] if codes else "hold")] += 1
    good, alarms, bad, missed = 0, 0, 0, 0
    for (truth, grade), answers in sorted(told.items()):
        right = answers[truth or "hold"]
        total = answers.total()
        others = ", ".join(f"{code} {count}" for code, count in answers.items() if code != (truth or "hold"))
        print(f"  {truth or 'good':8} {grade:24} {right:2}/{total:2}  {others}")
        if truth:
            bad, missed = bad + total, missed + total - right
        else:
            good, alarms = good + total, alarms + total - right
    print(
        f"guide: false alarms {alarms}/{good}, misses {missed}/{bad}, "
        f"median {np.median(spent):.1f} ms, p95 {np.percentile(spent, 95):.1f} ms (limit {LIMIT_MS})"
    )
    _sides()
    _development()


def _timed(image: Any, found: PageFound) -> tuple[Any, float]:
    """The faults, and the least of three times in ms: what the guide takes where nothing else wants the core."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        wrong = faults(image, found)
        times.append((time.perf_counter() - begin) * 1000)
    return wrong, min(times)


def _sides() -> None:
    """Fronts called backs and backs called fronts, upright and upside down; a side left open is captured."""
    for severity in scenes.SEVERITIES:
        told: Counter[str] = Counter()
        spent = []
        for kind in ("front", "back", *card_kinds.FRONTS, *card_kinds.BACKS):
            for seed in range(CARDS if kind in ("front", "back") else CARDS // 5):
                rng = np.random.default_rng([seed, len(kind), *severity.encode()])
                made = {"front": cards.front, "back": cards.back}.get(kind)
                sheet = card_kinds.card(kind, rng) if made is None else made(rng)
                conditions = scenes.conditions_of(severity, rng, kind="card_front", size=LIVE)
                shot = scenes.shoot(scenes.lay(sheet, table="dark_wood"), conditions, rng)
                straight = glimpse(shot.image, order_corners(shot.sheets[0].quad))
                for way in (slice(None), slice(None, None, -1)):
                    turned = Glimpse(np.ascontiguousarray(straight.bgr[way, way]), straight.towards)
                    begin = time.perf_counter()
                    side = card_side(turned)
                    spent.append((time.perf_counter() - begin) * 1000)
                    truth = kind.partition("_")[0]
                    told["open" if side is None else "right" if side == truth else "wrong"] += 1
        print(
            f"  side of a card, {severity:8} right {told['right']}, left open {told['open']}, wrong {told['wrong']} "
            f"of {told.total()} (limit 0 wrong), median {np.median(spent):.1f} ms"
        )


def _development() -> None:
    if not PAGES.is_dir():
        print("guide: ../shared/data/pages is absent, real photographs not judged")
        return
    entries = json.loads((PAGES / "manifest.json").read_text(encoding="utf-8"))["images"]
    refused, spent = [], []
    for entry in entries:
        image = cv2.imread(str(PAGES / entry["image"]))
        found = PageFound(order_corners(entry["quad"]), 0.9, ())
        wrong, taken = _timed(image, found)
        codes = [one.code for one in wrong]
        spent.append(taken)
        if codes:
            refused.append(f"{entry['image']} ({', '.join(codes)})")
    print(
        f"guide: {len(entries)} real captures, refused {len(refused)}: {'; '.join(refused) or 'none'}; "
        f"median {np.median(spent):.1f} ms, at most {max(spent):.1f} ms (limit {LIMIT_MS})"
    )


if __name__ == "__main__":
    main()
