"""The checksum of EMV payment codes: CRC-16/IBM-3740 (polynomial 1021, start FFFF, nothing reflected)."""

from __future__ import annotations

from binascii import crc_hqx


def crc16(data: bytes) -> int:
    """Checksum of the bytes, 0..65535; `b"123456789"` gives 0x29B1."""
    return crc_hqx(data, 0xFFFF)


def checksum(text: str) -> str:
    """Checksum over the UTF-8 bytes as four upper-case hex digits, leading zeros kept."""
    # A camera library can hand over lone surrogates; they have no UTF-8 form and must not stop the reader.
    return f"{crc16(text.encode('utf-8', 'surrogatepass')):04X}"
