"""Picture files made byte by byte, as outsiders send them."""

from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np
from PIL import Image

RNG = np.random.default_rng(5)
PICTURE = RNG.integers(0, 256, (40, 60, 3), dtype=np.uint8)
SMOOTH = cv2.resize(PICTURE, (480, 320), interpolation=cv2.INTER_CUBIC)
KINDS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")


def encoded(kind: str, mode: str = "RGB", picture: np.ndarray = PICTURE, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).convert(mode).save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def tiled(width: int, height: int, tile: int) -> bytes:
    """A grey TIFF of one deflated tile of zeros."""
    data = zlib.compress(bytes(tile * tile), 9)
    tags = [(256, width), (257, height), (258, 8), (259, 8), (262, 1), (277, 1), (322, tile), (323, tile)]
    start = 8 + 2 + 12 * (len(tags) + 2) + 4
    tags += [(324, start), (325, len(data))]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", 0) + data
