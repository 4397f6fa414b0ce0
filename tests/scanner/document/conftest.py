"""Printed Vietnamese pages with known words, and the rules of PDF/A that can be seen from the file itself."""

from __future__ import annotations

import html
import io
import random
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pytest
from pikepdf import Name
from PIL import Image, ImageDraw, ImageFont

from scanner.clean import CleanPage

FACE = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")
SENTENCE = (
    "cộng hoà xã hội chủ nghĩa Việt Nam độc lập tự do hạnh phúc uỷ ban nhân dân giấy khai sinh họ và tên ngày tháng "
    "năm nơi thường trú quê quán người đi đăng ký đơn xin xác nhận tình trạng chứng thực bản sao đúng với bản chính"
)
A4_MM = (210.0, 297.0)


def printed(seed: int, dpi: int = 150, lines: int = 9, points: float = 13) -> tuple[CleanPage, str]:
    """An A4 page of random words and the words."""
    rng, words = random.Random(seed), SENTENCE.split()
    size = tuple(round(side / 25.4 * dpi) for side in A4_MM)
    sheet = Image.new("RGB", size, "white")
    draw, face = ImageDraw.Draw(sheet), ImageFont.truetype(str(FACE), round(points / 72 * dpi))
    said = [" ".join(rng.choice(words) for _ in range(7)) for _ in range(lines)]
    for number, line in enumerate(said):
        draw.text((size[0] // 9, size[1] // 12 + number * round(points / 72 * dpi * 1.7)), line, (30, 30, 40), face)
    return CleanPage(np.array(sheet)[:, :, ::-1].copy(), dpi, "A4", A4_MM), "\n".join(said)


@pytest.fixture
def page_of_words() -> Callable[..., tuple[CleanPage, str]]:
    """`page_of_words(seed, dpi=150, lines=9)` -> the page and its text; skips where its font is missing."""
    if not FACE.is_file():
        pytest.skip("no DejaVu Serif here to print a page with")
    return printed


@pytest.fixture
def tesseract() -> None:
    """Skips where Tesseract has no Vietnamese data."""
    program = shutil.which("tesseract")
    if program is None or b"vie" not in subprocess.check_output([program, "--list-langs"]).split():
        pytest.skip("no Tesseract with Vietnamese data here")


def hocr(lines: Sequence[Sequence[tuple[str, float, float]]], tall: float = 0.02, sure: int = 96) -> str:
    """What Tesseract says of a page of 1000 x 1414 pixels: words, each from and to a share of its width."""
    drawn = []
    for number, words in enumerate(lines):
        bottom = round(1414 * (0.1 + number * tall * 1.5))
        top = bottom - round(1414 * tall)
        spans = "".join(
            f"<span class='ocrx_word' title='bbox {round(left * 1000)} {top} {round(right * 1000)} {bottom}; "
            f"x_wconf {sure}'>{html.escape(word)}</span>"
            for word, left, right in words
        )
        drawn.append(f"<span class='ocr_line' title='bbox 0 {top} 1000 {bottom}; baseline 0 -4'>{spans}</span>")
    return (
        "<?xml version='1.0' encoding='UTF-8'?><html xmlns='http://www.w3.org/1999/xhtml'><body>"
        "<div class='ocr_page' title='image \"x\"; bbox 0 0 1000 1414; ppageno 0; scan_res 121 121'>"
        f"<div class='ocr_carea'><p class='ocr_par'>{''.join(drawn)}</p></div></div></body></html>"
    )


@pytest.fixture
def say() -> Callable[..., str]:
    """`say(lines, tall=0.02, sure=96)` -> hOCR; see `hocr`."""
    return hocr


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`reads(words, script="")`: from now on Tesseract is a program that answers with this hOCR at once, or runs the
    script instead (sh; `$prefix` is where its answer goes).
    """
    folder = tmp_path / "programs"
    folder.mkdir()

    def make(words: str = hocr([[("Tiếng", 0.1, 0.3), ("Việt", 0.31, 0.5)]]), script: str = "") -> None:
        (folder / "words").write_text(words, encoding="utf-8")
        program = folder / "tesseract"
        program.write_text(
            '#!/bin/sh\ncase "$1" in\n--version) echo tesseract 5.3.0; exit;;\n'
            "--list-langs) printf 'languages\\nvie\\n'; exit;;\nesac\n"
            'while [ "$1" != hocr ]; do prefix="$1"; shift; done\n'
            + (script or f'cp {folder}/words "$prefix.hocr"; : > "$prefix.txt"')
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    return make


@pytest.fixture
def extracted(tmp_path: Path) -> Callable[..., str]:
    """`extracted(pdf, *options)` -> its text, as pdftotext takes it out."""

    def look(data: bytes, *options: str) -> str:
        if shutil.which("pdftotext") is None:
            pytest.skip("no pdftotext here")
        file = tmp_path / "made.pdf"
        file.write_bytes(data)
        done = subprocess.run(["pdftotext", *options, str(file), "-"], capture_output=True, check=True, timeout=30)
        return done.stdout.decode()

    return look


@pytest.fixture
def noise_page() -> Callable[..., CleanPage]:
    """`noise_page(seed, dpi=100)` -> an A4 of coloured blots, hard to compress."""

    def make(seed: int = 1, dpi: int = 100, blur: float = 1.2) -> CleanPage:
        rng = np.random.default_rng(seed)
        shape = (round(297 / 25.4 * dpi), round(210 / 25.4 * dpi), 3)
        image = cv2.GaussianBlur(rng.integers(0, 256, shape, dtype=np.uint8), (0, 0), blur)
        return CleanPage(image, dpi, "A4", A4_MM)

    return make


@pytest.fixture
def pdfa_faults() -> Callable[[bytes, str], list[str]]:
    """`pdfa_faults(data, "2b" or "1b")` -> what breaks PDF/A, looked up by other means than the code under test."""

    def look(data: bytes, level: str) -> list[str]:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            faults = [*_file_faults(data, pdf, level), *_metadata_faults(pdf, level)]
            for item in pdf.objects:
                faults += _object_faults(item, level)
            return faults

    return look


def _file_faults(data: bytes, pdf: pikepdf.Pdf, level: str) -> list[str]:
    faults = []
    if "/Encrypt" in pdf.trailer or "/ID" not in pdf.trailer:
        faults.append("encrypted, or no /ID in the trailer")
    if data[:5] != b"%PDF-" or min(data.splitlines()[1][1:5]) < 128:
        faults.append("no header with a binary comment")
    if level == "1b" and (b"/ObjStm" in data or b"/XRef" in data or data[:8] != b"%PDF-1.4"):
        faults.append("object streams or another version than 1.4")
    intents = pdf.Root.get("/OutputIntents", [])
    if [intent.S for intent in intents] != [Name("/GTS_PDFA1")]:
        faults.append("no output intent")
    elif intents[0].DestOutputProfile.read_bytes()[36:40] != b"acsp":
        faults.append("the output intent has no colour profile")
    if "/AcroForm" in pdf.Root or "/JavaScript" in pdf.Root.get("/Names", {}) or "/OpenAction" in pdf.Root:
        faults.append("forms or actions")
    return faults


def _metadata_faults(pdf: pikepdf.Pdf, level: str) -> list[str]:
    faults = []
    raw = pdf.Root.Metadata
    if "/Filter" in raw and level == "1b":
        faults.append("metadata is compressed")
    with pdf.open_metadata() as told:
        if (told.get("pdfaid:part"), told.get("pdfaid:conformance")) != (level[0], level[1].upper()):
            faults.append("says another level")
        for key, label in (("dc:title", "/Title"), ("xmp:CreatorTool", "/Creator"), ("dc:description", "/Subject")):
            if str(told.get(key, "")) != str(pdf.docinfo.get(label, "")):
                faults.append(f"{key} and {label} differ")
    return faults


def _object_faults(item: Any, level: str) -> list[str]:
    if not isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        return []
    faults = []
    filters = str(item.get("/Filter", ""))
    if "LZW" in filters or "JPX" in filters or "Crypt" in filters:
        faults.append("a filter that is not allowed")
    if item.get("/Type") == Name.FontDescriptor and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(item.keys()):
        faults.append("a font is not embedded")
    if level == "1b" and ("/SMask" in item or "/Transparency" in str(item.get("/Group", ""))):
        faults.append("transparency")
    return faults
