"""Whose question for a proof of now is answered, and when."""

from __future__ import annotations

import pytest

from office.fleet.nonces import PAUSE_S, SAME_AGAIN_S, Nonces


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def nonces(time: Time) -> Nonces:
    return Nonces(time)


def test_a_question_is_due_until_its_answer_is_signed(nonces: Nonces) -> None:
    nonces.asked("loa-1", "a")
    nonces.asked("loa-2", "b")
    assert nonces.due() == [("loa-1", "a"), ("loa-2", "b")]
    nonces.done("loa-1", "a")
    assert nonces.due() == [("loa-2", "b")]


def test_the_same_question_is_answered_again_after_a_minute(nonces: Nonces, time: Time) -> None:
    nonces.asked("loa-1", "a")
    nonces.done("loa-1", "a")
    time.now += SAME_AGAIN_S - 0.1
    assert nonces.due() == []
    time.now += 0.1
    assert nonces.due() == [("loa-1", "a")]


def test_a_device_that_asks_anew_at_each_answer_gets_one_every_few_seconds(nonces: Nonces, time: Time) -> None:
    given = 0
    for _ in range(600):
        nonces.asked("loa-1", str(given))
        for device, nonce in nonces.due():
            nonces.done(device, nonce)
            given += 1
        time.now += 0.1
    assert given == 60 / PAUSE_S


def test_who_asks_no_more_gets_no_answer(nonces: Nonces) -> None:
    nonces.asked("loa-1", "a")
    nonces.asked("loa-1", None)
    nonces.asked("loa-2", None)
    assert nonces.due() == []


def test_a_newer_question_takes_the_place_of_the_older(nonces: Nonces) -> None:
    nonces.asked("loa-1", "a")
    nonces.asked("loa-1", "b")
    assert nonces.due() == [("loa-1", "b")]
