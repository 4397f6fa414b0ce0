"""Errors of the bridge: each is BridgeError plus the builtin it resembles; the text is one sentence for a person."""

from __future__ import annotations

from langso.errors import LangsoError


class BridgeError(LangsoError):
    """Root of the bridge's errors."""


class LinkLost(BridgeError, ConnectionError):
    """No connection to the microcontroller, or it broke before an answer came."""


class CommandRefused(BridgeError, PermissionError):
    """The firmware answered NAK; `reason` is its number in `wire.messages`."""

    def __init__(self, reason: int, what: str) -> None:
        super().__init__(f"Mạch điều khiển từ chối lệnh ({what}); hãy nạp lại phần mềm đúng phiên bản cho mạch.")
        self.reason = reason


class UnknownOutput(BridgeError, ValueError):
    """An output name the board does not have."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"Mạch không có đầu ra tên {name!r}; hãy dùng một trong: {', '.join(known) or '(chưa có)'}.")
        self.name = name


class BadPort(BridgeError, ValueError):
    """`bridge.port` names neither a serial device nor `gpio:` pins."""

    exit_code = 2


class TwinError(BridgeError, RuntimeError):
    """The simulated board cannot start or did not behave."""


class TwinUnavailable(TwinError, ImportError):
    """MicroPython's unix port is not installed on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "Máy này chưa có MicroPython để chạy mạch mô phỏng (chỉ có cho Linux x86_64); "
            "hãy cài phần 'twin' hoặc cắm mạch thật."
        )
