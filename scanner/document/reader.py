"""How OCRmyPDF reads a page of ours: its plugin, named to it by `scanner.document.text`.

Tesseract gets the page's own JPEG in grey, without red seals and at the size it reads best, instead of a rendering of
the page; what it says is cleaned of specks. All of it for reading only: the page in the file stays as it is.
"""

from __future__ import annotations

import logging
import math
import threading
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from ocrmypdf import BoundingBox, OcrClass, OcrElement, OcrEngine, OcrOptions, hookimpl
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOcrEngine
from ocrmypdf.helpers import Resolution
from ocrmypdf.hocrtransform import HocrParser
from PIL import Image

from langso.words.catalogue import Sentence
from scanner.document.seals import grey_without_seals
from scanner.document.sheet import MAX_PIXELS
from scanner.document.text import TEXTS, PageText

if TYPE_CHECKING:
    from scanner.arrays import Gray, Picture

MAX_WORDS = 20_000
"""Words kept of one page: many times a page of small print."""

MAX_LETTERS = 200
"""Letters kept of one word."""

# Measured on twelve rendered pages, soft and noisy: 0.04 % of letters wrong at 200 dpi, 0.03 % at 220, 250 and 300,
# where a page takes a fifth longer.
_READ_FROM_DPI, _READ_TO_DPI = 200, 220
# Times a coarse page is enlarged for reading: more adds no stroke.
_MAX_ENLARGE = 3.0
# Printed words come at 0.8 and more; handwriting and specks read as letters mostly below this.
_LEAST_SURE = 0.15

_STOPPED = Sentence("document-text-stopped")
_TOO_LONG = Sentence("document-text-too-long")
_LOG = logging.getLogger(__name__)
# Pages are read side by side, but only one picture at a time is made ready: memory stays bounded.
_ONE_PICTURE = threading.Lock()


@hookimpl
def rasterize_pdf_page(
    input_file: Path, output_file: Path, raster_dpi: Resolution[float], pageno: int
) -> Path | None:
    """The page's JPEG made ready for Tesseract; None lets OCRmyPDF render the page its own way."""
    import cv2
    import numpy as np
    import pikepdf

    with _ONE_PICTURE:
        with pikepdf.open(input_file) as pdf:
            picture = next(iter(pdf.pages[pageno - 1].get_images().values()))
            data = np.frombuffer(picture.read_raw_bytes(), np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        if image is None:
            return None
        grey, dpi = for_reading(image, round(raster_dpi.to_scalar()))
        del image
        Image.fromarray(grey).save(output_file, "PNG", dpi=(dpi, dpi), compress_level=1)
    return output_file


@hookimpl
def get_ocr_engine() -> OcrEngine:
    """Tesseract as OCRmyPDF runs it, and what is done with its words."""
    return TesseractReader()


class TesseractReader(TesseractOcrEngine):
    """Tesseract for one page. A page that cannot be read gets no words, and its text says why."""

    @staticmethod
    def supports_generate_ocr() -> bool:
        """Words come as OCRmyPDF's own elements, not as a file."""
        return True

    @staticmethod
    def generate_ocr(input_file: Path, options: OcrOptions, page_number: int = 0) -> tuple[OcrElement, str]:
        """The page's words, and its text; never raises for what Tesseract does."""
        words = _blank(input_file)
        failed: Sentence | None = None
        hocr = input_file.with_suffix(".hocr")
        begin = time.monotonic()
        try:
            TesseractOcrEngine.generate_hocr(  # type: ignore[no-untyped-call]
                input_file, hocr, input_file.with_suffix(".txt"), options
            )
            if hocr.stat().st_size:
                words = HocrParser(hocr).parse()
            elif time.monotonic() - begin >= options.tesseract.timeout:
                failed = _TOO_LONG
        except Exception as error:  # noqa: BLE001 whatever it said, the other pages keep their words
            _LOG.warning("No text on page %d: %s", page_number + 1, type(error).__name__)
            failed = _STOPPED
        text = tidy(words)
        options.extra_attrs[TEXTS][page_number] = PageText(text, failed)
        return words, text


def for_reading(image: Picture, dpi: int) -> tuple[Gray, int]:
    """BGR to grey at 200 to 220 dpi without red seals (coarser pages are enlarged, at most threefold);
    and its dpi.
    """
    import cv2

    grey = grey_without_seals(image, dpi)
    height, width = grey.shape
    goal = min(max(dpi, _READ_FROM_DPI), _READ_TO_DPI)
    scale = min(goal / max(dpi, 1), _MAX_ENLARGE, math.sqrt(MAX_PIXELS / (width * height)))
    if abs(scale - 1) > 0.02:
        # A page may say of itself that it is a millimetre wide.
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    return grey, max(70, round(dpi * scale))


def tidy(page: OcrElement) -> str:
    """Removes what is no word, makes the rest NFC, and returns the text, one line for each line of the page."""
    left_over = MAX_WORDS
    lines = []
    for paragraph in page.paragraphs:
        for line in paragraph.children:
            kept = []
            for word in line.children[:left_over]:
                word.text = clean_word(word.text)
                sure = word.confidence is None or word.confidence >= _LEAST_SURE
                if word.text and word.bbox is not None and sure:
                    kept.append(word)
            line.children = kept
            left_over -= len(kept)
            if kept:
                lines.append(" ".join(word.text for word in kept))
        paragraph.children = [line for line in paragraph.children if line.children]
    return "\n".join(lines)


def clean_word(text: str) -> str:
    """NFC, without spaces and signs that cannot be printed, of a bounded length."""
    kept = (sign for sign in text[:MAX_LETTERS] if sign.isprintable() and sign != " ")
    return unicodedata.normalize("NFC", "".join(kept))


def _blank(image: Path) -> OcrElement:
    with Image.open(image) as opened:
        width, height = opened.size
        dpi = float(opened.info["dpi"][0])
    return OcrElement(OcrClass.PAGE, bbox=BoundingBox(0, 0, width, height), dpi=dpi)
