"""What a link does with its messages while all is well, and while the broker is away."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from link_posts import Post, plain
from waiting import until

from langso.mqtt.errors import LinkRefused
from langso.mqtt.link import Link, Will
from langso.mqtt.waiting import MAX_PAYLOAD, MAX_WAITING
from langso.settings.reading import LinkSettings


def test_what_is_published_arrives_and_what_is_retained_stays(broker: Any, post: Callable[..., Post]) -> None:
    office = post(plain(broker), "office").up()
    assert office.link.publish("langso/1/a/plan", b"plan", retain=True, wait=60)
    speaker = post(plain(broker), "speaker")
    speaker.link.subscribe("langso/1/a/#")
    speaker.up()
    assert until(lambda: speaker.received)
    assert office.link.publish("langso/1/a/urgent/office", b"now", wait=60)
    assert until(lambda: len(speaker.received) == 2)
    assert speaker.received == [("langso/1/a/plan", b"plan", True), ("langso/1/a/urgent/office", b"now", False)]
    assert (speaker.link.reason, speaker.link.connected) == ("connected", True)


def test_a_broker_killed_and_started_again_is_found_and_resubscribed(broker: Any, post: Callable[..., Post]) -> None:
    speaker, office = post(plain(broker), "speaker"), post(plain(broker), "office")
    speaker.link.subscribe("t/#")
    speaker.up()
    office.up()
    broker.kill()
    assert until(lambda: not speaker.link.connected and not office.link.connected)
    assert office.link.publish("t/while-gone", b"kept")
    # The session is lost too, as after a power cut on another disk: only re-subscription can help.
    (broker.folder / "mosquitto.db").unlink(missing_ok=True)
    broker.start()
    assert speaker.link.wait_connected(60)
    assert office.link.wait_connected(60)
    for index in range(50):
        assert office.link.publish("t/after", str(index).encode())
    assert until(lambda: len({payload for topic, payload, _ in speaker.received if topic == "t/after"}) == 50)
    assert [up for up, _ in speaker.states][:2] == [True, False]
    assert speaker.states[-1][0] is True


def test_published_while_the_broker_is_away_arrives_after(broker: Any, post: Callable[..., Post]) -> None:
    speaker, office = post(plain(broker), "speaker"), post(plain(broker), "office").up()
    speaker.link.subscribe("t/heard")
    speaker.up()
    # The listener's session must be on the broker's disk before the power goes.
    disk = broker.folder / "mosquitto.db"
    until(lambda: disk.exists() and b"t/heard" in disk.read_bytes())
    broker.kill()
    assert until(lambda: not office.link.connected)
    assert office.link.publish("t/heard", b"kept")
    assert not office.link.publish("t/heard", b"QoS 0 is not kept", qos=0)
    assert not office.link.publish("t/heard", b"not acknowledged", wait=0.05)
    broker.start()
    assert until(lambda: {b"kept", b"not acknowledged"} <= set(speaker.payloads()))
    assert b"QoS 0 is not kept" not in speaker.payloads()


def test_a_restarted_device_is_given_what_it_missed(broker: Any, post: Callable[..., Post]) -> None:
    first = post(plain(broker), "speaker")
    first.link.subscribe("t")
    first.up().link.stop()
    assert post(plain(broker), "office").up().link.publish("t", b"missed", wait=60)
    second = post(plain(broker), "speaker")
    second.link.subscribe("t")
    second.up()
    assert until(lambda: second.payloads() == [b"missed"])


def test_a_newer_retained_state_replaces_the_one_still_waiting(broker: Any, post: Callable[..., Post]) -> None:
    office = post(plain(broker), "office")
    office.link.subscribe("s/#")
    device = post(plain(broker), "device")
    for index in range(5000):
        assert device.link.publish("s/device", str(index).encode(), retain=True)
    office.up()
    device.up()
    assert until(lambda: office.payloads() == [b"4999"])


def test_the_waiting_room_is_bounded(broker: Any, post: Callable[..., Post]) -> None:
    device = post(plain(broker), "device")
    accepted = sum(device.link.publish("t", b"x") for _ in range(MAX_WAITING + 10))
    assert accepted == MAX_WAITING
    device.up()
    assert until(lambda: device.link.publish("t", b"y", wait=1))


def test_an_expired_message_is_not_sent(broker: Any, post: Callable[..., Post]) -> None:
    office = post(plain(broker), "office")
    office.link.subscribe("t")
    device = post(plain(broker), "device")
    device.link.publish("t", b"old", expiry_s=1)
    device.link.publish("t", b"new", expiry_s=60)
    office.up()
    # So long it was kept: the second that it is good for, and a little.
    time.sleep(1.1)
    device.up()
    assert until(lambda: b"new" in office.payloads())
    assert office.payloads() == [b"new"], "the older was sent first, or never"


def test_subscribing_and_unsubscribing_while_connected(broker: Any, post: Callable[..., Post]) -> None:
    device = post(plain(broker), "device").up()
    device.link.subscribe("t")
    assert until(lambda: device.link.publish("t", b"1", wait=60) and device.received)
    device.link.subscribe("end")
    device.link.unsubscribe("t")
    device.received.clear()
    assert device.link.publish("t", b"2", wait=60)
    assert device.link.publish("end", b"3", wait=60)
    assert until(lambda: b"3" in device.payloads())
    assert b"2" not in device.payloads()


def test_a_callback_that_fails_does_not_end_the_link(
    broker: Any, post: Callable[..., Post], caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[bytes] = []

    def clumsy(topic: str, payload: bytes, retain: bool) -> None:
        seen.append(payload)
        raise RuntimeError("a fault of the program")

    device = post(plain(broker), "device", on_message=clumsy)
    device.link.subscribe("t")
    device.up()
    device.link.publish("t", b"1", wait=60)
    device.link.publish("t", b"2", wait=60)
    assert until(lambda: seen == [b"1", b"2"])
    assert device.link.connected
    assert "on_message failed" in caplog.text


def test_waiting_for_oneself_is_refused(broker: Any, post: Callable[..., Post]) -> None:
    caught: list[Exception] = []

    def wait_inside(topic: str, payload: bytes, retain: bool) -> None:
        try:
            device.link.publish("u", b"", wait=1)
        except RuntimeError as error:
            caught.append(error)

    device = post(plain(broker), "device", on_message=wait_inside)
    device.link.subscribe("t")
    device.up()
    device.link.publish("t", b"1", wait=60)
    assert until(lambda: caught)


def test_the_will_speaks_for_a_device_that_vanishes_and_for_one_that_stops(
    broker: Any, post: Callable[..., Post]
) -> None:
    office = post(plain(broker), "office")
    office.link.subscribe("p/+")
    office.up()
    for name, announce in (("polite", True), ("silent", False)):
        device = post(plain(broker), name, will=Will(f"p/{name}", b"gone")).up()
        device.link.publish(f"p/{name}", b"online", retain=True, wait=60)
        device.link.stop(announce=announce)
    assert until(lambda: ("p/polite", b"gone", False) in office.received)
    assert post(plain(broker), "last").up().link.publish("p/last", b"online", wait=60)
    assert until(lambda: ("p/last", b"online", False) in office.received)
    assert ("p/silent", b"gone", False) not in office.received


def test_stop_sends_what_waits_first(broker: Any, post: Callable[..., Post]) -> None:
    office = post(plain(broker), "office")
    office.link.subscribe("t")
    office.up()
    device = post(plain(broker), "device").up()
    for index in range(200):
        device.link.publish("t", str(index).encode())
    device.link.stop(30)
    assert until(lambda: len(office.received) == 200)
    assert device.link.reason == "stopped"
    assert not device.link.publish("t", b"too late")


def test_a_password_that_is_wrong_is_a_refusal(make_broker: Callable[..., Any], post: Callable[..., Post]) -> None:
    broker = make_broker(extra="allow_anonymous false")
    broker.start()
    device = post(plain(broker, username="u", password=None), "loa-1")
    device.link.start()
    assert until(lambda: device.link.reason == "refused")
    assert "không cho máy này vào" in device.link.why


def test_nobody_listening_is_the_network_and_is_tried_again(
    free_port: Callable[[], int], post: Callable[..., Post]
) -> None:
    device = post(LinkSettings(host="127.0.0.1", port=free_port()), "loa-1")
    device.link.start()
    assert until(lambda: device.link.reason == "network")
    assert "không nhận kết nối" in device.link.why
    assert not device.link.wait_connected(0.05)


@pytest.mark.parametrize("topic", ["", "a/+", "a/#", "a\0b", "x" * 600])
def test_a_bad_topic_is_refused(topic: str, post: Callable[..., Post]) -> None:
    device = post(LinkSettings(), "loa-1")
    with pytest.raises(LinkRefused):
        device.link.publish(topic, b"")
    with pytest.raises(LinkRefused):
        Link(LinkSettings(), "x", will=Will(topic, b""), on_message=lambda *_: None)


def test_too_large_a_message_is_refused_and_the_largest_passes(broker: Any, post: Callable[..., Post]) -> None:
    device = post(plain(broker), "loa-1").up()
    with pytest.raises(LinkRefused, match="quá lớn"):
        device.link.publish("t", bytes(MAX_PAYLOAD + 1))
    assert device.link.publish("t", bytes(MAX_PAYLOAD), wait=60)


def test_a_message_over_the_brokers_own_limit_is_dropped_not_fatal(
    make_broker: Callable[..., Any], post: Callable[..., Post]
) -> None:
    broker = make_broker(extra="max_packet_size 2000")
    broker.start()
    device = post(plain(broker), "loa-1").up()
    assert not device.link.publish("t", bytes(3000), wait=3)
    assert device.link.publish("t", bytes(1000), wait=60)
    assert [up for up, _ in device.states] == [True]


def test_starting_over_leaves_what_waits_and_is_given_what_is_retained(
    broker: Any, post: Callable[..., Post]
) -> None:
    office, device = post(plain(broker), "office").up(), post(plain(broker), "loa-1")
    office.link.publish("r", b"kept", retain=True, wait=60)
    device.link.subscribe("r")
    device.up()
    until(lambda: device.received == [("r", b"kept", True)])
    device.link.start_over()
    until(lambda: device.received == [("r", b"kept", True)] * 2)
    device.link.renew()
    until(lambda: len([up for up, _ in device.states if up]) == 3)
    logins = re.findall(r"as loa-1 \(p5, c(\d)", broker.log())
    assert logins == ["0", "1", "0"], "once, and never by itself"
