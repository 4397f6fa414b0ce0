"""Three clean pages to a searchable PDF/A: seconds, bytes a page, memory, beside the plain `ocrmypdf` program on the
same JPEGs (every page drawn and read at its own size, seals and all).

Run by `make bench`. Pages are drawn by seed at 200 and 300 dpi; nothing of ../shared is needed.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf

sys.path.insert(0, str(Path(__file__).resolve().parent))

from scenes import sheets

from scanner.clean import CleanPage
from scanner.document import LEVELS, PAGE_BYTES, About, compress, make_document, make_pdf

PAGES = 3
DOCUMENT_SECONDS = 8.0
PAGE_SECONDS = 2.5
MEMORY_MB = 300
A4_MM = (210.0, 297.0)
_OPTIONS = ("-q", "-l", "vie", "--output-type", "pdfa-2", "--pdfa-backend", "internal", "-O0", "-j", "2")


def pages(dpi: int) -> list[CleanPage]:
    """Text, a form with its seal, and text again, a little soft and noisy as from a camera."""
    made = []
    for seed in range(PAGES):
        rng = np.random.default_rng(500 + seed)
        sheet = sheets.form(rng) if seed == 1 else sheets.text_page(rng, face=("serif", "book")[seed // 2])
        size = tuple(round(side / 25.4 * dpi) for side in A4_MM)
        image = cv2.resize(sheet.image, size, interpolation=cv2.INTER_AREA)
        soft = cv2.GaussianBlur(image.astype(np.float32), (0, 0), 0.6) + rng.normal(0, 3, image.shape)
        made.append(CleanPage(np.clip(soft, 0, 255).astype(np.uint8), dpi, "A4", A4_MM))
    return made


def blank() -> CleanPage:
    """A small empty sheet."""
    return CleanPage(np.full((400, 300, 3), 255, np.uint8), 200, "other", (38.1, 50.8))


def main() -> None:
    """Print the table."""
    reads = make_document([blank()], About("warm")).unread == ()
    if not reads:
        print("document: no Tesseract with Vietnamese data here, only the plain document is measured")
    for dpi in (200, 300, 352):  # the last is 12 megapixels a page
        clean = pages(dpi)
        spent, plain = _timed(make_pdf, clean, "Giấy tờ quét")
        print(f"  {dpi} dpi  handed in without text   {spent:6.2f} s  {_each(plain)}")
        if not reads:
            continue
        slowest = max(_timed(make_document, [page], About("Giấy tờ"))[0] for page in clean)
        print(f"  {dpi} dpi  one page, the slowest    {slowest:6.2f} s  {slowest / PAGE_SECONDS:.2f} of the limit")
        for level in LEVELS[:2]:
            spent, made = _timed(make_document, clean, About("Giấy tờ"), level=level)
            print(
                f"  {dpi} dpi  PDF/A-{level.upper()} with text     {spent:6.2f} s  "
                f"{spent / DOCUMENT_SECONDS:.2f} of the limit  {_each(made.data)}  {made.characters} characters, "
                f"kept PDF/A-{made.level} {_check(made.data)}"
            )
            if level == "2b":
                _peer(clean, dpi, spent, made.data)
        print(
            f"  {dpi} dpi  memory of this process   {_memory(clean):4.0f} MB (limit {MEMORY_MB}, without Tesseract)"
        )


def _timed(call: Callable[..., Any], *given: Any, **named: Any) -> tuple[float, Any]:
    begin = time.perf_counter()
    answer = call(*given, **named)
    return time.perf_counter() - begin, answer


def _each(data: bytes) -> str:
    return f"{len(data) / PAGES / 1000:.0f} KB a page ({len(data) / PAGES / PAGE_BYTES:.2f} of the limit)"


def _check(data: bytes) -> str:
    """veraPDF's word where it is installed."""
    if shutil.which("verapdf") is None:
        return "(no veraPDF here)"
    done = subprocess.run(["verapdf", "--format", "text", "-"], input=data, capture_output=True, check=False)
    return done.stdout.decode(errors="replace")[:20]


def _peer(clean: list[CleanPage], dpi: int, ours: float, data: bytes) -> None:
    """Plain `ocrmypdf` on the same JPEGs put into a PDF by img2pdf."""
    program = Path(sys.executable).with_name("ocrmypdf")
    if not program.exists():
        print("         (no ocrmypdf here to compare with)")
        return
    import img2pdf

    with tempfile.TemporaryDirectory() as folder:
        jpegs = [compress(page).data for page in clean]
        size = tuple(img2pdf.mm_to_pt(side) for side in A4_MM)
        Path(folder, "in.pdf").write_bytes(img2pdf.convert(jpegs, layout_fun=img2pdf.get_layout_fun(size)))
        begin = time.perf_counter()
        done = subprocess.run(
            [program, *_OPTIONS, Path(folder, "in.pdf"), Path(folder, "out.pdf")],
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
        spent = time.perf_counter() - begin
        if done.returncode:
            print(f"         ocrmypdf ended with {done.returncode}")
            return
        theirs = Path(folder, "out.pdf").read_bytes()
    with pikepdf.open(io.BytesIO(theirs)) as pdf, pdf.open_metadata() as told:
        level = f"{told.get('pdfaid:part', '-')}{told.get('pdfaid:conformance', '-')}"
    print(
        f"  {dpi} dpi  ocrmypdf on the same      {spent:6.2f} s  {_each(theirs)}  PDF/A-{level}; "
        f"ours takes {ours / spent:.2f} of its time, {len(data) / len(theirs):.3f} of its size"
    )


def _memory(clean: list[CleanPage]) -> float:
    """The most MB held by a process that takes these pages from disk one by one."""
    with tempfile.TemporaryDirectory() as folder:
        for number, page in enumerate(clean):
            np.save(Path(folder, f"{number}.npy"), page.image)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return pool.apply(_peak, (folder, clean[0].dpi))


def _peak(folder: str, dpi: int) -> float:
    files = sorted(Path(folder).iterdir())
    make_document((CleanPage(np.load(file), dpi, "A4", A4_MM) for file in files), About("Giấy tờ"))
    # Not ru_maxrss for this process: that one remembers the process it was started from.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
