"""Pictures from outside: taken in, or refused with a sentence; never a crash."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scanner.errors import ImageRefused
from scanner.images import MAX_PIXELS, decode_image, load_image

RNG = np.random.default_rng(5)
PICTURE = RNG.integers(0, 256, (40, 60, 3), dtype=np.uint8)


def encoded(kind: str, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(PICTURE).convert(mode).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_ordinary_kinds_are_read(kind: str) -> None:
    assert decode_image(encoded(kind)).shape == (40, 60, 3)


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "I;16")])
def test_other_colours_and_depths_become_three_bytes(kind: str, mode: str) -> None:
    if mode == "I;16":
        done, data = cv2.imencode(".png", PICTURE.astype(np.uint16) * 257)
        assert done
        raw = bytes(data)
    else:
        raw = encoded(kind, mode)
    image = decode_image(raw)
    assert image.shape == (40, 60, 3)
    assert image.dtype == np.uint8


def test_a_turned_photograph_is_seen_as_opencv_sees_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = tmp_path / "turned.jpg"
    file.write_bytes(encoded("JPEG", exif=exif))
    assert load_image(file).shape == cv2.imread(str(file)).shape == (60, 40, 3)


def test_a_bomb_is_refused_from_its_header() -> None:
    side = int(MAX_PIXELS**0.5) + 100
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    raw = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    raw += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    with pytest.raises(ImageRefused, match="triệu điểm"):
        decode_image(raw)


def test_a_single_pixel_is_too_small() -> None:
    out = io.BytesIO()
    Image.new("RGB", (1, 1)).save(out, "PNG")
    with pytest.raises(ImageRefused, match="nhỏ quá"):
        decode_image(out.getvalue())


def test_an_animation_is_refused() -> None:
    out = io.BytesIO()
    frames = [Image.fromarray(PICTURE), Image.fromarray(255 - PICTURE)]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(ImageRefused, match="nhiều trang"):
        decode_image(out.getvalue())


@pytest.mark.parametrize("raw", [b"", b"hello", b"%PDF-1.4", b"\xff\xd8\xff", b"GIF89a" + b"\0" * 20])
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(ImageRefused):
        decode_image(raw)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ImageRefused, match=r"khong-co\.jpg"):
        load_image(tmp_path / "khong-co.jpg")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "BMP"]), st.data())
def test_damaged_pictures_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    raw = bytearray(encoded(kind))
    for _ in range(data.draw(st.integers(0, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    with contextlib.suppress(ImageRefused):
        assert decode_image(bytes(raw[:cut])).ndim == 3
