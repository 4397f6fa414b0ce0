"""One page as it goes into the file: a JPEG of at most half a megabyte and its true size on paper."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from langso.words.catalogue import Sentence
from scanner.errors import DocumentRefused
from scanner.images import jpeg_is_whole
from scanner.papers import MM_PER_INCH

if TYPE_CHECKING:
    from scanner.arrays import Image
    from scanner.clean import CleanPage

MAX_PAGES = 500
"""Pages of a document."""

PAGE_BYTES = 500_000
"""Bytes of a page, at most: a village's line must carry it."""

MAX_JPEG_BYTES = 20_000_000
"""Bytes of a page of somebody else's document that is taken over."""

MAX_PIXELS = 50_000_000
"""Pixels of such a page."""

# A PDF knows no page narrower than 3 points.
MIN_MM, MAX_MM = 2.0, 2000.0

# JPEG qualities tried at full size, the best that fits wins; print is clean down to 64.
_QUALITIES = (88, 80, 72, 64)
# Tried where none of those fits at the least size.
_LAST_QUALITIES = (55, 45, 35, 25)
# Text at 200 dpi and a fair quality reads better than at 300 dpi and a poor one; 200 dpi is the least for archives.
_FAIR_DPI = (250, 200)
# Factor of both sides where even the last quality does not fit.
_SMALLER = 0.75
# How much smaller than at 88 a printed page gets (noise gets smaller still): qualities that cannot fit are not tried.
_SIZES = {88: 1.0, 80: 0.84, 72: 0.74, 64: 0.66, 55: 0.61, 45: 0.56, 35: 0.49, 25: 0.41}
# Times the limit a size may be expected to come to and still be tried.
_DOUBT = 1.25


@dataclass(frozen=True)
class JpegPage:
    """A page already compressed: `data` is put into the file byte for byte. `size_mm`: width and height on paper."""

    data: bytes
    paper: str
    size_mm: tuple[float, float]
    width: int
    height: int

    @property
    def dpi(self) -> int:
        """Dots per inch across the paper."""
        return round(self.width / self.size_mm[0] * MM_PER_INCH)

    @classmethod
    def of(cls, data: bytes, paper: str, size_mm: tuple[float, float]) -> JpegPage:
        """Read the JPEG's header. Raises DocumentRefused for what is no 8-bit RGB or grey JPEG, or too large."""
        from PIL import Image, UnidentifiedImageError

        if len(data) > MAX_JPEG_BYTES or not all(MIN_MM <= side <= MAX_MM for side in size_mm):
            raise DocumentRefused(Sentence("document-page-size"))
        try:
            with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
                kind, mode, (width, height) = image.format, image.mode, image.size
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise DocumentRefused(Sentence("document-page-no-jpeg")) from error
        # MPO: several pictures in one file.
        if kind != "JPEG" or mode not in ("RGB", "L") or width * height > MAX_PIXELS:
            raise DocumentRefused(Sentence("document-page-kind"))
        if not jpeg_is_whole(data):
            raise DocumentRefused(Sentence("document-page-broken"))
        return cls(data, paper, size_mm, width, height)


def compress(page: CleanPage) -> JpegPage:
    """A clean page compressed: full resolution where half a megabyte allows a fair quality, else down to 200 dpi."""
    import cv2

    image = page.image
    data = _encode(image, _QUALITIES)
    for dpi in _FAIR_DPI:
        if len(data) > PAGE_BYTES and dpi < page.dpi * 0.95:
            image = _resized(page, dpi)
            data = _encode(image, _QUALITIES)
    if len(data) > PAGE_BYTES:
        data = _encode(image, _LAST_QUALITIES)
    while len(data) > PAGE_BYTES:  # mere noise, or a sheet of metres
        height, width = (max(8, round(side * _SMALLER)) for side in image.shape[:2])
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        data = _encode(image, _LAST_QUALITIES)
    height, width = image.shape[:2]
    return JpegPage(data, page.paper, page.size_mm, width, height)


def jpeg(image: Image) -> bytes:
    """BGR to JPEG at its own resolution, as good as fits 0.5 MB. Raises DocumentRefused."""
    return _encode(image, _QUALITIES + _LAST_QUALITIES)


def _resized(page: CleanPage, dpi: int) -> Image:
    import cv2

    size = tuple(math.ceil(side / MM_PER_INCH * dpi) for side in page.size_mm)
    return cv2.resize(page.image, size, interpolation=cv2.INTER_AREA)


def _encode(image: Image, qualities: tuple[int, ...]) -> bytes:
    """At the first of these qualities that fits, else at the last."""
    data = _jpeg(image, qualities[0])
    first = len(data) / _SIZES[qualities[0]]
    for quality in qualities[1:]:
        if len(data) <= PAGE_BYTES:
            break
        if quality == qualities[-1] or first * _SIZES[quality] <= PAGE_BYTES * _DOUBT:
            data = _jpeg(image, quality)
    return data


def _jpeg(image: Image, quality: int) -> bytes:
    import cv2

    # Progressive: a tenth smaller at the same quality, and every reader since PDF 1.3 takes it.
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
    try:
        done, data = cv2.imencode(".jpg", image, options)
    except cv2.error:
        done = False
    if not done:
        raise DocumentRefused(Sentence("document-page-not-compressed"))
    return bytes(data)
