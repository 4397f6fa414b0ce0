"""A caller on another thread that waits for one command."""

from __future__ import annotations

import threading

from firmware_bridge.errors import BridgeError, LinkLost
from langso.words.catalogue import t


class WaitingCall:
    """Switch output `name` `on` or off; `name` None = renew."""

    def __init__(self, name: str | None, on: bool) -> None:
        self.name = name
        self.on = on
        self._error: BridgeError | None = None
        self._done = threading.Event()

    def finish(self, error: BridgeError | None) -> None:
        """Release the caller."""
        self._error = error
        self._done.set()

    def wait(self, seconds: float, why: str) -> None:
        """Block until done; raises what went wrong."""
        if not self._done.wait(seconds):
            raise LinkLost(why or t("bridge-no-answer"))
        if self._error is not None:
            raise self._error
