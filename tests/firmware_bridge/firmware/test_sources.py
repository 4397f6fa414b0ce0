"""One source of sound at a time; whoever falls silent leaves the one that needs no order, and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.firmware.outputs import Outputs
from firmware_bridge.firmware.sources import BREAK_MS, Sources
from firmware_bridge.wire import codes
from firmware_bridge.wire.messages import Ack, Connect, KeepAlive, Nak, Select, SetOutput, stamped

FM, IP, LINE = 0, 1, 2


class Host:
    """A host of level 2."""

    def __init__(self, pico: Any) -> None:
        self.pico = pico
        (hello,) = pico.ask(Connect(7, 1, 2), 1)
        self.turn, self.count = hello.more.turn, 0
        assert hello.sources == ("fm", "ip", "line")

    def __call__(self, command: Any) -> Any:
        self.count += 1
        frame = stamped(command, self.count % 255 + 1, self.turn, self.count)
        (reply,) = self.pico.heard(self.pico.session.receive(frame.to_bytes(), self.pico.now))
        return reply


@pytest.fixture
def host(pico: Any) -> Host:
    """One that has introduced itself."""
    return Host(pico)


def _relays(pico: Any) -> list[int]:
    return [relay.level for relay in pico.relays if relay is not None]


def test_one_relay_lets_go_before_the_other_closes(pico: Any, host: Host) -> None:
    host(Select(IP, 5000, False))
    pico.after(BREAK_MS)
    assert _relays(pico) == [1, 0]
    ack = host(Select(LINE, 5000, False))
    assert (_relays(pico), ack.source) == ([0, 0], codes.NO_SOURCE)
    pico.after(BREAK_MS - 1)
    assert _relays(pico) == [0, 0]
    pico.after(1)
    assert _relays(pico) == [0, 1]
    assert host(Select(LINE, 5000, False)).source == LINE


def test_renewing_the_same_source_does_not_interrupt_it(pico: Any, host: Host) -> None:
    host(Select(IP, 500, False))
    pico.after(BREAK_MS)
    for _ in range(10):
        pico.after(300)
        assert host(Select(IP, 500, False)).source == IP
        assert _relays(pico) == [1, 0]


def test_a_silent_host_leaves_fm_and_an_amplifier_that_is_off(pico: Any, host: Host) -> None:
    host(Select(IP, 900, False))
    host(SetOutput(0, True, 900))
    pico.after(BREAK_MS)
    said = pico.after(900)
    assert {message.code for message in said if hasattr(message, "code")} == {
        codes.LEASE_EXPIRED,
        codes.SOURCE_EXPIRED,
    }
    pico.after(BREAK_MS)
    assert (_relays(pico), pico.levels()) == ([0, 0], [0, 0, 0])


def test_the_amplifier_stays_on_for_fm_only_where_the_settings_ask_for_it(pico: Any, host: Host) -> None:
    host(Select(IP, 900, True))
    host(SetOutput(0, True, 900))
    pico.after(BREAK_MS)
    pico.after(900)
    pico.after(BREAK_MS)
    pico.after(20)
    assert (_relays(pico), pico.levels()) == ([0, 0], [1, 0, 0])
    assert host(KeepAlive(0, 500)).leased == 0, "it is not ordered, it stays"
    pico.mute_pin.level = 0
    pico.after(10)
    pico.after(50)
    pico.after(10)
    assert pico.levels() == [0, 0, 0], "and the mute switch beats it"


def test_another_program_ends_what_the_last_one_asked_for(pico: Any, host: Host) -> None:
    host(Select(FM, 900, True))
    pico.after(20)
    pico.after(20)
    assert pico.levels() == [1, 0, 0]
    pico.ask(Connect(8, 1, 2), 200)
    pico.after(20)
    assert pico.levels() == [0, 0, 0]


def test_refusals_change_nothing(pico: Any, host: Host) -> None:
    host(Select(IP, 5000, False))
    pico.after(BREAK_MS)
    assert host(Select(3, 5000, False)) == Nak(codes.SELECT, codes.UNKNOWN_SOURCE)
    assert host(Select(LINE, 99, False)) == Nak(codes.SELECT, codes.BAD_LEASE)
    assert _relays(pico) == [1, 0]


def test_a_board_without_a_choice_says_so_and_refuses_every_source() -> None:
    none = Sources((), [], lambda later, earlier: later - earlier)
    assert none.current == codes.NO_SOURCE
    assert none.tick(1000) == codes.NO_SOURCE
    none.rest(0)
    assert not none.stays_on


class Relay:
    def __init__(self) -> None:
        self.level = 1

    def value(self, level: int) -> None:
        self.level = level


@given(
    st.lists(
        st.tuples(st.sampled_from(["select", "wait", "wait", "on", "off", "rest"]), st.integers(0, 2), st.booleans())
    )
)
def test_never_two_sources_at_once_and_never_a_transmitter_keyed_by_itself(
    steps: list[tuple[str, int, bool]],
) -> None:
    """The board has a transmitter: whatever happens to the sources, only an order for it keys it."""
    relays = [None, Relay(), Relay()]
    pins = [Relay(), Relay()]
    outputs = Outputs(("amplifier", "transmitter"), pins, lambda later, earlier: later - earlier)  # type: ignore[arg-type]
    sources = Sources(("fm", "ip", "line"), relays, lambda later, earlier: later - earlier)  # type: ignore[arg-type]
    now, keyed = 0, False
    changed = -BREAK_MS
    closed_before: list[int] = [0, 0]
    for what, number, keep in steps:
        if what == "select":
            sources.select(number, 100 + 400 * number, keep, now)
        elif what == "rest":
            sources.rest(now)
        elif what == "wait":
            now += 10 + 45 * number
        elif what == "on" and number == 2:
            outputs.set(1, True, 60000, now)
            keyed = True
        elif what == "off":
            outputs.set(1, False, 0, now)
            keyed = False
        sources.tick(now)
        outputs.expire(now)
        outputs.stay(0b01 if sources.stays_on else 0)
        closed = [relay.level for relay in relays if relay is not None]
        assert sum(closed) <= 1
        if closed != closed_before and sum(closed):
            assert sum(closed_before) == 0, "broken before it is made"
            assert now - changed >= 0
        if closed != closed_before:
            changed, closed_before = now, closed
        assert pins[1].level == int(keyed)
        assert sources.current == codes.NO_SOURCE or closed == [sources.current == IP, sources.current == LINE]


def test_an_ack_tells_which_source_sounds(pico: Any, host: Host) -> None:
    ack = host(KeepAlive(0, 500))
    assert isinstance(ack, Ack)
    assert ack.source == FM
