"""A document made of clean pages: both sides of a card on one sheet, names by dossier, PDF/A with its text.

The kiosk hands in `make_pdf` without text: recognising takes seconds a page and a small computer is slow at it. The
text is added where the time is: by the office when it opens the document (`add_text`), or by `make_document`.
"""

from scanner.document.archive import LEVELS, Level
from scanner.document.card import card_sheet
from scanner.document.make import Made, make_document, make_pdf
from scanner.document.naming import next_name, save_new
from scanner.document.pdf import About, untitled
from scanner.document.reopen import MAX_BYTES, about_of, add_text, pages_of
from scanner.document.sheet import MAX_PAGES, PAGE_BYTES, JpegPage, compress, jpeg
from scanner.document.text import PageText

__all__ = [
    "LEVELS",
    "MAX_BYTES",
    "MAX_PAGES",
    "PAGE_BYTES",
    "About",
    "JpegPage",
    "Level",
    "Made",
    "PageText",
    "about_of",
    "add_text",
    "card_sheet",
    "compress",
    "jpeg",
    "make_document",
    "make_pdf",
    "next_name",
    "pages_of",
    "save_new",
    "untitled",
]
