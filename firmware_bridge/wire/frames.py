"""Frames: `COBS(version|type, seq, payload, crc32 little-endian) 00`, and a decoder that resynchronises by itself."""

import binascii
import struct

from firmware_bridge.wire.cobs import stuff, unstuff
from firmware_bridge.wire.errors import FrameError

VERSION = 1
MAX_PAYLOAD = 192
# Head (2) and checksum (4) around the payload, and one byte of stuffing while the body stays below 254.
MAX_ENCODED = MAX_PAYLOAD + 2 + 4 + 1
DELIMITER = b"\x00"


class LinkFrame:
    """One frame: `version` and `type` 0-15, `seq` 0-255, `payload` at most MAX_PAYLOAD bytes."""

    def __init__(self, type: int, seq: int, payload: bytes = b"", version: int = VERSION) -> None:
        if not (0 <= type <= 15 and 0 <= version <= 15 and 0 <= seq <= 255):
            raise FrameError("type, version or seq out of range")
        if len(payload) > MAX_PAYLOAD:
            raise FrameError("payload too long")
        self.type = type
        self.seq = seq
        self.payload = payload
        self.version = version

    def to_bytes(self) -> bytes:
        """The frame as it goes on the line, with its closing delimiter."""
        body = bytes([self.version << 4 | self.type, self.seq]) + self.payload
        return stuff(body + struct.pack("<I", binascii.crc32(body) & 0xFFFFFFFF)) + DELIMITER

    @classmethod
    def from_bytes(cls, stuffed: bytes) -> "LinkFrame":
        """Read what stood between two delimiters; raises FrameError."""
        if len(stuffed) > MAX_ENCODED:
            raise FrameError("too long")
        raw = unstuff(stuffed)
        if len(raw) < 6:
            raise FrameError("too short")
        body = raw[:-4]
        if struct.unpack("<I", raw[-4:])[0] != binascii.crc32(body) & 0xFFFFFFFF:
            raise FrameError("checksum")
        return cls(body[0] & 15, body[1], body[2:], body[0] >> 4)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LinkFrame) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"LinkFrame(type={self.type}, seq={self.seq}, payload={self.payload!r}, version={self.version})"

    def _key(self) -> tuple[int, int, int, bytes]:
        return (self.version, self.type, self.seq, self.payload)


class Decoder:
    """Turns bytes, in any pieces, into frames; damage costs the damaged frame only and is counted in `errors`."""

    def __init__(self) -> None:
        self.frames = 0
        self.errors = 0
        self.last_error = ""
        self._buffer = bytearray()
        self._skipping = False

    def feed(self, data: bytes) -> list[LinkFrame]:
        """The frames completed by `data`; never raises, holds at most MAX_ENCODED bytes between calls."""
        data = bytes(data)
        found: list[LinkFrame] = []
        start = 0
        while True:
            end = data.find(DELIMITER, start)
            piece = data[start:] if end < 0 else data[start:end]
            self._take(piece)
            if end < 0:
                return found
            start = end + 1
            frame = self._finish()
            if frame is not None:
                found.append(frame)

    def _take(self, piece: bytes) -> None:
        if self._skipping:
            return
        if len(self._buffer) + len(piece) > MAX_ENCODED:
            # Without a delimiter this long it is noise: drop it now, or noise could fill the memory.
            self._skipping = True
            self._buffer = bytearray()
            self._count("too long")
            return
        self._buffer.extend(piece)

    def _finish(self) -> "LinkFrame | None":
        stuffed = bytes(self._buffer)
        self._buffer = bytearray()
        if self._skipping:
            self._skipping = False
            return None
        if not stuffed:
            return None
        try:
            frame = LinkFrame.from_bytes(stuffed)
        except FrameError as error:
            self._count(str(error))
            return None
        self.frames += 1
        return frame

    def _count(self, why: str) -> None:
        self.errors += 1
        self.last_error = why
