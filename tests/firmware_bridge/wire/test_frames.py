"""The frame format is pinned by golden bytes and compared with an independent COBS."""

import random

import pytest
from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.wire.cobs import stuff, unstuff
from firmware_bridge.wire.errors import FrameError
from firmware_bridge.wire.frames import MAX_ENCODED, MAX_PAYLOAD, Decoder, LinkFrame


@given(st.binary(max_size=1200))
def test_stuffing_agrees_with_the_cobs_package(data: bytes) -> None:
    assert stuff(data) == cobs.encode(data)
    assert unstuff(stuff(data)) == data


@given(st.binary(max_size=300))
def test_unstuffing_refuses_what_the_cobs_package_refuses(data: bytes) -> None:
    if data == b"":
        with pytest.raises(FrameError):
            unstuff(data)
        return
    try:
        expected = cobs.decode(data)
    except cobs.DecodeError:
        with pytest.raises(FrameError):
            unstuff(data)
    else:
        assert unstuff(data) == expected


@pytest.mark.parametrize("length", [252, 253, 254, 255, 508, 509])
def test_stuffing_at_block_edges(length: int) -> None:
    data = b"\x01" * length
    assert stuff(data) == cobs.encode(data)
    assert unstuff(stuff(data + b"\x00")) == data + b"\x00"


frames = st.builds(
    LinkFrame, st.integers(0, 15), st.integers(0, 255), st.binary(max_size=MAX_PAYLOAD), st.integers(0, 15)
)


@given(st.lists(frames, max_size=6), st.data())
def test_frames_survive_any_cutting_of_the_stream(sent: list[LinkFrame], data: st.DataObject) -> None:
    stream = b"".join(frame.to_bytes() for frame in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    decoder = Decoder()
    found: list[LinkFrame] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += decoder.feed(stream[start:end])
    assert found == sent
    assert decoder.errors == 0


@given(st.lists(st.binary(max_size=400), max_size=8), frames)
def test_a_frame_after_any_garbage_is_found(garbage: list[bytes], frame: LinkFrame) -> None:
    decoder = Decoder()
    for piece in garbage:
        decoder.feed(piece)
        assert len(decoder._buffer) <= MAX_ENCODED
    decoder.feed(b"\x00")
    assert decoder.feed(frame.to_bytes()) == [frame]


def test_a_single_wrong_bit_never_yields_a_frame() -> None:
    good = LinkFrame(2, 77, bytes(range(24))).to_bytes()
    for position in range(len(good) - 1):
        for bit in range(8):
            damaged = bytearray(good)
            damaged[position] ^= 1 << bit
            decoder = Decoder()
            assert decoder.feed(bytes(damaged)) == []
            assert decoder.errors + (0 in damaged[:-1]) >= 1


def test_endless_noise_without_a_delimiter_is_dropped_and_counted_once() -> None:
    noise = random.Random(4).randbytes(100_000).replace(b"\x00", b"\x01")
    decoder = Decoder()
    assert decoder.feed(noise) == []
    assert len(decoder._buffer) == 0
    assert (decoder.errors, decoder.last_error) == (1, "too long")
    frame = LinkFrame(3, 9, b"after")
    assert decoder.feed(b"\x00" + frame.to_bytes()) == [frame]


def test_what_is_glued_to_the_end_of_noise_is_part_of_the_noise() -> None:
    decoder = Decoder()
    for _ in range(5):
        assert decoder.feed(b"\x07" * 150) == []
    assert decoder.feed(LinkFrame(2, 1, b"\x00\x01").to_bytes()) == []
    assert decoder.errors == 1
    assert len(decoder.feed(LinkFrame(2, 2).to_bytes())) == 1


def test_the_largest_frame_fits_and_one_byte_more_does_not() -> None:
    largest = LinkFrame(15, 255, b"\xff" * MAX_PAYLOAD, 15)
    assert len(largest.to_bytes()) == MAX_ENCODED + 1
    assert Decoder().feed(largest.to_bytes()) == [largest]
    with pytest.raises(FrameError):
        LinkFrame(1, 1, bytes(MAX_PAYLOAD + 1))


@pytest.mark.parametrize("arguments", [(16, 0), (-1, 0), (0, 256), (0, -1), (0, 0, b"", 16)])
def test_a_frame_out_of_range_is_refused(arguments: tuple[int, int]) -> None:
    with pytest.raises(FrameError):
        LinkFrame(*arguments)


@pytest.mark.parametrize("body", [b"", b"\x14", b"\x14\x01\x00\x00\x00"])
def test_a_body_too_short_for_head_and_checksum_is_refused(body: bytes) -> None:
    with pytest.raises(FrameError):
        LinkFrame.from_bytes(stuff(body))
