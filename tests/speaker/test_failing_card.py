"""The agent on a card that fills up, turns read-only or dies at a write while it plays: the sound goes on.

With LANGSO_TORTURE=1 (`make torture`) each fault strikes at each write; else at a few.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from agents_office import Office, plan_of, soon
from failing_card import FAULTS, FailingCard, may_mount
from waiting import until

from deploy.village.instruments.listening import locate, read_medium, read_recording
from langso.contract import Urgent, UrgentOrder
from langso.device import machine_checks
from langso.durable import memory_first
from speaker.agent import SpeakerAgent
from speaker.local_mute import wish_mute

pytestmark = pytest.mark.skipif(not may_mount(), reason="needs root and mounts")
TORTURE = bool(os.environ.get("LANGSO_TORTURE"))
# (fault, before which write): in an ordinary run one of each.
STRIKES = (
    [(fault, at) for at in range(1, 41) for fault in FAULTS]
    if TORTURE
    else [("full", 14), ("read_only", 2), ("eio", 24)]
)


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


@pytest.fixture
def card(commune: Any, tmp_path: Path) -> Iterator[FailingCard]:
    card = FailingCard(commune.state, tmp_path / "card.img")
    yield card
    card.close()


class Pole:
    """An agent whose state lies on the card; everything else does not."""

    def __init__(self, commune: Any, broker: Any, ear: Any) -> None:
        from langso.trust import SigningKey

        paired = commune.pair()
        self.settings = commune.settings(port=broker.port, sink=ear.pipe)
        self.office = Office(commune, broker.port, SigningKey.load(paired.signing_key).public)
        self.agent = SpeakerAgent(self.settings)

    def begin_again(self) -> None:
        self.agent.stop()
        self.agent = SpeakerAgent(self.settings)
        self.agent.start()

    def close(self) -> None:
        self.agent.stop()
        self.office.link.stop()

    def ends(self) -> list[tuple[str, str]]:
        return [(one.occurrence, one.outcome) for one in self.office.events("ended")]

    def troubles(self) -> list[str]:
        """The first line of each state in which it is bad."""
        return [state.health[0].name for state in self.office.states() if state.health[0].level == "bad"]

    def well(self) -> bool:
        return not self.agent.store.failing and not self.agent.keeper.files.owed


@pytest.fixture
def pole(card: FailingCard, commune: Any, broker: Any, ear: Any) -> Iterator[Pole]:
    pole = Pole(commune, broker, ear)
    yield pole
    pole.close()


def emergency(commune: Any, medium: Any, id: str = "lu") -> bytes:
    order = UrgentOrder(id=id, action="play", media=(medium,), issued=datetime.now(UTC), expires=soon(600))
    return bytes(commune.seal(Urgent(**commune.head("urgent"), orders=(order,))))


@pytest.mark.real_time
@pytest.mark.parametrize(("fault", "at"), STRIKES)
def test_a_card_that_fails_at_any_write_silences_nothing_and_loses_no_receipt(
    fault: str,
    at: int,
    pole: Pole,
    card: FailingCard,
    commune: Any,
    media_server: Any,
    noise: dict[str, Path],
    ear: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = pole.office
    bulletin = media_server.add(noise["wav"].read_bytes(), 1500, "wav")
    flood = media_server.add(noise["opus"].read_bytes(), 1500, "opus")
    monkeypatch.setattr(machine_checks, "AGAIN_S", 0.0)
    Writes(monkeypatch).before(at, lambda: card.fail(fault))
    pole.agent.start()
    office.publish(office.topics.trust, commune.trust())
    start = soon(3)
    office.publish(office.topics.plan, commune.seal(plan_of(commune, bulletin, {"sang": start})))
    assert until(lambda: dict(pole.ends()).get("sang")) == "played"
    if card.fault is None:
        card.fail(fault)
    sent = datetime.now(UTC)
    office.publish(office.topics.urgent("office"), emergency(commune, flood))
    assert until(lambda: dict(pole.ends()).get("lu")) == "played"
    # A card that is only full may take a row now and then: it is said to be full all the same.
    until(lambda: {"storage", "disk"} & {*pole.troubles()})
    # Made whole again, it has all that was played, each once, and the chain holds.
    card.repair()
    until(pole.well)
    pole.begin_again()
    until(lambda: pole.agent.link.connected)
    lines = pole.agent.journal.lines()
    ended = [line.body for line in lines if line.body.event == "ended"]
    assert [(one.occurrence, one.outcome) for one in ended] == [("sang", "played"), ("lu", "played")]
    assert ended[1].storage_failed or fault == "full"
    assert pole.agent.keeper.held("urgent").document.version == commune.versions["urgent"]
    ear.close()
    heard = read_recording(ear.out)
    first = locate(heard, read_medium(noise["wav"]))
    assert abs(first.start_ns / 1e9 - start.timestamp()) < 0.5
    second = locate(heard, read_medium(noise["opus"]), after_ns=int(sent.timestamp() * 1e9))
    assert second.correlation > 0.9
    assert second.start_ns / 1e9 - sent.timestamp() < 2.0


@pytest.mark.parametrize("fault", ["full", "read_only"])
def test_the_mute_holds_while_the_card_takes_nothing_and_is_owed_to_it(
    fault: str, pole: Pole, card: FailingCard, commune: Any, media_server: Any, noise: dict[str, Path]
) -> None:
    """An emergency that comes then and is over before somebody unmutes is on record, as what it was: not heard."""
    office, agent = pole.office, pole.agent
    agent.start()
    office.publish(office.topics.trust, commune.trust())
    until(lambda: agent.keeper.trust)
    card.fail(fault)
    asked = threading.Thread(target=wish_mute, args=(pole.settings.paths.run, True))
    asked.start()
    until(agent.mute.look)
    asked.join()
    flood = media_server.add(noise["opus"].read_bytes(), 1500, "opus")
    office.publish(office.topics.urgent("office"), emergency(commune, flood))
    until(lambda: [one for one in office.events("document") if one.code == "speaker-mute-beats"])
    told = ("mute", "bad")
    until(lambda: [state for state in office.states() if told in [(one.name, one.level) for one in state.health]])
    office.publish(office.topics.urgent("office"), commune.seal(Urgent(**commune.head("urgent"))))
    until(lambda: ("lu", "refused") in pole.ends())
    card.repair()
    until(pole.well)
    pole.begin_again()
    assert pole.agent.mute.muted
    (ended,) = [line.body for line in pole.agent.journal.lines() if line.body.event == "ended"]
    assert (ended.outcome, ended.code, ended.heard_ms) == ("refused", "muted_when_due", 0)
