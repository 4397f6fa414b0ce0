"""Whatever a broker, a line or a callback does, the link lives, or is seen to hang."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from link_posts import CONNACK, HostileBroker, Post, plain
from waiting import until

from langso.mqtt.connection import MAX_PACKET
from langso.mqtt.failures import Backoff
from langso.mqtt.link import Link
from langso.mqtt.waiting import MAX_PAYLOAD
from langso.settings.reading import LinkSettings


def test_after_a_loss_it_comes_back_with_its_fleet(post: Callable[..., Post]) -> None:
    waits: list[float] = []

    class Told(Backoff):
        def wait(self, *args: Any, crowd: float = 0.0, **more: Any) -> float:
            waits.append(crowd)
            return 0.01

    # Unavailable, said at once: each loss costs a moment.
    hostile = HostileBroker(bytes([0x20, 3, 0, 0x88, 0]))
    device = post(LinkSettings(host="127.0.0.1", port=hostile.port), "loa-1")
    device.link._backoff = Told()
    device.link.start()
    try:
        assert until(lambda: waits)
        device.link.among(2000)
        assert until(lambda: waits[-1] == 10.0)
        device.link.among(None)
        assert until(lambda: waits[-1] == 0.0)
    finally:
        hostile.close()


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
        go_on.wait(120)

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
            assert inside.wait(60)
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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_link_whose_thread_died_counts_as_hung_until_it_is_stopped(
    post: Callable[..., Post], free_port: Callable[[], int]
) -> None:
    class NoPlaces:
        def place(self, host: str, port: int) -> None:
            raise MemoryError

    made = post(LinkSettings(host="127.0.0.1", port=free_port()), "dead")
    assert not made.link.hung
    made.link._where = NoPlaces()  # type: ignore[assignment]
    made.link.start()
    assert until(lambda: made.link.hung)
    made.link.stop()
    assert not made.link.hung
