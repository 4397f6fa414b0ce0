from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langso.mqtt.errors import LinkRefused
from langso.mqtt.link import Link
from langso.mqtt.waiting import MAX_WAITING, Outgoing, Waiting, check_filter, check_qos, check_topic
from langso.settings.reading import LinkSettings


def message(topic: str, payload: bytes = b"", retain: bool = False) -> Outgoing:
    return Outgoing(topic, payload, 1, retain)


def test_first_in_first_out_and_what_was_in_flight_goes_first_again() -> None:
    waiting = Waiting()
    one, two, three = message("a"), message("b"), message("c")
    assert all(waiting.put(each) for each in (one, two, three))
    assert [waiting.take(), waiting.take()] == [one, two]
    waiting.put_back([one, two])
    assert [waiting.take() for _ in range(4)] == [one, two, three, None]


def test_one_of_a_tag_is_on_its_way_until_its_fate_is_known() -> None:
    waiting = Waiting()
    first, again = (Outgoing("r", b"1", 1, False, tag="r:1") for _ in range(2))
    assert waiting.put(first)
    assert waiting.put(again)
    assert [waiting.take(), waiting.take()] == [first, None]
    # In flight it is on its way still; the line breaks, and it waits again, alone.
    assert waiting.put(again)
    waiting.put_back([first])
    assert [waiting.take(), waiting.take()] == [first, None]
    first.finish(True)
    assert waiting.put(again)
    assert waiting.take() is again


def test_what_is_withdrawn_is_not_sent_or_not_sent_again() -> None:
    waiting, told = Waiting(), []
    still, flying, other = (
        Outgoing("r", bytes(10), 1, False, tag=f"r:{number}", on_sent=lambda n=number: told.append(n))  # type: ignore[misc]
        for number in (1, 2, 3)
    )
    for each in (flying, still, other):
        waiting.put(each)
    assert waiting.take() is flying
    waiting.withdraw("r:1")
    waiting.withdraw("r:2")
    waiting.withdraw("r:4")
    assert still.done.is_set()
    assert not still.accepted
    waiting.put_back([flying])
    assert [waiting.take(), waiting.take()] == [other, None]
    # The broker's late word about it moves nothing.
    flying.finish(True)
    other.finish(True)
    assert told == [3]
    # Its bytes are counted no longer.
    for number in range(MAX_WAITING):
        assert waiting.put(Outgoing("r", bytes(16 << 10), 1, False, tag=f"s:{number}"))


def test_a_retained_message_is_superseded_waiting_or_in_flight() -> None:
    waiting = Waiting()
    old, older = message("s", b"2", True), message("s", b"1", True)
    waiting.put(old)
    new = message("s", b"3", True)
    waiting.put(new)
    waiting.put_back([older])
    assert waiting.take() is new
    assert waiting.take() is None
    assert all(gone.done.is_set() and not gone.accepted for gone in (old, older))


def test_the_room_has_a_limit_in_number_and_in_bytes() -> None:
    waiting = Waiting()
    assert sum(waiting.put(message("t")) for _ in range(MAX_WAITING + 5)) == MAX_WAITING
    full = Waiting()
    assert sum(full.put(message("t", bytes(1 << 20))) for _ in range(20)) == 16
    full.take()
    assert full.put(message("t", bytes(1 << 20)))
    full.give_up()
    assert not full


def test_an_expiry_of_one_second_is_not_over_at_once() -> None:
    young = Outgoing("t", b"", 1, False, expiry_s=1)
    assert young.seconds_left() == 1
    old = Outgoing("t", b"", 1, False, expiry_s=1, born=young.born - 1.5)
    assert old.seconds_left() == 0
    waiting = Waiting()
    waiting.put(old)
    waiting.put(young)
    assert waiting.take() is young
    assert old.done.is_set()


@pytest.mark.parametrize("good", ["a", "langso/1/xa-a/plan", "a/b c/đ", "$SYS/x", "/"])
def test_topics(good: str) -> None:
    check_topic(good)
    check_filter(good)


@pytest.mark.parametrize("bad", ["", "a\0", "a\n", "\x85", "\ud800", "x" * 513, "a/b#", "#/a", "a+/b", "a/#/b"])
def test_what_is_no_filter(bad: str) -> None:
    with pytest.raises(LinkRefused):
        check_filter(bad)
    with pytest.raises(LinkRefused):
        check_topic(bad)


@pytest.mark.parametrize("good", ["#", "+", "a/+/b", "a/#", "+/+/#"])
def test_filters_may_have_wildcards_and_topics_may_not(good: str) -> None:
    check_filter(good)
    with pytest.raises(LinkRefused):
        check_topic(good)


def test_quality_of_service_two_is_not_used() -> None:
    with pytest.raises(ValueError, match="QoS 0 or 1"):
        check_qos(2)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(topic=st.text(max_size=8), wildcard=st.sampled_from(["", "/+", "/#", "+", "#"]))
def test_what_passes_the_door_a_real_broker_takes(topic: str, wildcard: str, line: Link) -> None:
    try:
        check_filter(topic + wildcard)
        line.subscribe(topic + wildcard)
        check_topic(topic)
    except LinkRefused:
        return
    assert line.publish(topic, b"x", wait=60)
    assert line.connected


@pytest.fixture
def line(broker: Any) -> Iterator[Link]:
    link = Link(LinkSettings(host=broker.host, port=broker.port), "loa-1", on_message=lambda *_: None)
    link.start()
    assert link.wait_connected(60)
    yield link
    link.stop()
