"""Presses that wait for something slow, and the one that must be made twice."""

from __future__ import annotations

from kiosk.journeys.presses import SURE_S, HeldPress, Twice


def test_only_the_first_press_made_meanwhile_is_done() -> None:
    done: list[str] = []
    waiting = HeldPress()
    waiting.begin()
    waiting.press(lambda: done.append("again"))
    waiting.press(lambda: done.append("send"))
    assert (done, waiting.asked) == ([], True)
    waiting.over()
    assert (done, waiting.asked, waiting.busy) == (["again"], False, False)
    waiting.press(lambda: done.append("send"))
    assert done == ["again", "send"]


def test_what_a_press_begins_may_be_waited_for_again() -> None:
    done: list[str] = []
    waiting = HeldPress()
    waiting.begin()
    waiting.press(waiting.begin)
    waiting.over()
    waiting.press(lambda: done.append("keep"))
    assert (done, waiting.asked) == ([], True)
    waiting.over()
    assert done == ["keep"]


def test_after_a_fault_nothing_is_done_that_was_asked_for_before() -> None:
    done: list[str] = []
    waiting = HeldPress()
    waiting.begin()
    waiting.press(lambda: done.append("send"))
    waiting.over(good=False)
    assert (done, waiting.asked, waiting.busy) == ([], False, False)


def test_a_second_press_counts_soon_after_the_first_and_not_later() -> None:
    now = [100.0]
    twice = Twice(clock=lambda: now[0])
    assert not twice.press()
    assert twice.armed
    now[0] += SURE_S - 0.1
    assert twice.press()
    assert not twice.armed
    assert not twice.press()
    now[0] += 60
    assert not twice.armed
    assert not twice.press(), "a touch a minute later is a first one"
