"""The broker's access rules, tried with a real Mosquitto: what a device may not read never arrives."""

from __future__ import annotations

import getpass
import os
import queue
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from waiting import LONG_S

from deploy.broker import BrokerPlace, access_rules, mosquitto_conf, refresh
from langso.contract import Topics
from langso.mqtt.link import Link
from langso.settings.reading import LinkSettings

TOPICS = Topics("hoa-son")


class Peer:
    """One connection that keeps what arrives."""

    def __init__(self, broker: Any, authority: Any, identity: str, client_id: str | None = None) -> None:
        certificate, key = authority.issue(identity)
        self.arrived: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.states: list[bool] = []
        self.link = Link(
            LinkSettings(host="127.0.0.1", port=broker.port, ca=authority.ca, cert=certificate, key=key),
            client_id or identity,
            will=None,
            on_message=lambda topic, payload, retain: self.arrived.put((topic, payload)),
            on_state=lambda up, _: self.states.append(up),
        )
        self.link.start()
        assert self.link.wait_connected(60)

    def heard(self, awaited: int = 0, seconds: float = 0.3) -> list[tuple[str, bytes]]:
        """So many messages at the least, however long they take, and all that arrives until `seconds` of silence."""
        found = []
        while True:
            try:
                found.append(self.arrived.get(timeout=LONG_S if len(found) < awaited else seconds))
            except queue.Empty:
                return found


def as_installed(broker: Any, authority: Any, state: Path) -> Any:
    """With the product's own configuration and rules; the authority's folder has certificates as it wants them."""
    state.mkdir()
    (state / "access.acl").write_text(access_rules("hoa-son"), encoding="utf-8")
    (state / "access.acl").chmod(0o700)
    broker.configure(
        mosquitto_conf(BrokerPlace("127.0.0.1", broker.port, state, authority.folder, getpass.getuser()))
    )
    return broker


@pytest.fixture
def village(make_broker: Callable[..., Any], authority: Any, tmp_path: Any) -> Any:
    broker = make_broker(authority=authority)
    as_installed(broker, authority, tmp_path / "state").start()
    peers: list[Peer] = []

    def join(identity: str, client_id: str | None = None) -> Peer:
        peers.append(Peer(broker, authority, identity, client_id))
        return peers[-1]

    yield join
    stops = [threading.Thread(target=peer.link.stop) for peer in peers]
    for stop in stops:
        stop.start()
    for stop in stops:
        stop.join(60)


def test_a_device_reads_what_is_for_all_and_for_itself(village: Callable[[str], Peer]) -> None:
    office, speaker = village("office"), village("loa-1")
    wanted = [TOPICS.trust, TOPICS.plan, TOPICS.catalogue, TOPICS.urgent("office"), TOPICS.device("loa-1", "order")]
    for topic in (TOPICS.trust, TOPICS.plan, TOPICS.catalogue, TOPICS.urgent("+"), TOPICS.device("loa-1", "order")):
        speaker.link.subscribe(topic)
    for topic in wanted:
        office.link.publish(topic, b"x", retain=True)
    assert sorted(topic for topic, _ in speaker.heard(len(wanted))) == sorted(wanted)


def test_a_device_cannot_read_or_write_as_another(village: Callable[[str], Peer]) -> None:
    office, one, two = village("office"), village("loa-1"), village("loa-2")
    office.link.subscribe(TOPICS.device("+", "state"))
    two.link.subscribe(TOPICS.device("loa-1", "order"))
    two.link.subscribe(f"{TOPICS.root}/#")
    office.link.publish(TOPICS.device("loa-1", "order"), b"for one", retain=True)
    # Retained, as states are: what is accepted arrives even where the subscription is a moment later.
    assert one.link.publish(TOPICS.device("loa-1", "state"), b"mine", retain=True, wait=60)
    two.link.publish(TOPICS.device("loa-1", "state"), b"pretending", retain=True)
    two.link.publish(TOPICS.device("loa-2", "state"), b"its own", retain=True)
    assert sorted(payload for _, payload in office.heard(2)) == [b"its own", b"mine"]
    assert two.heard() == []


@pytest.mark.parametrize("topic", [TOPICS.plan, TOPICS.trust, TOPICS.urgent("office"), TOPICS.catalogue])
def test_a_device_cannot_publish_orders(village: Callable[[str], Peer], topic: str) -> None:
    bad, good = village("loa-2"), village("loa-1")
    good.link.subscribe(topic)
    bad.link.publish(topic, b"obey me", retain=True)
    assert good.heard(seconds=1.0) == []


@pytest.mark.parametrize("stolen", ["office", "loa-1"])
def test_a_stolen_kiosk_s_certificate_takes_no_other_s_session(village: Callable[..., Peer], stolen: str) -> None:
    office, speaker = village("office"), village("loa-1")
    office.link.subscribe(TOPICS.device("+", "state"))
    speaker.link.subscribe(TOPICS.device("loa-1", "order"))
    thief = village("kiosk-1", stolen)
    thief.link.subscribe(TOPICS.device("kiosk-1", "order"))
    assert office.link.publish(TOPICS.device("kiosk-1", "order"), b"to the kiosk", retain=True, wait=60)
    assert office.link.publish(TOPICS.device("loa-1", "order"), b"to the loudspeaker", retain=True, wait=60)
    assert speaker.link.publish(TOPICS.device("loa-1", "state"), b"well", retain=True, wait=60)
    assert [payload for _, payload in office.heard(1)] == [b"well"]
    assert [payload for _, payload in speaker.heard(1)] == [b"to the loudspeaker"]
    assert [payload for _, payload in thief.heard(1)] == [b"to the kiosk"]
    for peer in (office, speaker):
        assert peer.states == [True]
        assert not peer.link.contested


def test_one_certificate_has_one_session_however_many_ids_it_gives(
    make_broker: Callable[..., Any], authority: Any, tmp_path: Path
) -> None:
    broker = as_installed(make_broker(authority=authority), authority, tmp_path / "state").start()
    for number in range(5):
        peer = Peer(broker, authority, "kiosk-1", f"kiosk-{number}")
        peer.link.stop()
    broker.stop()
    kept = (tmp_path / "state" / "mosquitto.db").read_bytes()
    assert kept.count(b"kiosk-") == kept.count(b"kiosk-1") > 0


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
    assert "use_username_as_clientid true" in text


@pytest.fixture
def laid() -> Iterator[BrokerPlace]:
    """A broker's files as this release lays them, where any user may enter; pytest closes its folders to others."""
    root = Path(tempfile.mkdtemp(prefix="langso-broker-"))
    root.chmod(0o755)
    place = BrokerPlace("0.0.0.0", 8883, root / "state", root / "etc", "langso-broker")
    for folder in (place.folder, place.certificates):
        folder.mkdir()
    (place.certificates / "mosquitto.conf").write_text(mosquitto_conf(place), encoding="utf-8")
    (place.folder / "access.acl").write_text(access_rules("hoa-son"), encoding="utf-8")
    yield place
    shutil.rmtree(root)


def test_an_older_release_s_configuration_is_brought_up_at_its_own_place(laid: BrokerPlace) -> None:
    conf, rules = laid.certificates / "mosquitto.conf", laid.folder / "access.acl"
    wanted = conf.read_text(encoding="utf-8")
    assert not refresh(laid.certificates, "hoa-son")
    conf.write_text(wanted.replace("use_username_as_clientid true\n", ""), encoding="utf-8")
    rules.unlink()
    assert refresh(laid.certificates, "hoa-son")
    assert conf.read_text(encoding="utf-8") == wanted
    assert rules.read_text(encoding="utf-8") == access_rules("hoa-son")
    assert not refresh(laid.certificates, "hoa-son")


def test_a_device_of_before_the_upgrade_finds_its_session_after_it(
    make_broker: Callable[..., Any], authority: Any, tmp_path: Path
) -> None:
    broker = as_installed(make_broker(authority=authority), authority, tmp_path / "state")
    conf = authority.folder / "mosquitto.conf"
    conf.write_text(broker.config().replace("use_username_as_clientid true\n", ""), encoding="utf-8")
    broker.configure(conf.read_text(encoding="utf-8"))
    broker.start()
    order = TOPICS.device("loa-1", "order")
    speaker, office = Peer(broker, authority, "loa-1"), Peer(broker, authority, "office")
    speaker.link.subscribe(order)
    assert speaker.link.publish(TOPICS.device("loa-1", "state"), b"well", wait=60)
    speaker.link.stop()
    assert office.link.publish(order, b"waits", wait=60)
    office.link.stop()
    broker.stop()
    assert refresh(authority.folder, "hoa-son")
    broker.configure(conf.read_text(encoding="utf-8"))
    broker.start()
    again = Peer(broker, authority, "loa-1")
    assert again.heard(1) == [(order, b"waits")]
    again.link.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to act for somebody else")
def test_what_is_laid_anew_belongs_to_the_broker_and_root_s_folders_are_closed_to_it(laid: BrokerPlace) -> None:
    conf, rules = laid.certificates / "mosquitto.conf", laid.folder / "access.acl"
    for path in (laid.certificates, laid.folder, conf):
        os.chown(path, 61_003, 61_003)
    rules.unlink()
    conf.write_text(conf.read_text(encoding="utf-8").replace("use_username_as_clientid true\n", ""), encoding="utf-8")
    assert refresh(laid.certificates, "hoa-son")
    assert {(path.stat().st_uid, path.stat().st_mode & 0o777) for path in (conf, rules)} == {
        (61_003, 0o644),
        (61_003, 0o600),
    }
    os.chown(laid.folder, 0, 0)
    rules.unlink()
    with pytest.raises(OSError, match=r"access\.acl|Permission"):
        refresh(laid.certificates, "hoa-son")
    assert not rules.exists()


@pytest.mark.parametrize(
    "text",
    ["", "listener 1883\n", "# Written by somebody\nlistener 8883 0.0.0.0\npersistence_location /x/\n", "\xff"],
)
def test_a_configuration_that_is_not_ours_is_left_alone(laid: BrokerPlace, text: str) -> None:
    conf = laid.certificates / "mosquitto.conf"
    conf.write_text(text, encoding="latin-1")
    assert not refresh(laid.certificates, "hoa-son")
    assert conf.read_text(encoding="latin-1") == text
    conf.unlink()
    assert not refresh(laid.certificates, "hoa-son")
    assert not conf.exists()
