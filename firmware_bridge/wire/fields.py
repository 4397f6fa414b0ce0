"""What all messages have in common: integers little-endian, texts ASCII with a length byte.

A payload may be longer than a reader knows: the rest belongs to a later level and is passed over.
"""

import struct

from firmware_bridge.wire.codes import MAX_NAMES, MAX_TEXT
from firmware_bridge.wire.errors import MessageError
from firmware_bridge.wire.frames import LinkFrame


class LinkMessage:
    """Base of all messages: equal when type and fields are equal."""

    type = 0

    def pack(self) -> bytes:
        """The payload of this message's frame."""
        raise NotImplementedError

    def fields(self) -> "tuple[object, ...]":
        """The values this message carries, in order."""
        raise NotImplementedError

    def frame(self, seq: int) -> LinkFrame:
        """This message in a frame with sequence number `seq`."""
        return LinkFrame(self.type, seq, self.pack())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LinkMessage) and self.type == other.type and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash((self.type, self.fields()))

    def __repr__(self) -> str:
        return type(self).__name__ + repr(self.fields())


def numbers(layout: str, payload: bytes, at: int = 0) -> "tuple[int, ...]":
    """The numbers at `at`; raises MessageError where the payload ends too soon."""
    end = at + struct.calcsize(layout)
    if len(payload) < end:
        raise MessageError("payload length")
    return struct.unpack(layout, payload[at:end])


def text_bytes(text: str) -> bytes:
    """A text of 1 to MAX_TEXT printable ASCII characters behind its length."""
    raw = text.encode()
    if not 1 <= len(raw) <= MAX_TEXT or not _plain(raw):
        raise MessageError("text is 1 to 24 printable ASCII characters")
    return bytes([len(raw)]) + raw


def read_text(payload: bytes, at: int) -> tuple[str, int]:
    """The text at `at`, and where it ends."""
    if at >= len(payload):
        raise MessageError("text missing")
    end = at + 1 + payload[at]
    raw = payload[at + 1 : end]
    if not 1 <= payload[at] <= MAX_TEXT or len(raw) != payload[at] or not _plain(raw):
        raise MessageError("bad text")
    return raw.decode(), end


def names_bytes(names: tuple[str, ...]) -> bytes:
    """At most MAX_NAMES texts behind their count."""
    if len(names) > MAX_NAMES:
        raise MessageError("too many names")
    return bytes([len(names)]) + b"".join([text_bytes(name) for name in names])


def read_names(payload: bytes, at: int) -> tuple[tuple[str, ...], int]:
    """The texts at `at`, and where they end."""
    if at >= len(payload) or payload[at] > MAX_NAMES:
        raise MessageError("bad list of names")
    count = payload[at]
    at += 1
    names: list[str] = []
    for _ in range(count):
        name, at = read_text(payload, at)
        names.append(name)
    return tuple(names), at


def _plain(raw: bytes) -> bool:
    return all(32 < byte < 127 for byte in raw)
