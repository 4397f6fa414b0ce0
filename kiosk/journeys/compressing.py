"""A page of this visit, and how it becomes as small as it will be handed in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import NotReady
from langso.words.catalogue import Sentence

if TYPE_CHECKING:
    from kiosk.journeys.kinds import Kind
    from scanner.document import JpegPage
    from scanner.guide.same_page import Look


@dataclass(frozen=True, eq=False)
class PageKept:
    """A page of this visit: its picture (JPEG in the workspace), true dpi, and its size on paper in mm.

    `remarks`: sentences about what is odd with it; `looks`: what the camera saw of it, a card's both sides;
    `final`: compressed as it will be handed in; `card`: both sides of a card.
    """

    path: Path
    dpi: int
    paper: str
    size_mm: tuple[float, float]
    remarks: tuple[Sentence, ...] = ()
    looks: tuple[Look, ...] = ()
    final: bool = False
    card: bool = False


def compressed(page: PageKept) -> JpegPage | None:
    """The page as it will stand in the document; None where its file is gone. Slow."""
    import cv2

    from scanner.clean import CleanPage
    from scanner.document import JpegPage, compress

    if page.final:
        try:
            return JpegPage.of(page.path.read_bytes(), page.paper, page.size_mm)
        except OSError:
            return None
    image = cv2.imread(str(page.path))
    return None if image is None else compress(CleanPage(image, page.dpi, page.paper, page.size_mm))


def document_of(kind: Kind, pages: tuple[PageKept, ...]) -> bytes:
    """The pages as one PDF of that kind. Raises NotReady where a page's file is gone: the visit is over. Slow."""
    from scanner.document import make_pdf

    made = []
    for page in pages:
        small = compressed(page)
        if small is None:
            raise NotReady(Sentence("journeys-visit-over"))
        made.append(small)
    return make_pdf(made, kind.title, procedure=kind.procedure)
