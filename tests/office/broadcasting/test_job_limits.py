"""Making speech costs: nobody takes it all, what is to be sent goes first, and a program has its limits."""

from __future__ import annotations

import os
import resource
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from refusals import refused

from langso.durable.store import Store
from langso.voices import child_limits
from office.broadcasting import jobs
from office.broadcasting.jobs import JobRows
from office.errors import QueueFull
from office.store import MIGRATIONS


class Hours:
    def __init__(self) -> None:
        from datetime import UTC, datetime

        self.at = datetime(2026, 11, 30, 2, tzinfo=UTC)

    def now(self) -> Any:
        return self.at


@pytest.fixture
def clock() -> Hours:
    return Hours()


@pytest.fixture
def rows(tmp_path: Any, clock: Any) -> Any:
    store = Store(tmp_path / "office.db", MIGRATIONS)
    yield JobRows(store, clock)
    store.close()


def test_what_is_to_be_sent_goes_before_what_is_only_listened_to(rows: JobRows, clock: Hours) -> None:
    rows.ask("listen", "Một.", "lan")
    clock.at += timedelta(seconds=1)
    send = rows.ask("send", "Hai.", "hoa", "b1")
    taken = rows.take()
    assert taken is not None
    assert taken.id == send.id


def test_listening_leaves_seats_for_sending(rows: JobRows) -> None:
    for number in range(jobs.MOST_WAITING - jobs.SEATS_FOR_SENDING):
        rows.ask("listen", f"Bài {number}.", f"người {number}")
    with refused(QueueFull, "jobs-full"):
        rows.ask("listen", "Một bài nữa.", "lan")
    assert rows.ask("send", "Gửi.", "lan", "b1").state == "waiting"


def test_an_hour_of_listening_is_enough_and_sending_is_never_counted(rows: JobRows, clock: Hours) -> None:
    long = "a" * (jobs.LETTERS_OF_ONE // 4)
    for number in range(4):
        rows.end(rows.ask("listen", f"{number}{long[1:]}", "lan").id, "done")
        taken = rows.take()
        assert taken is not None
        rows.end(taken.id, "done")
    with refused(QueueFull, "jobs-enough"):
        rows.ask("listen", "Một bài nữa.", "lan")
    assert rows.ask("listen", "Một bài nữa.", "hoa").state == "waiting"
    assert rows.ask("send", long, "lan", "b1").state == "waiting"
    clock.at += timedelta(minutes=61)
    assert rows.ask("listen", "Một bài nữa.", "lan").state == "waiting"


def test_all_together_have_a_limit_too(rows: JobRows) -> None:
    long = "a" * jobs.LETTERS_OF_ONE
    for number in range(jobs.LETTERS_OF_ALL // jobs.LETTERS_OF_ONE):
        rows.ask("listen", long, f"người {number}")
    with refused(QueueFull, "jobs-enough"):
        rows.ask("listen", long, "người mới")


def test_a_program_that_speaks_has_its_share_of_the_machine() -> None:
    with subprocess.Popen(["sleep", "60"]) as running:
        child_limits.limit_child(running.pid, patient=True)
        assert resource.prlimit(running.pid, resource.RLIMIT_AS) == (child_limits.MEMORY,) * 2
        assert resource.prlimit(running.pid, resource.RLIMIT_CPU) == (child_limits.PROCESSOR_S,) * 2
        assert os.getpriority(os.PRIO_PROCESS, running.pid) >= child_limits.PATIENT
        running.kill()
    child_limits.limit_child(running.pid)
