"""Reading a picture file safely: judged by its header before its pixels are decoded; a cut-off file is refused."""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from langso.words.catalogue import Sentence, Words
from langso.words.os_reasons import os_reason
from scanner.errors import ImageRefused

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

    from scanner.arrays import Image


MAX_BYTES = 64 << 20
"""Bytes of a file: more than a phone's largest JPEG."""

MAX_PIXELS = 50_000_000
"""Pixels: decoded they are 150 MB."""

MAX_SIDE = 30_000
"""Pixels of the longer side: OpenCV's maps end at 32,767."""

MIN_SIDE = 16
"""Pixels of the shorter side: nothing can be seen in less."""

MAX_RATIO = 40
"""Longest side to shortest: longer than any receipt."""

PICTURE = Sentence("images-picture")
"""What a picture without a name is called."""

# Rows laid on white at once.
_BAND = 256
_KINDS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
# What Pillow calls pixels of 8 or 16 bits; others (32 bits, floats) would be taken in at many times their size.
_MODES = frozenset(("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "LAB", "I;16"))
_MODES_16 = re.compile(r"I;16[A-Z]*")
# In the stretch that holds the pixels FF is always followed by 00, a restart mark or more FF; else a marker begins.
_JPEG_MARK = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
# A small TIFF may come in tiles larger than itself, but not by much.
_LEAST_TILE = 1 << 20
# JPEG's marks (ITU T.81): end of image, start of scan, and one without a length.
_JPEG_END, _JPEG_SCAN, _JPEG_ALONE = 0xD9, 0xDA, 0x01
_MAX_SCANS = 100
"""Cameras and editors write one to about twenty; each costs the time of a whole picture, whatever it holds."""

_OTHERS = (
    (re.compile(rb"....ftyp(hei|hev|mif1|msf1|avif)", re.DOTALL), Sentence("images-heic")),
    (re.compile(rb"%PDF-"), Sentence("images-pdf")),
    (re.compile(rb"GIF8"), Sentence("images-gif")),
)


def load_image(path: Path, gray: bool = False) -> Image:
    """BGR uint8 (h, w, 3), turned as `cv2.imread` turns it; `gray`: its brightness alone (h, w), for a third of the
    memory. Raises ImageRefused with what to do instead.
    """
    name = _shown(path.name)
    try:
        with open(path, "rb", opener=_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ImageRefused(Sentence("images-no-file", name=name))
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = os_reason(error) if isinstance(error, OSError) else Sentence("images-bad-name")
        raise ImageRefused(Sentence("images-not-opened", name=name, why=why)) from error
    return decode_image(raw, name, gray)


def decode_image(raw: bytes, name: Words = PICTURE, gray: bool = False) -> Image:
    """The same from bytes. A picture of more than 50 megapixels is refused from its header alone."""
    import cv2
    import numpy

    header = _judge_header(raw, name)
    try:
        if header.clear:
            seen = _on_white(raw)
            return cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY) if gray else seen
        buffer = numpy.frombuffer(raw, dtype=numpy.uint8)
        # Both: 8 bits, EXIF orientation applied; 16-bit and CMYK are converted.
        image = cv2.imdecode(buffer, cv2.IMREAD_GRAYSCALE if gray else cv2.IMREAD_COLOR)
    except MemoryError as error:
        raise _too_large(name) from error
    except (cv2.error, *_PILLOW_FAULTS) as error:
        raise _broken(name) from error
    if image is None or sorted(image.shape[:2]) != sorted(header.size):
        raise _broken(name)
    return image


def jpeg_is_whole(raw: bytes) -> bool:
    """Whether a JPEG reaches its end mark in a sane number of scans. Half zeros decode to a grey half in silence."""
    at, end, scans = 2, len(raw), 0
    while at < end:
        found = _JPEG_MARK.search(raw, at)
        if found is None:
            return False
        mark, at = found.group(1)[0], found.end()
        if mark == _JPEG_END:
            return True
        if mark == _JPEG_ALONE:
            continue
        scans += mark == _JPEG_SCAN
        if at + 2 > end or scans > _MAX_SCANS:
            return False
        # A segment tells its length; what it holds (a thumbnail with its own end mark, too) is stepped over.
        at += int.from_bytes(raw[at : at + 2], "big")
    return False


@dataclass(frozen=True)
class _Header:
    """Width and height; whether some of the picture may be see-through."""

    size: tuple[int, int]
    clear: bool


# What Pillow's readers raise on damaged files, apart from MemoryError.
_PILLOW_FAULTS = (
    OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError, AttributeError, struct.error,
    AssertionError, NotImplementedError, RuntimeError,
)  # fmt: skip


def _at_once(path: str, flags: int) -> int:
    """Opens without waiting: a pipe nobody writes to, or a device, must not hold the scanner up."""
    return os.open(path, flags | os.O_NONBLOCK)


def _judge_header(raw: bytes, name: Words) -> _Header:
    from PIL import Image as Pillow

    if len(raw) > MAX_BYTES:
        raise ImageRefused(Sentence("images-too-heavy", name=name, most=MAX_BYTES >> 20))
    if not raw:
        raise ImageRefused(Sentence("images-empty", name=name))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pillow.open(io.BytesIO(raw), formats=_KINDS) as header:
                width, height = header.size
                kind, mode = str(header.format), header.mode
                clear = mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in header.info
                # Phones append a smaller picture or a depth map to a JPEG; the first is the photograph.
                tile = _tile(header) if kind == "TIFF" else 0
                frames = 1 if raw[:2] == b"\xff\xd8" else int(getattr(header, "n_frames", 1))
    except Pillow.DecompressionBombError as error:
        raise _too_large(name) from error
    except MemoryError as error:
        raise _too_large(name) from error
    except _PILLOW_FAULTS as error:
        raise _no_picture(raw, name) from error
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE or tile > max(_LEAST_TILE, 2 * width * height):
        raise _too_large(name)
    if min(width, height) < MIN_SIDE:
        raise ImageRefused(Sentence("images-too-small", name=name, size=f"{width}×{height}"))
    if max(width, height) > MAX_RATIO * min(width, height):
        raise ImageRefused(Sentence("images-too-long", name=name, size=f"{width}×{height}"))
    if frames > 1:
        raise ImageRefused(Sentence("images-many", name=name, frames=frames))
    if mode not in _MODES and not _MODES_16.fullmatch(mode):
        raise ImageRefused(Sentence("images-colours", name=name))
    if raw[:2] == b"\xff\xd8" and not jpeg_is_whole(raw):
        raise _broken(name)
    return _Header((width, height), clear and kind in ("PNG", "WEBP", "TIFF"))


def _on_white(raw: bytes) -> Image:
    """A see-through picture as it looks on paper: what cv2 shows of it is often black on black."""
    import numpy
    from PIL import Image as Pillow
    from PIL import ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Pillow.open(io.BytesIO(raw), formats=_KINDS) as picture:
            turned = ImageOps.exif_transpose(picture).convert("RGBA")
    width, height = turned.size
    out = numpy.empty((height, width, 3), dtype=numpy.uint8)
    for top in range(0, height, _BAND):
        band = turned.crop((0, top, width, min(height, top + _BAND)))
        white = Pillow.new("RGBA", band.size, (255, 255, 255, 255))
        white.alpha_composite(band)
        out[top : top + _BAND] = numpy.asarray(white)[:, :, 2::-1]
    return out


def _tile(header: ImageFile) -> int:
    """Pixels of one tile of a TIFF, 0 where it has none."""
    width, height = (getattr(header, "tag_v2", {}).get(tag, 0) for tag in (322, 323))
    return int(width) * int(height)


def _shown(name: str) -> str:
    """A file's name fit to be printed: no control characters, no bytes that are no letters."""
    readable = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else "?" for c in readable)[:120]


def _no_picture(raw: bytes, name: Words) -> ImageRefused:
    for beginning, what in _OTHERS:
        if beginning.match(raw[:32]):
            return ImageRefused(Sentence("images-other-kind", name=name, what=what))
    return ImageRefused(Sentence("images-unreadable", name=name))


def _too_large(name: Words) -> ImageRefused:
    return ImageRefused(Sentence("images-too-large", name=name, most=MAX_PIXELS // 1_000_000))


def _broken(name: Words) -> ImageRefused:
    return ImageRefused(Sentence("images-broken", name=name))
