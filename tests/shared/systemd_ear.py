"""systemd's end of a service's lifeline: `import systemd_ear` where a conftest has put tests/shared on sys.path."""

from __future__ import annotations

import os
import socket
import time


class SystemdEar:
    """Hears what a service says; `environment` is what systemd would start it with."""

    def __init__(self, watchdog_s: float = 1.0) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # A socket's path may have 107 bytes, and pytest's folders are deep.
        address = f"\0langso-test-{os.getpid()}-{id(self)}"
        self._socket.bind(address)
        self.environment = {"NOTIFY_SOCKET": "@" + address[1:], "WATCHDOG_USEC": str(int(watchdog_s * 1_000_000))}

    def hear(self, seconds: float = 0.0) -> dict[str, str] | None:
        """The next message within so many seconds, as names and values."""
        self._socket.settimeout(max(seconds, 0.001))
        try:
            raw = self._socket.recv(4096)
        except TimeoutError:
            return None
        return dict(line.split("=", 1) for line in raw.decode().splitlines())

    def wait(self, name: str, seconds: float = 60.0) -> dict[str, str]:
        """The next message that has this name."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            said = self.hear(left)
            if said is not None and name in said:
                return said
        raise AssertionError(f"no {name} within {seconds} s")

    def falls_silent(self, seconds: float) -> bool:
        """Whether nothing is said for so long, once the little that was under way has arrived."""
        return any(self.hear(seconds) is None for _ in range(4))

    def close(self) -> None:
        """Hears no more."""
        self._socket.close()
