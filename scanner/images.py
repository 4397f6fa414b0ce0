"""Taking a picture in safely: judged by its header before its pixels are decoded."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.errors import ImageRefused

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Image = NDArray[numpy.uint8]

MAX_BYTES = 64 << 20
MAX_PIXELS = 50_000_000
MIN_SIDE = 16
_KINDS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")


def load_image(path: Path) -> Image:
    """BGR uint8 (h, w, 3), turned as `cv2.imread` turns it. Raises ImageRefused with what to do instead."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ImageRefused(
                f"Tệp ảnh {path.name} quá nặng ({size >> 20} MB); hãy dùng ảnh dưới {MAX_BYTES >> 20} MB."
            )
        raw = path.read_bytes()
    except OSError as error:
        raise ImageRefused(f"Không mở được {path.name} ({error.strerror}); hãy kiểm tra lại tên tệp.") from error
    return decode_image(raw, path.name)


def decode_image(raw: bytes, name: str = "ảnh") -> Image:
    """The same from bytes. A picture of more than 50 megapixels is refused from its header alone."""
    import cv2
    import numpy

    _judge_header(raw, name)
    buffer = numpy.frombuffer(raw, dtype=numpy.uint8)
    try:
        # IMREAD_COLOR: 8 bits, three channels, EXIF orientation applied; 16-bit and CMYK are converted.
        image: Any = cv2.imdecode(buffer, cv2.IMREAD_COLOR)
    except (cv2.error, MemoryError) as error:
        raise _broken(name) from error
    if image is None:
        raise _broken(name)
    return image  # type: ignore[no-any-return]


def _judge_header(raw: bytes, name: str) -> None:
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    if len(raw) > MAX_BYTES:
        raise ImageRefused(f"Ảnh {name} quá nặng; hãy dùng ảnh dưới {MAX_BYTES >> 20} MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pillow.open(io.BytesIO(raw), formats=_KINDS) as header:
                width, height = header.size
                frames = int(getattr(header, "n_frames", 1))
    except Pillow.DecompressionBombError as error:
        raise _too_large(name) from error
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        ArithmeticError,
        LookupError,
    ) as error:
        raise ImageRefused(f"Tệp {name} không phải ảnh đọc được; hãy chụp lại hoặc dùng ảnh JPEG, PNG.") from error
    except TypeError as error:
        raise _broken(name) from error
    if width * height > MAX_PIXELS:
        raise _too_large(name)
    if min(width, height) < MIN_SIDE:
        raise ImageRefused(f"Ảnh {name} nhỏ quá ({width}×{height} điểm); hãy chụp lại gần hơn.")
    if frames > 1:
        raise ImageRefused(f"Ảnh {name} có {frames} hình động hay nhiều trang; hãy tách thành từng ảnh.")


def _too_large(name: str) -> ImageRefused:
    return ImageRefused(f"Ảnh {name} lớn quá {MAX_PIXELS // 1_000_000} triệu điểm; hãy chụp lại ở cỡ nhỏ hơn.")


def _broken(name: str) -> ImageRefused:
    return ImageRefused(f"Ảnh {name} bị hỏng hoặc chép thiếu; hãy chụp hoặc chép lại.")
