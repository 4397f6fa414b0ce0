"""Characters wrong (CER) on Vietnamese pages drawn by seed and photographed under shadow, blur and noise; seconds a
page. The scanner's text is what `pdftotext` takes out of the finished PDF/A, as a user would. Beside it in the same
run, by plain Tesseract: the raw photograph, the page straightened but not evened out, and the engine's own floor, the
printed sheet that no camera ever saw. Run by `make bench`.

CER = edits (insert, delete, replace; Levenshtein) / characters printed, summed over the pages. Both texts in NFC,
lines joined by one space and runs of white space made one, because a line's end is layout; nothing else is forgiven:
every mark, capital, comma and full stop counts, headings too. Pages are set in serif and sans of offices (FreeSerif,
DejaVu). Be Vietnam has a row of its own: its `a` is a ring with a stem, which Tesseract takes for o or d even where
nothing was photographed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import scenes
from scenes import sheets
from scenes.model import A4, A5
from scenes.optics import Bend

from scanner.clean import finish
from scanner.document import About, make_document
from scanner.pages import find_page

FACES = ("serif", "book", "sans")
GOAL_CER = 0.001
GOAL_SECONDS = 2.5
PAGES = 9
CURLED = 3
PEER_PAGES = 3
ROUND = 2
SIZE = (3024, 4032)
_MAKING: list[float] = []
"""Seconds of each `clean` that the document took, its text and all."""


@dataclass
class Tally:
    """Edits and characters over pages, seconds of wall and of Tesseract's CPU for each."""

    name: str
    edits: int = 0
    characters: int = 0
    wall: tuple[float, ...] = ()
    cpu: tuple[float, ...] = ()

    def row(self) -> str:
        """A line of the table."""
        rate = self.edits / max(1, self.characters)
        pace = f"{np.median(self.wall):5.2f} s wall, {np.median(self.cpu):5.2f} s CPU" if self.wall else ""
        return f"  {self.name:44} {len(self.wall):2} pages  CER {rate:8.3%}  {pace}"


def page(number: int, *, curled: bool = False, face: str | None = None) -> Any:
    """The numbered photograph: fonts, sizes and papers in turn; shadow, blur and noise drawn by seed."""
    rng = np.random.default_rng([20, number, curled, face is not None])
    points = (11, 12, 13, 14)[number // len(FACES) % 4]
    small = number % 9 == 8
    sheet = sheets.text_page(
        rng,
        size_mm=A5 if small else A4,
        face=face or FACES[number % len(FACES)],
        points=10 if small else points,
        paper=("white", "old", "white", "yellow")[number % 4],
    )
    conditions = scenes.Conditions(
        size=SIZE,
        fill=float(rng.uniform(0.8, 0.95)),
        tilt=float(rng.uniform(0, 9)),
        azimuth=float(rng.uniform(0, 360)),
        roll=float(rng.normal(0, 2.5)),
        distortion=float(rng.uniform(-0.01, 0.02)),
        defocus=float(rng.uniform(0.7, 1.7)),
        motion=float(rng.uniform(0, 2.0)),
        motion_angle=float(rng.uniform(0, 180)),
        exposure=float(rng.uniform(0.6, 1.0)),
        noise=float(rng.uniform(2, 6)),
        cast=(1 - 0.06 * rng.random(), 1.0, 1 + 0.06 * rng.random()),
        shadow=("soft", "hand", "sharp")[number % 3],
        shadow_depth=float(rng.uniform(0.25, 0.55)),
        bend=Bend(float(rng.uniform(8, 16)), number % 2, "arch") if curled else Bend(),
        jpeg=int(rng.integers(80, 95)),
    )
    table = ("dark_wood", "wood", "cloth", "tiles")[number % 4]
    return scenes.shoot(scenes.lay(sheet, table=table), conditions, rng)


def edits(read: str, printed: str) -> int:
    """Levenshtein's distance."""
    a, b = (np.array([ord(c) for c in text], dtype=np.int64) for text in (read, printed))
    steps = np.arange(len(b) + 1)
    row = steps.copy()
    for i, letter in enumerate(a, 1):
        changed = np.minimum(row[1:] + 1, row[:-1] + (b != letter))
        # An insertion costs one more than the cell to its left: a running minimum once the slope is taken out.
        row = np.minimum.accumulate(np.concatenate([[i], changed]) - steps) + steps
    return int(row[-1])


def plain(text: str) -> str:
    """NFC, white space made one."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def clean(image: Any) -> str:
    """The product's way: find, straighten, even out, make the document; then its text as anybody gets it."""
    found = find_page(image)
    if found.quad is None:
        return ""
    page = finish(image, found.quad)
    begin = time.perf_counter()
    made = make_document([page], About("Giấy tờ quét"))
    _MAKING.append(time.perf_counter() - begin)
    return extracted(made.data)


def straightened_only(image: Any) -> str:
    """Found and straightened, the light left as it fell."""
    found = find_page(image)
    if found.quad is None:
        return ""
    height, width = finish(image, found.quad).image.shape[:2]
    goal = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    move = cv2.getPerspectiveTransform(found.quad.astype(np.float32), goal)
    return tesseract(cv2.warpPerspective(image, move, (width, height), flags=cv2.INTER_LINEAR))


def unseen(shot: Any) -> str:
    """The sheet as it was printed."""
    return tesseract(shot.sheets[0].placed.sheet.image)


def tesseract(image: Any) -> str:
    """Plain Tesseract on a picture said to have 300 dpi."""
    done = subprocess.run(
        ["tesseract", "stdin", "stdout", "-l", "vie", "--oem", "1", "--psm", "3", "--dpi", "300"],
        input=cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes(),
        capture_output=True,
        check=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    return done.stdout.decode()


def extracted(pdf: bytes) -> str:
    """A PDF's text, by pdftotext."""
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def able() -> bool:
    """Whether the programs needed are here."""
    if shutil.which("tesseract") is None or shutil.which("pdftotext") is None:
        return False
    return b"vie" in subprocess.run(["tesseract", "--list-langs"], capture_output=True, check=False).stdout.split()


def judge(tally: Tally, read: Callable[[Any], str], shot: Any, note: str) -> None:
    """Adds one page to a row of the table."""
    printed = plain(" ".join(shot.sheets[0].lines))
    begin, spent = time.perf_counter(), os.times()
    text = plain(read(shot if read is unseen else shot.image))
    after = os.times()
    cpu = after.user + after.system + after.children_user + after.children_system
    cpu -= spent.user + spent.system + spent.children_user + spent.children_system
    wrong = edits(text, printed)
    tally.edits += wrong
    tally.characters += len(printed)
    tally.wall = (*tally.wall, time.perf_counter() - begin)
    tally.cpu = (*tally.cpu, cpu)
    if wrong and read is clean:
        print(f"    {note}: {wrong} of {len(printed)} characters")


def main(pages: int = PAGES, folder: Path | None = None) -> None:
    """Print the table; with `folder`, write what was read and the photographs there."""
    if not able():
        print("text: Tesseract with Vietnamese data or pdftotext is absent, nothing measured")
        return
    product = Tally("found, straightened, evened out (the scanner)")
    unlit, as_is = Tally("found and straightened only"), Tally("raw photograph")
    bent = Tally("the scanner, paper bent 8 to 16 mm")
    ring, floor = Tally("the scanner, Be Vietnam"), Tally("Be Vietnam never photographed (engine's floor)")
    print_only = Tally("the same pages never photographed (floor)")
    for number in range(pages):
        shot = page(number)
        c = shot.conditions
        note = (
            f"page {number} ({FACES[number % len(FACES)]}, {c.shadow} shadow {c.shadow_depth:.0%}, "
            f"blur {c.defocus:.1f} + {c.motion:.1f} px, "
            f"noise {c.noise:.1f}, {shot.sheets[0].px_per_mm * 25.4:.0f} dpi)"
        )
        judge(product, clean, shot, note)
        if number < PEER_PAGES:
            judge(unlit, straightened_only, shot, note)
            judge(as_is, tesseract, shot, note)
            judge(print_only, unseen, shot, note)
        if folder is not None:
            cv2.imwrite(str(folder / f"page{number}.jpg"), shot.image)
            (folder / f"page{number}.read.txt").write_text(clean(shot.image), encoding="utf-8")
            (folder / f"page{number}.true.txt").write_text("\n".join(shot.sheets[0].lines), encoding="utf-8")
    for number in range(min(ROUND, pages)):
        shot = page(number, face="be-vietnam")
        judge(ring, clean, shot, f"Be Vietnam page {number}")
        judge(floor, unseen, shot, "")
    for number in range(min(CURLED, pages)):
        judge(bent, clean, page(number, curled=True), f"bent page {number}")
    print(f"text: CER goal {GOAL_CER:.1%}, time limit {GOAL_SECONDS} s a page (finding and straightening included)")
    for tally in (product, unlit, as_is, print_only, bent, ring, floor):
        print(tally.row())
    rate = product.edits / max(1, product.characters)
    pace = np.median(product.wall) / GOAL_SECONDS
    alone = np.median(_MAKING) / GOAL_SECONDS
    verdict = "within" if rate <= GOAL_CER else "ABOVE"
    print(f"  CER {verdict} the goal; time {pace:.2f} of the limit, of which the document {alone:.2f}")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else PAGES,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
