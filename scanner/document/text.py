"""The words on a page and where they stand: Tesseract with Vietnamese data, in a process that can be ended."""

from __future__ import annotations

import functools
import os
import subprocess
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner.clean import CleanPage

LANGUAGE = "vie"
PAGE_SECONDS = 30.0
MAX_WORDS = 20_000
MAX_LETTERS = 200

# Tesseract was trained on letters of about 30 to 40 px; 300 dpi costs a third more than 200 and reads no better.
_READ_AT_MOST_DPI = 300
_READ_AT_LEAST_DPI = 200
_MAX_ENLARGE = 3.0
_PAGE_SEGMENTATION = "3"


@dataclass(frozen=True)
class Word:
    """A word in NFC and its box in shares of the page (0 to 1, from the top left corner)."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class PageText:
    """A page's lines in reading order, or why there are none: `failed` is empty, or a sentence for the user."""

    lines: tuple[tuple[Word, ...], ...] = ()
    failed: str = ""

    @property
    def text(self) -> str:
        """All words, a line of text for each line on the page."""
        return "\n".join(" ".join(word.text for word in line) for line in self.lines)

    @property
    def characters(self) -> int:
        """Letters, digits and signs recognised, without the spaces between words."""
        return sum(len(word.text) for line in self.lines for word in line)


def recognise(page: CleanPage, *, seconds: float = PAGE_SECONDS) -> PageText:
    """The text of a clean page. Never raises for what Tesseract does: a page without its text is still a page."""
    return recognise_grey(*grey_for_reading(page.image, page.dpi), seconds=seconds)


def grey_for_reading(image: Any, dpi: int) -> tuple[bytes, int]:
    """What Tesseract gets: the picture in grey as PGM, and its dpi. A coarse one is enlarged, for this only."""
    import cv2

    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image
    goal = min(max(dpi, _READ_AT_LEAST_DPI), _READ_AT_MOST_DPI)
    scale = min(goal / max(dpi, 1), _MAX_ENLARGE)
    if abs(scale - 1) > 0.02:
        how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=how)
    height, width = grey.shape
    return b"P5\n%d %d\n255\n" % (width, height) + grey.tobytes(), max(70, round(dpi * scale))


def recognise_grey(pgm: bytes, dpi: int, *, seconds: float = PAGE_SECONDS) -> PageText:
    """`recognise` for a picture from `grey_for_reading`."""
    if not available():
        return PageText(failed="Máy này chưa có Tesseract tiếng Việt nên trang không có chữ để tìm.")
    command = ["tesseract", "stdin", "stdout", "-l", LANGUAGE, "--oem", "1", "--psm", _PAGE_SEGMENTATION]
    try:
        done = subprocess.run(  # its own one thread: pages are read side by side
            [*command, "--dpi", str(dpi), "tsv"],
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
        return PageText(failed="Tesseract dừng giữa chừng nên trang không có chữ để tìm.")
    return parse_tsv(done.stdout.decode("utf-8", "replace"))


@functools.cache
def available() -> bool:
    """Whether Tesseract with Vietnamese data is installed (asked once)."""
    try:
        said = subprocess.run(["tesseract", "--list-langs"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return LANGUAGE in said.stdout.decode("utf-8", "replace").split()


def parse_tsv(table: str) -> PageText:
    """Tesseract's table of boxes and words as lines; rows of another shape are passed over."""
    width = height = 0
    lines: dict[tuple[str, ...], list[Word]] = {}
    words = 0
    for row in table.split("\n")[1:]:
        cells = row.rstrip("\r").split("\t")
        if len(cells) != 12 or not all(cell.isdecimal() and len(cell) < 7 for cell in cells[:10]):
            continue
        left, top, wide, high = map(int, cells[6:10])
        if cells[0] == "1":
            width, height = wide, high
        text = clean_word(cells[11])
        if cells[0] != "5" or not text or not width or not height or not wide or not high:
            continue
        words += 1
        if words > MAX_WORDS:
            break
        box = (left / width, top / height, (left + wide) / width, (top + high) / height)
        lines.setdefault(tuple(cells[1:5]), []).append(Word(text, *(min(1.0, side) for side in box)))
    return PageText(tuple(tuple(line) for line in lines.values()))


def clean_word(text: str) -> str:
    """NFC, without spaces and signs that cannot be printed, of a bounded length."""
    kept = (sign for sign in unicodedata.normalize("NFC", text[:MAX_LETTERS]) if sign.isprintable() and sign != " ")
    return "".join(sign for sign in kept if ord(sign) < 0x10000)
