"""Ending a broker as an administrator does: `from ending import end_broker`."""

from __future__ import annotations

import subprocess
import time

from waiting import LONG_S

_AGAIN_S = 0.5


def end_broker(process: subprocess.Popen[bytes]) -> None:
    """Asks until it has ended: one asked while it starts, as it begins to listen, forgets it (Mosquitto 2.0)."""
    deadline = time.monotonic() + LONG_S
    while True:
        process.terminate()
        try:
            process.wait(_AGAIN_S)
            return
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise
