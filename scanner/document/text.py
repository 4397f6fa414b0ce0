"""The words on a page and where they stand: Tesseract with Vietnamese data, in a process that can be ended."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scanner.document.seals import grey_without_seals

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from scanner.clean import CleanPage

LANGUAGE = "vie"
PAGE_SECONDS = 30.0
MAX_WORDS = 20_000
MAX_LETTERS = 200

# Measured on twelve rendered pages, soft and noisy: 0.04 % of letters wrong at 200 dpi, 0.03 % at 220, 250 and 300,
# where a page takes a fifth longer.
_READ_FROM_DPI, _READ_TO_DPI = 200, 220
_MAX_ENLARGE = 3.0
_PAGE_SEGMENTATION = "3"

_STOPPED = "Tesseract dừng giữa chừng nên trang không có chữ để tìm."
_NUMBER = r"(-?[0-9]{1,6}(?:\.[0-9]{1,9})?)"
_BOX = re.compile(r"\bbbox ([0-9]{1,6}) ([0-9]{1,6}) ([0-9]{1,6}) ([0-9]{1,6})")
_BASELINE = re.compile(rf"\bbaseline {_NUMBER} {_NUMBER}")
_SURE = re.compile(r"\bx_wconf ([0-9]{1,3})")
_SIZE = re.compile(r"\bx_size ([0-9]{1,6}(?:\.[0-9]{1,9})?)")
# Steeper lines are writing up the margin, not skew.
_STEEPEST = 0.2
# Printed words come at 80 and more; handwriting and specks read as letters mostly below this.
_LEAST_SURE = 15


@dataclass(frozen=True)
class Word:
    """A word in NFC, and where it begins and ends, in shares of the page's width."""

    text: str
    left: float
    right: float


@dataclass(frozen=True)
class Line:
    """Words in order on one base line: its height at the page's left edge and at its right, and the size of the
    writing, in shares of the page's height, measured from the top.
    """

    words: tuple[Word, ...]
    base: tuple[float, float]
    size: float


@dataclass(frozen=True)
class PageText:
    """A page's lines in reading order, or why there are none: `failed` is empty, or a sentence for the user."""

    lines: tuple[Line, ...] = ()
    failed: str = ""

    @property
    def text(self) -> str:
        """All words, a line of text for each line on the page."""
        return "\n".join(" ".join(word.text for word in line.words) for line in self.lines)

    @property
    def characters(self) -> int:
        """Letters, digits and signs recognised, without the spaces between words."""
        return sum(len(word.text) for line in self.lines for word in line.words)


def recognise(page: CleanPage, *, seconds: float = PAGE_SECONDS) -> PageText:
    """The text of a clean page. Never raises for what Tesseract does: a page without its text is still a page."""
    return recognise_grey(*grey_for_reading(page.image, page.dpi), seconds=seconds)


def grey_for_reading(image: Any, dpi: int) -> tuple[bytes, int]:
    """What Tesseract gets: the picture in grey as PGM, and its dpi. A coarse one is enlarged and red seals are taken
    off, for this only. `image`: BGR or grey.
    """
    import cv2

    grey = grey_without_seals(image, dpi) if image.ndim == 3 else image
    goal = min(max(dpi, _READ_FROM_DPI), _READ_TO_DPI)
    scale = min(goal / max(dpi, 1), _MAX_ENLARGE)
    if abs(scale - 1) > 0.02:
        how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        # A page may say of itself that it is a millimetre wide.
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        grey = cv2.resize(grey, size, interpolation=how)
    height, width = grey.shape
    return b"P5\n%d %d\n255\n" % (width, height) + grey.tobytes(), max(70, round(dpi * scale))


def recognise_grey(pgm: bytes, dpi: int, *, seconds: float = PAGE_SECONDS) -> PageText:
    """`recognise` for a picture from `grey_for_reading`."""
    if not available():
        return PageText(failed="Máy này chưa có Tesseract tiếng Việt nên trang không có chữ để tìm.")
    command = ["tesseract", "stdin", "stdout", "-l", LANGUAGE, "--oem", "1", "--psm", _PAGE_SEGMENTATION]
    try:
        done = subprocess.run(  # its own one thread: pages are read side by side
            [*command, "--dpi", str(dpi), "-c", "tessedit_create_hocr=1"],
            input=pgm,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        return PageText(failed="Đọc chữ trên trang này lâu quá nên đã dừng; trang không có chữ để tìm.")
    except OSError:
        return PageText(failed="Không chạy được Tesseract nên trang không có chữ để tìm.")
    if done.returncode:
        return PageText(failed=_STOPPED)
    return parse_hocr(done.stdout)


@functools.cache
def available() -> bool:
    """Whether Tesseract with Vietnamese data is installed (asked once)."""
    try:
        said = subprocess.run(["tesseract", "--list-langs"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return LANGUAGE in said.stdout.decode("utf-8", "replace").split()


def parse_hocr(hocr: bytes) -> PageText:
    """Tesseract's hOCR as lines; what has another shape is passed over."""
    from xml.etree import ElementTree

    if b"<!ENTITY" in hocr:
        return PageText(failed=_STOPPED)
    try:
        root = ElementTree.fromstring(hocr)
    except ElementTree.ParseError:
        return PageText(failed=_STOPPED)
    page = next((part for part in root.iter() if part.get("class") == "ocr_page"), None)
    sheet = None if page is None else _box(page.get("title", ""))
    if page is None or sheet is None:
        return PageText()
    lines = []
    left_over = MAX_WORDS
    for part in page.iter():
        words = [word for word in part if word.get("class") == "ocrx_word"]
        line = _line(part.get("title", ""), words[:left_over], sheet[2], sheet[3]) if words else None
        if line is not None:
            lines.append(line)
            left_over -= len(line.words)
    return PageText(tuple(lines))


def _line(title: str, parts: list[Element], width: int, height: int) -> Line | None:
    box = _box(title)
    if box is None:
        return None
    words = []
    for part in parts:
        place, text = _box(part.get("title", "")), clean_word("".join(part.itertext()))
        sure = _SURE.search(part.get("title", ""))
        if sure is not None and int(sure[1]) < _LEAST_SURE:
            continue
        if place is not None and text:
            words.append(Word(text, place[0] / width, min(1.0, place[2] / width)))
    if not words:
        return None
    left, top, _, bottom = box
    base = _BASELINE.search(title)
    slope, lift = (float(base[1]), float(base[2])) if base else (0.0, -0.2 * (bottom - top))
    if abs(slope) > _STEEPEST:
        slope, lift = 0.0, 0.0
    size = _SIZE.search(title)
    tall = min(float(size[1]), bottom - top) if size else bottom - top
    at_edges = (bottom + lift - slope * left, bottom + lift + slope * (width - left))
    return Line(tuple(words), (at_edges[0] / height, at_edges[1] / height), max(tall, 1.0) / height)


def _box(title: str) -> tuple[int, int, int, int] | None:
    found = _BOX.search(title)
    if found is None:
        return None
    left, top, right, bottom = map(int, found.groups())
    return (left, top, right, bottom) if left < right and top < bottom else None


def clean_word(text: str) -> str:
    """NFC, without spaces and signs that cannot be printed, of a bounded length."""
    kept = (sign for sign in text[:MAX_LETTERS] if sign.isprintable() and sign != " " and ord(sign) < 0x10000)
    return unicodedata.normalize("NFC", "".join(kept))
