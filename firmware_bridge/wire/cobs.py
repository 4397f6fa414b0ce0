"""Consistent Overhead Byte Stuffing (Cheshire & Baker 1997): removes every zero so that zero can end a frame."""

from firmware_bridge.wire.errors import FrameError


def stuff(data: bytes) -> bytes:
    """`data` without zero bytes; at most `len(data) + len(data) // 254 + 1` long, no trailing delimiter."""
    out = bytearray(1)
    code_at = 0
    code = 1
    for byte in data:
        if code == 255:
            out[code_at] = 255
            code_at = len(out)
            out.append(0)
            code = 1
        if byte == 0:
            out[code_at] = code
            code_at = len(out)
            out.append(0)
            code = 1
        else:
            out.append(byte)
            code += 1
    out[code_at] = code
    return bytes(out)


def unstuff(stuffed: bytes) -> bytes:
    """Undo `stuff`; raises FrameError where a zero occurs or a block runs past the end."""
    out = bytearray()
    end = len(stuffed)
    at = 0
    if end == 0:
        raise FrameError("empty")
    while at < end:
        code = stuffed[at]
        block = stuffed[at + 1 : at + code]
        if code == 0 or 0 in block:
            raise FrameError("zero inside")
        if len(block) != code - 1:
            raise FrameError("block cut short")
        out.extend(block)
        at += code
        if code < 255 and at < end:
            out.append(0)
    return bytes(out)
