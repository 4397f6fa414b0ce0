"""The agent on a card that hangs, at a write while it plays: the sound goes on, nothing else waits, health says it.

With LANGSO_TORTURE=1 (`make torture`) it hangs at each write; else at one.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from agents_office import plan_of, soon
from card_pole import Pole, Writes, both_heard, emergency
from hanging_card import HangingCard, may_hang
from waiting import until

from langso.device import machine_checks

pytestmark = pytest.mark.skipif(not may_hang(), reason="needs root, mounts and FUSE")
# Before which write it hangs.
STRIKES = range(1, 31) if os.environ.get("LANGSO_TORTURE") else (19,)


@pytest.fixture
def card(commune: Any, tmp_path: Path) -> Iterator[HangingCard]:
    card = HangingCard(commune.state, tmp_path / "card")
    yield card
    card.close()


@pytest.fixture
def pole(card: HangingCard, commune: Any, broker: Any, ear: Any) -> Iterator[Pole]:
    pole = Pole(commune, broker, ear)
    yield pole
    card.go_on()
    pole.close()


@pytest.mark.real_time
@pytest.mark.parametrize("at", STRIKES)
def test_a_card_that_hangs_at_any_write_silences_nothing_and_loses_no_receipt(
    at: int,
    pole: Pole,
    card: HangingCard,
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
    hung = threading.Event()
    Writes(monkeypatch).before(at, lambda: (card.hang(), hung.set()))
    pole.run()
    office.publish(office.topics.trust, commune.trust())
    until(lambda: pole.agent.keeper.trust)
    start = soon(6)
    office.publish(office.topics.plan, commune.seal(plan_of(commune, bulletin, {"sang": start})))
    assert until(lambda: pole.ended("sang")) == ("played", "")
    if not hung.is_set():
        card.hang()
    sent = datetime.now(UTC)
    office.publish(office.topics.urgent("office"), emergency(commune, flood))
    assert until(lambda: pole.ended("lu")) == ("played", "")
    until(lambda: "storage" in pole.troubles())
    told = next(state.health[0].why for state in reversed(office.states()) if state.health[0].name == "storage")
    assert "treo" in told or "không trả lời" in told
    # Its loops go round while the card is held, and nothing of it hangs.
    assert not pole.agent.reporter.hung
    assert pole.agent.link.connected
    before = time.monotonic()
    pole.agent._upkeep.tend()
    assert time.monotonic() - before < 5
    # When it answers again, it has all that was played, each once, and the chain holds.
    card.go_on()
    until(pole.well)
    pole.begin_again()
    ended = [line.body for line in pole.agent.journal.lines() if line.body.event == "ended"]
    assert [(one.occurrence, one.outcome) for one in ended] == [("sang", "played"), ("lu", "played")]
    assert pole.agent.keeper.held("urgent").document.version == commune.versions["urgent"]
    bulletin_late, flood_late, likeness = both_heard(ear, noise, start, sent)
    assert abs(bulletin_late) < 0.5
    assert likeness > 0.9
    assert flood_late < 3.0
