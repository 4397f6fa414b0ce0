"""What a service tells systemd: that it is ready, that it is alive, and a status sentence; only while its loops run.

The protocol (sd_notify) is one datagram to the socket that the environment names; where there is none, nothing is
sent.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)

STATUS_EVERY_S = 5.0
MAX_STATUS = 200
_FEEDS_A_PERIOD = 4


class Lifeline:
    """Each loop named here calls `turned(name)` in every round, on its own thread.

    The service is ready when all loops have turned once. From then on the watchdog is fed each time all have turned
    again: one loop that hangs stops the feeding, and systemd restarts the service. `status` (called on any thread) is
    one sentence for `systemctl status`.
    """

    def __init__(
        self,
        *loops: str,
        status: Callable[[], str] = lambda: "",
        trouble: Callable[[], int] | None = None,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loops = frozenset(loops)
        self._status = status
        self._trouble = trouble
        self._clock = clock
        self._address = environment.get("NOTIFY_SOCKET", "")
        watchdog_s = _watchdog_s(environment)
        self._every_s = min(STATUS_EVERY_S, watchdog_s / _FEEDS_A_PERIOD) if watchdog_s else STATUS_EVERY_S
        self._lock = threading.Lock()
        self._turned: set[str] = set()
        self._next = float("-inf")
        self._ready = False
        self._said = ""
        if self._address and watchdog_s:
            # systemd ends what hangs with SIGABRT: the journal then shows where every thread stood.
            with contextlib.suppress(OSError, ValueError, RuntimeError, AttributeError):
                faulthandler.enable()

    def turned(self, loop: str, said: str = "") -> None:
        """The loop `loop` begins a round; `said` replaces the sentence of `status` from now on.

        Raises ValueError for a name that was not announced.
        """
        if loop not in self._loops:
            raise ValueError(f"no such loop: {loop}")
        if not self._address:
            return
        with self._lock:
            self._turned.add(loop)
            self._said = said or self._said
            now = self._clock()
            if self._turned != self._loops or now < self._next:
                return
            self._turned.clear()
            self._next = now + self._every_s
            words = ["WATCHDOG=1"] if self._ready else ["READY=1", "WATCHDOG=1"]
            self._ready = True
        self._say(*words, *self._status_line())

    def _status_line(self) -> list[str]:
        try:
            said = self._said or self._status()
            number = [] if self._trouble is None else [f"ERRNO={self._trouble()}"]
        except Exception:
            # A sentence for people must not end the loop that asked for it.
            log.exception("no status")
            return []
        # systemd drops a message with a NUL in it whole.
        line = " ".join("".join(letter if letter.isprintable() else " " for letter in said[:1000]).split())
        line = line[:MAX_STATUS]
        return [*([f"STATUS={line}"] if line else []), *number]

    def _say(self, *words: str) -> None:
        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.setblocking(False)
                out.sendto("\n".join(words).encode(), name)
        except OSError as error:
            log.warning("systemd was not told %s: %s", words[0], error)


def _watchdog_s(environment: Mapping[str, str]) -> float:
    """systemd's period in seconds; 0 where it wants no feeding, or that of another process."""
    text, process = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not (text.isascii() and text.isdigit()) or process not in ("", str(os.getpid())):
        return 0.0
    return int(text) / 1_000_000
