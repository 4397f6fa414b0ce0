"""Corners under a finger: the nearest is taken, and they always make a sheet."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kiosk.journeys.corners import Corners
from scanner.pages.geometry import is_convex

SHEET = [(100, 80), (500, 90), (520, 400), (90, 390)]


def test_it_begins_with_what_was_found_or_well_inside_the_picture() -> None:
    assert Corners(640, 480, SHEET).quad.tolist() == [list(map(float, point)) for point in SHEET]
    inside = Corners(640, 480).quad
    assert inside.min() > 40
    crossed = [(0, 0), (600, 400), (600, 0), (0, 400)]
    assert is_convex(Corners(640, 480, crossed).quad)
    assert np.array_equal(Corners(640, 480, [(5, 5)] * 4).quad, inside)


def test_a_touch_means_the_nearest_corner_within_reach() -> None:
    corners = Corners(640, 480, SHEET)
    assert corners.nearest((130, 100), 60) == 0
    assert corners.nearest((510, 380), 60) == 2
    assert corners.nearest((300, 240), 60) is None


def test_a_touch_reaches_just_as_far_as_is_said() -> None:
    corners = Corners(640, 480, SHEET)
    assert (corners.nearest((100, 140), 60), corners.nearest((100, 140), 59.9)) == (0, None)


def test_what_is_no_number_moves_nothing() -> None:
    corners = Corners(640, 480, SHEET)
    before = corners.quad
    corners.move(0, (float("nan"), 10))
    assert np.array_equal(corners.quad, before)
    assert np.array_equal(Corners(640, 480, [(float("nan"), 1), *SHEET[1:]]).quad, Corners(640, 480).quad)


def test_no_side_is_shorter_than_a_twentieth_of_the_picture() -> None:
    for side, stays in ((24, True), (23, False)):
        corners = Corners(641, 481, [(0, 0), (600, 0), (600, 400), (0, 400)])
        corners.move(1, (side, 0))
        assert (corners.quad[1].tolist() == [600, 0]) is not stays


def test_it_begins_twelve_hundredths_inside() -> None:
    quad = Corners(101, 201).quad
    assert np.allclose(quad, [(12, 24), (88, 24), (88, 176), (12, 176)])


def test_a_corner_stays_in_the_picture_and_never_crosses_the_others() -> None:
    corners = Corners(640, 480, SHEET)
    corners.move(0, (-50, -70))
    assert corners.quad[0].tolist() == [0, 0]
    before = corners.quad
    corners.move(0, (600, 470))
    assert np.array_equal(corners.quad, before)


def test_the_whole_picture_can_be_taken() -> None:
    corners = Corners(640, 480, SHEET)
    corners.whole()
    assert corners.quad.tolist() == [[0, 0], [639, 0], [639, 479], [0, 479]]


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)),
        max_size=60,
    )
)
def test_whatever_a_finger_does_it_is_a_sheet(moves: list[tuple[int, float, float]]) -> None:
    corners = Corners(1920, 1080)
    for corner, x, y in moves:
        corners.move(corner, (x, y))
        quad = corners.quad
        assert is_convex(quad)
        assert quad.min() >= 0
        assert (quad <= (1919, 1079)).all()
