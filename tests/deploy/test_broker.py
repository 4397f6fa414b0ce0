"""The broker's access rules, tried with a real Mosquitto: what a device may not read never arrives."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

import pytest

from deploy.broker import BrokerPlace, access_rules, mosquitto_conf
from langso.contract import Topics
from langso.link import Link
from langso.settings import LinkSettings

TOPICS = Topics("hoa-son")


class Peer:
    """One connection that keeps what arrives."""

    def __init__(self, broker: Any, authority: Any, identity: str) -> None:
        certificate, key = authority.issue(identity)
        self.arrived: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.link = Link(
            LinkSettings(host="127.0.0.1", port=broker.port, ca=authority.ca, cert=certificate, key=key),
            identity,
            will=None,
            on_message=lambda topic, payload, retain: self.arrived.put((topic, payload)),
        )
        self.link.start()
        assert self.link.wait_connected(10)

    def heard(self, seconds: float = 1.0) -> list[tuple[str, bytes]]:
        """All that arrives until `seconds` of silence."""
        found = []
        while True:
            try:
                found.append(self.arrived.get(timeout=seconds))
            except queue.Empty:
                return found


@pytest.fixture
def village(make_broker: Callable[..., Any], authority: Any, tmp_path: Any) -> Any:
    rules = tmp_path / "access.acl"
    rules.write_text(access_rules("hoa-son"), encoding="utf-8")
    rules.chmod(0o700)
    broker = make_broker(authority=authority, extra=f"acl_file {rules}").start()
    peers: list[Peer] = []

    def join(identity: str) -> Peer:
        peers.append(Peer(broker, authority, identity))
        return peers[-1]

    yield join
    stops = [threading.Thread(target=peer.link.stop) for peer in peers]
    for stop in stops:
        stop.start()
    for stop in stops:
        stop.join(10)


def test_a_device_reads_what_is_for_all_and_for_itself(village: Callable[[str], Peer]) -> None:
    office, speaker = village("office"), village("loa-1")
    wanted = [TOPICS.trust, TOPICS.plan, TOPICS.catalogue, TOPICS.urgent("office"), TOPICS.device("loa-1", "order")]
    for topic in (TOPICS.trust, TOPICS.plan, TOPICS.catalogue, TOPICS.urgent("+"), TOPICS.device("loa-1", "order")):
        speaker.link.subscribe(topic)
    for topic in wanted:
        office.link.publish(topic, b"x", retain=True)
    assert sorted(topic for topic, _ in speaker.heard()) == sorted(wanted)


def test_a_device_cannot_read_or_write_as_another(village: Callable[[str], Peer]) -> None:
    office, one, two = village("office"), village("loa-1"), village("loa-2")
    office.link.subscribe(TOPICS.device("+", "state"))
    two.link.subscribe(TOPICS.device("loa-1", "order"))
    two.link.subscribe(f"{TOPICS.root}/#")
    office.link.publish(TOPICS.device("loa-1", "order"), b"for one", retain=True)
    # Retained, as states are: what is accepted arrives even where the subscription is a moment later.
    assert one.link.publish(TOPICS.device("loa-1", "state"), b"mine", retain=True, wait=10)
    two.link.publish(TOPICS.device("loa-1", "state"), b"pretending", retain=True)
    assert [payload for _, payload in office.heard()] == [b"mine"]
    assert two.heard(0.3) == []


@pytest.mark.parametrize("topic", [TOPICS.plan, TOPICS.trust, TOPICS.urgent("office"), TOPICS.catalogue])
def test_a_device_cannot_publish_orders(village: Callable[[str], Peer], topic: str) -> None:
    bad, good = village("loa-2"), village("loa-1")
    good.link.subscribe(topic)
    bad.link.publish(topic, b"obey me", retain=True)
    assert good.heard() == []


def test_nobody_comes_in_without_a_certificate_of_the_commune(
    make_broker: Callable[..., Any], authority: Any, other_authority: Any, tmp_path: Any
) -> None:
    broker = make_broker(authority=authority).start()
    certificate, key = other_authority.issue("loa-1")
    link = Link(
        LinkSettings(host="127.0.0.1", port=broker.port, ca=authority.ca, cert=certificate, key=key),
        "loa-1",
        will=None,
        on_message=lambda topic, payload, retain: None,
    )
    link.start()
    try:
        assert not link.wait_connected(1.5)
    finally:
        link.stop()


def test_the_configuration_names_one_door_and_demands_certificates(tmp_path: Any) -> None:
    text = mosquitto_conf(BrokerPlace("127.0.0.1", 18883, tmp_path, tmp_path))
    assert text.count("listener ") == 1
    assert "require_certificate true" in text
    assert "allow_anonymous false" in text
