"""A PDF put together page by page: the JPEG as it is, at its true size, its text layer; then the document's data."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scanner.document.layer import FONT, LayerFont, layer
from scanner.document.sheet import MAX_PAGES
from scanner.errors import DocumentRefused

if TYPE_CHECKING:
    import pikepdf

    from scanner.document.sheet import JpegPage
    from scanner.document.text import PageText

CREATOR = "Làng Số"
POINTS_PER_MM = 72 / 25.4
MAX_TITLE = 300


@dataclass(frozen=True)
class About:
    """What a document says of itself. `dossier`: the dossier's code; `name`: its file's name; both may be empty."""

    title: str
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    dossier: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        moment = self.made if self.made.tzinfo else self.made.astimezone()
        object.__setattr__(self, "made", moment.replace(microsecond=0))
        for label in ("title", "dossier", "name"):
            object.__setattr__(self, label, _one_line(getattr(self, label)))


class PdfWriter:
    """Pages added one by one; `finish` gives the open document (the caller closes it)."""

    def __init__(self) -> None:
        import pikepdf

        self._pdf = pikepdf.new()
        self._font = LayerFont()
        self._texts: list[bytes] = []

    def add(self, page: JpegPage, text: PageText | None = None) -> None:
        """One more page. Raises DocumentRefused when there are too many."""
        from pikepdf import Array, Dictionary, Name

        if len(self._texts) >= MAX_PAGES:
            raise DocumentRefused(f"Tài liệu quá {MAX_PAGES} trang; hãy chia làm nhiều lần gửi.")
        wide, high = (round(side * POINTS_PER_MM, 2) for side in page.size_mm)
        picture = self._pdf.make_stream(page.data)
        picture.Type, picture.Subtype = Name.XObject, Name.Image
        picture.Width, picture.Height, picture.BitsPerComponent = page.width, page.height, 8
        picture.ColorSpace = Name.DeviceGray if page.grey else Name.DeviceRGB
        picture.Filter = Name.DCTDecode
        drawn = b"q %.2f 0 0 %.2f 0 0 cm /Im0 Do Q\n" % (wide, high)
        words = layer(text, wide, high, self._font) if text is not None else b""
        self._texts.append(words)
        leaf = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, wide, high]),
            Resources=Dictionary(XObject=Dictionary(Im0=picture)),
            Contents=self._pdf.make_stream(drawn + words),
        )
        self._pdf.pages.append(self._page(leaf))

    def finish(self, about: About) -> pikepdf.Pdf:
        """The document with its data and, where there is text, its font. Raises DocumentRefused without pages."""
        from pikepdf import Dictionary, Name

        if not self._texts:
            raise DocumentRefused("Chưa có trang nào để làm tài liệu; hãy chụp ít nhất một trang.")
        if self._font:
            font = self._font.add_to(self._pdf)
            for page, words in zip(self._pdf.pages, self._texts, strict=True):
                if words:
                    page.Resources.Font = Dictionary({FONT: font})
        self._describe(about)
        self._pdf.Root.Lang = "vi"
        self._pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        self._pdf.Root.PageLayout = Name.OneColumn
        return self._pdf

    def _page(self, leaf: pikepdf.Dictionary) -> pikepdf.Page:
        import pikepdf

        return pikepdf.Page(self._pdf.make_indirect(leaf))

    def _describe(self, about: About) -> None:
        moment = about.made.isoformat(timespec="seconds")
        # pikepdf writes the same into the older Info dictionary, so the two agree.
        with self._pdf.open_metadata(set_pikepdf_as_editor=False) as data:
            data["dc:title"] = about.title
            data["dc:language"] = {"vi"}
            data["xmp:CreatorTool"] = CREATOR
            data["pdf:Producer"] = CREATOR
            data["xmp:CreateDate"] = data["xmp:ModifyDate"] = data["xmp:MetadataDate"] = moment
            if about.dossier:
                data["dc:description"] = f"Hồ sơ {about.dossier}"
            if about.name:
                data["dc:identifier"] = about.name


def _one_line(text: str) -> str:
    kept = "".join(sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", text[:MAX_TITLE]))
    return " ".join(kept.split())
