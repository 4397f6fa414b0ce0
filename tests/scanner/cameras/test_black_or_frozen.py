"""Black and frozen frames told from good ones, by sequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.cameras.black_or_frozen import BlackOrFrozen, glance

Exposure = Callable[[float], Any]


@pytest.fixture
def expose() -> Exposure:
    """One exposure of a scene at a level: every one with noise of its own."""
    rng = np.random.default_rng(5)
    scene = rng.normal(0, 20, (96, 128, 3))

    def take(level: float) -> Any:
        return np.clip(level + scene + rng.normal(0, 1.5, scene.shape), 0, 255).astype(np.uint8)

    return take


def judged(frames: list[Any], every_s: float = 0.1, **how: Any) -> list[str]:
    judge = BlackOrFrozen()
    return [judge.see(glance(frame), number * every_s, **how) for number, frame in enumerate(frames)]


def test_a_quiet_table_is_no_frozen_camera(expose: Exposure) -> None:
    assert set(judged([expose(120) for _ in range(80)])) == {"ok"}


def test_the_same_frame_again_and_again_is_frozen_after_two_seconds(expose: Exposure) -> None:
    stuck = expose(120)
    said = judged([expose(120)] * 2 + [stuck] * 40)
    assert said[18] == "ok"
    assert said[25:] == ["frozen"] * 17


def test_one_new_frame_ends_the_suspicion(expose: Exposure) -> None:
    stuck = expose(120)
    assert set(judged([stuck] * 15 + [expose(120)] + [stuck] * 15)) == {"ok"}


def test_a_driver_that_fills_the_same_memory_is_not_taken_for_frozen(expose: Exposure) -> None:
    judge, memory = BlackOrFrozen(), expose(120)
    said = []
    for number in range(40):
        memory[:] = expose(120)
        said.append(judge.see(glance(memory), number * 0.1))
    assert set(said) == {"ok"}


def test_a_picture_file_has_no_noise_and_is_not_frozen(expose: Exposure) -> None:
    assert set(judged([expose(120)] * 60, noisy=False)) == {"ok"}


def test_a_covered_lens_is_black_with_and_without_noise(expose: Exposure) -> None:
    rng = np.random.default_rng(1)
    noisy = [rng.integers(0, 12, (96, 128, 3), dtype=np.uint8) for _ in range(30)]
    for frames in (noisy, [np.zeros((96, 128, 3), np.uint8)] * 30):
        said = judged(frames)
        assert said[5] == "ok", "a lamp just switched off is no fault yet"
        assert set(said[12:]) == {"black"}


def test_a_dim_room_with_a_lit_paper_is_not_black(expose: Exposure) -> None:
    dim = [np.minimum(expose(8), 20) for _ in range(30)]
    for frame in dim:
        frame[40:60, 40:80] = 70
    assert set(judged(dim)) == {"ok"}


def test_opening_again_is_tried_for_frozen_and_for_dead_black_only(expose: Exposure) -> None:
    judge, dead = BlackOrFrozen(), glance(np.zeros((96, 128, 3), np.uint8))
    asked = []
    for number in range(130):
        judge.see(dead, number * 0.1)
        asked.append(judge.reopen)
    assert not any(asked[:95]), "somebody may only have laid a cap on it"
    assert asked[-1]
    rng = np.random.default_rng(2)
    covered = BlackOrFrozen()
    for number in range(200):
        covered.see(glance(rng.integers(0, 12, (96, 128, 3), dtype=np.uint8)), number * 0.1)
        assert not covered.reopen, "a covered camera that works would be covered after opening too"


def test_black_stays_black_over_an_opening(expose: Exposure) -> None:
    judge, dead = BlackOrFrozen(), glance(np.zeros((96, 128, 3), np.uint8))
    for number in range(20):
        judge.see(dead, number * 0.1)
    judge.forget()
    assert judge.see(dead, 2.1) == "black"
    assert judge.see(glance(expose(120)), 2.2) == "ok"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["new", "same", "black"]), max_size=60))
def test_it_is_never_anything_but_ok_within_a_second_of_a_new_frame(story: list[str]) -> None:
    rng = np.random.default_rng(7)
    judge, frame, last_new = BlackOrFrozen(), rng.integers(90, 200, (32, 32, 3), dtype=np.uint8), 0.0
    for number, what in enumerate(story):
        now = number * 0.1
        if what == "new":
            frame, last_new = rng.integers(90, 200, (32, 32, 3), dtype=np.uint8), now
        elif what == "black":
            frame = np.zeros((32, 32, 3), np.uint8)
        said = judge.see(glance(frame), now)
        if now - last_new < 0.95:
            assert said == "ok"
