"""A loudspeaker whose state lies on a card of the test's, and a count of what it writes there:
`from card_pole import Pole, Writes, both_heard, emergency`.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from agents_office import Office, soon

from deploy.village.instruments.listening import locate, read_medium, read_recording
from langso.contract import Urgent, UrgentOrder
from langso.durable import memory_first
from langso.trust import SigningKey
from speaker.agent import SpeakerAgent


class Writes:
    """Counts what is made durable (file, row), and does something just before one of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._lock = threading.Lock()
        self._at: tuple[int, Callable[[], None]] | None = None
        sync, repeat = os.fsync, memory_first._repeat

        def counted_sync(descriptor: int) -> None:
            self._next()
            sync(descriptor)

        def counted_repeat(*arguments: Any) -> None:
            self._next()
            repeat(*arguments)

        monkeypatch.setattr(os, "fsync", counted_sync)
        monkeypatch.setattr(memory_first, "_repeat", counted_repeat)

    def before(self, number: int, act: Callable[[], None]) -> None:
        with self._lock:
            self._at = (self.count + number, act)

    def _next(self) -> None:
        with self._lock:
            self.count += 1
            if self._at is None or self.count < self._at[0]:
                return
            act, self._at = self._at[1], None
        act()


class Pole:
    """An agent whose state lies on the card; everything else does not. Until `close` this thread, and those that it
    begins, go before what else a machine of tests does: a sink that is starved of its sound is rightly told as cut.
    """

    def __init__(self, commune: Any, broker: Any, ear: Any) -> None:
        self._nice = os.getpriority(os.PRIO_PROCESS, 0)
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, -15)
        self._stop = threading.Event()
        self._running: threading.Thread | None = None
        paired = commune.pair()
        self.settings = commune.settings(port=broker.port, sink=ear.pipe)
        self.office = Office(commune, broker.port, SigningKey.load(paired.signing_key).public)
        self.agent = SpeakerAgent(self.settings)

    def run(self) -> None:
        """Begins as its program does, main loop and all."""
        self._running = threading.Thread(target=self.agent.run, args=(self._stop,), daemon=True)
        self._running.start()

    def begin_again(self) -> None:
        self._end()
        self.agent = SpeakerAgent(self.settings)
        self.agent.start()

    def close(self) -> None:
        self._end()
        self.office.link.stop()
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, self._nice)

    def _end(self) -> None:
        if self._running is None:
            self.agent.stop()
            return
        self._stop.set()
        self._running.join(60)
        assert not self._running.is_alive()
        self._running = None

    def ends(self) -> list[tuple[str, str]]:
        return [(one.occurrence, one.outcome) for one in self.office.events("ended")]

    def ended(self, id: str) -> Any:
        """How it ended, as the office has it, and why; None before."""
        found = [one for one in self.office.events("ended") if one.occurrence == id]
        return (found[0].outcome, found[0].why) if found else None

    def troubles(self) -> list[str]:
        """The first line of each state in which it is bad."""
        return [state.health[0].name for state in self.office.states() if state.health[0].level == "bad"]

    def well(self) -> bool:
        return not self.agent.store.failing and not self.agent.keeper.files.owed


def emergency(commune: Any, medium: Any, id: str = "lu") -> bytes:
    order = UrgentOrder(id=id, action="play", media=(medium,), issued=datetime.now(UTC), expires=soon(600))
    return bytes(commune.seal(Urgent(**commune.head("urgent"), orders=(order,))))


def both_heard(ear: Any, noise: dict[str, Path], start: datetime, sent: datetime) -> tuple[float, float, float]:
    """From the recording: by how much the bulletin (WAV) was later than `start`, and the emergency (Opus) than it was
    sent, in seconds; and how like itself that one was (1: the same).
    """
    ear.close()
    heard = read_recording(ear.out)
    bulletin = locate(heard, read_medium(noise["wav"]))
    flood = locate(heard, read_medium(noise["opus"]), after_ns=int(sent.timestamp() * 1e9))
    late = bulletin.start_ns / 1e9 - start.timestamp(), flood.start_ns / 1e9 - sent.timestamp()
    return *late, flood.correlation
