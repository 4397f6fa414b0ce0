"""Front or back of a card: told on cards of three generations, whichever way up, in whatever light; asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
import scenes
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scenes import card_kinds, cards

from scanner.guide import SAYS, card_side, guide
from scanner.guide.glimpse import Glimpse, glimpse
from scanner.live.eye import INSIST_S, Eye
from scanner.pages import PageFound
from scanner.pages.geometry import order_corners

SIZE = (1280, 960)
GOOD = scenes.Conditions(size=SIZE, defocus=0.5, tilt=5.0)
MADE = ("front", "back")


def made(kind: str, rng: Any) -> Any:
    if kind in MADE:
        return cards.front(rng) if kind == "front" else cards.back(rng)
    return card_kinds.card(kind, rng)


def ways_up(kind: str, conditions: scenes.Conditions, seed: int) -> Iterator[tuple[Any, Any]]:
    """(picture, outline) of a card lying in each of the four ways."""
    sheet = made(kind, np.random.default_rng(seed))
    shot = scenes.shoot(scenes.lay(sheet, table="dark_wood"), conditions, np.random.default_rng(seed))
    image, quad = shot.image, shot.sheets[0].quad
    for _ in range(4):
        yield image, order_corners(quad)
        height = image.shape[0]
        image = cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE)
        quad = np.stack([height - 1 - quad[:, 1], quad[:, 0]], axis=1)


@pytest.mark.parametrize("kind", [*MADE, *card_kinds.FRONTS, *card_kinds.BACKS])
@pytest.mark.parametrize("severity", ["easy", "hard"])
def test_the_side_is_told_or_left_open_and_never_the_other(kind: str, severity: str) -> None:
    told = []
    for seed in (1, 2):
        conditions = scenes.conditions_of(severity, np.random.default_rng(seed), kind="card_front", size=SIZE)
        told += [card_side(glimpse(image, quad)) for image, quad in ways_up(kind, conditions, seed)]
    side = kind.partition("_")[0]
    assert set(told) <= {side, None}
    if severity == "easy":
        assert set(told) == {side}


@pytest.mark.parametrize("kind", ["text", "form", "receipt", "blank", "slip"])
def test_other_papers_have_no_back_of_a_card(kind: str) -> None:
    shot = scenes.sample(kind, "easy", 3, size=SIZE)
    assert card_side(glimpse(shot.image, order_corners(shot.sheets[0].quad))) != "back"


def test_the_side_that_was_not_asked_for_is_told_and_the_other_is_not() -> None:
    for kind, other in (("front", "back"), ("back", "front")):
        for image, quad in ways_up(kind, GOOD, 1):
            found = PageFound(quad, 0.9, ())
            assert guide(image, found, side=other).code == other  # type: ignore[arg-type]
            assert guide(image, found, side=kind).code == "hold"  # type: ignore[arg-type]
            assert guide(image, found).code == "hold"


def test_a_card_to_be_turned_over_is_not_first_asked_to_lie_better() -> None:
    shiny = scenes.Conditions(size=SIZE, tilt=5.0, glares=2, glare_strength=260.0)
    image, quad = next(ways_up("back", shiny, 2))
    assert guide(image, PageFound(quad, 0.9, ())).code == "glare"
    assert guide(image, PageFound(quad, 0.9, ()), side="front").code == "front"


def captures(eye: Eye, image: Any, begin: float, seconds: float) -> list[float]:
    """When it captures a picture that lies there so long."""
    times = np.arange(begin, begin + seconds, 0.2)
    return [float(at) for at in times if eye.look(image, at=float(at)).capture]


@pytest.fixture(scope="module")
def both_sides() -> tuple[Any, Any]:
    return next(ways_up("front", GOOD, 1))[0], next(ways_up("back", GOOD, 1))[0]


def test_the_side_asked_for_is_captured_and_the_other_only_after_a_while(both_sides: tuple[Any, Any]) -> None:
    front, back = both_sides
    (soon,) = captures(Eye(side="front"), front, 0, 4)
    assert soon < 2
    eye = Eye(side="front")
    seen = eye.look(back, at=0.0)
    assert (seen.code, str(seen.sentence)) == ("front", "Đây là mặt sau, xin lật thẻ lại")
    (late,) = captures(eye, back, 0.2, INSIST_S + 4)
    assert INSIST_S < late < INSIST_S + 3, "never before it was asked for, and nobody is left standing"


def test_turned_over_the_card_is_captured_at_once_and_a_new_wrong_one_asked_for_anew(
    both_sides: tuple[Any, Any],
) -> None:
    front, back = both_sides
    eye = Eye(side="front")
    assert captures(eye, back, 0, INSIST_S - 1) == []
    (turned,) = captures(eye, front, INSIST_S - 1, 4)
    assert turned < INSIST_S + 2
    eye = Eye(side="front")
    assert captures(eye, back, 0, INSIST_S - 1) == []
    assert captures(eye, np.full_like(back, 60), INSIST_S - 1, 2) == []
    assert captures(eye, back, INSIST_S + 1, INSIST_S - 1) == []


@given(hnp.arrays(np.uint8, st.tuples(st.integers(16, 80), st.integers(16, 80), st.just(3))))
@settings(max_examples=60, deadline=None)
def test_whatever_the_pixels_a_side_or_nothing_is_told(picture: Any) -> None:
    assert card_side(Glimpse(picture, np.eye(3))) in ("front", "back", None)


def test_both_sentences_say_what_to_do() -> None:
    assert all("xin lật thẻ" in str(SAYS[code]) for code in MADE)
