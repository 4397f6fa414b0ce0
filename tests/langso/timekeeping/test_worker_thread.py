"""Rounds in a thread: woken, stopped, begun anew."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import pytest
from waiting import until

from langso.timekeeping.worker_thread import WorkerThread


class Rounds:
    """Counts its rounds; sleeps a minute after each."""

    def __init__(self) -> None:
        self.done: queue.Queue[int] = queue.Queue()
        self.thread = WorkerThread("rounds", self.run)

    def run(self) -> None:
        number = 0
        while not self.thread.stopping:
            number += 1
            self.done.put(number)
            self.thread.sleep(60)


@pytest.fixture
def rounds() -> Rounds:
    return Rounds()


def test_it_works_at_once_and_again_when_woken(rounds: Rounds) -> None:
    rounds.thread.start()
    assert rounds.done.get(timeout=60) == 1
    rounds.thread.wake()
    assert rounds.done.get(timeout=60) == 2
    rounds.thread.stop()


def test_what_comes_during_a_round_starts_the_next_at_once() -> None:
    entered, leave, again = threading.Event(), threading.Event(), threading.Event()

    def run() -> None:
        entered.set()
        leave.wait(60)
        worker.sleep(60)
        again.set()

    worker = WorkerThread("busy", run)
    worker.start()
    assert entered.wait(60)
    worker.wake()
    leave.set()
    assert again.wait(60)
    worker.stop()


@pytest.mark.parametrize("rest", [WorkerThread.sleep, WorkerThread.pause])
def test_stopping_ends_a_sleep_and_a_pause(rest: Callable[[WorkerThread, float], None]) -> None:
    ended = threading.Event()

    def run() -> None:
        rest(worker, 60)
        ended.set()

    worker = WorkerThread("rests", run)
    worker.start()
    worker.stop()
    assert ended.is_set()


def test_being_woken_does_not_shorten_a_pause() -> None:
    over = threading.Event()

    def run() -> None:
        worker.pause(60)
        over.set()

    worker = WorkerThread("pause", run)
    worker.start()
    worker.wake()
    assert not over.wait(0.2)
    worker.stop()


def test_it_can_begin_anew(rounds: Rounds) -> None:
    for _ in range(2):
        rounds.thread.start()
        assert rounds.done.get(timeout=60) == 1
        rounds.thread.stop()


def test_work_may_stop_its_own_thread(rounds: Rounds) -> None:
    ended = threading.Event()

    def run() -> None:
        worker.stop()
        ended.set()

    worker = WorkerThread("own", run)
    worker.start()
    assert ended.wait(60)


def test_stopping_what_never_began_is_nothing(rounds: Rounds) -> None:
    rounds.thread.stop()
    assert rounds.done.empty()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_one_that_died_of_an_error_counts_as_hung_until_it_begins_anew() -> None:
    errors = [RuntimeError("can't start new thread")]

    def rounds() -> None:
        if errors:
            raise errors.pop()
        while not worker.stopping:
            worker.sleep(None)

    worker = WorkerThread("test", rounds)
    assert not worker.hung
    worker.start()
    until(lambda: worker.hung)
    worker.start()
    assert not worker.hung
    worker.stop()
    assert not worker.hung
