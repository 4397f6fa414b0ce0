"""When the camera captures by itself: still, good, announced, and each laying once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.guide import Look, Steady
from scanner.pages.geometry import order_corners

QUAD = order_corners(((430, 120), (1150, 180), (1230, 1090), (330, 1030)))
WIDTH = 1600


def page(seed: int) -> Look:
    """A remembered page with strokes of its own."""
    rng = np.random.default_rng(seed)
    ink = np.zeros((376, 266), np.float32)
    for y in range(30, 340, 14):
        for x in range(20, 230, 10):
            if rng.random() < 0.7:
                ink[y : y + 5, x : x + int(rng.integers(2, 9))] = rng.uniform(0.4, 0.9)
    return Look(ink)


def run(steady: Steady, frames: Any, start: float = 0.0) -> list[float]:
    """Times of the captures; `frames`: (quad, good, look) at ten a second."""
    times = []
    for number, (quad, good, look) in enumerate(frames):
        at = start + number / 10
        if steady.see(quad, good, WIDTH, at=at, look=look):
            times.append(round(at - start, 3))
    return times


@pytest.mark.parametrize("needed", [3, 8])
def test_a_still_page_is_captured_once(needed: int) -> None:
    steady = Steady(needed)
    assert [steady.see(QUAD, True, WIDTH) for _ in range(40)].count(True) == 1
    assert steady.code == "taken"


def test_a_moving_page_is_never_captured_and_told_so() -> None:
    steady = Steady(4)
    assert not any(steady.see(QUAD + step * 40.0, True, WIDTH) for step in range(60))
    assert steady.code == "moving"


def test_a_slowly_drifting_page_is_never_captured() -> None:
    steady = Steady(8)
    assert not any(steady.see(QUAD + step * 4.0, True, WIDTH) for step in range(100))


def test_a_bad_frame_starts_the_count_again() -> None:
    steady = Steady(4)
    seen = [steady.see(QUAD, good, WIDTH) for good in (True, True, True, True, False, True, True, True, True)]
    assert not any(seen)


def test_the_next_page_is_captured_after_the_first_has_gone() -> None:
    steady = Steady(3)
    first = [steady.see(QUAD, True, WIDTH) for _ in range(6)]
    steady.see(None, False, WIDTH)
    second = [steady.see(QUAD, True, WIDTH) for _ in range(6)]
    assert first.count(True) == second.count(True) == 1


def test_nothing_is_captured_in_the_first_second_of_a_page() -> None:
    (time,) = run(Steady(), [(QUAD, True, None)] * 40)
    assert 1.0 <= time < 1.3


def test_the_progress_is_shown_before_the_capture() -> None:
    steady = Steady()
    shown = []
    for frame in range(12):
        if steady.see(QUAD, True, WIDTH, at=frame / 10):
            break
        shown.append(steady.progress)
    assert shown == sorted(shown)
    assert sum(0.2 < one < 1 for one in shown) >= 5


def test_a_corner_counted_first_in_turn_is_no_movement() -> None:
    frames = [(np.roll(QUAD, number % 2, axis=0), True, None) for number in range(20)]
    assert len(run(Steady(), frames)) == 1


def test_a_lost_outline_for_a_moment_does_not_capture_twice() -> None:
    frames = [(QUAD, True, None)] * 15 + [(None, False, None)] * 2 + [(QUAD, True, None)] * 30
    assert len(run(Steady(), frames)) == 1


def test_a_new_sheet_on_the_same_spot_is_captured() -> None:
    frames = [(QUAD, True, page(1))] * 20 + [(QUAD, True, page(2))] * 20
    _, second = run(Steady(), frames)
    assert second - 2.0 >= 1.0


def test_a_nudged_or_covered_page_is_not_captured_again() -> None:
    steady, one = Steady(), page(1)
    hand = Look(np.where(np.arange(266) < 120, 0, one.ink).astype(np.float32))
    frames = [(QUAD, True, one)] * 20 + [(QUAD, True, hand)] * 3 + [(QUAD, True, one)] * 20
    frames += [(QUAD + 150, True, one)] * 20
    assert len(run(steady, frames)) == 1
    assert steady.code == "same"


def test_a_hand_over_the_page_delays_the_capture() -> None:
    one = page(1)
    hand = Look(np.where(np.arange(266) < 120, 0, one.ink).astype(np.float32))
    frames = [(QUAD, True, hand if number % 4 == 0 else one) for number in range(60)]
    assert run(Steady(), frames) == []


def test_a_page_to_be_retaken_is_captured_again_after_a_reset() -> None:
    steady = Steady()
    assert len(run(steady, [(QUAD, True, page(1))] * 20)) == 1
    steady.reset()
    assert len(run(steady, [(QUAD, True, page(1))] * 20, 10.0)) == 1


def test_a_camera_that_stalled_starts_anew() -> None:
    steady = Steady()
    assert not any(steady.see(QUAD, True, WIDTH, at=2.0 * number) for number in range(20))


PLACES = st.sampled_from([None, 0.0, 2.0, 30.0, 400.0])
FRAMES = st.lists(st.tuples(PLACES, st.booleans() | st.just(True), st.integers(1, 12)), max_size=25)


@given(FRAMES, st.booleans())
@settings(max_examples=200, deadline=None)
def test_captures_are_good_still_and_one_a_laying(runs: Any, timed: bool) -> None:
    steady, number, since, captured_here = Steady(5), 0, 0, False
    place: float | None = None
    for now, good, length in runs:
        if now is None or place is None or abs(now - place) > 20 or not good:
            # A laying ends when the page goes or moves; nothing good was seen before these frames.
            since = number
        if now is None or place is None or abs(now - place) > 0.012 * 4 * WIDTH:
            captured_here = False
        place = now
        for _ in range(length):
            quad = None if now is None else QUAD + now
            captured = steady.see(quad, good, WIDTH, at=number / 10 if timed else None)
            if captured:
                assert good
                assert now is not None
                assert number - since >= (8 if timed else 5)
                assert timed or not captured_here
                captured_here = True
            assert 0 <= steady.progress <= 1
            number += 1


MOVED = QUAD + 110.0


@pytest.mark.parametrize(
    ("then", "captured"),
    [
        pytest.param([(QUAD, True, page(1))] * 60, False, id="it lies there"),
        pytest.param([(QUAD, True, None)] * 60, False, id="it lies there, and nothing on it tells"),
        pytest.param([(QUAD, False, page(1))] * 20 + [(QUAD, True, page(1))] * 40, False, id="it becomes good later"),
        pytest.param([(MOVED, True, page(1))] * 30, True, id="it is laid anew"),
        pytest.param([(None, False, None)] * 6 + [(QUAD, True, page(2))] * 30, True, id="another is laid down"),
        pytest.param([(QUAD, True, page(2))] * 30, True, id="another is laid over it"),
    ],
)
def test_what_was_refused_is_not_captured_while_it_lies_there(then: Any, captured: bool) -> None:
    steady = Steady()
    steady.leave()
    assert run(steady, [(QUAD, True, page(1))] * 25) == []
    assert steady.code == "left"
    assert bool(run(steady, then, start=2.5)) is captured


def test_what_was_refused_may_be_taken_away_before_it_was_seen_to_lie_still() -> None:
    steady = Steady()
    steady.leave()
    frames = [(None, False, None)] * 3 + [(QUAD, True, page(1))] * 4 + [(None, False, None)] * 6
    assert run(steady, frames) == []
    assert run(steady, [(QUAD, True, page(2))] * 20, start=1.3) != []
