"""Worker processes: an engine that hangs or crashes costs its cap, never the parent; none outlives the parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scanner.reading import pool as pools
from scanner.reading.pool import Pool
from scanner.reading.tasks import Answer, Task

BLANK: Any = np.full((200, 300), 255, np.uint8)


@pytest.fixture
def pool() -> Iterator[Pool]:
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


def test_a_hanging_engine_is_ended_at_its_cap_and_replaced(pool: Pool) -> None:
    before = pool.pids
    # A stopped process takes its task and never answers, as one does whose engine hangs.
    os.kill(before[0], signal.SIGSTOP)
    begin = time.monotonic()
    with pool.frame(BLANK, begin + 5) as session:
        for step in range(3):
            session.add("whole", step, step=step)
        done = [task.step for task, _ in session.results()]
    spent = time.monotonic() - begin
    assert sorted(done) == [0, 1, 2]
    assert pools.CAP_S <= spent < pools.CAP_S + pools.GRACE_S + 1
    assert set(before) - set(pool.pids) == {before[0]}
    assert not alive(before[0])
    assert pool.warm()


def test_a_crashing_engine_is_replaced_and_the_rest_goes_on(pool: Pool) -> None:
    before = pool.pids
    for pid in before:
        os.kill(pid, signal.SIGSTOP)
    with pool.frame(BLANK, time.monotonic() + 10) as session:
        for step in range(3):
            session.add("whole", step, step=step)
        # Both hold a task now.
        for pid in before:
            os.kill(pid, signal.SIGSEGV)
            os.kill(pid, signal.SIGCONT)
        assert sorted(task.step for task, _ in session.results()) == [0, 1, 2]
    assert not set(before) & set(pool.pids)


def test_a_worker_killed_from_outside_is_replaced(pool: Pool) -> None:
    for pid in pool.pids:
        os.kill(pid, signal.SIGKILL)
    with pool.frame(BLANK, time.monotonic() + 10) as session:
        session.add("whole", 0, step=0)
        assert len(list(session.results())) == 1


def test_the_frame_ends_on_time_whatever_hangs(pool: Pool) -> None:
    for pid in pool.pids:
        os.kill(pid, signal.SIGSTOP)
    begin = time.monotonic()
    with pool.frame(BLANK, begin + 0.1) as session:
        for _ in range(4):
            session.add("whole", 0, step=0)
        assert list(session.results()) == []
    assert time.monotonic() - begin < 0.4


def test_a_worker_that_answered_while_nobody_listened_is_kept(pool: Pool) -> None:
    before = pool.pids
    with pool.frame(BLANK, time.monotonic()) as session:
        session.add("whole", 0, step=0)
    time.sleep(pools.CAP_S + pools.GRACE_S + 0.3)
    with pool.frame(BLANK, time.monotonic() + 5) as session:
        session.add("whole", 0, step=0)
        assert len(list(session.results())) == 1
    assert pool.pids == before


def test_no_worker_outlives_its_parent() -> None:
    script = (
        "from scanner.reading.pool import Pool; import time; p = Pool(2); p.warm(); "
        "print(*p.pids, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    until = time.monotonic() + 5
    while any(alive(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(alive(pid) for pid in pids)


def test_what_a_worker_says_is_checked() -> None:
    with pytest.raises(ValueError, match="polygon"):
        Answer.model_validate_json('{"id":1,"readings":[{"text":"a","polygon":[[0,0]],"engine":"x"}]}')
    with pytest.raises(ValueError, match="kind"):
        Task.model_validate_json('{"id":1,"kind":"other","height":1,"width":1,"until":0}')
