"""Errors of the bridge: each is BridgeError plus the builtin it resembles; the text is one sentence for a person."""

from __future__ import annotations

from langso.errors import LangsoError
from langso.words.catalogue import Sentence, Words


class BridgeError(LangsoError):
    """Root of the bridge's errors."""


class LinkLost(BridgeError, ConnectionError):
    """No connection to the microcontroller, or it broke before an answer came."""


class CommandRefused(BridgeError, PermissionError):
    """The firmware answered NAK; `reason` is its number in `wire.messages`."""

    def __init__(self, reason: int, what: Words) -> None:
        super().__init__(Sentence("bridge-refused", what=what))
        self.reason = reason


class UnknownOutput(BridgeError, ValueError):
    """An output name the board does not have."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(
            Sentence("bridge-no-output", name=repr(name), known=", ".join(known) or Sentence("bridge-none-known"))
        )
        self.name = name


class BadPort(BridgeError, ValueError):
    """`bridge.port` names neither a serial device nor `gpio:` pins."""

    exit_code = 2


class TwinError(BridgeError, RuntimeError):
    """The simulated board cannot start or did not behave."""


class TwinUnavailable(TwinError, ImportError):
    """MicroPython's unix port is not installed on this machine."""

    def __init__(self) -> None:
        super().__init__(Sentence("bridge-no-micropython"))
