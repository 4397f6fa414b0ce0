"""Pictures made to harm: what asks for more than it is, what is damaged anywhere, noise behind a familiar name."""

from __future__ import annotations

import contextlib
import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_images import KINDS, PICTURE, chunk, encoded, png, tiled
from PIL import Image, TiffImagePlugin

from scanner.errors import ImageRefused
from scanner.images import decode_image


def test_a_tile_somewhat_larger_than_the_picture_is_taken_and_a_huge_one_not() -> None:
    assert decode_image(tiled(60, 40, 256)).shape == (40, 60, 3)
    with pytest.raises(ImageRefused, match="lớn quá"):
        decode_image(tiled(60, 40, 4096))


def _huge(folder: Path) -> list[Path]:
    """Small files that ask for a great deal of memory, each in its own way."""
    packed = zlib.compress(bytes(200_000_000), 9)
    text = chunk(b"zTXt", b"Comment\0\0" + packed)
    colours = chunk(b"iCCP", b"x\0\0" + packed)
    pixels = chunk(b"IDAT", packed)
    tiff = TiffImagePlugin.ImageFileDirectory_v2()
    out = io.BytesIO()
    Image.fromarray(PICTURE).save(out, "TIFF", tiffinfo=tiff)
    # The strip's height and the tags' counts are believed by careless readers.
    strip = out.getvalue()
    at = strip.find(struct.pack("<HHI", 278, 3, 1))
    rows = out.getvalue() if at < 0 else strip[: at + 8] + struct.pack("<I", 65535) + strip[at + 12 :]
    files = {
        "pixels.png": png(100, 100, pixels),
        "text.png": png(100, 100, text, chunk(b"IDAT", zlib.compress(bytes(100 * 301)))),
        "colours.png": png(100, 100, colours, chunk(b"IDAT", zlib.compress(bytes(100 * 301)))),
        "wide.png": png(2**31 - 1, 1, pixels),
        "large.png": png(100_000, 100_000, pixels, depth=16, colour=6),
        "large.bmp": b"BM"
        + struct.pack("<IHHIIiiHHIIiiII", 100, 0, 0, 54, 40, 2**30, -(2**30), 1, 24, 0, 0, 0, 0, 0, 0),
        "large.jpg": b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
        + b"\xff\xd9",
        "rows.tif": rows,
        "tile.tif": tiled(60, 40, 16_000),
        "large.webp": b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff" + b"\0" * 8,
    }
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    return [folder / name for name in files]


_LIMITED = """
import resource, sys
import cv2, numpy, PIL.Image
from pathlib import Path
from scanner.errors import ImageRefused
from scanner.images import load_image
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (120 << 20), used + (120 << 20)))
for name in sys.argv[1:]:
    try:
        print(Path(name).name, load_image(Path(name)).shape)
    except ImageRefused as error:
        print(Path(name).name, "refused:", error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs RLIMIT_AS and /proc")
def test_memory_stays_bounded_whatever_a_small_file_asks_for(tmp_path: Path) -> None:
    """A hundred and twenty megabytes over what the libraries take: enough for no bomb that unpacks to 200."""
    files = _huge(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, *map(str, files)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = done.stdout.splitlines()
    assert len(told) == len(files)
    assert all("refused:" in line or "(" in line for line in told)


def test_the_largest_picture_taken_needs_little_more_than_its_own_size(tmp_path: Path) -> None:
    """A page of 12 megapixels, from the file to pixels."""
    file = tmp_path / "page.jpg"
    page = cv2.resize(PICTURE, (4000, 3000), interpolation=cv2.INTER_CUBIC)
    file.write_bytes(cv2.imencode(".jpg", page)[1].tobytes())
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "page.jpg (3000, 4000, 3)", done.stdout + done.stderr[-2000:]


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(KINDS), st.data())
def test_damaged_pictures_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    raw = bytearray(encoded(kind, data.draw(st.sampled_from(["RGB", "L", "1" if kind == "TIFF" else "RGB"]))))
    for _ in range(data.draw(st.integers(0, 6))):
        # Headers decide what is allocated, so they get half of the damage.
        reach = data.draw(st.sampled_from([min(80, len(raw)), len(raw)]))
        raw[data.draw(st.integers(0, reach - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(raw)), st.integers(0, len(raw))))
    with contextlib.suppress(ImageRefused):
        image = decode_image(bytes(raw[:cut]))
        assert (image.ndim, image.shape[2], image.dtype) == (3, 3, np.uint8)


_CHUNKS = st.tuples(
    st.sampled_from(
        [b"IDAT", b"tRNS", b"PLTE", b"acTL", b"fcTL", b"fdAT", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"gAMA", b"abcd"]
    ),
    st.binary(max_size=60),
)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 70),
    st.integers(0, 70),
    st.sampled_from([1, 2, 4, 8, 16, 3]),
    st.integers(0, 7),
    st.lists(_CHUNKS, max_size=6),
)
def test_any_arrangement_of_png_chunks_is_read_or_refused(
    width: int, height: int, depth: int, colour: int, chunks: list[tuple[bytes, bytes]]
) -> None:
    body = [chunk(name, data) for name, data in chunks]
    pixels = chunk(b"IDAT", zlib.compress(bytes(height * (1 + width * 8))))
    with contextlib.suppress(ImageRefused):
        assert decode_image(png(width, height, *body, pixels, depth=depth, colour=colour)).shape == (height, width, 3)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"BM", b"II*\0", b"MM\0*", b""]),
    st.binary(max_size=200),
)
def test_noise_behind_a_familiar_beginning_is_refused(beginning: bytes, noise: bytes) -> None:
    with contextlib.suppress(ImageRefused):
        decode_image(beginning + noise)
