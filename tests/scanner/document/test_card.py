"""Both sides of a card on one A4: true size to half a millimetre, nothing enlarged."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
import pytest

from scanner.clean import CleanPage
from scanner.document import card_sheet, make_pdf
from scanner.errors import DocumentRefused
from scanner.papers import SIZES_MM

LONG, SHORT = max(SIZES_MM["ID-1"]), min(SIZES_MM["ID-1"])


def side(dpi: int, colour: tuple[int, int, int], upright: bool = False) -> CleanPage:
    size = (SHORT, LONG) if upright else (LONG, SHORT)
    shape = (round(size[1] / 25.4 * dpi), round(size[0] / 25.4 * dpi), 3)
    return CleanPage(np.full(shape, colour, np.uint8), dpi, "ID-1", size)


def boxes_mm(sheet: CleanPage, colour: tuple[int, int, int]) -> tuple[float, float, float, float]:
    near = np.abs(sheet.image.astype(int) - colour).max(axis=2) < 30
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    dot = sheet.dpi / 25.4
    return columns[0] / dot, rows[0] / dot, (columns[-1] + 1) / dot, (rows[-1] + 1) / dot


@pytest.mark.parametrize("dpi", [217, 150])
def test_both_sides_stand_at_true_size_one_above_the_other(dpi: int) -> None:
    sheet = card_sheet([side(dpi, (20, 20, 200)), side(dpi, (200, 20, 20))])
    front, back = boxes_mm(sheet, (20, 20, 200)), boxes_mm(sheet, (200, 20, 20))
    for left, top, right, bottom in (front, back):
        assert (right - left, bottom - top) == pytest.approx((85.6, 53.98), abs=0.3)
        assert (left + right) / 2 == pytest.approx(105, abs=0.3)
    assert front[3] < back[1]
    with pikepdf.open(io.BytesIO(make_pdf([sheet], "Thẻ"))) as pdf:
        assert [float(value) for value in pdf.pages[0].mediabox][2:] == pytest.approx([595.28, 841.89], abs=0.1)


def test_the_coarser_side_sets_the_resolution() -> None:
    assert card_sheet([side(300, (0, 0, 0)), side(140, (0, 0, 0))]).dpi == 140


def test_a_side_that_claims_more_than_it_holds_is_not_believed() -> None:
    claims = CleanPage(side(100, (0, 0, 0)).image, 300, "ID-1", (LONG, SHORT))
    assert card_sheet([claims]).dpi == pytest.approx(100, abs=1)


def test_more_than_300_dpi_is_no_use() -> None:
    assert card_sheet([side(600, (0, 0, 0))]).dpi == 300


def test_one_side_and_an_upright_card_are_fine() -> None:
    left, top, right, bottom = boxes_mm(card_sheet([side(200, (0, 0, 0), upright=True)]), (0, 0, 0))
    assert (right - left, bottom - top) == pytest.approx((53.98, 85.6), abs=0.3)


def test_two_upright_sides_fit() -> None:
    sheet = card_sheet([side(200, (20, 20, 200), upright=True), side(200, (200, 20, 20), upright=True)])
    assert boxes_mm(sheet, (200, 20, 20))[3] <= 290


def test_what_is_no_card_is_refused() -> None:
    with pytest.raises(DocumentRefused):
        card_sheet([CleanPage(np.zeros((100, 70, 3), np.uint8), 100, "A4", (210.0, 297.0))])


@pytest.mark.parametrize("count", [0, 3])
def test_no_side_or_three_are_refused(count: int) -> None:
    with pytest.raises(DocumentRefused):
        card_sheet([side(100, (0, 0, 0))] * count)


@pytest.mark.parametrize("pixels", [1, 2, 7])
def test_a_card_of_a_few_pixels_still_makes_a_sheet(pixels: int) -> None:
    speck = CleanPage(np.zeros((pixels, pixels, 3), np.uint8), 300, "ID-1", (LONG, SHORT))
    sheet = card_sheet([speck, speck])
    assert sheet.dpi >= 1
    assert sheet.image.min() == 0, "the card is on it"
