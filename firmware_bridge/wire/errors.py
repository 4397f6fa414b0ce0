"""What can be wrong with bytes from the serial line. Plain classes: this file also runs on MicroPython."""


class WireError(ValueError):
    """Any byte string that is not what docs/protocol/serial.md describes."""


class FrameError(WireError):
    """A frame that cannot be read or built: bad stuffing, bad checksum, too long, out of range."""


class MessageError(WireError):
    """A frame whose payload is not the message its type promises."""
