"""From clean pages to a document's bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from scanner.document.archive import Level, save
from scanner.document.pdf import About, describe, put_together
from scanner.document.sheet import MAX_PAGES, JpegPage, compress
from scanner.document.text import PAGE_SECONDS, PageText, with_text

if TYPE_CHECKING:
    from langso.words.catalogue import Sentence
    from scanner.clean import CleanPage


@dataclass(frozen=True)
class Made:
    """A finished document. `level`: what it really is; `texts`: one a page, or none where no reading was wanted."""

    data: bytes
    level: Level
    pages: int
    texts: tuple[PageText, ...] = ()

    @property
    def characters(self) -> int:
        """Recognised on all pages, without spaces."""
        return sum(text.characters for text in self.texts)

    @property
    def unread(self) -> tuple[tuple[int, Sentence], ...]:
        """Pages (from 1) whose text could not be read, each with the sentence that says why."""
        return tuple((number, text.failed) for number, text in enumerate(self.texts, 1) if text.failed)


def make_document(
    pages: Iterable[CleanPage | JpegPage],
    about: About,
    *,
    level: Level = "2b",
    text: bool = True,
    seconds: float = PAGE_SECONDS,
) -> Made:
    """A PDF/A with one page a sheet and, unless `text` is off, its words to search. A page that cannot be read stays,
    without text (see Made.unread); where PDF/A cannot be made, Made.level says so. Raises DocumentRefused.
    """
    import pikepdf

    # Compressed as they come: one picture is in memory at a time.
    sheets = list(map(_sheet, islice(pages, MAX_PAGES + 1)))
    data = put_together(sheets)
    texts: tuple[PageText, ...] = ()
    if text:
        data, texts = with_text(data, len(sheets), seconds=seconds)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        describe(pdf, about)
        finished, kept = save(pdf, level)
    return Made(finished, kept, len(sheets), texts)


def make_pdf(
    pages: Sequence[CleanPage | JpegPage],
    title: str,
    *,
    procedure: str = "",
    made: datetime | None = None,
    text: bool = False,
    level: Level = "2b",
) -> bytes:
    """`make_document`'s bytes, without text unless asked for: quick enough to hand a document in at the kiosk."""
    return make_document(
        pages, About(title, made or datetime.now(UTC), procedure=procedure), text=text, level=level
    ).data


def _sheet(page: CleanPage | JpegPage) -> JpegPage:
    return page if isinstance(page, JpegPage) else compress(page)
