"""The idle rule on a clock of its own."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from kiosk.journeys.idle import IdleTimer
from langso.clock import SimulatedClock

START = datetime(2026, 11, 22, tzinfo=UTC)


def timer() -> tuple[SimulatedClock, IdleTimer]:
    clock = SimulatedClock(START)
    return clock, IdleTimer(clock, idle_s=60, warn_s=20)


def test_a_minute_then_twenty_seconds_counted_down_then_over() -> None:
    clock, idle = timer()
    clock.advance(59.9)
    assert idle.look().phase == "active"
    clock.advance(0.1)
    assert (idle.look().phase, idle.look().left) == ("warning", 20)
    clock.advance(19.5)
    assert (idle.look().phase, idle.look().left) == ("warning", 1)
    clock.advance(0.5)
    assert idle.look().phase == "over"


def test_a_touch_in_the_countdown_gives_the_whole_time_again() -> None:
    clock, idle = timer()
    clock.advance(79)
    idle.touch()
    clock.advance(59)
    assert idle.look().phase == "active"


def test_nobody_is_sent_away_while_the_kiosk_reads_aloud() -> None:
    clock, idle = timer()
    idle.hold(True)
    clock.advance(600)
    assert idle.look().phase == "active"
    idle.hold(False)
    clock.advance(59)
    assert idle.look().phase == "active"
    clock.advance(1)
    assert idle.look().phase == "warning"


@given(st.lists(st.tuples(st.floats(0, 100, allow_nan=False), st.booleans()), max_size=40))
def test_it_is_never_over_without_twenty_seconds_of_warning(story: list[tuple[float, bool]]) -> None:
    clock, idle = timer()
    since_touch = 0.0
    for seconds, touched in story:
        clock.advance(seconds)
        since_touch += seconds
        state = idle.look()
        if state.phase == "over":
            assert since_touch > 79.99
        if state.phase == "warning":
            assert 1 <= state.left <= 20
        if touched:
            idle.touch()
            since_touch = 0.0
