"""Focus and exposure are held after settling, let go when the light is another, and left alone by a passing hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scanner.cameras.settling import CALM_S, CHANGED_S, LEAST_S, LightLevel, Settling, measure


def advices(levels: list[float], *, edges: float = 6.0, clipped: float = 0.0) -> list[str | None]:
    settling = Settling()
    return [settling.see(LightLevel(level, clipped, edges), number * 0.1) for number, level in enumerate(levels)]


def test_it_locks_once_when_the_picture_has_settled() -> None:
    hunting = [40, 60, 85, 110, 125, 132, 128]
    said = advices([*hunting, *[130.0] * 40])
    assert said.count("lock") == 1
    assert said.index("lock") * 0.1 >= max(LEAST_S, 0.5 + CALM_S)
    assert "unlock" not in said


def test_focus_that_still_hunts_is_not_locked() -> None:
    settling = Settling()
    said = [settling.see(LightLevel(130, 0, 4 + 3 * (number % 2)), number * 0.1) for number in range(60)]
    assert said == [None] * 60


def test_a_hand_that_passes_does_not_unlock() -> None:
    said = advices([*[130.0] * 30, 70, 65, 70, *[130.0] * 30])
    assert "unlock" not in said


def test_a_lamp_switched_on_unlocks_and_it_settles_anew() -> None:
    said = advices([*[60.0] * 30, *[150.0] * 40])
    assert said.count("lock") == 2
    assert said.count("unlock") == 1
    change = said.index("unlock") - 30
    assert CHANGED_S * 10 <= change <= CHANGED_S * 10 + 2


def test_a_white_sheet_that_blows_out_unlocks() -> None:
    settling = Settling()
    said = [settling.see(LightLevel(120, 0.0, 6), number * 0.1) for number in range(30)]
    said += [settling.see(LightLevel(150, 0.3, 6), 3 + number * 0.1) for number in range(10)]
    assert said[-10:].count("unlock") == 1


def test_a_camera_opened_anew_begins_anew() -> None:
    settling = Settling()
    for number in range(30):
        settling.see(LightLevel(120, 0, 6), number * 0.1)
    assert settling.locked
    settling.forget()
    assert not settling.locked
    assert settling.see(LightLevel(20, 0, 6), 3.1) is None


@given(st.lists(st.tuples(st.floats(0, 255), st.floats(0, 1), st.floats(0, 60)), max_size=120))
def test_locks_and_unlocks_take_turns(story: list[tuple[float, float, float]]) -> None:
    settling, held = Settling(), False
    for number, (level, clipped, edges) in enumerate(story):
        said = settling.see(LightLevel(level, clipped, edges), number * 0.1)
        if said is not None:
            assert (said == "unlock") == held
            held = not held
        assert settling.locked == held


def test_measures_say_what_they_are() -> None:
    flat = np.full((80, 80, 3), 100, np.uint8)
    light = measure(flat)
    assert (light.level, light.clipped, light.edges) == (100, 0, 0)
    flat[:, 40:] = 255
    half = measure(flat)
    assert half.clipped == 0.5
    assert half.edges > 0
