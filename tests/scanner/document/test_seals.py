"""What is printed under a round red seal is read; a red title stays, and so does ink that is not red."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from scanner.document.seals import grey_without_seals

DPI = 200
RED, BLACK, BLUE = (45, 40, 205), (30, 30, 30), (150, 60, 25)


def mm(value: float) -> int:
    return round(value / 25.4 * DPI)


def sheet() -> Any:
    return np.full((mm(140), mm(200), 3), 246, np.uint8)


def sealed(diameter: float = 36) -> Any:
    page = sheet()
    cv2.circle(page, (mm(100), mm(70)), mm(diameter / 2), RED, mm(1))
    cv2.circle(page, (mm(100), mm(70)), mm(diameter / 4), RED, mm(0.6))
    return page


@pytest.mark.parametrize("diameter", [30, 36, 50])
def test_a_seal_goes(diameter: float) -> None:
    assert grey_without_seals(sealed(diameter), DPI).min() > 225


@pytest.mark.parametrize("ink", [BLACK, BLUE])
def test_ink_under_a_seal_stays(ink: tuple[int, int, int]) -> None:
    page = sealed()
    cv2.line(page, (mm(70), mm(70)), (mm(130), mm(70)), ink, mm(1))
    grey = grey_without_seals(page, DPI)
    assert grey[mm(70), mm(75) : mm(125)].max() < 130
    assert grey[mm(60)].min() > 225


def test_a_red_title_stays() -> None:
    page = sheet()
    cv2.putText(page, "GIAY KHAI SINH", (mm(30), mm(40)), cv2.FONT_HERSHEY_SIMPLEX, 3, RED, 8)
    assert np.array_equal(grey_without_seals(page, DPI), cv2.cvtColor(page, cv2.COLOR_BGR2GRAY))


def test_coloured_paper_is_no_seal() -> None:
    page = np.full((mm(40), mm(40), 3), (200, 190, 245), np.uint8)
    assert np.array_equal(grey_without_seals(page, DPI), cv2.cvtColor(page, cv2.COLOR_BGR2GRAY))


def test_the_page_itself_is_not_changed() -> None:
    page = sealed()
    before = page.copy()
    grey_without_seals(page, DPI)
    assert np.array_equal(page, before)


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 400, 3), (60, 60, 3)])
def test_small_pictures_pass(shape: tuple[int, int, int]) -> None:
    assert grey_without_seals(np.full(shape, RED, np.uint8), 0).shape == shape[:2]
