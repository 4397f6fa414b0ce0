"""Pictures from outside: taken in, or refused with a sentence; never a crash."""

from __future__ import annotations

import io
import os
import struct
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_images import KINDS, PICTURE, RNG, SMOOTH, chunk, encoded, png
from PIL import Image

from scanner.errors import ImageRefused
from scanner.images import MAX_PIXELS, decode_image, load_image


@pytest.mark.parametrize("kind", KINDS)
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


@pytest.mark.parametrize("mode", ["CMYK", "P"])
def test_red_stays_red_in_printers_colours_and_palettes(mode: str) -> None:
    red = np.full((64, 64, 3), (220, 30, 40), np.uint8)
    blue, green, strong = decode_image(encoded("JPEG" if mode == "CMYK" else "PNG", mode, red))[32, 32]
    assert (blue < 80, green < 80, strong > 180) == (True, True, True)


def test_sixteen_bits_keep_their_tones() -> None:
    ramp = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    done, data = cv2.imencode(".png", ramp)
    assert done
    assert np.abs(decode_image(bytes(data))[:, :, 0].astype(int) - (ramp >> 8)).max() <= 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("grey", [True, False])
def test_what_is_see_through_is_seen_on_white_paper(kind: str, grey: bool) -> None:
    # Ink is told by opacity alone, colour black everywhere: without white behind it, all is black.
    clear = np.zeros((40, 40, 2 if grey else 4), np.uint8)
    clear[10:30, 10:30, -1] = 255
    image = decode_image(
        encoded(kind, "LA" if grey else "RGBA", clear, **({"lossless": True} if kind == "WEBP" else {}))
    )
    assert image[2, 2].tolist() == [255, 255, 255]
    assert image[20, 20].tolist() == [0, 0, 0]


@pytest.mark.parametrize("turn", [3, 6, 8])
def test_a_turned_photograph_is_seen_as_opencv_sees_it(tmp_path: Path, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    file = tmp_path / "turned.jpg"
    file.write_bytes(encoded("JPEG", exif=exif))
    assert np.array_equal(load_image(file), cv2.imread(str(file)))
    grey = load_image(file, gray=True).astype(int)
    # Colours beyond what a pixel can hold are cut off only where there are colours.
    assert np.abs(grey - cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2GRAY)).mean() < 1


def test_a_see_through_picture_without_its_colours_lies_on_white_too() -> None:
    clear = np.zeros((40, 40, 4), np.uint8)
    clear[10:30, 10:30, -1] = 255
    image = decode_image(encoded("PNG", "RGBA", clear), gray=True)
    assert (image.shape, image[2, 2], image[20, 20]) == ((40, 40), 255, 0)


def test_a_phones_photograph_with_a_second_picture_behind_it_is_read() -> None:
    out = io.BytesIO()
    one = Image.fromarray(SMOOTH)
    one.save(out, "MPO", save_all=True, append_images=[one.resize((60, 40))])
    assert decode_image(out.getvalue()).shape == (320, 480, 3)


def test_a_thumbnail_inside_does_not_pass_for_the_whole() -> None:
    thumbnail = encoded("JPEG", picture=PICTURE)
    whole = encoded("JPEG", picture=SMOOTH)
    label = b"Exif\0\0" + thumbnail
    raw = whole[:2] + b"\xff\xe1" + struct.pack(">H", len(label) + 2) + label + whole[2:]
    assert decode_image(raw).shape == (320, 480, 3)
    with pytest.raises(ImageRefused, match="chép thiếu"):
        decode_image(raw[: len(raw) * 2 // 3])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.4, 0.8, 0.97])
def test_a_picture_cut_short_is_refused(kind: str, share: float) -> None:
    raw = encoded(kind, picture=SMOOTH)
    with pytest.raises(ImageRefused):
        decode_image(raw[: int(len(raw) * share)])


@pytest.mark.parametrize("progressive", [False, True])
def test_a_copy_whose_second_half_is_zeros_is_refused(progressive: bool) -> None:
    raw = encoded("JPEG", picture=SMOOTH, progressive=progressive)
    with pytest.raises(ImageRefused, match="chép thiếu"):
        decode_image(raw[: len(raw) // 2] + bytes(len(raw) - len(raw) // 2))


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    """Each scan costs the time of the whole picture, and may be a few bytes long."""
    whole = encoded("JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    decode_image(whole[:-2] + whole[last:-2] * 20 + whole[-2:])
    with pytest.raises(ImageRefused):
        decode_image(whole[:-2] + whole[last:-2] * 200 + whole[-2:])


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 3}, {"quality": 100}])
def test_every_sort_of_whole_jpeg_is_taken(options: dict[str, object]) -> None:
    noise = RNG.integers(0, 256, (200, 300, 3), dtype=np.uint8)
    assert decode_image(encoded("JPEG", picture=noise, **options) + b"\0" * 50).shape == (200, 300, 3)


def test_a_bomb_is_refused_from_its_header() -> None:
    side = int(MAX_PIXELS**0.5) + 100
    with pytest.raises(ImageRefused, match="triệu điểm"):
        decode_image(png(side, side, chunk(b"IDAT", zlib.compress(b"\0" * 1000))))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 3000), (15, 15)])
def test_a_few_pixels_are_too_small(width: int, height: int) -> None:
    with pytest.raises(ImageRefused, match="nhỏ quá"):
        decode_image(encoded("PNG", picture=np.zeros((height, width, 3), np.uint8)))


def test_a_strip_of_pixels_is_no_page() -> None:
    with pytest.raises(ImageRefused, match="hẹp và dài"):
        decode_image(encoded("PNG", picture=np.zeros((16, 4000, 3), np.uint8)))


@pytest.mark.parametrize("kind", ["WEBP", "TIFF", "PNG"])
def test_an_animation_or_several_pages_are_refused(kind: str) -> None:
    out = io.BytesIO()
    frames = [Image.fromarray(PICTURE), Image.fromarray(255 - PICTURE)]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    with pytest.raises(ImageRefused, match="nhiều trang"):
        decode_image(out.getvalue())


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_a_picture_without_contrast_is_a_picture(tone: int) -> None:
    assert np.ptp(decode_image(encoded("JPEG", picture=np.full((80, 60, 3), tone, np.uint8)))) == 0


@pytest.mark.parametrize(
    "raw", [b"", b"hello", b"%PDF-1.4", b"\xff\xd8\xff", b"GIF89a" + b"\0" * 20, b"BM" + b"\xff" * 60]
)
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(ImageRefused):
        decode_image(raw)


@pytest.mark.parametrize(
    ("raw", "what"), [(b"%PDF-1.7\n", "PDF"), (b"\0\0\0\x18ftypheic" + b"\0" * 16, "HEIC"), (b"GIF89a", "GIF")]
)
def test_known_other_kinds_are_called_by_name(raw: bytes, what: str) -> None:
    with pytest.raises(ImageRefused, match=what):
        decode_image(raw)


def test_pixels_of_thirty_two_bits_are_refused() -> None:
    out = io.BytesIO()
    Image.fromarray(np.ones((40, 40), np.float32)).save(out, "TIFF")
    with pytest.raises(ImageRefused, match="kiểu màu"):
        decode_image(out.getvalue())


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ImageRefused, match=r"khong-co\.jpg"):
        load_image(tmp_path / "khong-co.jpg")


def test_a_folder_is_no_picture_and_leaves_nothing_open(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(ImageRefused):
            load_image(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 5


@pytest.fixture
def no_root() -> Iterator[None]:
    """Root may read everything: for the test it is nobody."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


@pytest.mark.usefixtures("no_root")
def test_a_file_that_may_not_be_read_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kin.jpg"
        file.write_bytes(encoded("JPEG"))
        assert load_image(file).size
        file.chmod(0)
        with pytest.raises(ImageRefused, match="Không mở được"):
            load_image(file)


def test_a_name_that_cannot_be_printed_is_told_printably(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"a\xff\nb.jpg")
    with pytest.raises(ImageRefused) as refused:
        load_image(file)
    assert "\n" not in str(refused.value)
    str(refused.value).encode("utf-8")
    with pytest.raises(ImageRefused):
        load_image(Path("a\0b.jpg"))


@pytest.mark.parametrize("kind", ["pipe", "/dev/zero", "/dev/null", "/proc/self/mem"])
def test_pipes_and_devices_are_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = Path(kind)
    if kind == "pipe":
        path = tmp_path / "pipe"
        os.mkfifo(path)
    refused: list[ImageRefused] = []

    def read() -> None:
        try:
            load_image(path)
        except ImageRefused as error:
            refused.append(error)

    thread = threading.Thread(target=read, daemon=True)
    begin = time.monotonic()
    thread.start()
    thread.join(60)
    assert refused
    assert time.monotonic() - begin < 30
