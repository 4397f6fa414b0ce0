"""The office's turn: a document handed in without text is opened, read, and written again with its text."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

from langso.codes import dossier_code
from langso.words.catalogue import Sentence
from scanner.document.archive import Level
from scanner.document.make import Made, make_document
from scanner.document.pdf import POINTS_PER_MM, About, untitled
from scanner.document.sheet import MAX_JPEG_BYTES, MAX_PAGES, JpegPage
from scanner.errors import DocumentRefused

MAX_BYTES = 300_000_000
"""Bytes of a document opened again: 500 pages of half a megabyte, and some."""

MAX_METADATA_BYTES = 100_000
"""Bytes of its XMP packet: it says who made it and of what kind it is."""


def pages_of(data: bytes) -> tuple[JpegPage, ...]:
    """The pictures of a document that holds one JPEG a page, as ours do, byte for byte. Raises DocumentRefused."""
    import pikepdf

    if len(data) > MAX_BYTES:
        raise DocumentRefused(Sentence("document-pdf-too-large"))
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if not 1 <= len(pdf.pages) <= MAX_PAGES:
                raise DocumentRefused(Sentence("document-pdf-pages", most=MAX_PAGES))
            return tuple(_page(page) for page in pdf.pages)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError) as error:
        if isinstance(error, DocumentRefused):
            raise
        raise DocumentRefused(Sentence("document-pdf-unread")) from error


def add_text(data: bytes, *, level: Level = "2b", dossier: str = "", name: str = "") -> Made:
    """A document of ours again, with its text and the same pictures, title and date. `dossier`, `name`: the code and
    the file name it gets now, where it had none or others. Raises DocumentRefused.
    """
    pages, told = pages_of(data), about_of(data)
    about = replace(told, dossier=dossier or told.dossier, name=name or told.name)
    return make_document(pages, about, level=level)


def _page(page: object) -> JpegPage:
    import pikepdf

    assert isinstance(page, pikepdf.Page)
    pictures = list(page.get_images().values())
    if len(pictures) != 1 or pictures[0].get("/Filter") != pikepdf.Name.DCTDecode or "/Rotate" in page.obj:
        raise DocumentRefused(Sentence("document-pdf-not-ours"))
    raw = pictures[0].read_raw_bytes()
    if len(raw) > MAX_JPEG_BYTES:
        raise DocumentRefused(Sentence("document-page-too-large"))
    left, bottom, right, top = (float(side) for side in page.mediabox)
    size = (round((right - left) / POINTS_PER_MM, 1), round((top - bottom) / POINTS_PER_MM, 1))
    return JpegPage.of(raw, "", size)


def about_of(data: bytes) -> About:
    """What the document says of itself; what it does not say, or says too lengthily, is left out. Raises
    DocumentRefused where it is no PDF.
    """
    import pikepdf

    try:
        return _told(data)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DocumentRefused(Sentence("document-pdf-unread")) from error


def _told(data: bytes) -> About:
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        packet = pdf.Root.get("/Metadata")
        # Packed small and unpacked huge: ours is never packed, and a few thousand bytes.
        if packet is None or "/Filter" in packet or len(packet.read_raw_bytes()) > MAX_METADATA_BYTES:
            return About(untitled())
        with pdf.open_metadata(update_docinfo=False) as told:
            title = str(told.get("dc:title", ""))
            dossier = dossier_code.find(str(told.get("dc:description", ""))) or ""
            name = str(told.get("dc:identifier", ""))
            moment = str(told.get("xmp:CreateDate", ""))
            subject = told.get("dc:subject", ())
            procedure = next(iter(sorted(map(str, subject))), "") if isinstance(subject, set | list) else ""
    try:
        made = datetime.fromisoformat(moment)
    except ValueError:
        made = datetime.now(UTC)
    return About(title or untitled(), made, dossier, name, procedure[:20])
