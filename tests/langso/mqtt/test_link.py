from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from waiting import until

from langso.mqtt.connection import MAX_PACKET
from langso.mqtt.errors import LinkRefused
from langso.mqtt.link import Link, Will
from langso.mqtt.rules import Backoff
from langso.mqtt.waiting import MAX_PAYLOAD, MAX_WAITING
from langso.settings.reading import LinkSettings

QUICK = Backoff(base_s=0.1, cap_s=0.4, slow_s=600, give_way_s=1.5)


class Post:
    """A link with what it received and how its state went."""

    def __init__(self, settings: LinkSettings, name: str, **more: Any) -> None:
        self.received: list[tuple[str, bytes, bool]] = []
        self.states: list[tuple[bool, str]] = []
        self.reasons: list[str] = []
        self.link = Link(
            settings,
            name,
            on_message=more.pop("on_message", self._take),
            on_state=self._note,
            backoff=QUICK,
            **more,
        )

    def _note(self, up: bool, why: str) -> None:
        self.states.append((up, why))
        self.reasons.append(self.link.reason)

    def _take(self, topic: str, payload: bytes, retain: bool) -> None:
        self.received.append((topic, payload, retain))

    def up(self) -> Post:
        self.link.start()
        assert self.link.wait_connected(60), self.link.why
        return self

    def payloads(self) -> list[bytes]:
        return [payload for _, payload, _ in self.received]


def plain(broker: Any, **more: Any) -> LinkSettings:
    return LinkSettings(host=broker.host, port=broker.port, **more)


def with_tls(broker: Any, ca: Path, pair: tuple[Path, Path] | None, host: str = "localhost") -> LinkSettings:
    certificate, key = pair or (None, None)
    return LinkSettings(host=host, port=broker.port, ca=ca, cert=certificate, key=key)


@pytest.fixture
def post() -> Iterator[Callable[..., Post]]:
    made: list[Post] = []

    def make(settings: LinkSettings, name: str, **more: Any) -> Post:
        made.append(Post(settings, name, **more))
        return made[-1]

    yield make
    for one in made:
        one.link.stop(1)


def test_what_is_published_arrives_and_what_is_retained_stays(broker: Any, post: Callable[..., Post]) -> None:
    office = post(plain(broker), "office").up()
    assert office.link.publish("langso/1/a/plan", b"plan", retain=True, wait=5)
    speaker = post(plain(broker), "speaker")
    speaker.link.subscribe("langso/1/a/#")
    speaker.up()
    assert until(lambda: speaker.received)
    assert office.link.publish("langso/1/a/urgent/office", b"now", wait=5)
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
    speaker.link.subscribe("t")
    speaker.up()
    # The listener's session must be on the broker's disk before the power goes.
    time.sleep(1.5)
    broker.kill()
    assert until(lambda: not office.link.connected)
    assert office.link.publish("t", b"kept")
    assert not office.link.publish("t", b"QoS 0 is not kept", qos=0)
    assert not office.link.publish("t", b"not acknowledged", wait=0.05)
    broker.start()
    assert until(lambda: {b"kept", b"not acknowledged"} <= set(speaker.payloads()))
    assert b"QoS 0 is not kept" not in speaker.payloads()


def test_a_restarted_device_is_given_what_it_missed(broker: Any, post: Callable[..., Post]) -> None:
    first = post(plain(broker), "speaker")
    first.link.subscribe("t")
    first.up().link.stop()
    assert post(plain(broker), "office").up().link.publish("t", b"missed", wait=5)
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
    time.sleep(1.1)
    device.up()
    assert until(lambda: office.received)
    time.sleep(0.2)
    assert office.payloads() == [b"new"]


def test_subscribing_and_unsubscribing_while_connected(broker: Any, post: Callable[..., Post]) -> None:
    device = post(plain(broker), "device").up()
    device.link.subscribe("t")
    assert until(lambda: device.link.publish("t", b"1", wait=5) and device.received)
    device.link.unsubscribe("t")
    time.sleep(0.2)
    device.received.clear()
    assert device.link.publish("t", b"2", wait=5)
    time.sleep(0.2)
    assert device.received == []


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
    device.link.publish("t", b"1", wait=5)
    device.link.publish("t", b"2", wait=5)
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
    device.link.publish("t", b"1", wait=5)
    assert until(lambda: caught)


def test_the_will_speaks_for_a_device_that_vanishes_and_for_one_that_stops(
    broker: Any, post: Callable[..., Post]
) -> None:
    office = post(plain(broker), "office")
    office.link.subscribe("p/+")
    office.up()
    for name, announce in (("polite", True), ("silent", False)):
        device = post(plain(broker), name, will=Will(f"p/{name}", b"gone")).up()
        device.link.publish(f"p/{name}", b"online", retain=True, wait=5)
        device.link.stop(announce=announce)
    assert until(lambda: ("p/polite", b"gone", False) in office.received)
    time.sleep(0.3)
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


def test_two_devices_with_one_identity_are_told_apart_from_a_bad_line(broker: Any, post: Callable[..., Post]) -> None:
    twins = [post(plain(broker), "loa-1").up(), post(plain(broker), "loa-1").up()]
    assert until(lambda: any("taken_over" in twin.reasons for twin in twins))
    told = next(twin for twin in twins if "taken_over" in twin.reasons)
    # Also while it has the place back: whoever looks later must still learn of the other.
    assert until(lambda: told.link.connected)
    assert told.link.contested
    assert told.link.check("").level == "warn"


def test_the_device_is_back_and_at_peace_once_its_clone_is_gone(broker: Any, post: Callable[..., Post]) -> None:
    device = post(plain(broker), "loa-1").up()
    clone = post(plain(broker), "loa-1").up()
    assert until(lambda: "taken_over" in device.reasons and device.reasons.count("connected") >= 3)
    clone.link.stop()
    assert device.link.wait_connected(60)
    assert until(lambda: not device.link.contested)
    assert device.link.connected
    assert device.link.check("").level == "ok"


def test_a_machine_that_takes_the_place_again_and_again_is_given_way_to(post: Callable[..., Post]) -> None:
    thrown_out = HostileBroker(CONNACK + bytes([0xE0, 2, 0x8E, 0]))
    device = post(LinkSettings(host="127.0.0.1", port=thrown_out.port), "loa-1")
    device.link.start()
    try:
        # The first return is quick; the fifth comes after 0.1 + 0.2 + 0.4 + 0.75 s at the least.
        assert until(lambda: thrown_out.connections == 2, 5)
        second = time.monotonic()
        assert until(lambda: thrown_out.connections == 5)
        assert time.monotonic() - second > 0.2 + 0.4 + 0.75 - 0.05
        assert set(device.reasons) <= {"connecting", "connected", "taken_over"}
    finally:
        device.link.stop(1)
        thrown_out.close()


def test_a_broker_that_is_restarted_is_no_clone(broker: Any, post: Callable[..., Post]) -> None:
    device = post(plain(broker), "loa-1").up()
    for _ in range(4):
        broker.kill()
        assert until(lambda: device.link.reason == "network")
        time.sleep(0.5)
        broker.start()
        assert device.link.wait_connected(60)
    assert "taken_over" not in device.reasons
    assert not device.link.contested


def test_mutual_tls(tls_broker: Any, authority: Any, post: Callable[..., Post]) -> None:
    device = post(with_tls(tls_broker, authority.ca, authority.issue("loa-1")), "loa-1")
    device.link.subscribe("t")
    device.up()
    big = bytes(range(256)) * 4000
    assert device.link.publish("t", big, wait=10)
    assert until(lambda: device.payloads() == [big])
    tls_broker.kill()
    assert until(lambda: not device.link.connected)
    tls_broker.start()
    assert device.link.wait_connected(60)


def test_a_renewed_certificate_is_used_without_a_restart(
    tls_broker: Any, authority: Any, post: Callable[..., Post]
) -> None:
    pair = authority.issue("loa-1")
    device = post(with_tls(tls_broker, authority.ca, pair), "loa-1").up()
    first = pair[0].read_bytes()
    authority.issue("loa-1")
    assert pair[0].read_bytes() != first
    tls_broker.kill()
    assert until(lambda: not device.link.connected)
    tls_broker.start()
    assert device.link.wait_connected(60)


@pytest.mark.parametrize(
    ("fault", "reason", "said"),
    [
        ("broker of another commune", "certificate", "không phải văn phòng đã ghép"),
        ("certificate for another name", "certificate", "không phải văn phòng đã ghép"),
        ("our certificate is a stranger's", "certificate", "không nhận chứng thư"),
        ("our certificate has expired", "certificate", "không nhận chứng thư"),
        ("no certificate of ours", "certificate", "không nhận chứng thư"),
        ("files absent", "certificate", "Không có tệp chứng thư"),
        ("files damaged", "certificate", "hỏng"),
        ("broker's certificate not yet valid", "clock", "đồng hồ"),
    ],
)
def test_certificates_that_do_not_fit_are_named_and_not_hammered(
    fault: str,
    reason: str,
    said: str,
    make_broker: Callable[..., Any],
    authority: Any,
    other_authority: Any,
    post: Callable[..., Post],
    tmp_path: Path,
) -> None:
    broker = make_broker(authority=authority)
    if fault == "certificate for another name":
        authority.issue("broker", server=True, hosts=("elsewhere.example",))
    if fault == "broker's certificate not yet valid":
        authority.issue("broker", server=True, days=(5, 30))
    broker.start()
    ca, pair = authority.ca, authority.issue("loa-1")
    match fault:
        case "broker of another commune":
            ca = other_authority.ca
        case "our certificate is a stranger's":
            pair = other_authority.issue("loa-1")
        case "our certificate has expired":
            pair = authority.issue("loa-1", days=(-30, -1))
        case "no certificate of ours":
            pair = None
        case "files absent":
            pair = (tmp_path / "absent.pem", tmp_path / "absent.key")
        case "files damaged":
            pair[1].write_text("not a key")
    device = post(with_tls(broker, ca, pair), "loa-1")
    device.link.start()
    assert until(lambda: device.link.reason == reason), (device.link.reason, device.link.why, device.states)
    assert said in device.link.why
    assert not device.link.connected
    # The listener is told right after the reason is there.
    assert until(lambda: bool(device.states) and said in device.states[-1][1]), device.states
    if reason == "certificate":
        tries = len(device.states)
        time.sleep(0.6)
        assert len(device.states) == tries


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
    assert device.link.publish("t", bytes(MAX_PAYLOAD), wait=10)


def test_a_message_over_the_brokers_own_limit_is_dropped_not_fatal(
    make_broker: Callable[..., Any], post: Callable[..., Post]
) -> None:
    broker = make_broker(extra="max_packet_size 2000")
    broker.start()
    device = post(plain(broker), "loa-1").up()
    assert not device.link.publish("t", bytes(3000), wait=3)
    assert device.link.publish("t", bytes(1000), wait=5)
    assert [up for up, _ in device.states] == [True]


class HostileBroker:
    """Accepts connections and answers each with the next bytes given (the last for ever), keeping the line open."""

    def __init__(self, *answers: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self._answers = list(answers)
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(line)
            try:
                line.recv(4096)
                line.sendall(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])
            except OSError:
                pass

    def drop(self) -> None:
        """Cuts the present lines."""
        while self._open:
            line = self._open.pop()
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def close(self) -> None:
        self._listener.close()
        for line in self._open:
            line.close()


CONNACK = bytes([0x20, 3, 0, 0, 0])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (CONNACK + bytes([0x30, 0xFF, 0xFF, 0xFF, 0x7F]) + bytes(70_000), "protocol"),
        (bytes([0x20, 3, 0, 0x87, 0]), "refused"),
        (bytes([0x20, 3, 0, 0x88, 0]), "network"),
        (CONNACK + bytes([0xE0, 2, 0x8E, 0]), "taken_over"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "network"),
        (CONNACK + struct.pack("!BBH", 0x30, 4, 60_000) + b"xx", "network"),
        (CONNACK + struct.pack("!BBH2sB", 0x30, 5, 2, b"\xff\xfe", 0), "connected"),
        (CONNACK + bytes([0xF0, 0x80, 0x80, 0x80, 0x80, 0x01]), "network"),
    ],
    ids=[
        "endless",
        "not authorised",
        "unavailable",
        "taken over",
        "no MQTT",
        "lying length",
        "topic no text",
        "length of 5 bytes",
    ],
)
def test_whatever_a_broker_says_the_link_lives(
    answer: bytes, reason: str, post: Callable[..., Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("langso.mqtt.connection.CONNECT_DEADLINE_S", 1.0)
    hostile = HostileBroker(answer)
    device = post(LinkSettings(host="127.0.0.1", port=hostile.port), "loa-1")
    device.link.start()
    try:
        assert until(lambda: device.link.reason == reason), (device.link.reason, device.link.why)
        if reason == "network":
            assert until(lambda: hostile.connections >= 2)
        assert device.link._thread is not None
        assert device.link._thread.is_alive()
    finally:
        device.link.stop(1)
        hostile.close()


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(min_size=1, max_size=40),
            st.binary(min_size=1, max_size=60).map(lambda tail: CONNACK + tail),
            st.tuples(st.integers(0, 15), st.binary(max_size=60)).map(
                lambda packet: CONNACK + bytes([packet[0] << 4 | 2, len(packet[1])]) + packet[1]
            ),
        ),
        min_size=10,
        max_size=10,
    )
)
def test_after_any_bytes_the_link_still_finds_an_honest_broker(answers: list[bytes]) -> None:
    hostile = HostileBroker(*answers, CONNACK)
    device = Link(
        LinkSettings(host="127.0.0.1", port=hostile.port),
        "loa-1",
        on_message=lambda *_: None,
        backoff=Backoff(0.01, 0.01, 0.01),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("langso.mqtt.connection.CONNECT_DEADLINE_S", 0.1)
        device.start()
        try:
            # An answer after which the line counts as up is left by hand, as a dead one is by its keep-alive.
            while hostile.connections <= len(answers):
                assert until(lambda: device.connected or hostile.connections > len(answers))
                hostile.drop()
            assert device.wait_connected(60), device.why
        finally:
            device.stop(1)
            hostile.close()


def test_a_line_that_went_dead_without_a_word_is_noticed(broker: Any, post: Callable[..., Post]) -> None:
    # Shorter than settings may say: it is waited for twice.
    device = post(plain(broker).model_copy(update={"keepalive": 1}), "loa-1").up()
    broker.freeze()
    assert until(lambda: device.link.reason == "network")
    broker.thaw()
    assert device.link.wait_connected(60)


def test_paho_still_tells_the_size_of_a_packet_being_read() -> None:
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    assert Client(CallbackAPIVersion.VERSION2)._in_packet["remaining_length"] == 0
    assert MAX_PACKET > MAX_PAYLOAD


def test_a_link_that_hangs_in_what_it_was_told_is_seen_and_one_that_waits_is_not(
    broker: Any, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("langso.timekeeping.pulse.HUNG_S", 3.0)
    inside, go_on = threading.Event(), threading.Event()

    def take(*_: Any) -> None:
        inside.set()
        go_on.wait(30)

    busy = Post(LinkSettings(host="127.0.0.1", port=broker.port), "busy", on_message=take)
    idle = Post(LinkSettings(host="127.0.0.1", port=broker.port), "idle").up()
    # A refused one waits for its next try, and one that nobody answers waits for the answer.
    refused = Post(LinkSettings(host="127.0.0.1", port=free_port()), "refused")
    refused.link._backoff = Backoff(base_s=600, cap_s=600)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        unanswered = Post(LinkSettings(host="127.0.0.1", port=deaf.getsockname()[1]), "unanswered")
        patient = (idle, refused, unanswered)
        try:
            for post in (refused, unanswered):
                post.link.start()
            busy.link.subscribe("a/#")
            busy.up()
            idle.link.publish("a/b", b"x")
            assert inside.wait(10)
            assert until(lambda: busy.link.hung)
            assert not any(post.link.hung for post in patient)
            assert refused.link.reason == "network"
            go_on.set()
            assert until(lambda: not busy.link.hung)
        finally:
            go_on.set()
            for post in (busy, *patient):
                post.link.stop()
        assert not busy.link.hung
