"""A broker that may have dropped something is asked again; one that has no room for the answer is left at once."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from langso.timekeeping.clock import SimulatedClock
from speaker.flood_watch import ANSWER_S, ASK_S, MANY, MANY_BYTES, WIDE_ANSWER_S, WIDE_ASK_S, FloodWatch


class Flood:
    def __init__(self) -> None:
        self.clock = SimulatedClock(datetime(2026, 11, 22, tzinfo=UTC))
        self.asked: list[float] = []
        self.over: list[float] = []
        self.trusted = True
        self.answers = True
        self.watch = FloodWatch(
            self.clock.monotonic,
            ask=self.ask,
            start_over=lambda: self.over.append(self.clock.monotonic()),
            expects=lambda: self.trusted,
        )

    def ask(self) -> None:
        self.asked.append(self.clock.monotonic())
        if self.answers:
            self.clock.advance(0.001)
            self.watch.came("trust", 10, retained=True)

    def second(self, messages: int, times: int = 1) -> None:
        for _ in range(times):
            self.clock.advance(1)
            for _ in range(messages):
                self.watch.came("plan", 10, retained=False)
            self.watch.look()


@pytest.fixture
def flood() -> Flood:
    return Flood()


def test_what_an_office_may_send_wrongly_is_no_flood(flood: Flood) -> None:
    flood.second(int(MANY) - 1, 20)
    assert (flood.asked, flood.over) == ([], [])
    assert not flood.watch.flooded


def test_few_messages_that_fill_the_line_are_one_too(flood: Flood) -> None:
    flood.clock.advance(1)
    flood.watch.came("plan", int(MANY_BYTES) - 1, retained=False)
    flood.watch.look()
    assert not flood.watch.flooded
    flood.clock.advance(1)
    flood.watch.came("plan", int(MANY_BYTES), retained=False)
    flood.watch.look()
    assert flood.watch.flooded


def test_in_a_flood_what_is_retained_is_asked_for_again_and_once_more_after_it(flood: Flood) -> None:
    flood.second(3000)
    assert len(flood.asked) == 1
    assert flood.watch.flooded
    flood.second(3000, 6)
    assert 3 <= len(flood.asked) <= 4
    assert min(b - a for a, b in zip(flood.asked, flood.asked[1:], strict=False)) >= ASK_S
    during = len(flood.asked)
    flood.second(0)
    assert len(flood.asked) == during + 1
    assert not flood.watch.flooded
    flood.second(0, 10)
    assert len(flood.asked) == during + 1
    assert flood.over == []


def test_a_broker_that_has_no_room_for_the_answer_is_connected_to_anew(flood: Flood) -> None:
    flood.answers = False
    flood.second(3000, 10)
    assert len(flood.asked) == 1
    assert flood.over[0] - flood.asked[0] >= ANSWER_S
    assert 2 <= len(flood.over) <= 5
    flood.watch.came("trust", 10, retained=False)
    flood.watch.came("plan", 10, retained=True)
    before = len(flood.over)
    flood.second(3000, 4)
    assert len(flood.over) > before, "only the retained list of rights, which is asked for last, is an answer"
    flood.watch.came("trust", 10, retained=True)
    before = len(flood.over)
    flood.answers = True
    flood.second(3000, 6)
    assert len(flood.over) == before
    assert len(flood.asked) > 1


def test_without_a_list_of_rights_none_is_expected(flood: Flood) -> None:
    flood.answers = flood.trusted = False
    flood.second(3000, 10)
    assert flood.over == []
    assert len(flood.asked) >= 4


def test_looks_in_quick_succession_count_as_one(flood: Flood) -> None:
    for _ in range(40):
        flood.clock.advance(0.01)
        flood.watch.came("plan", 10, retained=False)
        flood.watch.look()
    assert flood.asked == []


def large(flood: Flood, seconds: float) -> None:
    """A document of a MiB each twentieth of a second, and a look after each, as they come."""
    end = flood.clock.monotonic() + seconds
    while flood.clock.monotonic() < end:
        flood.clock.advance(0.05)
        flood.watch.came("plan", 1 << 20, retained=False)
        flood.watch.look()


def gaps(moments: list[float]) -> list[float]:
    return [b - a for a, b in itertools.pairwise(moments)]


def test_a_flood_of_large_ones_is_asked_through_in_a_moment_or_left_at_once(flood: Flood) -> None:
    large(flood, 6)
    assert flood.over == []
    assert len(flood.asked) >= 5
    assert all(WIDE_ASK_S <= gap < WIDE_ASK_S + 0.6 for gap in gaps(flood.asked))
    flood.answers = False
    large(flood, 6)
    assert flood.over[0] - flood.asked[-1] == pytest.approx(WIDE_ANSWER_S, abs=0.06)
    assert len(flood.over) >= 8
    assert max(gaps(flood.over)) < WIDE_ANSWER_S + 0.11


def test_a_line_that_carries_little_is_given_the_longer_time(flood: Flood) -> None:
    """A plan takes its seconds there: thrown away each half second it would never come."""
    flood.answers = False
    for _ in range(120):
        flood.clock.advance(0.05)
        for _ in range(10):
            flood.watch.came("plan", 2000, retained=False)
        flood.watch.look()
    assert flood.over[0] - flood.asked[0] >= ANSWER_S
    assert min(gaps(flood.over)) >= ANSWER_S


def test_nothing_is_left_for_an_answer_where_no_more_comes(flood: Flood) -> None:
    flood.answers = False
    flood.second(int(MANY))
    assert len(flood.asked) == 1
    flood.second(0, 3)
    assert flood.over == []
    assert not flood.watch.flooded
