"""The clean page: time from shutter to preview and of each stage, memory, colours, straightness of writing.
Run by `make bench`; characters are counted by bench_text.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import scenes
from scenes import camera, cards, charts, sheets
from scenes.charts import Chart
from scenes.model import Scene, Sheet
from scenes.optics import Bend, Surface

from scanner.clean import dewarp, finish, light, orientation, process, rectify
from scanner.clean.dewarp import Shape, shape_of
from scanner.clean.lines import PX_PER_MM, slopes
from scanner.clean.near import Near, near
from scanner.clean.size import size_of
from scanner.clean.warp import warp_flat
from scanner.pages import find_page
from scanner.pages.geometry import order_corners
from scanner.papers import SIZES_MM

PAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "pages"
TWELVE = (3024, 4032)
PREVIEW_S = 0.7
LAMPS: dict[str, tuple[tuple[float, float, float], tuple[float, float, float] | None]] = {
    "neutral": ((1.0, 1.0, 1.0), None),
    "warm": ((0.80, 0.93, 1.0), None),
    "cold": ((1.0, 0.93, 0.87), None),
    "two lamps": ((0.82, 0.94, 1.02), (1.03, 1.0, 0.92)),
}
CHARTS: dict[str, Callable[[Any], Chart]] = {
    **{
        paper: partial(charts.office_page, paper=paper)
        for paper in ("white", "old", "yellow", "pink", "green", "blue")
    },
    "card": lambda rng: _card(rng),
    "dark cover": charts.dark_cover,
}
UPRIGHT: dict[str, Callable[[Any], Sheet]] = {
    "text": sheets.text_page,
    "form": sheets.form,
    "table": sheets.table_page,
    "receipt": sheets.receipt,
    "booklet": sheets.booklet,
    "card front": cards.front,
    "card back": cards.back,
    "coloured": lambda rng: charts.office_page(rng).sheet,
    "dark cover": lambda rng: charts.dark_cover(rng).sheet,
    "blank": sheets.blank,
}
MEMORY_MB = 300
_STAGES = (
    (process, "near"),
    (orientation, "turns_needed"),
    (process, "shape_of"),
    (light, "light_of"),
    (process, "warp_flat"),
    (process, "warp_bent"),
    (light, "take_off"),
    (process, "trim"),
)


def main() -> None:
    """Print the tables."""
    preview()
    memory()
    colours()
    sizes()
    uprightness()
    curls()
    straightness()


def preview() -> None:
    """Shutter to preview on 12 megapixels: page found, finished, written as JPEG."""
    print(f"clean: shutter to preview, A4 on 12 megapixels, limit {PREVIEW_S} s")
    for name, shot in _captured().items():
        rounds, work = [], []
        with _timed() as spent:
            for _ in range(4):
                begin, before = time.perf_counter(), time.process_time()
                found = find_page(shot.image)
                after = time.perf_counter()
                page = finish(shot.image, shot.sheets[0].quad if found.quad is None else found.quad)
                done = time.perf_counter()
                cv2.imencode(".jpg", page.image, [cv2.IMWRITE_JPEG_QUALITY, 88])
                rounds.append((time.perf_counter() - begin, after - begin, done - after))
                work.append(time.process_time() - before)
        whole, finding, finishing = np.median(np.array(rounds[1:]), axis=0)
        stages = ", ".join(f"{key} {np.median(values[-3:]) * 1000:.0f}" for key, values in spent.items() if values)
        print(
            f"  {name:10} {whole:.2f} s = {whole / PREVIEW_S:.0%} of the limit, {min(work):.2f} s of a core (find "
            f"{finding * 1000:.0f} ms, finish {finishing * 1000:.0f} ms: {stages}); {page.dpi} dpi, "
            f"{page.straightened or 'flat'}"
        )


def memory() -> None:
    """Peak of a process of its own that finds, finishes and compresses one page of 12 megapixels."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), "one-page"], capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode:
        print(f"  memory: not measured: {done.stderr.strip()[-200:]}")
        return
    peak = float(done.stdout.split()[-1])
    print(f"  memory: peak {peak:.0f} MB = {peak / MEMORY_MB:.0%} of the limit of {MEMORY_MB} MB")


def one_page() -> None:
    """The process whose memory is measured; the picture is noise under a sheet, drawn small so it costs nothing."""
    small = np.full((1008, 756, 3), (60, 90, 120), np.uint8)
    cv2.rectangle(small, (90, 90), (660, 896), (235, 238, 240), -1)
    for line in range(150, 840, 14):
        cv2.line(small, (140, line), (610, line), (60, 60, 60), 3)
    image = cv2.resize(small, TWELVE, interpolation=cv2.INTER_NEAREST)
    found = find_page(image)
    quad = np.array([(360, 360), (2640, 360), (2640, 3584), (360, 3584)], dtype=float)
    page = finish(image, quad if found.quad is None else found.quad)
    cv2.imencode(".jpg", page.image, [cv2.IMWRITE_JPEG_QUALITY, 88])
    # Not ru_maxrss: that one still counts the parent this process was forked from.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(int(status.split("VmHWM:")[1].split()[0]) / 1024)


def colours() -> None:
    """Lab distance (lightness too; the eye sees about 2) of what is printed, by thing and by lamp; half of the
    pictures under a hand's shadow. Peer: the sheet as taken, only rectified.
    """
    print("  colours, Lab distance mean/worst: as taken, cleaned, cleaned with the lamp's white measured")
    by_thing: dict[str, list[tuple[float, ...]]] = {}
    by_lamp: dict[str, list[tuple[float, ...]]] = {}
    tables = ("wood", "white", "black", "stone", "cloth")
    for number, (name, (lamp, (cast, window))) in enumerate(itertools.product(CHARTS, LAMPS.items())):
        rng = np.random.default_rng(number)
        chart = CHARTS[name](rng)
        conditions = scenes.Conditions(
            size=(1512, 2016) if chart.sheet.size_mm[0] < chart.sheet.size_mm[1] else (2016, 1512),
            fill=0.9 if min(chart.sheet.size_mm) > 100 else 0.5,
            cast=cast,
            window=window,
            shadow="hand" if number % 2 else "none",
            shadow_depth=0.45,
            azimuth=33.0 * number,
        )
        shot = scenes.shoot(scenes.lay(chart.sheet, table=tables[number % 5]), conditions, rng)
        middle = np.array(cast) if window is None else (np.array(cast) + window) / 2
        white = tuple((235 * middle).tolist())
        quad = shot.sheets[0].quad
        paper = {"card": "ID-1", "dark cover": "ID-3"}.get(name, "A4")
        plain, known = finish(shot.image, quad, paper), finish(shot.image, quad, paper, white=white)
        taken = warp_flat(shot.image, quad, plain.image.shape[1::-1])
        if plain.turned:
            taken = np.ascontiguousarray(np.rot90(taken, -plain.turned // 90))
        seen = [_apart(chart, page) for page in (taken, plain.image, known.image)]
        for zone in seen[0]:
            row = tuple(one[zone] for one in seen)
            by_thing.setdefault(f"paper {name}" if zone == "paper" else zone, []).append(row)
            by_lamp.setdefault(lamp, []).append(row)
    for rows in (by_thing, by_lamp):
        for name, values in rows.items():
            print(f"    {name:14} {_mean_and_worst(values)}")
    print(f"    {'all':14} {_mean_and_worst([row for values in by_lamp.values() for row in values])}")


def sizes() -> None:
    """What sheets of known size are taken for, corners off by 0.3 %; geometry alone, and with a measured camera."""
    print("  size told: geometry alone | camera measured (dpi claimed over true)")
    papers = {name: SIZES_MM[name] for name in ("A3", "A4", "A5", "A6", "F4", "Letter", "ID-1", "ID-3")}
    others = {
        "receipt 80": (80.0, 190.0),
        "receipt 58": (58.0, 130.0),
        "half A4": (105.0, 297.0),
        "photo": (100.0, 150.0),
    }
    for name, mm in {**papers, **others}.items():
        columns = []
        for measured in (False, True):
            rng = np.random.default_rng(8)
            told, claimed = Counter[str](), []
            for _ in range(25):
                quad, per_mm = _seen(mm, rng, measured)
                size = size_of(quad, TWELVE, px_per_mm=per_mm if measured else None)
                told[size.paper] += 1
                claimed.append(np.sqrt(mm[0] * mm[1] / (size.mm[0] * size.mm[1])))
            named = ", ".join(f"{one} {count}" for one, count in told.most_common())
            columns.append(f"{named} (x{np.median(claimed):.2f})")
        print(f"    {name:10} {' | '.join(columns)}")


def uprightness() -> None:
    """Of sheets lying in all four ways: set upright, left as they lay, turned wrongly."""
    print("  upright, four ways each:")
    for name, make in UPRIGHT.items():
        right = left = wrong = 0
        for seed in range(2):
            image = make(np.random.default_rng(50 + seed)).image
            scale = 1100 / max(image.shape[:2])
            small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            for quarters in range(4):
                turns = orientation.turns_needed(np.ascontiguousarray(np.rot90(small, quarters)))
                right += turns == quarters
                left += turns == 0 != quarters
                wrong += turns not in (0, quarters)
        print(f"    {name:12} {right} right, {left} left as it lay, {wrong} wrong")


def curls() -> None:
    """Generated sheets curled, folded and waved: unevenness of lines (flat is about 2) and places off by mm."""
    print("  curled sheets: unevenness of lines in thousandths, worst place off in mm, before -> after")
    bends = (
        Bend(),
        Bend(8, 0, "arch"),
        Bend(16, 0, "arch"),
        Bend(30, 0, "arch"),
        Bend(25, 0, "curl"),
        Bend(12, 0, "wave"),
    )
    for number, bend in enumerate((*bends, Bend(20, 1, "arch"))):
        rng = np.random.default_rng(number)
        sheet = sheets.text_page(rng, face="serif") if number % 2 else sheets.folded(sheets.form(rng), rng, (1, 1))
        conditions = scenes.Conditions(size=(1512, 2016), tilt=6.0, azimuth=40.0 * number, bend=bend)
        shot = scenes.shoot(scenes.lay(sheet, table="dark_wood"), conditions, rng)
        truth = shot.sheets[0]
        copy = near(shot.image, truth.quad)
        shape, flat = shape_of(copy, truth.quad, truth.size_mm), Shape(truth.quad, truth.size_mm)
        rows = [(_crooked(copy, one), _off(shot, one)) for one in (flat, shape)]
        (before, far), (after, close) = rows
        print(
            f"    {bend.height_mm:2.0f} mm {'down' if bend.axis else 'across'} {bend.shape:5} {sheet.kind:5} "
            f"{before:4.1f} -> {after:4.1f}, {far:4.1f} -> {close:4.1f} mm, {shape.how or 'flat'}"
        )


def straightness() -> None:
    """Unevenness of the lines of writing on the development photographs, corners marked by hand; flat is about 2."""
    if not PAGES.is_dir():
        print("  straightness: ../shared/data/pages is absent, nothing measured")
        return
    before, after, kept, turned = [], [], 0, 0
    for entry in json.loads((PAGES / "manifest.json").read_text(encoding="utf-8"))["images"]:
        image = cv2.imread(str(PAGES / entry["image"]))
        quad = order_corners(entry["quad"])
        size = size_of(quad, (image.shape[1], image.shape[0]))
        copy = near(image, quad)
        shape = shape_of(copy, quad, size.mm)
        before.append(_crooked(copy, Shape(quad, size.mm)))
        after.append(_crooked(copy, shape))
        kept += shape.flat
        turned += orientation.turns_needed(rectify(image, quad).image) != 0
    first, last = np.array(before), np.array(after)
    print(
        f"  lines of writing on {len(first)} photographs, unevenness in thousandths: mean {np.nanmean(first):.1f} -> "
        f"{np.nanmean(last):.1f}, worst {np.nanmax(first):.1f} -> {np.nanmax(last):.1f}; worse on "
        f"{int(np.sum(last > first + dewarp.FLAT_LINES * 1000 / 4))}; {kept} left flat; {turned} wrongly turned"
    )


def _apart(chart: Chart, page: Any) -> dict[str, float]:
    """Lab distance of each zone of the chart between print and page; white paper is meant to come out as PAPER."""
    size = page.shape[1::-1]
    printed = cv2.resize(chart.sheet.image, size, interpolation=cv2.INTER_AREA) * np.float32(light.PAPER / 250)
    one, other = (cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_BGR2LAB) for image in (printed, page))
    found = {}
    for name, zone in chart.zones.items():
        mask = cv2.resize(zone.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
        if name in chart.mixed:
            # Blur spreads a stroke: its mean, with what lies beside it, stays.
            inside = cv2.dilate((mask > 60).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
            colours = one[inside].mean(axis=0), other[inside].mean(axis=0)
        else:
            inside = cv2.erode((mask > 250).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
            if inside.sum() < 200:
                continue
            colours = np.median(one[inside], axis=0), np.median(other[inside], axis=0)
        found[name] = float(np.linalg.norm(colours[0] - colours[1]))
    return found


def _mean_and_worst(rows: list[tuple[float, ...]]) -> str:
    values = np.array(rows)
    return ", ".join(f"{mean:4.1f}/{worst:4.1f}" for mean, worst in zip(values.mean(0), values.max(0), strict=True))


def _crooked(copy: Near, shape: Shape) -> float:
    """Unevenness of the writing's lines in thousandths."""
    pixels = (round(shape.mm[0] * PX_PER_MM), round(shape.mm[1] * PX_PER_MM))
    return slopes(copy.view(shape.grid(), pixels)).crooked * 1000


def _off(shot: Any, shape: Shape) -> float:
    """How far in mm the worst place of the sheet is from where the generator put it."""
    truth = shot.sheets[0]
    lens = camera._aim(Scene((truth.placed,)), shot.conditions)
    rows, columns = shape.grid().shape[:2]
    x, y = np.meshgrid(np.linspace(0, shape.mm[0], columns), np.linspace(0, shape.mm[1], rows))
    places = lens.project(*Surface(truth.placed, shot.conditions.bend).down(np.column_stack([x.ravel(), y.ravel()])))
    return float(np.linalg.norm(shape.grid().reshape(-1, 2) - places, axis=1).max() / truth.px_per_mm)


def _seen(mm: tuple[float, float], rng: Any, overhead: bool) -> tuple[Any, float]:
    """Corners of such a sheet in a picture of TWELVE, and pixels a mm where it lies: held anyhow, or under a camera
    that looks straight down on an A3.
    """
    focal = 0.78 * max(TWELVE) * (1.0 if overhead else float(np.exp(rng.normal(0, 0.12))))
    tilt, turn = abs(rng.normal(0, 2 if overhead else 9)), rng.uniform(0, np.pi)
    lean, _ = cv2.Rodrigues(np.array([np.cos(turn), np.sin(turn), 0.0]) * np.radians(tilt))
    away = focal / (0.9 * max(TWELVE)) * (420.0 if overhead else max(mm) * 0.9 / rng.uniform(0.5, 0.9))
    flat = np.array([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)]) * np.array([*mm, 0]) / 2
    points = flat @ lean.T + np.array([0, 0, away])
    quad = points[:, :2] / points[:, 2:] * focal + np.array(TWELVE) / 2
    return quad + rng.normal(0, 0.003 * np.ptp(quad, axis=0).max(), (4, 2)), focal / away


def _card(rng: Any) -> Chart:
    sheet = cards.front(rng)
    flat = sheet.image.astype(int)
    red = flat[:, :, 2] - flat[:, :, :2].max(axis=2) > 70
    photo = np.zeros(red.shape, bool)
    height, width = red.shape
    photo[int(height * 0.36) : int(height * 0.82), int(width * 0.06) : int(width * 0.28)] = True
    return Chart(
        sheet,
        {"card red": red, "card photo": photo, "paper": (flat.min(axis=2) > 190) & ~photo},
        ("card red", "card photo"),
    )


def _captured() -> dict[str, Any]:
    base = scenes.Conditions(size=TWELVE, tilt=8.0, azimuth=30.0, defocus=0.9)
    rng = np.random.default_rng(3)
    scene = scenes.lay(sheets.text_page(rng, face="serif"), table="wood")
    return {
        "flat": scenes.shoot(scene, base, np.random.default_rng(1)),
        "shadow": scenes.shoot(scene, replace(base, shadow="hand", shadow_depth=0.4), np.random.default_rng(1)),
        "curled": scenes.shoot(scene, replace(base, bend=Bend(12.0, 0, "arch")), np.random.default_rng(1)),
    }


@contextmanager
def _timed() -> Iterator[dict[str, list[float]]]:
    """Seconds spent in each stage while the block runs."""
    spent: dict[str, list[float]] = {name: [] for _, name in _STAGES}
    kept = [(where, name, getattr(where, name)) for where, name in _STAGES]

    def watched(name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            begin = time.perf_counter()
            result = stage(*args, **named)
            spent[name].append(time.perf_counter() - begin)
            return result

        return run

    try:
        for where, name, stage in kept:
            setattr(where, name, watched(name, stage))
        yield spent
    finally:
        for where, name, stage in kept:
            setattr(where, name, stage)


if __name__ == "__main__":
    one_page() if sys.argv[1:] == ["one-page"] else main()
