"""A loudspeaker whose loop or thread hangs: the watchdog is no longer fed, or it starts anew when nobody hears it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from systemd_ear import SystemdEar
from waiting import until

from speaker.agent import SpeakerAgent


class Run:
    """An agent that runs under systemd's ear; what `hang` holds goes on when the test is over."""

    def __init__(self, agent: SpeakerAgent, systemd: SystemdEar) -> None:
        self.agent = agent
        self.systemd = systemd
        self.go_on, self.ended = threading.Event(), threading.Event()
        self.restarts: list[bool] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def begin(self) -> None:
        self._thread.start()

    def hang(self, *_: Any) -> None:
        self.go_on.wait(60)

    def close(self) -> None:
        self.go_on.set()
        self._stop.set()
        self._thread.join(60)
        self.systemd.close()

    def _run(self) -> None:
        self.restarts.append(self.agent.run(self._stop))
        self.ended.set()


@pytest.fixture
def run(commune: Any, broker: Any, ear: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    systemd = SystemdEar(watchdog_s=2.0)
    for name, value in systemd.environment.items():
        monkeypatch.setenv(name, value)
    commune.pair()
    run = Run(SpeakerAgent(commune.settings(port=broker.port, sink=ear.pipe)), systemd)
    assert systemd.hear() is None, "not ready before it runs"
    yield run
    run.close()


@pytest.mark.parametrize("loop", ["timeline", "main"])
def test_a_loop_that_hangs_stops_the_watchdogs_feeding(run: Run, monkeypatch: pytest.MonkeyPatch, loop: str) -> None:
    run.begin()
    assert "tệp âm thanh" in run.systemd.wait("READY")["STATUS"]
    run.systemd.wait("WATCHDOG")
    whose, what = (run.agent.conductor, "_situation") if loop == "timeline" else (run.agent._upkeep, "tend")
    monkeypatch.setattr(whose, what, run.hang)
    assert run.systemd.falls_silent(2.5)
    run.go_on.set()
    run.systemd.wait("WATCHDOG")


@pytest.mark.parametrize("thread", ["reports", "link", "sound"])
def test_a_thread_that_hangs_unheard_is_mended_by_a_restart_between_broadcasts(
    run: Run, monkeypatch: pytest.MonkeyPatch, thread: str
) -> None:
    playing: list[Any] = [object()]
    monkeypatch.setattr(type(run.agent.conductor), "playing", property(lambda _: playing[0]))
    monkeypatch.setattr(run.agent.own_state, "line", lambda: "")
    monkeypatch.setattr("langso.timekeeping.pulse.HUNG_S", 2.0)
    player: Any = run.agent.player
    hangs = {
        "reports": (run.agent.reporter, run.agent.reporter, "report"),
        "link": (run.agent.link, run.agent.link, "_on_state"),
        "sound": (player, player.owner, "_listen"),
    }
    watched, whose, what = hangs[thread]
    monkeypatch.setattr(whose, what, run.hang)
    run.begin()
    until(lambda: watched.hung)
    assert not run.ended.wait(2), "a broadcast is not cut for it"
    playing[0] = None
    assert run.ended.wait(60)
    assert run.restarts == [True]


def test_reports_in_their_rhythm_do_not_hang(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    report = run.agent.reporter.report
    monkeypatch.setattr(run.agent.reporter, "report", lambda: (report(), made.append(time.monotonic())))
    # A report rests for five seconds between two rounds.
    monkeypatch.setattr("langso.timekeeping.pulse.HUNG_S", 4.0)
    run.begin()
    until(lambda: made and made[-1] - made[0] > 5)
    assert not run.ended.is_set()
