"""What is the lamp's colour and what the paper's, and which sheets are dark by themselves."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from scenes.sheets import PAPERS

from scanner.clean.lamp import NOTHING, Around, around, chroma, lamp_of, white_of
from scanner.clean.near import near

WARM = np.array([0.80, 0.93, 1.0])
COLD = np.array([1.0, 0.93, 0.87])
NEUTRAL = np.ones(3)
GREY_TABLE = (205.0, 206.0, 208.0)
WOOD = (112.0, 158.0, 196.0)


def beside(colour: Any, light: Any) -> Around:
    return Around(chroma(np.array(colour) * light)[None], np.array([0.9]), 200.0)


def off(paper: str, light: Any, others: Around = NOTHING) -> float:
    """Lab distance in colour between the paper and what is made of it."""
    printed = np.array(PAPERS[paper], dtype=float)
    seen = printed * light
    made = seen / lamp_of(seen, others)
    one, other = (cv2.cvtColor(np.float32([[c / c.max()]]), cv2.COLOR_BGR2LAB)[0, 0] for c in (printed, made))
    return float(np.hypot(*(one - other)[1:]))


@pytest.mark.parametrize("light", [WARM, COLD, NEUTRAL])
def test_white_paper_is_white_whatever_the_lamp_and_the_table(light: Any) -> None:
    for others in (NOTHING, beside(GREY_TABLE, light), beside(WOOD, light)):
        assert off("white", light, others) < 3


@pytest.mark.parametrize("paper", ["pink", "yellow", "green", "blue"])
def test_coloured_paper_in_neutral_light_stays_coloured(paper: str) -> None:
    for others in (NOTHING, beside(GREY_TABLE, NEUTRAL), beside(WOOD, NEUTRAL)):
        assert off(paper, NEUTRAL, others) < 6.5


@pytest.mark.parametrize("paper", ["pink", "yellow", "green"])
def test_a_table_that_is_white_tells_coloured_light_from_coloured_paper(paper: str) -> None:
    assert off(paper, WARM, beside(GREY_TABLE, WARM)) < 0.6 * off(paper, WARM)


def test_a_measured_white_settles_it() -> None:
    for paper in PAPERS:
        seen = np.array(PAPERS[paper]) * WARM
        made = seen / white_of(seen, NOTHING, tuple(250 * WARM))
        assert made / made.max() == pytest.approx(np.array(PAPERS[paper]) / max(PAPERS[paper]), abs=0.01)


def test_a_dark_cover_stays_dark_and_paper_in_a_dark_room_is_white() -> None:
    cover, table = np.array([92.0, 44.0, 30.0]), Around(NOTHING.chroma, NOTHING.share, 190.0)
    assert (cover / white_of(cover, table)).max() < 0.75
    assert (cover / white_of(cover)).max() < 0.75
    assert (cover / white_of(cover, NOTHING, (240.0, 240.0, 240.0))).max() < 0.6
    dim = np.array([62.0, 64.0, 65.0])
    assert (dim / white_of(dim, Around(NOTHING.chroma, NOTHING.share, 70.0))).max() == pytest.approx(1)


def test_what_lies_about_a_sheet_is_seen_and_the_sheet_is_not() -> None:
    picture = np.full((900, 700, 3), (60, 90, 150), np.uint8)
    quad = np.array([(150, 150), (550, 150), (550, 750), (150, 750)], dtype=float)
    cv2.fillConvexPoly(picture, quad.astype(np.int32), (250, 120, 120))
    found = around(near(picture, quad), quad)
    assert found.level == pytest.approx(150, abs=2)
    assert found.chroma[0] == pytest.approx(chroma((60, 90, 150)), abs=0.02)
    assert around(near(picture[150:750, 150:550], quad - 150), quad - 150) is NOTHING


@pytest.mark.parametrize("value", [0, 1, 255])
def test_any_tint_gives_a_white(value: int) -> None:
    assert np.isfinite(white_of((value,) * 3)).all()
    assert (white_of((value, 0, 255)) > 0).all()


def test_where_white_was_measured_pale_green_is_no_lighter_than_it_is() -> None:
    white = tuple(240 * WARM)
    for paper, least, most in (("green", 0.94, 0.98), ("white", 0.999, 1.001)):
        seen = np.array(PAPERS[paper]) / 250 * white
        assert least < (seen / white_of(seen, NOTHING, white)).max() < most
