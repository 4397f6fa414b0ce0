"""A slip as a picture: nothing of it is lost, over the edge or small where it matters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fetched import FETCHED

from kiosk.journeys.slip import draw_slip

pytestmark = FETCHED
EDGE, WIDTH = 28, 576


def inked(side: int = 7, *lines: tuple[str, str], **more: str) -> Any:
    """Where the slip is dark, as rows of dots; its code is one dark square of so many modules."""
    words = {"heading": "Xã Hoa Sơn", "place": "Thôn 2", "foot": "8:45", **more}
    modules = [[True] * side] * side
    return np.asarray(draw_slip(lines=lines, modules=modules, **words)) < 128


def dark_dots(text: str) -> int:
    """Of a slip with this value on its second line."""
    return int(inked(7, ("a", "x"), ("b", text)).sum())


def test_it_is_as_wide_as_the_paper_and_leaves_an_edge_all_around() -> None:
    dark = inked(7, ("Số tiền", "8.000 đ"), ("Tên", "W" * 200), heading="UBND " * 20, foot="x " * 90)
    rows, columns = np.where(dark)
    assert dark.shape[1] == WIDTH
    assert columns.min() >= EDGE
    assert columns.max() < WIDTH - EDGE
    assert EDGE <= rows.min() <= EDGE + 10
    assert EDGE <= dark.shape[0] - rows.max() <= EDGE + 20


def test_a_line_is_as_long_as_the_edges_allow() -> None:
    _, columns = np.where(inked(7, ("Tên", "Lan"), ("Mã", "i" * 400)))
    assert columns.max() > WIDTH - 2 * EDGE


@pytest.mark.parametrize(("side", "dots"), [(7, 51), (29, 12), (360, 1), (401, 1)])
def test_the_code_is_drawn_in_whole_dots_in_the_middle(side: int, dots: int) -> None:
    dark = inked(side)
    full = [row for row in dark if row.sum() >= side * dots and row[np.argmax(row) :][: side * dots].all()]
    assert len(full) == side * dots
    left = int(np.argmax(full[0]))
    assert (left, int(full[0].sum())) == ((WIDTH - side * dots) // 2, side * dots)


def test_a_word_longer_than_the_paper_is_cut_and_none_of_it_lost() -> None:
    letter = dark_dots("WW") - dark_dots("W")
    assert dark_dots("W" * 90) == dark_dots("W") + 89 * letter


def test_many_words_are_broken_into_lines_and_none_is_lost() -> None:
    word = dark_dots("WW WW") - dark_dots("WW")
    assert dark_dots("WW " * 40) == dark_dots("WW") + 39 * word
    assert inked(7, ("a", "WW " * 40)).shape[0] > inked(7, ("a", "WW " * 8)).shape[0]


def test_the_first_line_is_written_large_and_what_is_empty_is_left_out() -> None:
    small = dark_dots("8000x") - dark_dots("x")
    large = int(inked(7, ("a", "8000x"), ("b", "x")).sum()) - dark_dots("x")
    assert large > 2 * small
    assert np.array_equal(inked(7, ("a", ""), ("b", "8000"), ("c", "")), inked(7, ("b", "8000")))
