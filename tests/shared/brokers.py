"""A real broker begun and ended: `from brokers import end_broker, listens`."""

from __future__ import annotations

import socket
import subprocess
import time

from waiting import LONG_S

_AGAIN_S = 0.5


def listens(process: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Waits until it does; False where it ends instead, or takes far too long."""
    deadline = time.monotonic() + LONG_S
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return True
        time.sleep(0.02)
    return False


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
