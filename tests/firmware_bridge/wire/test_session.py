"""What the firmware does with commands, silence and nonsense, without hardware."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.wire import codes
from firmware_bridge.wire.frames import LinkFrame
from firmware_bridge.wire.messages import Ack, Connect, Hello, KeepAlive, Nak, Ping, SetOutput
from firmware_bridge.wire.reports import Error, Telemetry


def test_everything_is_off_after_boot(pico: Any) -> None:
    assert pico.levels() == [0, 0, 0]


def test_hello_says_what_the_board_has(pico: Any) -> None:
    (hello,) = pico.ask(Connect(1), 1)
    assert isinstance(hello, Hello)
    assert hello.outputs == ("amplifier", "lamp", "fan")
    assert hello.protocol == 1
    assert hello.reset_cause == codes.CAUSE_POWER_ON


def test_a_command_before_connect_is_refused(pico: Any) -> None:
    assert pico.ask(SetOutput(0, True, 1000), 1) == [Nak(codes.SET, codes.NO_SESSION)]
    assert pico.levels() == [0, 0, 0]


def test_set_switches_the_pin_and_says_so(pico: Any) -> None:
    pico.ask(Connect(1), 1)
    (ack,) = pico.ask(SetOutput(0, True, 1000), 2)
    assert isinstance(ack, Ack)
    assert (ack.leased, ack.driven) == (1, 1)
    assert pico.levels() == [1, 0, 0]
    pico.ask(SetOutput(0, False, 0), 3)
    assert pico.levels() == [0, 0, 0]


def test_a_silent_host_lets_the_relay_fall_when_the_lease_ends_and_not_before(pico: Any) -> None:
    pico.ask(Connect(1), 1)
    pico.ask(SetOutput(0, True, 900), 2)
    assert pico.after(899) == []
    assert pico.levels() == [1, 0, 0]
    assert Error(codes.LEASE_EXPIRED, 1) in pico.after(1)
    assert pico.levels() == [0, 0, 0]


def test_the_lease_is_right_across_the_wrap_of_the_tick_counter(make_board: Callable[..., Any]) -> None:
    board = make_board(now=(1 << 30) - 300)
    board.ask(Connect(1), 1)
    board.ask(SetOutput(1, True, 1000), 2)
    for _ in range(9):
        board.after(100)
        assert board.levels() == [0, 1, 0]
    board.after(100)
    assert board.levels() == [0, 0, 0]


def test_keep_alive_renews_only_what_it_names_and_raises_nothing_that_fell(pico: Any) -> None:
    pico.ask(Connect(1), 1)
    pico.ask(SetOutput(0, True, 500), 2)
    pico.ask(SetOutput(1, True, 500), 3)
    pico.after(400)
    pico.ask(KeepAlive(0b101, 500), 4)
    pico.after(400)
    assert pico.levels() == [1, 0, 0]
    pico.after(100)
    (ack,) = pico.ask(KeepAlive(0b111, 500), 5)
    assert ack.leased == 0
    assert pico.levels() == [0, 0, 0]


def test_keep_alive_after_the_lease_ended_comes_too_late_even_if_the_loop_was_slow(pico: Any) -> None:
    pico.ask(Connect(1), 1)
    pico.ask(SetOutput(0, True, 500), 2)
    pico.now += 600
    (ack,) = pico.ask(KeepAlive(1, 500), 3)
    assert ack.leased == 0


def test_a_repeated_frame_gets_the_same_reply_and_is_not_obeyed_twice(pico: Any) -> None:
    pico.ask(Connect(1), 1)
    first = pico.ask(SetOutput(0, True, 500), 2)
    pico.after(600)
    assert pico.ask(SetOutput(0, True, 500), 2) == first
    assert pico.levels() == [0, 0, 0]
    assert pico.session.replays == 1


def test_the_same_number_with_another_command_is_a_new_command(pico: Any) -> None:
    pico.ask(Connect(1), 1)
    pico.ask(SetOutput(0, True, 500), 2)
    pico.ask(SetOutput(0, False, 0), 2)
    assert pico.levels() == [0, 0, 0]


def test_another_program_turns_everything_off_and_the_same_program_keeps_it(pico: Any) -> None:
    pico.ask(Connect(1), 1)
    pico.ask(SetOutput(0, True, 5000), 2)
    pico.ask(Connect(1), 3)
    assert pico.levels() == [1, 0, 0]
    pico.ask(Connect(2), 4)
    assert pico.levels() == [0, 0, 0]


def test_refusals_name_their_reason_and_change_nothing(pico: Any) -> None:
    pico.ask(Connect(1), 1)
    send = lambda frame: pico.heard(pico.session.receive(frame.to_bytes(), pico.now))  # noqa: E731
    assert send(LinkFrame(13, 2)) == [Nak(13, codes.UNKNOWN_TYPE)]
    assert send(LinkFrame(codes.SET, 3, b"\x00")) == [Nak(codes.SET, codes.BAD_PAYLOAD)]
    assert pico.ask(SetOutput(3, True, 1000), 4) == [Nak(codes.SET, codes.UNKNOWN_OUTPUT)]
    assert pico.ask(SetOutput(0, True, 0), 5) == [Nak(codes.SET, codes.BAD_LEASE)]
    assert pico.ask(SetOutput(0, True, 60001), 6) == [Nak(codes.SET, codes.BAD_LEASE)]
    assert pico.ask(KeepAlive(1, 0), 7) == [Nak(codes.KEEPALIVE, codes.BAD_LEASE)]
    assert send(LinkFrame(codes.PING, 8, bytes(4), version=2)) == [Nak(codes.PING, codes.WRONG_VERSION)]
    assert pico.levels() == [0, 0, 0]


def test_its_own_words_on_a_looped_cable_are_not_answered(pico: Any) -> None:
    for message in (Nak(2, 1), Ack(2, 0, 0, 0, 0), Error(1, 1)):
        assert pico.ask(message, 1) == []


def test_ping_returns_its_token(pico: Any) -> None:
    pico.ask(Connect(1), 1)
    (ack,) = pico.ask(Ping(0xCAFE), 2)
    assert ack.token == 0xCAFE


def test_the_mute_switch_beats_the_host_and_is_reported_and_releases_again(pico: Any) -> None:
    pico.ask(Connect(1), 1)
    pico.ask(SetOutput(0, True, 10000), 2)
    pico.ask(SetOutput(1, True, 10000), 3)
    pico.mute_pin.level = 0
    pico.after(10)
    assert pico.levels() == [1, 1, 0], "a bounce must not mute"
    pico.after(40)
    assert pico.levels() == [0, 1, 0]
    (ack,) = pico.ask(Ping(1), 4)
    assert (ack.leased, ack.driven, ack.inputs) == (0b11, 0b10, codes.INPUT_MUTE)
    pico.mute_pin.level = 1
    pico.after(10)
    pico.after(40)
    assert pico.levels() == [1, 1, 0]


def test_telemetry_comes_every_second_with_physical_units(pico: Any) -> None:
    (telemetry,) = pico.after(1000)
    assert isinstance(telemetry, Telemetry)
    assert abs(telemetry.supply_mv - 12400) < 60
    assert abs(telemetry.temperature_dc - 270) <= 10
    assert abs(telemetry.horn_ma - 180) <= 2
    assert telemetry.uptime_ms == 1000
    assert pico.after(999) == []


def test_damaged_frames_are_counted_and_told(pico: Any) -> None:
    pico.session.receive(b"\x05abcd\x00\x02\x00", pico.now)
    error, telemetry = pico.after(1000)
    assert error == Error(codes.BAD_FRAMES, 2)
    assert telemetry.bad_frames == 2


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_no_bytes_can_stop_the_firmware_or_raise_a_pin(make_board: Callable[..., Any], pieces: list[bytes]) -> None:
    board = make_board()
    for piece in pieces:
        board.session.receive(piece, board.now)
        board.after(7)
    assert board.levels() == [0, 0, 0]
    board.session.receive(b"\x00", board.now)
    board.heard(b"\x00")
    assert isinstance(board.ask(Connect(9), 1)[0], Hello)
