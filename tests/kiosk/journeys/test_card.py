"""The two sides of a card: which one is asked for, and which lies above on the sheet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kiosk.journeys.card import CardSide, asked_after, sheet_of, side_words
from langso.words.catalogue import Sentence
from scanner.clean import CleanPage


def side(name: Any, page: Any = None) -> CardSide:
    return CardSide(page, None, (), name)


def test_the_side_asked_for_is_the_other_one_or_any_where_the_first_cannot_be_told() -> None:
    assert asked_after(()) == "front"
    assert [asked_after((side(one),)) for one in ("front", "back", None)] == ["back", "front", None]


@pytest.mark.parametrize(
    ("first", "second", "turned"),
    [
        ("front", "back", False), ("back", "front", True), ("front", None, False), ("back", None, True),
        (None, "front", True), (None, "back", False), (None, None, False), ("back", "back", False),
        ("front", "front", False),
    ],
)  # fmt: skip
def test_the_front_lies_above_whichever_came_first(
    first: Any, second: Any, turned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.document.card_sheet", lambda pages: pages)
    pages: list[Any] = ["first", "second"]
    made: Any = sheet_of(side(first, pages[0]), side(second, pages[1]))
    assert made == (pages[::-1] if turned else pages)


def test_both_sides_become_one_sheet() -> None:
    pages = [CleanPage(np.full((540, 856, 3), grey, np.uint8), 254, "ID-1", (85.6, 54.0)) for grey in (90, 160)]
    sheet = sheet_of(side("back", pages[0]), side("front", pages[1]))
    above, below = (np.argwhere((sheet.image == grey).all(axis=2))[:, 0].mean() for grey in (160, 90))
    assert above < below


def test_a_sides_name_is_what_people_call_it() -> None:
    names = [side_words(one, Sentence("journeys-side-other")) for one in ("front", "back", None)]
    assert names == [Sentence(f"journeys-side-{one}") for one in ("front", "back", "other")]
    assert side_words(None, Sentence("screens-making")) == Sentence("screens-making")
