"""Clean pages written as one PDF at their true size on paper."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langso.paths import write_atomic
from scanner.errors import DocumentRefused

if TYPE_CHECKING:
    from scanner.clean import CleanPage

MAX_PAGES = 500
PAGE_BYTES = 500_000
_QUALITIES = (88, 80, 72, 64, 55, 45)


def make_pdf(pages: Sequence[CleanPage], title: str, *, made: datetime | None = None) -> bytes:
    """A PDF with one page a sheet, colour JPEG of at most 0.5 MB each, title and date set. Raises DocumentRefused."""
    import img2pdf

    if not pages:
        raise DocumentRefused("Chưa có trang nào để làm tài liệu; hãy chụp ít nhất một trang.")
    if len(pages) > MAX_PAGES:
        raise DocumentRefused(f"Tài liệu quá {MAX_PAGES} trang; hãy chia làm nhiều lần gửi.")
    moment = made or datetime.now(UTC)
    whole = io.BytesIO()
    merged = _Merged(whole)
    for page in pages:
        size = tuple(img2pdf.mm_to_pt(side) for side in page.size_mm)
        merged.add(img2pdf.convert(jpeg(page.image), layout_fun=img2pdf.get_layout_fun(size)))
    merged.finish(title, moment)
    return whole.getvalue()


def write_pdf(pages: Sequence[CleanPage], path: Path, title: str) -> None:
    """`make_pdf` into a file, whole or not at all."""
    write_atomic(path, make_pdf(pages, title), mode=0o644)


def jpeg(image: Any) -> bytes:
    """BGR to JPEG, as good as fits 0.5 MB."""
    import cv2

    for quality in _QUALITIES:
        done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1])
        if not done:
            raise DocumentRefused("Không nén được trang; hãy chụp lại trang này.")
        if len(data) <= PAGE_BYTES:
            break
    return bytes(data)


class _Merged:
    """Pages put one after the other with pikepdf; metadata set once at the end."""

    def __init__(self, out: io.BytesIO) -> None:
        import pikepdf

        self._out = out
        self._pdf = pikepdf.new()

    def add(self, raw: bytes) -> None:
        import pikepdf

        with pikepdf.open(io.BytesIO(raw)) as one:
            self._pdf.pages.extend(one.pages)

    def finish(self, title: str, moment: datetime) -> None:
        with self._pdf.open_metadata(set_pikepdf_as_editor=False) as data:
            data["dc:title"] = title
            data["xmp:CreatorTool"] = "Làng Số"
            data["xmp:CreateDate"] = moment.isoformat(timespec="seconds")
            data["dc:language"] = {"vi"}
        self._pdf.Root.Lang = "vi"
        self._pdf.save(self._out, min_version="1.4", deterministic_id=True)
        self._pdf.close()
