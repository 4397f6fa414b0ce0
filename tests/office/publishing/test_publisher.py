from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from langso.contract import EndedReceipt, Held, Presence, ReceiptsAck, Topics
from langso.mqtt.link import Link
from langso.settings.model import LinkSettings
from langso.timekeeping.clock import SystemClock
from langso.trust import Keeper, SigningKey, begin_marks
from office.publishing.publisher import LOOK_S

TOPICS = Topics("hoa-son")


class Loudspeaker:
    """A device on the broker with a real Keeper; reports what it holds."""

    def __init__(self, world: Any, port: int, folder: Path, id: str = "loa-1") -> None:
        self.reporter = world.reporter(id)
        folder.mkdir(exist_ok=True)
        begin_marks(folder)
        self.keeper = Keeper(folder, "hoa-son", id, world.home.roots, SystemClock(), "host")
        self.acks: list[ReceiptsAck] = []
        self.refused: list[str] = []
        self.id = id
        self.link = Link(LinkSettings(host="127.0.0.1", port=port), id, on_message=self._take)
        for topic in (TOPICS.trust, TOPICS.plan, TOPICS.urgent("+"), TOPICS.catalogue):
            self.link.subscribe(topic)
        for leaf in ("order", "receipts/ack"):
            self.link.subscribe(TOPICS.device(id, leaf))
        self.link.start()

    def _take(self, topic: str, payload: bytes, retain: bool) -> None:
        address = TOPICS.read(topic)
        assert address is not None
        try:
            if address.leaf == "trust":
                self.keeper.take_trust(payload)
            else:
                kind = "ack" if address.leaf == "receipts/ack" else address.leaf
                taken = self.keeper.take(kind, payload)
                if isinstance(taken.document, ReceiptsAck):
                    self.acks.append(taken.document)
        except ValueError as error:
            self.refused.append(f"{topic}: {error}")

    def say(self, leaf: str, payload: bytes) -> None:
        self.link.publish(TOPICS.device(self.id, leaf), payload, retain=leaf != "receipts")

    def state(self, **more: Any) -> None:
        self.say("state", self.reporter.state(tuple(self.keeper.versions()), **more))

    def plan_version(self) -> int:
        held = self.keeper.held("plan")
        return held.document.version if held else 0  # type: ignore[attr-defined]


@pytest.fixture
def world(make_office: Callable[..., Any], broker: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("office.publishing.publisher.LOOK_S", 0.2)
    found = make_office(link=LinkSettings(host="127.0.0.1", port=broker.port, retry_max_s=1.0))
    found.office.start_publisher()
    return found


@pytest.fixture
def loudspeaker(world: Any, broker: Any, tmp_path: Path) -> Any:
    made = Loudspeaker(world, broker.port, tmp_path / "loa-1")
    yield made
    made.link.stop()


def test_a_device_gets_trust_plan_and_urgent_orders_and_obeys_them(
    world: Any, loudspeaker: Any, until: Callable[..., bool]
) -> None:
    assert until(lambda: loudspeaker.plan_version() >= 1)
    service = world.office.broadcasts
    draft = service.draft("Bà con chú ý.", targets=["loa-1"], start=datetime.now(UTC) + timedelta(hours=1), by="a")
    service.prepare(draft.id)
    service.send(draft.id, "a")
    assert until(lambda: loudspeaker.keeper.held("plan").document.occurrences)
    order = world.office.alarms.urgent("Nước lên.", targets=["*"], by="a", repeat=2, minutes=5)
    assert until(lambda: [o.id for o in loudspeaker.keeper.held("urgent").document.orders] == [order.id])
    world.office.alarms.all_clear(order.id, "a")
    assert until(lambda: [o.action for o in loudspeaker.keeper.held("urgent").document.orders] == ["all_clear"])
    service.withdraw(draft.id, "a")
    assert until(lambda: not loudspeaker.keeper.held("plan").document.occurrences)
    assert loudspeaker.refused == []


def test_what_another_process_signs_is_published_within_a_second(
    world: Any, loudspeaker: Any, until: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LOOK_S <= 1
    monkeypatch.setattr("office.publishing.publisher.LOOK_S", LOOK_S)
    # What is published again and again anyway shows nothing.
    monkeypatch.setattr("office.publishing.publisher.REFRESH_S", 600.0)
    from office.whole_office import Office

    assert until(lambda: loudspeaker.plan_version() >= 1)
    before = loudspeaker.plan_version()
    with Office(world.settings) as other:
        draft = other.broadcasts.draft("Tin.", targets=["*"], start=datetime.now(UTC) + timedelta(hours=1), by="b")
        other.broadcasts.prepare(draft.id)
        other.broadcasts.send(draft.id, "b")
    assert until(lambda: loudspeaker.plan_version() > before)


def test_what_waited_for_the_signer_goes_out_by_itself_when_it_is_back(
    world: Any, loudspeaker: Any, until: Callable[..., bool]
) -> None:
    assert until(lambda: loudspeaker.plan_version() >= 1)
    service = world.office.broadcasts
    world.stop_signer()
    draft = service.draft("Bà con chú ý.", targets=["loa-1"], start=datetime.now(UTC) + timedelta(hours=1), by="a")
    service.prepare(draft.id)
    assert service.send(draft.id, "a").signed is None
    assert until(lambda: world.office.speaker_orders.why)
    assert world.office.publisher.status.trouble == ""
    world.start_signer()
    assert until(lambda: loudspeaker.keeper.held("plan").document.occurrences)
    assert until(lambda: not world.office.speaker_orders.why)


def test_what_cannot_be_signed_anew_does_not_keep_back_what_was_signed(
    world: Any, loudspeaker: Any, until: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    from office.signer.errors import SignerRefused

    assert until(lambda: loudspeaker.plan_version() >= 1)

    def never(*_: object) -> None:
        raise SignerRefused("Lịch phát dài hơn hạn của nó; hãy đặt lại hạn.")

    monkeypatch.setattr(world.office.speaker_orders, "refresh", never)
    monkeypatch.setattr(world.office.speaker_orders, "catch_up", never)
    monkeypatch.setattr(world.office.publisher, "_refreshed", float("-inf"))
    assert until(lambda: "Lịch phát dài" in str(world.office.publisher.status.trouble))
    order = world.office.alarms.urgent("Nước lên.", targets=["*"], by="a", repeat=2, minutes=5)
    assert until(lambda: [o.id for o in loudspeaker.keeper.held("urgent").document.orders] == [order.id])


def test_receipts_are_stored_then_acknowledged_with_a_signature(
    world: Any, loudspeaker: Any, until: Callable[..., bool]
) -> None:
    assert until(lambda: loudspeaker.keeper.trust is not None)
    for n in range(3):
        loudspeaker.reporter.write(f"o{n}")
    loudspeaker.say("receipts", loudspeaker.reporter.batch())
    assert until(lambda: any(ack.through == 6 for ack in loudspeaker.acks))
    _, device, newest = world.office.fleet.newest_receipts()[0]
    assert device == "loa-1"
    assert isinstance(newest.body, EndedReceipt)
    assert [play.outcome for play in world.office.broadcasts.plays("o2")] == ["played"]


def test_a_broker_that_comes_back_empty_is_filled_again(
    world: Any, loudspeaker: Any, broker: Any, until: Callable[..., bool]
) -> None:
    assert until(lambda: loudspeaker.plan_version() >= 1)
    broker.kill()
    for path in broker.folder.glob("*.db*"):
        path.unlink()
    broker.start()
    heard: list[str] = []
    fresh = Link(
        LinkSettings(host="127.0.0.1", port=broker.port), "loa-9", on_message=lambda topic, *_: heard.append(topic)
    )
    fresh.subscribe(f"{TOPICS.root}/#")
    fresh.start()
    wanted = {TOPICS.trust, TOPICS.plan, TOPICS.urgent("office"), TOPICS.catalogue}
    assert until(lambda: wanted <= set(heard))
    fresh.stop()


def test_a_nonce_in_a_signed_state_is_answered_with_an_order(
    world: Any, loudspeaker: Any, until: Callable[..., bool]
) -> None:
    assert until(lambda: loudspeaker.keeper.trust is not None)
    loudspeaker.state(needs_nonce="ab" * 16)
    assert until(lambda: loudspeaker.keeper.held("order") is not None)
    orders = loudspeaker.keeper.held("order").document.orders
    assert [(order.action, order.nonce) for order in orders] == [("nonce_answer", "ab" * 16)]


def test_a_nonce_that_could_not_be_answered_is_answered_when_the_signer_is_back(
    world: Any, loudspeaker: Any, until: Callable[..., bool]
) -> None:
    """At a power cut all start at once; a loudspeaker without its answer trusts no clock and stays silent."""
    assert until(lambda: loudspeaker.keeper.trust is not None)
    world.stop_signer()
    loudspeaker.state(needs_nonce="ab" * 16)
    assert until(lambda: world.office.publisher._nonces.due())
    world.start_signer()
    assert until(lambda: loudspeaker.keeper.held("order") is not None)
    assert not world.office.publisher._nonces.due()


def test_a_lost_database_comes_back_and_climbs_above_what_devices_hold(
    world: Any, loudspeaker: Any, until: Callable[..., bool]
) -> None:
    assert until(lambda: loudspeaker.plan_version() >= 1)
    service = world.office.broadcasts
    draft = service.draft("Bà con chú ý.", targets=["loa-1"], start=datetime.now(UTC) + timedelta(hours=1), by="a")
    service.prepare(draft.id)
    service.send(draft.id, "a")
    assert until(lambda: loudspeaker.keeper.held("plan").document.occurrences)
    loudspeaker.state()
    before = loudspeaker.plan_version()
    world.stop_signer()
    # The worst case: database, counters and the copies beside them, all gone; keys and devices remain.
    for path in (world.home.signer / "counters.json", *world.home.published.glob("*.json")):
        path.unlink()
    world.reopen(lose_database=True)
    world.start_signer()
    world.office.start_publisher()
    assert until(lambda: world.office.broadcasts.newest())
    assert loudspeaker.plan_version() >= before
    kept = world.office.broadcasts.newest()
    assert [(one.planned.id, one.status) for one in kept] == [(f"{draft.id}.1", "scheduled")]
    world.office.broadcasts.withdraw(kept[0].id, "a")
    assert until(lambda: loudspeaker.plan_version() > before)
    assert until(lambda: not loudspeaker.keeper.held("plan").document.occurrences)
    assert [device.id for device in world.office.fleet.devices()] == ["loa-1"]


def test_a_device_that_holds_more_than_we_remember_lifts_us_above_it(
    world: Any, loudspeaker: Any, until: Callable[..., bool]
) -> None:
    assert until(lambda: loudspeaker.plan_version() >= 1)
    held = Held(kind="plan", issuer="office", epoch=0, version=500, sha256="c" * 64)
    loudspeaker.say("state", loudspeaker.reporter.state((held,)))
    assert until(lambda: loudspeaker.plan_version() == 501)


def test_strangers_forgeries_and_noise_change_nothing(
    world: Any, loudspeaker: Any, until: Callable[..., bool]
) -> None:
    assert until(lambda: loudspeaker.keeper.trust is not None)
    own, loudspeaker.reporter.key = loudspeaker.reporter.key, SigningKey.generate()
    loudspeaker.state()
    for junk in (b"", b"{}", b"\xff" * 100, b"[" * 5000):
        loudspeaker.say("state", junk)
        loudspeaker.link.publish(TOPICS.device("la-ai", "receipts"), junk)
        loudspeaker.say("presence", junk)
    loudspeaker.reporter.key = own
    loudspeaker.say("presence", Presence(device="loa-1", online=True, boot="0" * 32).to_json())
    loudspeaker.state()
    assert until(lambda: world.office.fleet_rows()[0].online)
    assert world.office.fleet.conflicts() == []
