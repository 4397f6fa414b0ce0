"""Every message's bytes are pinned; anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.wire import messages
from firmware_bridge.wire.errors import MessageError, WireError
from firmware_bridge.wire.frames import MAX_PAYLOAD, Decoder, LinkFrame
from firmware_bridge.wire.messages import (
    Ack,
    Connect,
    Error,
    Hello,
    KeepAlive,
    LinkMessage,
    Nak,
    Ping,
    SetOutput,
    Telemetry,
    read_message,
)

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
    assert {message.type for message, _, _ in GOLDEN} == {*messages.COMMANDS, *messages.REPLIES, 7, 8}


@given(any_message, byte)
def test_messages_survive_the_line(message: LinkMessage, seq: int) -> None:
    (frame,) = Decoder().feed(message.frame(seq).to_bytes())
    assert read_message(frame) == message


@given(st.integers(0, 15), st.binary(max_size=MAX_PAYLOAD))
def test_any_payload_is_a_message_or_refused_and_what_is_read_packs_to_the_same_bytes(
    type: int, payload: bytes
) -> None:
    try:
        message = read_message(LinkFrame(type, 0, payload))
    except WireError:
        return
    assert message.pack() == payload


@given(st.binary(max_size=MAX_PAYLOAD))
def test_any_hello_payload_is_read_back_to_the_same_bytes_or_refused(tail: bytes) -> None:
    payload = bytes(15) + tail
    try:
        hello = Hello.unpack(payload)
    except MessageError:
        return
    assert hello.pack() == payload


@pytest.mark.parametrize("type", [messages.SET, messages.KEEPALIVE, messages.PING, messages.ACK, messages.TELEMETRY])
@pytest.mark.parametrize("payload", [b"", b"\x00", bytes(100)])
def test_a_payload_of_the_wrong_length_is_refused(type: int, payload: bytes) -> None:
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
        read_message(LinkFrame(messages.SET, 1, b"\x00\x02\xe8\x03"))


@pytest.mark.parametrize(("lease", "valid"), [(0, False), (99, False), (100, True), (60000, True), (60001, False)])
def test_lease_limits(lease: int, valid: bool) -> None:
    assert messages.lease_is_valid(lease) is valid
