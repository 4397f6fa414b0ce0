"""Worker processes: an engine that hangs or crashes costs its cap, never the parent; none outlives the parent."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from waiting import LONG_S, until

from scanner.codes.workers import pool as pools
from scanner.codes.workers.pool import Pool
from scanner.codes.workers.tasks import Answer, ReadingTask

BLANK: Any = np.full((200, 300), 255, np.uint8)


Pids = Callable[[], list[int]]


def below(pid: int) -> list[int]:
    """Processes whose parent this one is."""
    listed = [file.read_text().split() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    return sorted(int(child) for children in listed for child in children)


@pytest.fixture
def pids() -> Pids:
    """Asks for the workers begun during the test."""
    others = set(below(os.getpid()))
    return lambda: [pid for pid in below(os.getpid()) if pid not in others]


@pytest.fixture
def pool(pids: Pids) -> Iterator[Pool]:
    made = Pool(count=2)
    assert made.warm()
    yield made
    made.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.real_time
def test_a_hanging_engine_is_ended_at_its_cap_and_replaced(pool: Pool, pids: Pids) -> None:
    before = pids()
    # A stopped process takes its task and never answers, as one does whose engine hangs.
    os.kill(before[0], signal.SIGSTOP)
    begin = time.monotonic()
    with pool.frame(BLANK, begin + LONG_S) as session:
        for step in range(3):
            session.add("whole", step, step=step)
        done = [task.step for task, _ in session.results()]
    spent = time.monotonic() - begin
    assert sorted(done) == [0, 1, 2]
    assert pools.CAP_S <= spent < pools.CAP_S + pools.GRACE_S + 1
    assert set(before) - set(pids()) == {before[0]}
    assert not alive(before[0])
    assert pool.warm()


def test_a_crashing_engine_is_replaced_and_the_rest_goes_on(pool: Pool, pids: Pids) -> None:
    before = pids()
    for pid in before:
        os.kill(pid, signal.SIGSTOP)
    with pool.frame(BLANK, time.monotonic() + LONG_S) as session:
        for step in range(3):
            session.add("whole", step, step=step)
        # Both hold a task now.
        for pid in before:
            os.kill(pid, signal.SIGSEGV)
            os.kill(pid, signal.SIGCONT)
        assert sorted(task.step for task, _ in session.results()) == [0, 1, 2]
    assert not set(before) & set(pids())


def test_a_worker_killed_from_outside_is_replaced(pool: Pool, pids: Pids) -> None:
    for pid in pids():
        os.kill(pid, signal.SIGKILL)
    with pool.frame(BLANK, time.monotonic() + LONG_S) as session:
        session.add("whole", 0, step=0)
        assert len(list(session.results())) == 1


def test_the_frame_ends_on_time_whatever_hangs(pool: Pool, pids: Pids) -> None:
    for pid in pids():
        os.kill(pid, signal.SIGSTOP)
    begin = time.monotonic()
    with pool.frame(BLANK, begin + 0.1) as session:
        for _ in range(4):
            session.add("whole", 0, step=0)
        assert list(session.results()) == []
    assert time.monotonic() - begin < 5


def test_a_worker_that_answered_while_nobody_listened_is_kept(
    pool: Pool, pids: Pids, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = pids()
    with pool.frame(BLANK, time.monotonic()) as session:
        session.add("whole", 0, step=0)
    (at_work,) = (worker for worker in pool._workers if worker.task is not None)
    until(lambda: select.select([at_work.out], [], [], 0)[0])
    time.sleep(max(0.0, at_work.task.until + pools.GRACE_S + 0.1 - time.monotonic()))
    with pool.frame(BLANK, time.monotonic() + LONG_S) as session:
        # Its next answer may be as late as a busy machine makes it.
        monkeypatch.setattr(pools, "GRACE_S", LONG_S)
        session.add("whole", 0, step=0)
        assert len(list(session.results())) == 1
    assert pids() == before


def test_no_worker_outlives_its_parent() -> None:
    script = (
        "from scanner.codes.workers.pool import Pool; import time; p = Pool(2); p.warm(); "
        "print('ready', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    pids = below(parent.pid)
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    until(lambda: not any(alive(pid) for pid in pids))


def test_what_a_worker_says_is_checked() -> None:
    with pytest.raises(ValueError, match="polygon"):
        Answer.model_validate_json('{"id":1,"readings":[{"text":"a","polygon":[[0,0]],"engine":"x"}]}')
    with pytest.raises(ValueError, match="kind"):
        ReadingTask.model_validate_json('{"id":1,"kind":"other","height":1,"width":1,"until":0}')


def test_what_starts_well_and_dies_at_every_task_is_not_started_for_ever(pool: Pool, pids: Pids) -> None:
    begun: set[int] = set()
    for _ in range(2 * pools._MOST_DEATHS):
        if not pool.warm():
            break
        begun |= set(pids())
        with pool.frame(BLANK, time.monotonic() + LONG_S) as session:
            for pid in pids():
                os.kill(pid, signal.SIGSTOP)
            for step in range(2):
                session.add("whole", step, step=step)
            for pid in pids():
                os.kill(pid, signal.SIGKILL)
            list(session.results())
    assert not pids()
    assert len(begun) <= pools._MOST_DEATHS + 2


def test_a_frame_worked_on_while_it_is_to_be_forgotten_is_blanked_after(pool: Pool) -> None:
    with pool.frame(BLANK, time.monotonic() + 10):
        pool.forget(within_s=0.01)
        assert pool._map is not None
        assert any(pool._map[:])
    assert not any(pool._map[:])
    with pool.frame(BLANK, time.monotonic() + 10):
        pass
    assert any(pool._map[:])


def test_no_worker_leaves_a_core(pool: Pool, pids: Pids) -> None:
    for pid in pids():
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert next(line for line in limits.splitlines() if "core file" in line).split()[4:6] == ["0", "0"]
