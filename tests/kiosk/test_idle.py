"""The idle countdown, and how the look keeps its promises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.shell.idle import IdleTimer
from kiosk.style.icons import ICONS
from kiosk.style.theme import DAY, HIGH_CONTRAST, SIZES, Theme, contrast, rgba, tokens
from langso.timekeeping.clock import SimulatedClock

START = datetime(2026, 11, 21, tzinfo=UTC)


def timer() -> tuple[SimulatedClock, IdleTimer]:
    clock = SimulatedClock(START)
    return clock, IdleTimer(clock, idle_s=60, warn_s=20)


def test_it_counts_down_and_ends() -> None:
    clock, idle = timer()
    clock.advance(59.9)
    assert idle.look().phase == "active"
    clock.advance(0.1)
    assert (idle.look().phase, idle.look().left) == ("warning", 20)
    clock.advance(19.5)
    assert (idle.look().phase, idle.look().left) == ("warning", 1)
    clock.advance(0.5)
    assert idle.look().phase == "over"


def test_time_that_is_pretended_counts_until_the_next_touch() -> None:
    clock, idle = timer()
    clock.advance(30)
    idle.pretend(59)
    assert idle.look().phase == "active"
    clock.advance(1)
    assert (idle.look().phase, idle.look().left) == ("warning", 20)
    idle.touch()
    clock.advance(59.9)
    assert idle.look().phase == "active"


def test_a_touch_extends_also_during_the_countdown() -> None:
    clock, idle = timer()
    clock.advance(75)
    idle.touch()
    assert idle.look().phase == "active"


def test_a_jumping_wall_clock_wipes_nobody() -> None:
    clock, idle = timer()
    clock.jump(86_400)
    assert idle.look().phase == "active"


def test_reading_aloud_holds_the_time() -> None:
    clock, idle = timer()
    idle.hold(True)
    clock.advance(600)
    assert idle.look().phase == "active"
    idle.hold(False)
    assert idle.look().phase == "active"
    clock.advance(60)
    assert idle.look().phase == "warning"


def test_being_told_again_that_nothing_is_read_is_no_touch() -> None:
    clock, idle = timer()
    clock.advance(59)
    idle.hold(False)
    clock.advance(1)
    assert idle.look().phase == "warning"


def test_a_place_may_be_looked_at_longer_and_the_countdown_stays_as_long() -> None:
    clock, idle = timer()
    idle.allow(180)
    clock.advance(179)
    assert idle.look().phase == "active"
    clock.advance(1)
    assert (idle.look().phase, idle.look().left) == ("warning", 20)
    clock.advance(20)
    assert idle.look().phase == "over"


@given(st.lists(st.floats(0, 100), max_size=30))
def test_the_countdown_never_grows_without_a_touch(steps: list[float]) -> None:
    clock, idle = timer()
    order = {"active": 2, "warning": 1, "over": 0}
    last = (2, 99)
    for step in steps:
        clock.advance(step)
        now = idle.look()
        here = (order[now.phase], now.left if now.phase == "warning" else 99 if now.phase == "active" else 0)
        assert here <= last
        last = here


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [("ink", "paper", 7), ("soft", "paper", 4.5), ("on_cham", "cham", 7), ("lua", "lua_soft", 4.5),
     ("nghe_text", "nghe_soft", 4.5), ("son", "son_soft", 4.5), ("on_cham", "son", 4.5), ("on_cham", "lua", 4.5),
     ("on_cham_soft", "cham", 4.5), ("soft", "card", 4.5), ("cham", "cham_soft", 4.5)],
)  # fmt: skip
def test_every_text_can_be_read_on_its_ground(ink: str, ground: str, least: float) -> None:
    day, high = tokens(DAY), tokens(HIGH_CONTRAST)
    assert contrast(day[ink], day[ground]) >= least
    assert contrast(high[ink], high[ground]) >= 7


def test_letters_grow_by_the_chosen_size_and_huge_ones_less() -> None:
    body = [Theme(text=size).font(21) for size in SIZES]
    assert body == [21, 21 * 1.25, 21 * 1.6]
    assert 68 < Theme(text=1.6).font(68) < 68 * 1.6


@given(st.text(max_size=10))
def test_only_a_colour_is_taken_for_one(text: str) -> None:
    try:
        assert len(rgba(text)) == 4
    except ValueError:
        return
    assert text[0] == "#"


def test_each_icon_is_one_letter_of_its_own() -> None:
    assert all(len(letter) == 1 for letter in ICONS.values())
    assert len(set(ICONS.values())) == len(ICONS)


def test_the_time_that_is_left_counts_the_countdown_too() -> None:
    clock, idle = timer()
    assert idle.left == 80
    clock.advance(79.5)
    assert idle.left == 1
    clock.advance(5)
    assert idle.left == 0
    idle.touch()
    assert idle.left == 80
