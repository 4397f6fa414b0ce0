"""The agent against a real broker: trust, catalogue, its own order, signed state, a dossier to the office."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from kiosk.agent import KioskAgent
from langso.contract import DeviceOrder, Order, Presence, State, Topics
from langso.mqtt.link import Link
from langso.settings.model import LinkSettings
from langso.settings.reading import load_settings
from langso.trust import SigningKey, open_sealed


class House:
    """A kiosk's agent, and an office that publishes and listens."""

    def __init__(self, commune: Any, port: int, desk: Any, folder: Path) -> None:
        self.commune = commune
        self.topics = Topics(commune.code)
        self.heard: list[tuple[str, bytes]] = []
        self.link = Link(
            LinkSettings(host="127.0.0.1", port=port, retry_max_s=1.0),
            "office-test",
            on_message=lambda topic, payload, retain: self.heard.append((topic, payload)),
        )
        self.link.subscribe(f"{self.topics.root}/device/+/#")
        self.link.start()
        assert self.link.wait_connected(60)
        file = folder / "langso.toml"
        camera = folder / "camera"
        camera.mkdir(exist_ok=True)
        file.write_text(commune.settings_text(office_url=desk.url, camera=camera, broker=port), encoding="utf-8")
        settings = load_settings(file)
        # This broker speaks without TLS; the pairing's answer would ask for it.
        plain = settings.link.model_copy(update={"ca": None, "cert": None, "key": None})
        self.settings = settings.model_copy(update={"link": plain})
        self.start()

    def start(self) -> None:
        self.agent = KioskAgent(self.settings)
        self.public = SigningKey.load(self.agent._paired.signing_key).public
        self.agent.start()

    def restart(self) -> None:
        self.agent.stop()
        self.start()

    def publish(self, topic: str, raw: bytes) -> None:
        assert self.link.publish(topic, raw, retain=True, wait=5)

    def found(self) -> None:
        self.publish(self.topics.trust, self.commune.trust())
        self.publish(self.topics.catalogue, self.commune.seal(self.commune.catalogue()))

    def order(self, *entries: DeviceOrder) -> None:
        document = Order(**self.commune.head("order") | {"audience": self.commune.device}, orders=entries)
        self.publish(self.topics.device(self.commune.device, "order"), self.commune.seal(document))

    def states(self) -> list[State]:
        return [
            State.model_validate_json(open_sealed(raw, "state", [self.public]))
            for topic, raw in tuple(self.heard)
            if topic.endswith("/state")
        ]


@pytest.fixture
def house(commune: Any, broker: Any, desk: Any, tmp_path: Path) -> Iterator[House]:
    made = House(commune, broker.port, desk, tmp_path)
    yield made
    made.agent.stop()
    made.link.stop()


def in_an_hour() -> datetime:
    return datetime.now(UTC) + timedelta(hours=1)


def test_the_signed_catalogue_is_taken_kept_and_reported(house: House, commune: Any) -> None:
    assert house.agent.catalogue is None
    house.found()
    catalogue = until(lambda: house.agent.catalogue)
    assert catalogue.accounts[0].number == "000000000001"
    until(lambda: any(held.kind == "catalogue" for state in house.states() for held in state.held))
    house.restart()
    assert house.agent.catalogue is not None, "held without asking anybody"
    numbers = [state.number for state in house.states()]
    assert numbers == sorted(set(numbers))
    assert house.states()[-1].role == "kiosk"


def test_a_catalogue_signed_by_a_stranger_changes_nothing(house: House, commune: Any) -> None:
    house.found()
    until(lambda: house.agent.catalogue)
    from langso.contract import Account
    from langso.trust import seal

    thief = Account(bin="970415", number="666", holder="Kẻ gian")
    house.publish(
        house.topics.catalogue, seal(commune.catalogue(accounts=(thief,)), "catalogue", [SigningKey.generate()])
    )
    # What comes after it on the same line is obeyed.
    house.order(DeviceOrder(id="khoi-dong-1", action="restart", expires=in_an_hour()))
    until(house.agent.restart.is_set)
    assert [account.number for account in house.agent.catalogue.accounts] == ["000000000001"]


def test_an_order_to_restart_is_obeyed_once(house: House) -> None:
    house.found()
    until(lambda: house.agent.catalogue)
    house.order(DeviceOrder(id="khoi-dong-1", action="restart", expires=in_an_hour()))
    until(house.agent.restart.is_set)
    house.restart()
    assert house.agent.link.wait_connected(60)
    time.sleep(1)
    assert not house.agent.restart.is_set(), "the retained order must not restart it for ever"


def test_an_expired_order_is_not_obeyed(house: House) -> None:
    house.found()
    until(lambda: house.agent.catalogue)
    house.order(
        DeviceOrder(id="cu", action="restart", expires=datetime.now(UTC) - timedelta(minutes=1)),
        DeviceOrder(id="moi", action="republish_state", expires=in_an_hour()),
    )
    until(lambda: any(held.kind == "order" for state in house.states() for held in state.held))
    assert not house.agent.restart.is_set()


def test_presence_is_told_and_a_goodbye_too(house: House) -> None:
    topic = house.topics.device(house.commune.device, "presence")

    def last() -> Presence | None:
        told = [raw for where, raw in tuple(house.heard) if where == topic]
        return Presence.model_validate_json(told[-1]) if told else None

    until(lambda: (found := last()) is not None and found.online)
    house.agent.stop()
    until(lambda: (found := last()) is not None and not found.online)
    house.start()


def test_a_dossier_goes_to_the_recipient_that_root_vouches_for(house: House, commune: Any, desk: Any) -> None:
    """The office's signing key alone cannot have papers encrypted to somebody else, nor add an account."""
    import pyrage

    from langso.contract import Account

    agent = house.agent
    paired = agent.recipient
    house.found()
    thief = str(pyrage.x25519.Identity.generate().to_public())
    own = Account(bin="970415", number="666", holder="Kẻ gian")
    house.publish(house.topics.catalogue, commune.seal(commune.catalogue(age_recipient=thief, accounts=(own,))))
    until(lambda: agent.catalogue is not None and agent.catalogue.age_recipient == thief)
    assert agent.recipient == commune.recipient
    assert paired != thief
    assert agent.payees.own("970415", "666", fee=True) is None
    assert agent.payees.own("970415", "000000000001", fee=True).id == "phi"
    receipt = agent.dossiers.hand_in(b"%PDF-1.7 x", title="Đơn", pages=1, recipient=agent.recipient)
    agent.sender.hurry()
    until(lambda: receipt.dossier in desk.finished)
    assert pyrage.decrypt(desk.finished[receipt.dossier], [commune.identity]) == b"%PDF-1.7 x"
    until(lambda: not agent.dossiers.path(receipt.dossier).exists())


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff" * 100, b"[]", b'{"payloadType":1}'])
@pytest.mark.parametrize("leaf", ["trust", "catalogue", "order"])
def test_rubbish_from_the_broker_is_refused_quietly(house: House, leaf: str, raw: bytes) -> None:
    topics = house.topics
    topic = topics.device(house.commune.device, "order") if leaf == "order" else f"{topics.root}/{leaf}"
    house.agent.receive(topic, raw, False)
    assert house.agent.catalogue is None
