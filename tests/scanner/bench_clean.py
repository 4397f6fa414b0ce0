"""The clean page: time from shutter to preview and of each stage, memory, colours, straightness of writing.
Run by `make bench`; characters are counted by bench_text.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import scenes
from scenes import cards, sheets
from scenes.optics import Bend
from scenes.sheets import PAPERS

from scanner.clean import dewarp, finish, light, orientation, process, rectify
from scanner.clean.dewarp import Shape, shape_of
from scanner.clean.lines import PX_PER_MM, slopes
from scanner.clean.near import near
from scanner.clean.size import size_of
from scanner.pages import find_page
from scanner.pages.geometry import order_corners

PAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "pages"
TWELVE = (3024, 4032)
PREVIEW_S = 0.7
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
    straightness()


def preview() -> None:
    """Shutter to preview on 12 megapixels: page found, finished, written as JPEG."""
    print(f"clean: shutter to preview, A4 on 12 megapixels, limit {PREVIEW_S} s")
    for name, shot in _captured().items():
        rounds = []
        with _timed() as spent:
            for _ in range(4):
                begin = time.perf_counter()
                found = find_page(shot.image)
                after = time.perf_counter()
                page = finish(shot.image, shot.sheets[0].quad if found.quad is None else found.quad)
                done = time.perf_counter()
                cv2.imencode(".jpg", page.image, [cv2.IMWRITE_JPEG_QUALITY, 88])
                rounds.append((time.perf_counter() - begin, after - begin, done - after))
        whole, finding, finishing = np.median(np.array(rounds[1:]), axis=0)
        stages = ", ".join(f"{key} {np.median(values[-3:]) * 1000:.0f}" for key, values in spent.items() if values)
        print(
            f"  {name:10} {whole:.2f} s = {whole / PREVIEW_S:.0%} of the limit (find {finding * 1000:.0f} ms, finish "
            f"{finishing * 1000:.0f} ms: {stages}); {page.dpi} dpi, {page.straightened or 'flat'}"
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
    """How far colours move, as Lab distance without lightness: the eye sees about 2. Peer: the picture as taken."""
    print("  colours, Lab distance from the printed sheet (as taken -> cleaned), hand's shadow, warm lamp on white")
    rng = np.random.default_rng(5)
    things = {paper: sheets.form(rng, paper=paper) for paper in ("white", "pink", "yellow", "green", "blue")}
    things["card"] = cards.front(rng)
    for name, sheet in things.items():
        warm = (0.86, 0.95, 1.0) if name == "white" else (1.0, 1.0, 1.0)
        wide = sheet.size_mm[0] > sheet.size_mm[1]
        conditions = scenes.Conditions(
            size=(2016, 1512) if wide else (1512, 2016), shadow="hand", shadow_depth=0.4, cast=warm
        )
        shot = scenes.shoot(scenes.lay(sheet, table="wood"), conditions, np.random.default_rng(6))
        page = finish(shot.image, shot.sheets[0].quad).image
        size = page.shape[1::-1]
        corners = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float32)
        move = cv2.getPerspectiveTransform(shot.sheets[0].quad.astype(np.float32), corners)
        taken = cv2.warpPerspective(shot.image, move, size)
        printed = cv2.resize(sheet.image, size, interpolation=cv2.INTER_AREA)
        flat = printed.astype(int)
        red = flat[:, :, 2] - flat[:, :, :2].max(axis=2) > 70
        blue = flat[:, :, 0] - flat[:, :, 2] > 70
        ground = np.abs(flat - np.median(flat.reshape(-1, 3), axis=0)).max(axis=2) < 12
        row = [
            f"{what} {_apart(printed, taken, mask):4.1f} -> {_apart(printed, page, mask):4.1f}"
            for what, mask in (("paper", ground), ("red", red), ("blue", blue))
            if mask.sum() > 300
        ]
        tint = PAPERS.get(name, "")
        print(f"    {name:7} {', '.join(row)} {tint}")


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
        pixels = (round(size.mm[0] * PX_PER_MM), round(size.mm[1] * PX_PER_MM))
        plain, best = (slopes(copy.view(one.grid(), pixels)).crooked for one in (Shape(quad, size.mm), shape))
        before.append(plain)
        after.append(best)
        kept += shape.flat
        turned += orientation.turns_needed(rectify(image, quad).image) != 0
    first, last = np.array(before) * 1000, np.array(after) * 1000
    print(
        f"  lines of writing on {len(first)} photographs, unevenness in thousandths: mean {np.nanmean(first):.1f} -> "
        f"{np.nanmean(last):.1f}, worst {np.nanmax(first):.1f} -> {np.nanmax(last):.1f}; worse on "
        f"{int(np.sum(last > first + dewarp.FLAT_LINES * 1000 / 4))}; {kept} left flat; {turned} wrongly turned"
    )


def _apart(printed: Any, page: Any, mask: Any) -> float:
    one, other = (
        np.median(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)[mask], axis=0)
        for picture in (printed, page)
    )
    return float(np.hypot(*(one - other)[1:]))


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
