"""A running agent whose machine's clock lies for a while: what is due sounds, and nothing of the plan is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from agents_office import Office, plan_of, soon
from waiting import until

from langso.contract import DeviceOrder, Order
from langso.timekeeping.clock import SystemClock
from langso.trust import SigningKey
from speaker.agent import SpeakerAgent

DAY_S = 86400.0


class LyingClock(SystemClock):
    """The machine's clock, off by `off_s`."""

    off_s = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.off_s)


@pytest.mark.real_time
def test_a_lie_of_the_network_under_a_running_agent_loses_nothing_and_what_is_due_sounds(
    commune: Any, broker: Any, ear: Any, media_server: Any, noise: dict[str, Path], monkeypatch: Any
) -> None:
    paired, clock = commune.pair(), LyingClock()
    monkeypatch.setattr("langso.timekeeping.evidence.kernel_synchronised", lambda: clock.off_s != 0)
    settings = commune.settings(port=broker.port, sink=ear.pipe)
    auto = settings.model_copy(update={"clock": settings.clock.model_copy(update={"trust": "auto"})})
    agent = SpeakerAgent(auto, clock=clock)
    office = Office(commune, broker.port, SigningKey.load(paired.signing_key).public)
    agent.start()
    try:
        office.publish(office.topics.trust, commune.trust())
        nonce = until(lambda: next((s.needs_nonce for s in reversed(office.states()) if s.needs_nonce), None))
        answer = DeviceOrder(id="gio", action="nonce_answer", nonce=nonce, expires=soon(60))
        order = Order(**commune.head("order", audience=commune.device), orders=(answer,))
        office.publish(office.topics.device(commune.device, "order"), commune.seal(order))
        state = until(lambda: next((s for s in reversed(office.states()) if s.clock.trusted), None))
        assert state.clock.proven_until > datetime.now(UTC) + timedelta(days=30)
        medium = media_server.add(noise["opus"].read_bytes(), 1500, "opus")
        starts = {f"mai-{day}": datetime.now(UTC) + timedelta(days=day) for day in range(1, 14)}
        starts["sang"] = soon(6)
        office.publish(office.topics.plan, commune.seal(plan_of(commune, medium, starts)))
        until(lambda: office.states()[-1].media_ready == 1)
        clock.off_s = 20 * DAY_S
        ended = until(lambda: office.ended("sang"))
        (began,) = office.events("started")
        until(lambda: any(s.clock.reason == "kept" and s.clock.trusted for s in office.states()))
        assert until(lambda: office.states()[-1].needs_nonce), "the office is asked about the leap"
        clock.off_s = 0.0
        until(lambda: not office.states()[-1].needs_nonce)
        assert (ended.outcome, ended.final) == ("played", True)
        assert abs(began.error_ms) < 20
        assert abs(began.planned - starts["sang"]) < timedelta(milliseconds=1)
        assert [body.occurrence for body in office.events("ended")] == ["sang"]
        written = [line.written for line in agent.journal.lines()]
        assert max(written) < soon(1), "and no receipt is dated by it"
    finally:
        agent.stop()
        office.link.stop()


def test_what_the_root_signed_is_no_word_of_the_office(commune: Any, tmp_path: Path, media_server: Any) -> None:
    commune.pair()
    agent = SpeakerAgent(commune.settings(port=1, sink=tmp_path / "sound.pcm"))
    try:
        agent.keeper.take_trust(commune.trust())
        heard = {check.name: check.code for check in agent.own_state.checks()}
        assert heard["office"] == "trust-never-heard"
        agent.keeper.take("plan", commune.seal(plan_of(commune, media_server.add(b"x"), {})))
        assert {check.name: check.code for check in agent.own_state.checks()}["office"] == "trust-heard"
    finally:
        agent.stop()
