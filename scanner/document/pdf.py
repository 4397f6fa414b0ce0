"""Pages put into a PDF by img2pdf: each JPEG as it is, at its true size; then what the document says of itself."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from langso.words.catalogue import Sentence
from langso.words.language import Language, in_language
from scanner.document.sheet import MAX_PAGES
from scanner.errors import DocumentRefused
from scanner.papers import MM_PER_INCH

if TYPE_CHECKING:
    import pikepdf

    from scanner.document.sheet import JpegPage

CREATOR = "Làng Số"
LANGUAGE: Language = "vi"
"""What a document says its words are in, whoever makes it: so are those of ours in it."""

POINTS_PER_MM = 72 / MM_PER_INCH
"""PDF's unit is 1/72 inch."""

MAX_TITLE = 300
"""Letters of a title kept."""


@dataclass(frozen=True)
class About:
    """What a document says of itself. `dossier`: the dossier's code; `name`: its file's name; `procedure`: the code
    of what is asked for; all three may be empty.
    """

    title: str
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    dossier: str = ""
    name: str = ""
    procedure: str = ""

    def __post_init__(self) -> None:
        moment = self.made if self.made.tzinfo else self.made.astimezone()
        object.__setattr__(self, "made", moment.replace(microsecond=0))
        for label in ("title", "dossier", "name", "procedure"):
            object.__setattr__(self, label, _one_line(getattr(self, label)))


def put_together(pages: Sequence[JpegPage]) -> bytes:
    """A PDF of these pages, one a sheet, without text. Raises DocumentRefused for none, too many or an odd JPEG."""
    import img2pdf

    if not pages:
        raise DocumentRefused(Sentence("document-no-pages"))
    if len(pages) > MAX_PAGES:
        raise DocumentRefused(Sentence("document-too-many-pages", most=MAX_PAGES))
    sizes = iter([tuple(round(side * POINTS_PER_MM, 2) for side in page.size_mm) for page in pages])

    def layout(*_: object) -> tuple[float, float, float, float]:
        # img2pdf asks for one page after another: the sheet's size, then the picture's on it.
        wide, high = next(sizes)
        return wide, high, wide, high

    try:
        made: bytes = img2pdf.convert(
            [io.BytesIO(page.data) for page in pages],
            layout_fun=layout,
            # A page lies as it was shown: what the JPEG says of turning does not count.
            rotation=img2pdf.Rotation.none,
            nodate=True,
        )
    except (img2pdf.ImageOpenError, img2pdf.JpegColorspaceError, ValueError, OSError) as error:
        raise DocumentRefused(Sentence("document-page-unread")) from error
    return made


def describe(pdf: pikepdf.Pdf, about: About) -> None:
    """Write what the document says of itself: XMP, the older Info dictionary, its language, how it opens."""
    from pikepdf import Dictionary, Name

    moment = about.made.isoformat(timespec="seconds")
    # pikepdf writes the same into the Info dictionary, so the two agree.
    with pdf.open_metadata(set_pikepdf_as_editor=False) as data:
        data["dc:title"] = about.title
        data["dc:language"] = {LANGUAGE}
        data["xmp:CreatorTool"] = CREATOR
        data["pdf:Producer"] = CREATOR
        data["xmp:CreateDate"] = data["xmp:ModifyDate"] = data["xmp:MetadataDate"] = moment
        if about.dossier:
            data["dc:description"] = _own_words("document-of-dossier", code=about.dossier)
        if about.name:
            data["dc:identifier"] = about.name
        if about.procedure:
            data["dc:subject"] = {about.procedure}
    pdf.Root.Lang = LANGUAGE
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.Root.PageLayout = Name.OneColumn


def untitled() -> str:
    """What a document is called that nobody named."""
    return _own_words("document-untitled")


def _own_words(id: str, /, **parameters: object) -> str:
    with in_language(LANGUAGE):
        return str(Sentence(id, **parameters))


def _one_line(text: str) -> str:
    kept = "".join(sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", text[:MAX_TITLE]))
    return " ".join(kept.split())
