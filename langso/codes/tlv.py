"""What payment codes (EMV) are made of: elements, two digits of tag, two of length (01-99), then the value; and the
checksum at their end, CRC-16/IBM-3740 (polynomial 1021, start FFFF, nothing reflected).
"""

from __future__ import annotations

from binascii import crc_hqx
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from langso.words.catalogue import Sentence

from .errors import CannotWrite

Unit = Literal["ascii", "chars", "utf8bytes"]


@dataclass(frozen=True)
class Element:
    """One element: its two-digit tag and its value."""

    tag: str
    value: str


@dataclass(frozen=True)
class Fault:
    """Why a text is no list of elements: part of a sentence, and the position (in `Unit`s) of the first fault."""

    why: Sentence
    position: int


def read(text: str, unit: Unit = "chars") -> list[Element] | Fault:
    """Split a text into elements, lengths counted in characters or in UTF-8 bytes. Never raises."""
    if unit == "utf8bytes":
        return _read_bytes(text.encode("utf-8", "surrogatepass"))
    items: list[Element] = []
    at = 0
    while at < len(text):
        size = _size(text[at : at + 4], at)
        if isinstance(size, Fault):
            return size
        value = text[at + 4 : at + 4 + size]
        if len(value) < size:
            return _short(text[at : at + 2], at, size, len(value))
        items.append(Element(text[at : at + 2], value))
        at += 4 + size
    return items


def write(items: Iterable[tuple[str, str | None]]) -> str:
    """Join elements, leaving out values that are None. Raises CannotWrite on an empty one or over 99 characters."""
    parts: list[str] = []
    for tag, value in items:
        if value is None:
            continue
        if not 1 <= len(value) <= 99 or not value.isascii():
            raise CannotWrite(Sentence("codes-write-field", tag=tag))
        parts.append(f"{tag}{len(value):02d}{value}")
    return "".join(parts)


def crc16(data: bytes) -> int:
    """Checksum of the bytes, 0..65535; `b"123456789"` gives 0x29B1."""
    return crc_hqx(data, 0xFFFF)


def checksum(text: str) -> str:
    """Checksum over the UTF-8 bytes as four upper-case hex digits, leading zeros kept."""
    # A camera library can hand over lone surrogates; they have no UTF-8 form and must not stop the reader.
    return f"{crc16(text.encode('utf-8', 'surrogatepass')):04X}"


def _read_bytes(data: bytes) -> list[Element] | Fault:
    items: list[Element] = []
    at = 0
    while at < len(data):
        head = data[at : at + 4].decode("latin-1")
        size = _size(head, at)
        if isinstance(size, Fault):
            return size
        raw = data[at + 4 : at + 4 + size]
        if len(raw) < size:
            return _short(head[:2], at, size, len(raw))
        try:
            value = raw.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return Fault(Sentence("codes-fault-cuts-letter", tag=head[:2]), at)
        items.append(Element(head[:2], value))
        at += 4 + size
    return items


def _size(head: str, at: int) -> int | Fault:
    if len(head) < 4:
        return Fault(Sentence("codes-fault-head-missing"), at)
    # str.isdigit also takes digits of other scripts, which no code of this kind may hold.
    if not (head.isascii() and head.isdigit()):
        return Fault(Sentence("codes-fault-no-number"), at)
    size = int(head[2:])
    return size if size else Fault(Sentence("codes-fault-zero", tag=head[:2]), at)


def _short(tag: str, at: int, want: int, got: int) -> Fault:
    return Fault(Sentence("codes-fault-short", tag=tag, want=want, got=got), at)
