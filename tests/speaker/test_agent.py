"""The agent against a real broker, a real media server, a real pipe with the recorder: end to end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from agents_office import Office, plan_of, soon
from waiting import until

from deploy.village.instruments.listening import locate, read_medium, read_recording
from langso.contract import (
    DeviceOrder,
    Order,
    Plan,
    Presence,
    ReceiptsAck,
    Urgent,
    UrgentOrder,
)
from langso.contract.health import Check
from speaker.agent import SpeakerAgent
from speaker.sound.heard import Sounding


@pytest.fixture
def house(commune: Any, broker: Any, ear: Any) -> Iterator[Any]:
    from langso.trust import SigningKey

    paired = commune.pair()
    settings = commune.settings(port=broker.port, sink=ear.pipe)
    public = SigningKey.load(paired.signing_key).public

    class House:
        def __init__(self) -> None:
            self.agent = SpeakerAgent(settings)
            self.office = Office(commune, broker.port, public)

        def restart(self) -> None:
            self.agent.stop()
            self.agent = SpeakerAgent(settings)
            self.agent.start()

    house = House()
    house.agent.start()
    yield house
    house.agent.stop()
    house.office.link.stop()


@pytest.mark.real_time
def test_a_planned_broadcast_is_heard_on_time_and_receipted(
    house: Any, commune: Any, media_server: Any, noise: dict[str, Path], ear: Any
) -> None:
    office = house.office
    medium = media_server.add(noise["opus"].read_bytes(), 1500, "opus")
    # The plan comes first: it is refused without trust only if asked for too early.
    start = soon(4.5)
    office.publish(office.topics.plan, commune.seal(plan_of(commune, medium, {"sang": start})))
    office.publish(office.topics.trust, commune.trust())
    ended = until(lambda: office.ended("sang"))
    assert (ended.outcome, ended.why) == ("played", "")
    assert ended.heard_ms == pytest.approx(1500, abs=40)
    (began,) = office.events("started")
    assert (began.kind, began.issuer, began.epoch) == ("plan", "office", 1)
    assert abs(began.error_ms) < 20
    ear.close()
    found = locate(read_recording(ear.out), read_medium(noise["opus"]))
    print("start error by the recorder", found.start_ns / 1e6 - start.timestamp() * 1e3, "ms", found.correlation)
    assert found.correlation > 0.95
    assert abs(found.start_ns / 1e9 - start.timestamp()) < 0.020
    state = until(lambda: next((s for s in reversed(office.states()) if s.receipts_through >= 4), None))
    assert {(held.kind, held.version) for held in state.held} >= {("trust", 1), ("plan", 1)}
    assert state.playing is None
    stored = [body for body in office.events("document") if body.outcome == "stored"]
    assert [body.document for body in stored] == ["trust", "plan"]


@pytest.mark.real_time
def test_an_emergency_cuts_in_is_cleared_and_the_broadcast_resumes(
    house: Any, commune: Any, media_server: Any, noise: dict[str, Path], ear: Any
) -> None:
    office = house.office
    medium = media_server.add(noise["flac"].read_bytes(), 1500, "flac")
    alarm = media_server.add(noise["wav"].read_bytes(), 1500, "wav")
    office.publish(office.topics.trust, commune.trust())
    plan = plan_of(commune, medium, {"dai": soon(4)})
    long = plan.model_copy(update={"programmes": (plan.programmes[0].model_copy(update={"media": (0, 0, 0)}),)})
    office.publish(office.topics.plan, commune.seal(long))
    until(lambda: [e for e in office.events("started") if e.occurrence == "dai"])
    issued = datetime.now(UTC)
    order = UrgentOrder(id="lu", action="play", media=(alarm,), repeat=50, issued=issued, expires=soon(600))
    head = commune.head("urgent", issued=issued)
    office.publish(office.topics.urgent("office"), commune.seal(Urgent(**head, orders=(order,))))
    until(lambda: [e for e in office.events("started") if e.occurrence == "lu"])
    alarmed = house.agent.conductor._performances[-1]
    until(lambda: alarmed.heard_ms(time.monotonic()) > 1200)
    assert office.ended("dai") is None
    clear = UrgentOrder(id="yen", action="all_clear", ends=("*",), issued=soon(0), expires=soon(600))
    office.publish(office.topics.urgent("office"), commune.seal(Urgent(**commune.head("urgent"), orders=(clear,))))
    ended = until(lambda: office.ended("lu"))
    assert (ended.outcome, ended.why, ended.code) == ("cut", "đã báo yên", "all_clear")
    assert (ended.kind, ended.issuer, ended.epoch) == ("urgent", "office", 1)
    assert until(lambda: office.ended("dai")).outcome == "played"
    assert office.ended("dai").heard_ms == pytest.approx(4500, abs=300)
    ear.close()
    found = locate(
        read_recording(ear.out), read_medium(noise["wav"])[:48_000], after_ns=int(issued.timestamp() * 1e9)
    )
    print("cut in after", found.start_ns / 1e6 - issued.timestamp() * 1e3, "ms")
    assert found.correlation > 0.9
    assert found.start_ns / 1e9 - issued.timestamp() < 1.0


@pytest.mark.real_time
def test_it_plays_with_broker_and_office_gone_after_a_restart(
    house: Any, commune: Any, media_server: Any, noise: dict[str, Path], broker: Any, ear: Any
) -> None:
    office = house.office
    medium = media_server.add(noise["opus"].read_bytes(), 1500, "opus")
    office.publish(office.topics.trust, commune.trust())
    start = soon(9)
    office.publish(office.topics.plan, commune.seal(plan_of(commune, medium, {"toi": start})))
    until(lambda: office.states() and office.states()[-1].media_ready == 1)
    broker.kill()
    media_server.close()
    house.restart()
    ends = until(lambda: [r.body.outcome for r in house.agent.journal.lines() if r.body.event == "ended"])
    assert ends == ["played"]
    assert office.ended("toi") is None
    broker.start()
    assert until(lambda: office.ended("toi")).outcome == "played"
    ear.close()
    found = locate(read_recording(ear.out), read_medium(noise["opus"]))
    assert found.correlation > 0.95
    assert abs(found.start_ns / 1e9 - start.timestamp()) < 0.020


def test_refusals_are_receipted_with_their_reason(house: Any, commune: Any, media_server: Any) -> None:
    from langso.trust import SigningKey

    office = house.office
    medium = media_server.add(b"RIFFxxxx", 1000)
    office.publish(office.topics.trust, commune.trust())
    good = plan_of(commune, medium, {})
    first = commune.seal(good)
    office.publish(office.topics.plan, first)
    until(lambda: [e for e in office.events("document") if e.document == "plan"])
    second = commune.seal(plan_of(commune, medium, {}))
    office.publish(office.topics.plan, second)
    past = datetime.now(UTC) - timedelta(days=2)
    wrong = {
        "rolled_back": first,
        "forged": commune.seal(plan_of(commune, medium, {}), SigningKey.generate()),
        "expired": commune.seal(
            Plan(**commune.head("plan", issued=past, expires=past + timedelta(days=1)), until=soon(1))
        ),
        "equivocation": commune.seal(Plan(**commune.head("plan", version=2), until=soon(5))),
        "wrong_commune": commune.seal(Plan(**commune.head("plan", commune="xa-khac"), until=soon(5))),
        "malformed": b"{}",
    }
    for raw in wrong.values():
        office.publish(office.topics.plan, raw)
    office.publish(office.topics.plan, wrong["forged"])
    refused = until(
        lambda: (
            (found := [e for e in office.events("document") if e.outcome == "refused"])
            and len(found) >= len(wrong)
            and found
        )
    )
    assert sorted(e.reason for e in refused) == sorted(wrong)
    assert all(e.why.endswith(".") and e.code == e.reason for e in refused)
    assert {e.reason: e.epoch for e in refused} == {
        **dict.fromkeys(("rolled_back", "expired", "equivocation", "wrong_commune"), 1),
        **dict.fromkeys(("forged", "malformed")),
    }
    assert house.agent.keeper.held("plan").document.version == 2


def test_receipts_are_sent_until_acknowledged_and_again_when_that_goes_back(
    house: Any, commune: Any, media_server: Any
) -> None:
    office = house.office
    office.publish(office.topics.trust, commune.trust())
    for count in range(3):
        office.publish(office.topics.plan, commune.seal(plan_of(commune, media_server.add(b"x"), {})))
        until(lambda wanted=count + 2: len(office.receipts()) >= wanted)
    office.acknowledge(4)
    until(lambda: house.agent.journal.acknowledged == 4)
    assert house.agent.outbox.waiting("receipts") == 0
    office.heard[:] = [entry for entry in office.heard if not entry[0].endswith("/receipts")] + [
        entry for entry in office.heard if entry[0].endswith("/receipts")
    ][-1:]
    journal = office.journal()
    office.heard.clear()
    ack = ReceiptsAck(
        issuer="office",
        device=commune.device,
        commune=commune.code,
        journal=journal,
        through=1,
        written=datetime.now(UTC),
    )
    office.publish(office.topics.device(commune.device, "receipts/ack"), commune.seal(ack))
    until(lambda: set(office.receipts()) >= {2, 3, 4})


def test_presence_goes_when_the_agent_goes(house: Any, commune: Any) -> None:
    office = house.office

    def last() -> Presence | None:
        found = [raw for topic, raw in office.heard if topic.endswith("/presence")]
        return Presence.model_validate_json(found[-1]) if found else None

    until(lambda: (seen := last()) and seen.online)
    house.agent.link.stop()
    until(lambda: (seen := last()) and not seen.online)


@pytest.mark.real_time
def test_mute_silences_and_is_reported(house: Any, commune: Any, media_server: Any, noise: dict[str, Path]) -> None:
    office = house.office
    office.publish(office.topics.trust, commune.trust())
    house.agent.ledger.set_switch("muted", "1")
    medium = media_server.add(noise["wav"].read_bytes(), 1500, "wav")
    plan = plan_of(commune, medium, {"cam": soon(3)}, late={"rule": "drop"})
    office.publish(office.topics.plan, commune.seal(plan))
    ended = until(lambda: office.ended("cam"))
    assert (ended.outcome, ended.why, ended.code) == ("refused", "loa đang tắt tiếng", "muted_when_due")
    until(lambda: office.states()[-1].muted)


@pytest.mark.real_time
def test_a_show_withdrawn_while_it_plays_is_cut(
    house: Any, commune: Any, media_server: Any, noise: dict[str, Path]
) -> None:
    office = house.office
    office.publish(office.topics.trust, commune.trust())
    medium = media_server.add(noise["wav"].read_bytes(), 1500, "wav")
    plan = plan_of(commune, medium, {"bo": soon(4)})
    update = {"programmes": (plan.programmes[0].model_copy(update={"media": (0,) * 10}),)}
    office.publish(office.topics.plan, commune.seal(plan.model_copy(update=update)))
    until(lambda: office.events("started"))
    office.publish(office.topics.plan, commune.seal(plan_of(commune, medium, {})))
    ended = until(lambda: office.ended("bo"))
    assert (ended.outcome, ended.why, ended.code) == ("cut", "withdrawn", "withdrawn")
    assert 0 < ended.heard_ms < 10_000


@pytest.mark.real_time
def test_device_orders_are_done_once(house: Any, commune: Any) -> None:
    office = house.office
    office.publish(office.topics.trust, commune.trust())
    order = Order(
        **commune.head("order", audience=commune.device),
        settings={"volume": 35},
        orders=(DeviceOrder(id="thu", action="test_sound", expires=soon(60)),),
    )
    raw = commune.seal(order)
    office.publish(office.topics.device(commune.device, "order"), raw)
    ended = until(lambda: office.ended("thu"))
    assert (ended.outcome, ended.title) == ("played", "Thử loa")
    assert (ended.kind, ended.issuer, ended.epoch) == ("order", "office", 1)
    assert house.agent.ledger.switch("volume") == "35"
    house.restart()
    office.publish(office.topics.device(commune.device, "order"), raw)
    again = order.model_copy(
        update={
            "version": commune.number("order"),
            "orders": (*order.orders, DeviceOrder(id="lai", action="test_sound", expires=soon(60))),
        }
    )
    office.publish(office.topics.device(commune.device, "order"), commune.seal(again))
    assert until(lambda: office.ended("lai")).outcome == "played"
    assert len([e for e in office.events("ended") if e.occurrence == "thu"]) == 1


def test_lost_marks_wait_for_the_signed_nonce(commune: Any, broker: Any, ear: Any, media_server: Any) -> None:
    import shutil

    from langso.trust import SigningKey

    paired = commune.pair()
    settings = commune.settings(port=broker.port, sink=ear.pipe)
    office = Office(commune, broker.port, SigningKey.load(paired.signing_key).public)
    shutil.rmtree(commune.state / "trust")
    agent = SpeakerAgent(settings)
    agent.start()
    try:
        office.publish(office.topics.trust, commune.trust())
        office.publish(office.topics.plan, commune.seal(plan_of(commune, media_server.add(b"x"), {})))
        refused = until(lambda: [e for e in office.events("document") if e.outcome == "refused"])
        assert refused[0].reason == "needs_nonce"
        nonce = until(lambda: next((s.needs_nonce for s in reversed(office.states()) if s.needs_nonce), None))
        answer = DeviceOrder(id="dap", action="nonce_answer", nonce=nonce, expires=soon(60))
        order = Order(**commune.head("order", audience=commune.device), orders=(answer,))
        office.publish(office.topics.device(commune.device, "order"), commune.seal(order))
        until(lambda: agent.keeper.held("plan"))
        until(lambda: office.states()[-1].needs_nonce is None)
    finally:
        agent.stop()
        office.link.stop()


def test_its_health_tells_what_sensors_heard_and_what_files_are_worth(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = house.agent
    monkeypatch.setattr(agent._hearing, "_last", Sounding.CUT_CABLE)
    monkeypatch.setattr(agent.proofs, "checks", lambda: [Check.warning("proofs", "hỏng", "gửi lại")])
    levels = {check.name: check.level for check in agent.own_state.checks()}
    assert (levels["heard"], levels["proofs"]) == ("bad", "warn")


def test_a_second_copy_is_refused(commune: Any, broker: Any, ear: Any, tmp_path: Path) -> None:
    import subprocess
    import sys

    from langso.durable.single_instance import SingleInstance

    settings = tmp_path / "s.toml"
    settings.write_text(
        f'[commune]\ncode = "{commune.code}"\nname = "Xã"\n[device]\nid = "{commune.device}"\nrole = "speaker"\n'
        f'[speaker]\nsound = "pipe"\nsink = "{ear.pipe}"\n'
        f'[paths]\nstate = "{commune.state}"\nrun = "{tmp_path / "run"}"\n'
    )
    command = [sys.executable, "-m", "deploy", "speaker", "run", "--settings", str(settings)]
    with SingleInstance(tmp_path / "run" / "speaker.lock"):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "đang chạy rồi" in done.stderr
    assert "Traceback" not in done.stderr
