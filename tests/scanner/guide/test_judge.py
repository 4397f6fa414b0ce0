"""Every fault of a capture is told, and a good capture is not held up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
import scenes
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scenes import cards, sheets

from langso.words.language import in_language
from scanner.guide import SAYS, faults, guide
from scanner.guide.blur import sharpness_of
from scanner.guide.glimpse import glimpse
from scanner.guide.light import glare_share
from scanner.guide.stance import stance
from scanner.pages import PageFound, find_page
from scanner.pages.geometry import order_corners

CORNERS = ((430, 120), (1150, 180), (1230, 1090), (330, 1030))
QUAD = order_corners(CORNERS)
GOOD = scenes.Conditions(size=(1500, 2000), defocus=0.5, tilt=5.0)


def codes(sheet: Any, conditions: scenes.Conditions, seed: int = 1) -> list[str]:
    """What the guide says of a sheet photographed so, the outline known."""
    shot = scenes.shoot(scenes.lay(sheet, table="wood"), conditions, np.random.default_rng(seed))
    found = PageFound(order_corners(shot.sheets[0].quad), 0.9, ())
    return [one.code for one in faults(shot.image, found)]


def sharpness(image: Any) -> float | None:
    return sharpness_of(image, glimpse(image, QUAD), stance(QUAD, image.shape[1], image.shape[0]))


@pytest.fixture(scope="module")
def text() -> Any:
    return sheets.text_page(np.random.default_rng(3))


@pytest.fixture(scope="module")
def card() -> Any:
    return cards.front(np.random.default_rng(3))


LYING = replace(GOOD, size=(1600, 1200))


def test_a_good_page_is_to_be_held_still(photo: Callable[..., Any]) -> None:
    picture = photo()
    assert guide(picture, find_page(picture)).code == "hold"


@pytest.mark.parametrize("kind", ["text", "receipt", "booklet", "yellow", "card_back"])
def test_what_villagers_bring_is_captured_without_a_word(kind: str) -> None:
    shot = scenes.sample(kind, "easy", 2)
    found = PageFound(order_corners(shot.sheets[0].quad), 0.9, ())
    assert [one.code for one in faults(shot.image, found)] == []


def test_darkness_is_told_and_dark_paper_on_a_bright_table_is_none(photo: Callable[..., Any], text: Any) -> None:
    dark = (photo() * 0.25).astype(np.uint8)
    assert guide(dark, PageFound(QUAD, 0.9, ())).code == "dark"
    assert "dark" in codes(text, replace(GOOD, exposure=0.1, noise=6.0))
    cover = replace(text, image=(text.image * 0.16).astype(np.uint8))
    shot = scenes.shoot(scenes.lay(cover, table="white"), GOOD, np.random.default_rng(1))
    found = PageFound(order_corners(shot.sheets[0].quad), 0.9, ())
    assert "dark" not in [one.code for one in faults(shot.image, found)]


def test_a_dark_picture_without_a_page_asks_for_light() -> None:
    assert guide(np.full((480, 640, 3), 9, np.uint8), PageFound(None, 0.0, ())).code == "dark"


@pytest.mark.parametrize("change", [{"defocus": 3.0}, {"motion": 14.0, "motion_angle": 20.0}, {"defocus": 6.0}])
def test_blur_and_shake_are_told(text: Any, change: dict[str, float]) -> None:
    assert codes(text, replace(GOOD, **change)) == ["blur"]  # type: ignore[arg-type]


def test_noise_is_no_sharpness(text: Any) -> None:
    assert "blur" in codes(text, replace(GOOD, defocus=3.0, noise=8.0))


def test_sharpness_falls_with_every_grade_of_blur(photo: Callable[..., Any]) -> None:
    picture = photo()
    grades = [sharpness(cv2.GaussianBlur(picture, (0, 0), sigma)) for sigma in (0.5, 1.5, 3.0)]
    assert all(grade is not None for grade in grades)
    assert grades == sorted(grades, reverse=True)  # type: ignore[type-var]


def test_a_page_without_text_is_blank_but_not_blurred(photo: Callable[..., Any]) -> None:
    empty = photo(page=np.full((1188, 840, 3), 245, np.uint8))
    assert sharpness(empty) is None
    assert [one.code for one in faults(empty, PageFound(QUAD, 0.9, ()))] == ["blank"]


@pytest.mark.parametrize("change", [{}, {"exposure": 0.5, "noise": 4.0}, {"shadow": "sharp", "shadow_depth": 0.6}])
@pytest.mark.parametrize("nearly", [False, True])
def test_the_empty_side_is_told(nearly: bool, change: dict[str, Any]) -> None:
    empty = sheets.blank(np.random.default_rng(2), nearly=nearly)
    assert codes(empty, replace(GOOD, **change)) == ["blank"]


def test_a_page_with_three_lines_only_is_not_blank() -> None:
    full = sheets.form(np.random.default_rng(2), number=0)
    few = full.image.copy()
    few[round(few.shape[0] * 0.16) :] = 250
    assert "blank" not in codes(replace(full, image=few), GOOD)


def test_glare_is_told_where_it_hides_letters(photo: Callable[..., Any], card: Any) -> None:
    shiny = (photo() * 0.8).astype(np.uint8)
    cv2.ellipse(shiny, (760, 560), (220, 120), 20, 0, 360, (255, 255, 255), -1)
    assert glare_share(glimpse(shiny, QUAD)) > 0.02
    assert guide(shiny, PageFound(QUAD, 0.9, ())).code == "glare"
    assert "glare" not in codes(card, LYING)
    told = [codes(card, replace(LYING, glares=2, glare_strength=260.0), seed) for seed in (1, 2, 4)]
    assert sum("glare" in one for one in told) >= 2


@pytest.mark.parametrize("exposure", [1.0, 1.07, 1.15])
def test_bright_white_paper_is_neither_glare_nor_too_bright(text: Any, exposure: float) -> None:
    assert codes(text, replace(GOOD, exposure=exposure)) == []


def test_ink_fading_into_light_is_told(text: Any) -> None:
    assert "bright" in codes(text, replace(GOOD, exposure=4.0))


@pytest.mark.parametrize("corner", [(-300, 0), (300, 0), (0, -130), (0, 150)])
def test_a_page_reaching_out_of_the_picture_is_told(photo: Callable[..., Any], corner: tuple[int, int]) -> None:
    out = QUAD + np.array(corner) * (1.5 if corner[1] == 0 else 1.0)
    assert "cut_off" in [one.code for one in faults(photo(out), PageFound(out, 0.9, ()))]


def test_a_far_page_is_called_nearer_and_a_card_as_large_is_not(text: Any, card: Any) -> None:
    assert codes(text, replace(GOOD, fill=0.5)) == ["far"]
    shot = scenes.shoot(scenes.lay(text, table="wood"), replace(GOOD, fill=0.5), np.random.default_rng(1))
    found = PageFound(order_corners(shot.sheets[0].quad), 0.9, ())
    assert faults(shot.image, found, fixed=True) == (), (
        "under a camera that hangs over its table nothing comes nearer"
    )
    assert "far" not in codes(card, replace(LYING, fill=0.45))


def test_a_poor_camera_is_not_the_villagers_fault(text: Any) -> None:
    assert "far" not in codes(text, replace(GOOD, size=(900, 1200), fill=0.9))


def test_a_page_seen_from_the_side_is_told_and_a_slant_is_not(text: Any) -> None:
    assert "tilt" in codes(text, replace(GOOD, tilt=62.0))
    assert "tilt" not in codes(text, replace(GOOD, tilt=30.0))


def test_a_sheet_sampled_before_is_judged_alike(photo: Callable[..., Any]) -> None:
    picture, found = photo(), PageFound(QUAD, 0.9, ())
    for image in (picture, (picture * 0.25).astype(np.uint8), cv2.GaussianBlur(picture, (0, 0), 4)):
        assert faults(image, found, seen=glimpse(image, QUAD)) == faults(image, found)


def test_the_worst_fault_comes_first(text: Any) -> None:
    told = codes(text, replace(GOOD, exposure=0.08, noise=6.0, defocus=4.0))
    assert told[0] == "dark"


def test_no_page_is_told() -> None:
    picture = np.full((480, 640, 3), 90, np.uint8)
    assert guide(picture, find_page(picture)).code == "none"


def test_every_sentence_is_short_and_blames_nobody() -> None:
    for sentence in SAYS.values():
        assert len(str(sentence)) < 60
        assert "sai" not in str(sentence).lower()
        with in_language("en"):
            assert len(str(sentence)) < 70
            assert "wrong" not in str(sentence).lower()


FLOATS = st.floats(-3000, 3000) | st.sampled_from([0.0, float("nan"), float("inf"), 1e18])


@given(
    picture=hnp.arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60), st.just(3))),
    quad=hnp.arrays(np.float64, (4, 2), elements=FLOATS) | st.none(),
    ordered=st.booleans(),
    side=st.sampled_from([None, "front", "back"]),
)
@settings(max_examples=150, deadline=None)
def test_no_picture_and_no_outline_makes_it_fail(picture: Any, quad: Any, ordered: bool, side: Any) -> None:
    if quad is not None and ordered and np.all(np.isfinite(quad)):
        quad = order_corners(quad)
    for one in faults(picture, PageFound(quad, 0.9, ()), side=side):
        assert one.sentence == SAYS[one.code]
        assert not one.good


def test_grey_and_single_coloured_pictures_are_judged() -> None:
    quad = np.array([(5.0, 5.0), (55.0, 5.0), (55.0, 70.0), (5.0, 70.0)])
    for level in (0, 128, 255):
        assert faults(np.full((80, 60), level, np.uint8), PageFound(quad, 0.9, ()))
        assert faults(np.full((80, 60, 3), level, np.uint8), PageFound(quad, 0.9, ()))
