"""The same page twice: told whatever the light and the pose, and never of two forms of one kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scenes
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scenes import cards, sheets

from scanner.guide import Look, look_at, same_look
from scanner.pages.geometry import order_corners

FIRST = scenes.Conditions(size=(1050, 1400), defocus=0.5, tilt=4.0)
OTHERS = (
    replace(FIRST, tilt=15.0, azimuth=70.0, roll=8.0, exposure=0.6, shadow="soft", shadow_depth=0.4, noise=4.0),
    replace(FIRST, roll=176.0, exposure=0.45, noise=5.0, defocus=0.9),
)


def seen(sheet: Any, conditions: scenes.Conditions, seed: int = 1) -> Look:
    """The sheet as remembered from one photograph, its corners found to about two pixels."""
    if sheet.size_mm[0] > sheet.size_mm[1]:
        conditions = replace(conditions, size=conditions.size[::-1])
    rng = np.random.default_rng(seed)
    shot = scenes.shoot(scenes.lay(sheet, table="wood"), conditions, rng)
    return look_at(shot.image, order_corners(shot.sheets[0].quad + rng.normal(0, 1.5, (4, 2))))


@pytest.mark.parametrize("make", [sheets.form, sheets.text_page, sheets.table_page])
def test_a_page_photographed_twice_is_the_same(make: Any) -> None:
    sheet = make(np.random.default_rng(5))
    first = seen(sheet, FIRST)
    assert all(same_look(first, seen(sheet, other, 2)) for other in OTHERS)


@pytest.mark.parametrize("typed", [False, True])
def test_the_same_form_for_two_people_is_two_pages(typed: bool) -> None:
    looks = [seen(sheets.form(np.random.default_rng(n), number=0, typed=typed), FIRST) for n in range(4)]
    assert not any(same_look(looks[a], looks[b]) for a in range(4) for b in range(a))


def test_a_card_photographed_twice_is_the_same() -> None:
    card = cards.front(np.random.default_rng(7))
    assert same_look(seen(card, FIRST), seen(card, OTHERS[1], 2))


def test_the_cards_of_two_people_and_the_sides_of_one_are_not_the_same() -> None:
    first, second = (seen(cards.front(np.random.default_rng(n)), FIRST) for n in (1, 2))
    back = seen(cards.back(np.random.default_rng(1)), FIRST)
    assert not same_look(first, second)
    assert not same_look(first, back)


def test_blank_pages_are_never_called_the_same() -> None:
    empty = seen(sheets.blank(np.random.default_rng(1)), FIRST)
    assert not same_look(empty, empty)


INK = hnp.arrays(np.float32, st.tuples(st.integers(16, 90), st.integers(16, 90)), elements=st.floats(0, 1, width=32))


@given(INK, INK)
@settings(max_examples=60, deadline=None)
def test_any_two_looks_can_be_compared(first: Any, second: Any) -> None:
    assert same_look(Look(first), Look(second)) in (True, False)
