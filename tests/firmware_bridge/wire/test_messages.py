"""Every message's bytes are pinned; anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.wire import codes
from firmware_bridge.wire.errors import MessageError, WireError
from firmware_bridge.wire.fields import LinkMessage
from firmware_bridge.wire.frames import MAX_PAYLOAD, Decoder, LinkFrame
from firmware_bridge.wire.messages import (
    Ack,
    Connect,
    Hello,
    KeepAlive,
    Level,
    Nak,
    Ping,
    Select,
    SetOutput,
    read_message,
    stamp_of,
    stamped,
)
from firmware_bridge.wire.reports import Envelope, Error, InputChange, Telemetry

# Made with PyPI's cobs and zlib.crc32, not with the code under test.
GOLDEN: list[tuple[LinkMessage, int, bytes]] = [
    (Ping(0x12345678), 1, b"\x0b\x14\x01\x78\x56\x34\x12\x50\x90\xcc\x9a\x00"),
    (Connect(0xDEADBEEF), 200, b"\x0b\x19\xc8\xef\xbe\xad\xde\xe9\xee\x60\x77\x00"),
    (SetOutput(0, True, 3000), 2, b"\x03\x12\x02\x08\x01\xb8\x0b\x5c\xc6\x10\x3f\x00"),
    (KeepAlive(1, 3000), 3, b"\x0a\x13\x03\x01\xb8\x0b\xae\x22\xdb\x49\x00"),
    (Ack(2, 1, 1, 0, 1234), 2, bytes.fromhex("06150202010103d2040101010101059ee1f62100")),
    (Nak(2, 3), 2, b"\x09\x16\x02\x02\x03\x09\x30\x8d\xfc\x00"),
    (
        Telemetry(1, 0, 1, 12400, -55, 180, 65536, 2, 1),
        9,
        bytes.fromhex("0417090107017030c9ffb4010102010202020105055f598000"),
    ),
    (Error(1, 1), 10, b"\x05\x18\x0a\x01\x01\x05\x4c\x90\xd6\xe1\x00"),
    (
        Hello(1, (0, 1, 0), "pico", 1, bytes(range(8)), ("amplifier", "lamp"), ("supply",), 60000),
        200,
        bytes.fromhex(
            "0411c8010201040160ea2901020304050607047069636f0209616d706c6966696572046c616d700106737570706c797f0fee7700"
        ),
    ),
    # Of level 2.
    (Connect(0xDEADBEEF, 1, 2), 200, bytes.fromhex("0d19c8efbeadde010228b2c27e00")),
    (Select(1, 3000, True), 5, bytes.fromhex("0b1c0501b80b01a3cd34ea00")),
    (Envelope(1000, 50, ((1, 2), (65535, 300))), 6, bytes.fromhex("051a06e8030104320201020209ffff2c0114bbd1b000")),
    (InputChange(5, 3, 70000), 7, bytes.fromhex("081b07050370110105637ff9f900")),
    (Ack(2, 1, 1, 0, 1234, 0, 255), 2, bytes.fromhex("06150202010103d204010101010106ffa24896e800")),
    (
        Telemetry(1, 0, 1, 12400, -55, 180, 65536, 2, 1, 1, 4),
        9,
        bytes.fromhex("0417090107017030c9ffb40101020102020201070104dedf0cd900"),
    ),
    (
        Hello(
            1,
            (0, 1, 0),
            "pico",
            1,
            bytes(range(8)),
            ("amplifier", "lamp"),
            ("supply",),
            60000,
            Level(2, 0x01020304, 3, ("fm", "ip")),
        ),
        200,
        bytes.fromhex(
            "0411c8010201040160ea3601020304050607047069636f0209616d706c6966696572046c616d700106737570706c790204030201"
            "030202666d0269700725dc0400"
        ),
    ),
]

byte = st.integers(0, 255)
word = st.integers(0, 0xFFFF)
long = st.integers(0, 0xFFFFFFFF)
name = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)
names = st.lists(name, max_size=8).map(tuple)
any_message = st.one_of(
    st.builds(Connect, long),
    st.builds(SetOutput, byte, st.booleans(), word),
    st.builds(KeepAlive, byte, word),
    st.builds(Ping, long),
    st.builds(Ack, byte, byte, byte, byte, long, long),
    st.builds(Nak, byte, byte),
    st.builds(Telemetry, byte, byte, byte, word, st.integers(-0x8000, 0x7FFF), word, long, word, word),
    st.builds(Error, byte, word),
    st.builds(Connect, long, st.just(1), st.integers(2, 255)),
    st.builds(Select, byte, word, st.booleans()),
    st.builds(
        Envelope, long, st.integers(1, 255), st.lists(st.tuples(word, word), min_size=1, max_size=16).map(tuple)
    ),
    st.builds(InputChange, byte, byte, long),
    st.builds(Ack, byte, byte, byte, byte, long, long, byte),
    st.builds(Level, byte, long, byte, names)
    .map(lambda more: Hello(1, (0, 3, 0), "pico", 1, bytes(8), ("amplifier",), ("horn",), 60000, more))
    .filter(lambda hello: len(hello.pack()) <= MAX_PAYLOAD),
    st.builds(
        Hello, byte, st.tuples(byte, byte, byte), name, byte, st.binary(min_size=8, max_size=8), names, names, word
    ),
)


@pytest.mark.parametrize(("message", "seq", "raw"), GOLDEN, ids=lambda value: type(value).__name__)
def test_bytes_on_the_line_never_change(message: LinkMessage, seq: int, raw: bytes) -> None:
    assert message.frame(seq).to_bytes() == raw
    (frame,) = Decoder().feed(raw)
    assert (frame.seq, read_message(frame)) == (seq, message)


def test_every_message_type_is_pinned() -> None:
    assert {message.type for message, _, _ in GOLDEN} == {*codes.COMMANDS, *codes.REPLIES, *codes.UNASKED}


def test_a_stamped_order_is_the_order_with_turn_and_count_behind_it() -> None:
    raw = bytes.fromhex("0312020901b80b0403020109010105cb6dc35000")
    order = SetOutput(0, True, 3000)
    assert stamped(order, 2, 0x01020304, 9).to_bytes() == raw
    (frame,) = Decoder().feed(raw)
    assert read_message(frame) == order
    assert stamp_of(order, frame) == (0x01020304, 9)
    assert stamp_of(order, order.frame(2)) is None


@given(any_message, byte)
def test_messages_survive_the_line(message: LinkMessage, seq: int) -> None:
    (frame,) = Decoder().feed(message.frame(seq).to_bytes())
    assert read_message(frame) == message


@given(st.integers(0, 15), st.binary(max_size=MAX_PAYLOAD))
def test_any_payload_is_a_message_or_refused_and_what_is_read_are_its_first_bytes(type: int, payload: bytes) -> None:
    try:
        message = read_message(LinkFrame(type, 0, payload))
    except WireError:
        return
    known = message.pack()
    assert payload[: len(known)] == known


@given(any_message, st.binary(max_size=40))
def test_what_a_later_level_adds_behind_a_message_is_passed_over(message: LinkMessage, more: bytes) -> None:
    # What stands behind these two is not free any more: the levels, and what a board of level 2 says of itself.
    if isinstance(message, Hello | Connect) or len(message.pack()) + len(more) > MAX_PAYLOAD:
        return
    read = read_message(LinkFrame(message.type, 0, message.pack() + more))
    assert read.fields()[: _OF_LEVEL_1.get(message.type, 99)] == message.fields()[: _OF_LEVEL_1.get(message.type, 99)]


_OF_LEVEL_1 = {codes.ACK: 6, codes.TELEMETRY: 9}
"""Fields that stood there before any were added, where some were."""


@given(st.binary(max_size=40))
def test_nothing_behind_a_hello_hides_the_board(more: bytes) -> None:
    plain = Hello(1, (0, 1, 0), "pico", 1, bytes(8), ("amplifier", "lamp"), ("supply",), 60000)
    read = Hello.unpack(plain.pack() + more)
    assert read.with_level(None) == plain


@given(st.binary(max_size=MAX_PAYLOAD))
def test_any_hello_payload_is_read_back_to_the_same_bytes_or_refused(tail: bytes) -> None:
    payload = bytes(15) + tail
    try:
        hello = Hello.unpack(payload)
    except MessageError:
        return
    assert payload.startswith(hello.pack())


@pytest.mark.parametrize("type", [codes.SET, codes.KEEPALIVE, codes.PING, codes.ACK, codes.TELEMETRY])
@pytest.mark.parametrize("payload", [b"", b"\x00"])
def test_a_payload_that_ends_too_soon_is_refused(type: int, payload: bytes) -> None:
    with pytest.raises(MessageError):
        read_message(LinkFrame(type, 1, payload))


@pytest.mark.parametrize("bad", ["", "x" * 25, "có", "hai chữ", "a\n"])
def test_names_are_short_printable_ascii(bad: str) -> None:
    with pytest.raises(MessageError):
        Hello(1, (0, 1, 0), bad, 0, bytes(8), (), (), 1000).pack()


def test_a_hello_that_cannot_fit_a_frame_is_refused() -> None:
    long_names = tuple(f"{n}" * 24 for n in range(8))
    with pytest.raises(MessageError):
        Hello(1, (0, 1, 0), "pico", 0, bytes(8), long_names, (), 1000).pack()


def test_on_is_zero_or_one() -> None:
    with pytest.raises(MessageError):
        read_message(LinkFrame(codes.SET, 1, b"\x00\x02\xe8\x03"))


@pytest.mark.parametrize(("lease", "valid"), [(0, False), (99, False), (100, True), (60000, True), (60001, False)])
def test_lease_limits(lease: int, valid: bool) -> None:
    assert codes.lease_is_valid(lease) is valid
