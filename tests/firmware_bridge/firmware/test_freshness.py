"""A copy of an order that was held up on its way is not obeyed once others have overtaken it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.firmware.freshness import Freshness
from firmware_bridge.wire import codes
from firmware_bridge.wire.messages import Ack, Connect, Hello, KeepAlive, Nak, SetOutput, stamped


def _level_2(pico: Any, seq: int = 1) -> int:
    (hello,) = pico.ask(Connect(7, 1, 2), seq)
    assert isinstance(hello, Hello)
    assert hello.more is not None
    return hello.more.turn


def _tell(pico: Any, command: Any, seq: int, turn: int, count: int) -> Any:
    (reply,) = pico.heard(pico.session.receive(stamped(command, seq, turn, count).to_bytes(), pico.now))
    return reply


def test_a_late_copy_of_an_old_order_switches_nothing_on(pico: Any) -> None:
    turn = _level_2(pico)
    on, off = SetOutput(0, True, 60000), SetOutput(0, False, 0)
    assert isinstance(_tell(pico, on, 2, turn, 1), Ack)
    assert isinstance(_tell(pico, off, 3, turn, 2), Ack)
    assert _tell(pico, on, 2, turn, 1) == Nak(codes.SET, codes.STALE)
    assert pico.levels() == [0, 0, 0]


def test_a_late_renewal_prolongs_nothing(pico: Any) -> None:
    turn = _level_2(pico)
    _tell(pico, SetOutput(0, True, 500), 2, turn, 1)
    _tell(pico, KeepAlive(1, 500), 3, turn, 2)
    _tell(pico, KeepAlive(1, 500), 4, turn, 3)
    pico.after(400)
    assert _tell(pico, KeepAlive(1, 500), 3, turn, 2) == Nak(codes.KEEPALIVE, codes.STALE)
    pico.after(100)
    assert pico.levels() == [0, 0, 0]


def test_an_order_of_an_earlier_conversation_is_refused(pico: Any) -> None:
    first = _level_2(pico)
    second = _level_2(pico, 9)
    assert first != second
    assert _tell(pico, SetOutput(0, True, 500), 10, first, 50) == Nak(codes.SET, codes.STALE)
    assert isinstance(_tell(pico, SetOutput(0, True, 500), 10, second, 1), Ack)


def test_an_order_without_a_stamp_is_refused_at_level_2(pico: Any) -> None:
    _level_2(pico)
    assert pico.ask(SetOutput(0, True, 500), 2) == [Nak(codes.SET, codes.STALE)]


def test_a_stale_copy_does_not_take_the_place_of_the_last_reply(pico: Any) -> None:
    turn = _level_2(pico)
    _tell(pico, SetOutput(1, True, 60000), 2, turn, 1)
    newest = _tell(pico, SetOutput(0, True, 500), 3, turn, 2)
    _tell(pico, SetOutput(1, True, 60000), 2, turn, 1)
    pico.after(600)
    assert _tell(pico, SetOutput(0, True, 500), 3, turn, 2) == newest
    assert pico.levels() == [0, 1, 0]


def test_a_repeated_introduction_gets_the_same_turn(pico: Any) -> None:
    """Its answer may be lost; the host takes the first that comes, and both must mean the same."""
    assert _level_2(pico) == _level_2(pico)


def test_another_start_of_the_board_begins_with_other_turns() -> None:
    assert Freshness(b"bootboot").begin(1) != Freshness(b"bootfoot"[::-1]).begin(1)


@pytest.mark.parametrize("behind", [1, 5, 127])
def test_a_host_of_level_1_is_kept_from_old_orders_by_its_numbers(behind: int, pico: Any) -> None:
    pico.ask(Connect(1), 200)
    pico.ask(SetOutput(0, False, 0), 201)
    late = (201 - behind - 1) % 255 + 1
    assert pico.ask(SetOutput(0, True, 500), late) == [Nak(codes.SET, codes.STALE)]
    assert pico.levels() == [0, 0, 0]
    (ack,) = pico.ask(SetOutput(0, False, 0), late)
    assert isinstance(ack, Ack), "off is never wrong"


@given(start=st.integers(1, 255), turns=st.integers(1, 600))
def test_no_order_of_a_host_that_counts_is_taken_for_old(start: int, turns: int) -> None:
    fresh = Freshness(b"bootboot")
    fresh.begin(start)
    seq, order = start, SetOutput(0, True, 500)
    for _ in range(turns):
        seq = seq % 255 + 1
        assert fresh.admits(order, order.frame(seq), 1)


@given(st.lists(st.integers(0, 2**32 - 1), max_size=40))
def test_only_rising_counts_are_admitted(counts: list[int]) -> None:
    fresh = Freshness(b"bootboot")
    turn = fresh.begin(1)
    highest = 0
    for count in counts:
        frame = stamped(KeepAlive(1, 500), 1, turn, count)
        assert fresh.admits(KeepAlive(1, 500), frame, 2) is (count > highest)
        highest = max(highest, count)
