"""From clean pages to a document's bytes. Pages are compressed and read as they come: few pictures are in memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import BoundedSemaphore
from types import TracebackType
from typing import TYPE_CHECKING

from scanner.document.archive import Level, save
from scanner.document.pdf import About, PdfWriter
from scanner.document.sheet import MAX_PAGES, JpegPage, compress
from scanner.document.text import PAGE_SECONDS, PageText, grey_for_reading, recognise_grey
from scanner.errors import DocumentRefused

if TYPE_CHECKING:
    from scanner.clean import CleanPage

_MOST_READERS = 4


@dataclass(frozen=True)
class Made:
    """A finished document. `level`: what it really is; `texts`: one a page, None where no reading was asked for."""

    data: bytes
    level: Level
    texts: tuple[PageText | None, ...]

    @property
    def characters(self) -> int:
        """Recognised on all pages, without spaces."""
        return sum(text.characters for text in self.texts if text is not None)

    @property
    def unread(self) -> tuple[tuple[int, str], ...]:
        """Pages (from 1) whose text could not be read, each with the sentence that says why."""
        return tuple((n, text.failed) for n, text in enumerate(self.texts, 1) if text is not None and text.failed)


class DocumentMaker:
    """Takes pages one by one and reads their text meanwhile, on as many processors as there are (4 at most).

    In a `with` block; `add` waits while all readers are busy and one picture is in hand, so memory stays bounded.
    """

    def __init__(self, *, text: bool = True, seconds: float = PAGE_SECONDS) -> None:
        readers = max(1, min(_MOST_READERS, len(os.sched_getaffinity(0))))
        self._pool = ThreadPoolExecutor(readers, "read-text") if text else None
        self._room = BoundedSemaphore(readers + 1)
        self._seconds = seconds
        self._pages: list[tuple[JpegPage, Future[PageText] | None]] = []

    def __enter__(self) -> DocumentMaker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def __len__(self) -> int:
        return len(self._pages)

    def add(self, page: CleanPage | JpegPage) -> JpegPage:
        """One more page, as it will stand in the file. Raises DocumentRefused."""
        if len(self._pages) >= MAX_PAGES:
            raise DocumentRefused(f"Tài liệu quá {MAX_PAGES} trang; hãy chia làm nhiều lần gửi.")
        reading = self._read(page) if self._pool is not None else None
        sheet = page if isinstance(page, JpegPage) else compress(page)
        self._pages.append((sheet, reading))
        return sheet

    def finish(self, about: About, level: Level = "2b") -> Made:
        """The document, when the last page is read. Raises DocumentRefused without pages."""
        writer = PdfWriter()
        texts = []
        for sheet, reading in self._pages:
            text = None if reading is None else reading.result()
            writer.add(sheet, text)
            texts.append(text)
        with writer.finish(about) as pdf:
            data, kept = save(pdf, level)
        return Made(data, kept, tuple(texts))

    def _read(self, page: CleanPage | JpegPage) -> Future[PageText]:
        assert self._pool is not None
        self._room.acquire()
        try:
            image, dpi = (page.image, page.dpi) if not isinstance(page, JpegPage) else (_decoded(page), page.dpi)
            pgm, dpi = grey_for_reading(image, dpi)
            future = self._pool.submit(recognise_grey, pgm, dpi, seconds=self._seconds)
        except BaseException:
            self._room.release()
            raise
        future.add_done_callback(lambda _: self._room.release())
        return future


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
    with DocumentMaker(text=text, seconds=seconds) as maker:
        for page in pages:
            maker.add(page)
        return maker.finish(about, level)


def make_pdf(
    pages: Sequence[CleanPage | JpegPage],
    title: str,
    *,
    made: datetime | None = None,
    text: bool = False,
    level: Level = "2b",
) -> bytes:
    """`make_document`'s bytes, without text unless asked for: quick enough to hand a document in at the kiosk."""
    if len(pages) > MAX_PAGES:
        raise DocumentRefused(f"Tài liệu quá {MAX_PAGES} trang; hãy chia làm nhiều lần gửi.")
    return make_document(pages, About(title, made or datetime.now(UTC)), text=text, level=level).data


def _decoded(page: JpegPage) -> object:
    import cv2
    import numpy as np

    image = cv2.imdecode(np.frombuffer(page.data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise DocumentRefused("Không đọc được một trang của tài liệu; hãy chụp lại trang đó.")
    return image
