"""The agent on a card that fills up, turns read-only or dies at a write while it plays: the sound goes on.

With LANGSO_TORTURE=1 (`make torture`) each fault strikes at each write; else at a few.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from agents_office import plan_of, soon
from card_pole import Pole, Writes, both_heard, emergency
from failing_card import FAULTS, FailingCard, may_mount
from waiting import until

from langso.contract import Urgent
from langso.device import machine_checks
from speaker.local_mute import wish_mute

pytestmark = pytest.mark.skipif(not may_mount(), reason="needs root and mounts")
TORTURE = bool(os.environ.get("LANGSO_TORTURE"))
# (fault, before which write): in an ordinary run one of each.
STRIKES = (
    [(fault, at) for at in range(1, 41) for fault in FAULTS]
    if TORTURE
    else [("full", 14), ("read_only", 2), ("eio", 24)]
)


@pytest.fixture
def card(commune: Any, tmp_path: Path) -> Iterator[FailingCard]:
    card = FailingCard(commune.state, tmp_path / "card.img")
    yield card
    card.close()


@pytest.fixture
def pole(card: FailingCard, commune: Any, broker: Any, ear: Any) -> Iterator[Pole]:
    pole = Pole(commune, broker, ear)
    yield pole
    pole.close()


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
    assert until(lambda: pole.ended("sang")) == ("played", "")
    if card.fault is None:
        card.fail(fault)
    sent = datetime.now(UTC)
    office.publish(office.topics.urgent("office"), emergency(commune, flood))
    assert until(lambda: pole.ended("lu")) == ("played", "")
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
    bulletin_late, flood_late, likeness = both_heard(ear, noise, start, sent)
    assert abs(bulletin_late) < 0.5
    assert likeness > 0.9
    assert flood_late < 2.0


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
