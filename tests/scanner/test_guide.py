"""What the villager is told, and when the camera captures by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from scanner.guide import SAYS, Steady, glare, guide
from scanner.pages import PageFound, find_page
from scanner.pages.geometry import order_corners

CORNERS = ((430, 120), (1150, 180), (1230, 1090), (330, 1030))
QUAD = order_corners(CORNERS)


def told(picture: Any) -> str:
    return guide(picture, find_page(picture)).code


def test_a_good_page_is_to_be_held_still(photo: Callable[..., Any]) -> None:
    assert told(photo()) == "hold"


def test_darkness_is_told(photo: Callable[..., Any]) -> None:
    dark = (photo() * 0.25).astype(np.uint8)
    assert guide(dark, PageFound(QUAD, 0.9, ())).code == "dark"


def test_blur_is_told(photo: Callable[..., Any]) -> None:
    assert guide(cv2.GaussianBlur(photo(), (0, 0), 9), PageFound(QUAD, 0.9, ())).code == "blur"


def test_glare_is_told(photo: Callable[..., Any]) -> None:
    shiny = (photo() * 0.8).astype(np.uint8)
    cv2.ellipse(shiny, (760, 560), (220, 120), 20, 0, 360, (255, 255, 255), -1)
    assert glare(shiny, QUAD) > 0.02
    assert guide(shiny, PageFound(QUAD, 0.9, ())).code == "glare"


def test_a_far_page_is_called_nearer(photo: Callable[..., Any]) -> None:
    small = ((700, 500), (900, 500), (900, 780), (700, 780))
    assert guide(photo(small), PageFound(order_corners(small), 0.9, ())).code == "far"


def test_no_page_is_told() -> None:
    assert told(np.full((480, 640, 3), 90, np.uint8)) == "none"


def test_every_sentence_is_short_and_blames_nobody() -> None:
    assert all(len(sentence) < 60 and "sai" not in sentence.lower() for sentence in SAYS.values())


@pytest.mark.parametrize("needed", [3, 8])
def test_a_still_page_is_captured_once(needed: int) -> None:
    steady = Steady(needed)
    assert [steady.see(QUAD, True, 1600) for _ in range(40)].count(True) == 1


def test_a_moving_page_is_never_captured() -> None:
    steady = Steady(4)
    assert not any(steady.see(QUAD + step * 40.0, True, 1600) for step in range(60))


def test_a_bad_frame_starts_the_count_again() -> None:
    steady = Steady(4)
    seen = [steady.see(QUAD, good, 1600) for good in (True, True, True, True, False, True, True, True, True)]
    assert not any(seen)


def test_the_next_page_is_captured_after_the_first_has_gone() -> None:
    steady = Steady(3)
    first = [steady.see(QUAD, True, 1600) for _ in range(6)]
    steady.see(None, False, 1600)
    second = [steady.see(QUAD, True, 1600) for _ in range(6)]
    assert first.count(True) == second.count(True) == 1
