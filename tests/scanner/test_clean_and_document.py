"""A clean page keeps its size, its colours and the truth about its resolution; the PDF holds it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pytest

from scanner.clean import SIZES_MM, CleanPage, flatten_light, rectify
from scanner.document import PAGE_BYTES, jpeg, make_pdf, write_pdf
from scanner.errors import DocumentRefused
from scanner.pages.geometry import order_corners

CORNERS = ((430, 120), (1150, 180), (1230, 1090), (330, 1030))


def test_an_a4_sheet_is_known_by_its_shape(photo: Callable[..., Any]) -> None:
    straight = ((400, 80), (1136, 80), (1136, 1121), (400, 1121))
    page = rectify(photo(straight), order_corners(straight))
    assert page.paper == "A4"
    assert page.image.shape[0] / page.image.shape[1] == pytest.approx(297 / 210, rel=0.01)


def test_the_resolution_told_is_what_the_camera_saw(photo: Callable[..., Any]) -> None:
    straight = ((400, 80), (1136, 80), (1136, 1121), (400, 1121))
    page = rectify(photo(straight), order_corners(straight))
    assert page.dpi == pytest.approx(736 / (210 / 25.4), abs=2)


def test_a_card_lies_at_its_true_size(photo: Callable[..., Any]) -> None:
    card = np.full((540, 856, 3), (235, 220, 200), np.uint8)
    corners = ((300, 300), (1156, 300), (1156, 840), (300, 840))
    page = rectify(photo(corners, card), order_corners(corners))
    assert page.paper == "ID-1"
    assert page.size_mm == (85.6, 53.98)


def test_a_paper_that_is_known_is_not_guessed(photo: Callable[..., Any]) -> None:
    assert rectify(photo(), order_corners(CORNERS), "A5").size_mm == SIZES_MM["A5"]


def test_a_receipt_keeps_its_length(photo: Callable[..., Any]) -> None:
    corners = ((700, 60), (1000, 60), (1000, 1140), (700, 1140))
    page = rectify(photo(corners, np.full((1080, 300, 3), 245, np.uint8)), order_corners(corners))
    assert page.paper == "receipt"
    assert page.size_mm[1] > 2.2 * page.size_mm[0]


def test_a_shadow_goes_and_the_seal_stays_red(photo: Callable[..., Any]) -> None:
    page = rectify(photo(), order_corners(CORNERS)).image
    height, width = page.shape[:2]
    left, right = page[:, : width // 12], page[:, -width // 12 :]
    assert abs(float(np.median(left)) - float(np.median(right))) < 14
    seal = (
        page[int(height * 0.8) : int(height * 0.96), int(width * 0.6) : int(width * 0.85)].reshape(-1, 3).astype(int)
    )
    red = seal[(seal[:, 2] - np.maximum(seal[:, 0], seal[:, 1])) > 60]
    assert len(red) > 0.02 * len(seal)


def test_coloured_paper_stays_coloured() -> None:
    pink = np.full((400, 300, 3), (190, 170, 240), np.uint8)
    flat = flatten_light(pink)
    blue, green, redness = flat.reshape(-1, 3).mean(axis=0)
    assert redness - green > 40
    assert blue > green


def a_page(seed: int = 1) -> CleanPage:
    rng = np.random.default_rng(seed)
    image = cv2.GaussianBlur(rng.integers(0, 256, (1169, 827, 3), dtype=np.uint8), (0, 0), 1.2)
    return CleanPage(image, 100, "A4", (210.0, 297.0))


def test_a_pdf_has_its_pages_at_true_size_with_its_title() -> None:
    with pikepdf.open(io.BytesIO(make_pdf([a_page(), a_page(2)], "Giấy khai sinh"))) as pdf:
        assert len(pdf.pages) == 2
        box = [float(value) for value in pdf.pages[0].mediabox]
        assert box[2:] == pytest.approx([210 / 25.4 * 72, 297 / 25.4 * 72], abs=0.5)
        with pdf.open_metadata() as data:
            assert data["dc:title"] == "Giấy khai sinh"
        assert pdf.pdf_version >= "1.4"


def test_a_page_takes_at_most_half_a_megabyte() -> None:
    rng = np.random.default_rng(3)
    noisy = rng.integers(0, 256, (2339, 1654, 3), dtype=np.uint8)
    assert len(jpeg(cv2.GaussianBlur(noisy, (0, 0), 2.0))) <= PAGE_BYTES


def test_no_page_is_no_document(tmp_path: Path) -> None:
    with pytest.raises(DocumentRefused):
        write_pdf([], tmp_path / "none.pdf", "x")
    assert not (tmp_path / "none.pdf").exists()
