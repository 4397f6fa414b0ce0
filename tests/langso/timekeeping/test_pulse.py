"""A thread that no longer comes round is told from one that sleeps, waits for a slow line, or has ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from waiting import until

from langso.timekeeping import pulse
from langso.timekeeping.pulse import Pulse, first_hung
from langso.timekeeping.worker_thread import WorkerThread


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """`hours(2)`: two hours go by for those who ask whether something hangs."""
    later = [0.0]
    clock = time.monotonic
    monkeypatch.setattr(pulse.time, "monotonic", lambda: clock() + later[0])

    def pass_by(number: float) -> None:
        later[0] += number * 3600

    return pass_by


def test_what_has_not_begun_or_rests_never_hangs(hours: Callable[[float], None]) -> None:
    watched = Pulse()
    hours(1)
    assert not watched.hung
    watched.beat()
    watched.rest()
    hours(1)
    assert not watched.hung


def test_a_round_may_take_two_minutes_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(pulse.time, "monotonic", lambda: now[0])
    watched = Pulse()
    watched.beat()
    now[0] += 119
    assert not watched.hung
    now[0] += 2
    assert watched.hung
    watched.beat()
    assert not watched.hung


@pytest.mark.parametrize("fails", [False, True])
def test_after_a_rest_the_time_runs_and_after_work_it_rests(hours: Callable[[float], None], fails: bool) -> None:
    for block, hangs_after in (("resting", True), ("working", False)):
        watched = Pulse()
        try:
            with getattr(watched, block)():
                hours(1)
                assert watched.hung is (block == "working")
                if fails:
                    raise OSError
        except OSError:
            assert fails
        assert not watched.hung
        hours(1)
        assert watched.hung is hangs_after


class Worker:
    """A thread in its round, until `go_on`; it then does what `rests` says."""

    def __init__(self, rests: str = "sleep") -> None:
        self.inside, self.go_on, self.rested = threading.Event(), threading.Event(), threading.Event()
        self._rests = rests
        self.thread = WorkerThread("watched", self._run)

    def _run(self) -> None:
        self.inside.set()
        self.go_on.wait(120)
        if self._rests == "resting":
            with self.thread.resting():
                self.rested.set()
                threading.Event().wait(0.1)
                self.thread._stopping.wait(120)
        self.rested.set()
        if self._rests != "resting":
            getattr(self.thread, self._rests)(120)


@pytest.fixture
def begun() -> Iterator[Callable[[str], Worker]]:
    made: list[Worker] = []

    def begin(rests: str) -> Worker:
        made.append(Worker(rests))
        made[-1].thread.start()
        assert made[-1].inside.wait(60)
        return made[-1]

    yield begin
    for worker in made:
        worker.go_on.set()
        worker.thread.stop()


@pytest.mark.parametrize("rests", ["sleep", "pause", "resting"])
def test_a_workers_round_that_lasts_is_a_hang_and_its_rest_is_none(
    begun: Callable[[str], Worker], hours: Callable[[float], None], rests: str
) -> None:
    worker = begun(rests)
    assert not worker.thread.hung
    hours(1)
    assert worker.thread.hung
    worker.go_on.set()
    assert worker.rested.wait(60)
    until(lambda: not worker.thread.hung)
    hours(1)
    assert not worker.thread.hung


def test_a_worker_that_ended_does_not_hang(begun: Callable[[str], Worker], hours: Callable[[float], None]) -> None:
    worker = begun("sleep")
    worker.go_on.set()
    worker.thread.stop()
    hours(1)
    assert not worker.thread.hung


def test_the_first_that_hangs_is_named(hours: Callable[[float], None]) -> None:
    well, ill = Pulse(), Pulse()
    ill.beat()
    hours(1)
    assert first_hung(one=well, other=ill) == "other"
    assert first_hung(one=well) == ""
    assert first_hung() == ""
