"""The words on a document's pages: OCRmyPDF has Tesseract read them and lays them, unseen, over the pictures."""

from __future__ import annotations

import io
import logging
import os
from dataclasses import dataclass

from langso.words.catalogue import Sentence

LANGUAGE = "vie"
PAGE_SECONDS = 30.0
"""Seconds Tesseract may take for a page."""

# What scanner.document.reader finds its place to write under, among OCRmyPDF's options.
TEXTS = "langso_texts"

# Pages read at once: each reader holds a model of its own in memory.
_MOST_READERS = 4
_PLUGIN = "scanner.document.reader"
# Tesseract's engine mode 1: the net alone.
_NEURAL = 1
# Tesseract's mode 3: find the layout by itself, without turning the page.
_PAGE_SEGMENTATION = 3
_ABSENT = Sentence("document-no-tesseract")
_BROKEN = Sentence("document-text-failed")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class PageText:
    """What was read on a page, a line of text for each line on it, in NFC; `failed`: why nothing was read, for the
    user.
    """

    text: str = ""
    failed: Sentence | None = None

    @property
    def characters(self) -> int:
        """Letters, digits and signs recognised, without the spaces between words."""
        return len("".join(self.text.split()))


def with_text(pdf: bytes, pages: int, *, seconds: float = PAGE_SECONDS) -> tuple[bytes, tuple[PageText, ...]]:
    """The PDF with its words to search, and what was read on each page, in at most `seconds` a page. Never raises for
    what OCRmyPDF or Tesseract does: a page without its text is still a page.
    """
    import ocrmypdf

    _silence()
    texts: dict[int, PageText] = {}
    out = io.BytesIO()
    options = ocrmypdf.OcrOptions(
        input_file=io.BytesIO(pdf),
        output_file=out,
        languages=[LANGUAGE],
        # Made PDF/A after this, with or without text: scanner.document.archive.
        output_type="pdf",
        optimize=0,
        fast_web_view=1e6,
        # A Tesseract a processor, each of one thread.
        jobs=max(1, min(_MOST_READERS, pages, len(os.sched_getaffinity(0)))),
        progress_bar=False,
        tesseract_oem=_NEURAL,
        tesseract_pagesegmode=_PAGE_SEGMENTATION,
        tesseract_timeout=seconds,
    )
    options.extra_attrs[TEXTS] = texts
    try:
        ocrmypdf.ocr(options, plugins=[_PLUGIN])
    except ocrmypdf.MissingDependencyError:
        failed = _ABSENT
    except Exception as error:  # noqa: BLE001 a fault in any of its libraries costs the words, never the pages
        _LOG.warning("OCRmyPDF gave up: %s", type(error).__name__)
        failed = _BROKEN
    else:
        return out.getvalue(), tuple(texts.get(number, PageText(failed=_BROKEN)) for number in range(pages))
    return pdf, (PageText(failed=failed),) * pages


def _silence() -> None:
    # They tell of words and files of the paper, and of what is told here by page.
    for name in ("ocrmypdf", "pdfminer", "fontTools", "fpdf"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
