"""Pages stand as their writing reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from scenes import cards, charts, sheets

from langso.settings import assets
from scanner.clean import CleanPage, orientation, upright

MAKERS: dict[str, Callable[[Any], Any]] = {
    "text": sheets.text_page,
    "form": sheets.form,
    "table": sheets.table_page,
    "receipt": sheets.receipt,
    "booklet": sheets.booklet,
    "card": cards.front,
}
TURNS = (None, cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE)


@pytest.fixture
def weights() -> None:
    try:
        assets.model("page-upright.onnx")
    except assets.AssetMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def no_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv(assets.ENVIRONMENT, str(tmp_path))
    orientation._net.cache_clear()
    yield
    orientation._net.cache_clear()


@cache
def sheet_of(kind: str, seed: int) -> Any:
    """The same asked twice is the same object: each is wanted in all four ways."""
    return MAKERS[kind](np.random.default_rng(seed))


def lying(kind: str, quarters: int, seed: int = 1) -> CleanPage:
    """The sheet turned counter-clockwise by so many quarters."""
    sheet = sheet_of(kind, seed)
    image = cv2.resize(sheet.image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    size = sheet.size_mm if quarters % 2 == 0 else sheet.size_mm[::-1]
    turn = TURNS[quarters]
    return CleanPage(image if turn is None else cv2.rotate(image, turn), 150, "A4", size)


@pytest.mark.parametrize("kind", sorted(MAKERS))
@pytest.mark.parametrize("quarters", range(4))
def test_a_page_lying_any_way_is_set_upright(kind: str, quarters: int, weights: None) -> None:
    straight, page = lying(kind, 0), upright(lying(kind, quarters))
    assert page.turned == 90 * quarters
    assert page.size_mm == straight.size_mm
    assert np.array_equal(page.image, straight.image)


def test_a_page_without_writing_stays_as_it_lies(weights: None) -> None:
    rng = np.random.default_rng(1)
    empty = np.clip(rng.normal(240, 3, (1169, 827, 3)), 0, 255).astype(np.uint8)
    page = CleanPage(empty, 100, "A4", (210.0, 297.0))
    assert upright(page) is page


def test_without_the_weights_pages_stay_as_they_lie(no_weights: None, caplog: pytest.LogCaptureFixture) -> None:
    page = lying("text", 2)
    assert upright(page) is page
    assert "page-upright.onnx" in caplog.text


def on_its_back(quarters: int) -> Any:
    """A card's back, of which the net is unsure which way is up but not which way its lines run."""
    image = cv2.resize(cards.back(np.random.default_rng(50)).image, (1100, 694), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.rot90(image, quarters))


@pytest.mark.parametrize("quarters", range(4))
def test_no_page_is_left_lying_on_its_side_where_only_its_top_is_in_doubt(quarters: int, weights: None) -> None:
    assert (orientation.turns_needed(on_its_back(quarters)) - quarters) % 2 == 0


@pytest.mark.parametrize("quarters", [1, 3])
def test_gold_letters_on_a_dark_cover_are_read(quarters: int, weights: None) -> None:
    cover = charts.dark_cover(np.random.default_rng(50)).sheet.image
    assert orientation.turns_needed(np.ascontiguousarray(np.rot90(cover, quarters))) == quarters


@pytest.mark.parametrize("nearly", [False, True])
@pytest.mark.parametrize("quarters", range(4))
def test_blank_sheets_stay_as_they_lie(quarters: int, nearly: bool, weights: None) -> None:
    sheet = sheets.blank(np.random.default_rng(3), nearly=nearly)
    image = cv2.resize(sheet.image, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    assert orientation.turns_needed(np.ascontiguousarray(np.rot90(image, quarters))) == 0
