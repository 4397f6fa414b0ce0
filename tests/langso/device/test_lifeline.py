"""A service is ready when all its loops have turned, and alive only while each of them does."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from systemd_ear import SystemdEar

from langso.device.lifeline import Lifeline


class Seconds:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ear() -> Iterator[SystemdEar]:
    made = SystemdEar(watchdog_s=8.0)
    yield made
    made.close()


def test_it_is_ready_when_every_loop_has_turned_once(ear: SystemdEar) -> None:
    line = Lifeline("pages", "publisher", environment=ear.environment)
    line.turned("pages")
    line.turned("pages")
    assert ear.hear() is None
    line.turned("publisher")
    assert ear.hear() == {"READY": "1", "WATCHDOG": "1"}


def test_one_loop_that_hangs_stops_the_feeding(ear: SystemdEar) -> None:
    clock = Seconds()
    line = Lifeline("pages", "publisher", environment=ear.environment, clock=clock)
    for _ in range(3):
        line.turned("pages")
        line.turned("publisher")
        assert ear.hear() is not None
        clock.now += 2.5
    for _ in range(20):
        line.turned("pages")
        clock.now += 2.5
    assert ear.hear() is None
    line.turned("publisher")
    assert ear.hear() == {"WATCHDOG": "1"}


def test_a_quick_loop_speaks_four_times_a_period_and_says_ready_once(ear: SystemdEar) -> None:
    clock = Seconds()
    line = Lifeline("frames", environment=ear.environment, clock=clock)
    heard = []
    for _ in range(160):
        line.turned("frames")
        clock.now += 0.1
        if (said := ear.hear()) is not None:
            heard.append(said)
    assert len(heard) == 8
    assert [said for said in heard if "READY" in said] == heard[:1]


def test_the_status_is_one_short_line_whatever_it_says(ear: SystemdEar) -> None:
    said = "nối\nWATCHDOG=trigger\x00 " + "ế" * 5000
    Lifeline("loop", status=lambda: said, environment=ear.environment).turned("loop")
    heard = ear.hear()
    assert heard is not None
    assert set(heard) == {"READY", "WATCHDOG", "STATUS"}
    assert heard["WATCHDOG"] == "1"
    assert len(heard["STATUS"]) == 200
    assert "\x00" not in heard["STATUS"]


def test_programs_are_told_a_number_whatever_the_sentence_says(ear: SystemdEar) -> None:
    troubles = iter([errno.ENOTCONN, 0])
    clock = Seconds()
    line = Lifeline(
        "loop", status=lambda: "x", trouble=lambda: next(troubles), environment=ear.environment, clock=clock
    )
    line.turned("loop")
    assert (ear.hear() or {})["ERRNO"] == str(errno.ENOTCONN)
    clock.now += 60
    line.turned("loop")
    assert (ear.hear() or {})["ERRNO"] == "0"


def test_a_status_that_fails_ends_no_loop(ear: SystemdEar) -> None:
    def status() -> str:
        raise OSError("card is gone")

    Lifeline("loop", status=status, environment=ear.environment).turned("loop")
    assert ear.hear() == {"READY": "1", "WATCHDOG": "1"}


def test_a_loop_that_was_not_announced_is_a_mistake(ear: SystemdEar) -> None:
    with pytest.raises(ValueError, match="no such loop"):
        Lifeline("pages", environment=ear.environment).turned("page")


def test_without_systemd_nothing_is_said_and_a_dead_socket_ends_nothing(tmp_path: Path) -> None:
    Lifeline("loop", environment={}).turned("loop")
    Lifeline("loop", environment={"NOTIFY_SOCKET": str(tmp_path / "gone")}).turned("loop")


def test_a_socket_with_a_path_and_anothers_watchdog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("notify")
        manager.settimeout(2)
        clock = Seconds()
        environment = {
            "NOTIFY_SOCKET": "notify",
            "WATCHDOG_USEC": "400000",
            "WATCHDOG_PID": str(os.getpid() + 1),
        }
        line = Lifeline("loop", environment=environment, clock=clock)
        line.turned("loop")
        assert manager.recv(4096) == b"READY=1\nWATCHDOG=1"
        clock.now += 1
        line.turned("loop")
        manager.settimeout(0.05)
        # The fifth of a second was another process's period.
        with pytest.raises(TimeoutError):
            manager.recv(4096)
