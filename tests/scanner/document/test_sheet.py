"""A page's JPEG: at most half a megabyte, as sharp as that allows, and passed on unchanged."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scanner.clean import CleanPage
from scanner.document.sheet import PAGE_BYTES, JpegPage, compress, jpeg
from scanner.errors import DocumentRefused


def test_a_plain_page_keeps_all_its_pixels(page_of_words: Callable[..., tuple[CleanPage, str]]) -> None:
    page, _ = page_of_words(1, dpi=200)
    sheet = compress(page)
    assert (sheet.height, sheet.width) == page.image.shape[:2]
    assert sheet.dpi == pytest.approx(200, abs=1)
    back = cv2.imdecode(np.frombuffer(sheet.data, np.uint8), cv2.IMREAD_COLOR)
    assert cv2.PSNR(back, page.image) > 34


def test_a_page_hard_to_compress_gives_up_dots_before_it_looks_bad(noise_page: Callable[..., CleanPage]) -> None:
    sheet = compress(noise_page(dpi=260, blur=1.3))
    assert len(sheet.data) <= PAGE_BYTES
    assert 200 <= sheet.dpi < 260


@pytest.mark.parametrize("blur", [0.6, 2.0])
def test_no_page_is_over_the_limit(noise_page: Callable[..., CleanPage], blur: float) -> None:
    page = noise_page(dpi=200, blur=blur)
    if blur > 1:
        assert len(jpeg(page.image)) <= PAGE_BYTES
    else:
        assert len(jpeg(page.image)) < 0.6 * len(cv2.imencode(".jpg", page.image)[1])
    assert len(compress(page).data) <= PAGE_BYTES


def test_a_page_of_pure_noise_is_made_small_enough_all_the_same(noise_page: Callable[..., CleanPage]) -> None:
    assert len(compress(noise_page(dpi=220, blur=0.5)).data) <= PAGE_BYTES


def test_a_coarse_page_stays_as_it_is(noise_page: Callable[..., CleanPage]) -> None:
    page = noise_page(dpi=90)
    assert compress(page).width == page.image.shape[1]


def test_a_ready_jpeg_is_known_by_its_header() -> None:
    data = jpeg(np.zeros((40, 30, 3), np.uint8))
    page = JpegPage.of(data, "A4", (210.0, 297.0))
    assert (page.width, page.height, page.data) == (30, 40, data)
    grey = cv2.imencode(".jpg", np.zeros((40, 30), np.uint8))[1].tobytes()
    assert JpegPage.of(grey, "A4", (210.0, 297.0)).data == grey


def test_several_pictures_in_one_file_are_refused() -> None:
    out, leaf = io.BytesIO(), Image.new("RGB", (40, 30))
    leaf.save(out, "MPO", save_all=True, append_images=[leaf])
    with pytest.raises(DocumentRefused):
        JpegPage.of(out.getvalue(), "A4", (210.0, 297.0))


@given(st.binary(max_size=200))
def test_what_is_no_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentRefused):
        JpegPage.of(data, "A4", (210.0, 297.0))


@pytest.mark.parametrize("size", [(0.0, 10.0), (10.0, 90_000.0), (float("nan"), 10.0)])
def test_a_size_no_paper_has_is_refused(size: tuple[float, float]) -> None:
    with pytest.raises(DocumentRefused):
        JpegPage.of(jpeg(np.zeros((40, 30, 3), np.uint8)), "A4", size)


def test_an_image_that_cannot_be_compressed_is_told() -> None:
    with pytest.raises(DocumentRefused):
        jpeg(np.zeros((0, 0, 3), np.uint8))
