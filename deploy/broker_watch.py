"""Runs the broker and answers for it to systemd: `python -m deploy.broker_watch /usr/sbin/mosquitto -c FILE`.

Mosquitto 2.0 feeds no watchdog, and one that hangs takes connections and says nothing until somebody comes. Its loop
wakes ten times a second, whatever there is to do, and goes to sleep again: the kernel counts that. Asking at its door
instead would put two lines into the journal each time.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from langso.device.lifeline import Lifeline

log = logging.getLogger(__name__)

LOOK_S = 5.0
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_ENDING = (signal.SIGTERM, signal.SIGINT)
_MAX_MESSAGE = 4096


def keep(command: Sequence[str], *, environment: Mapping[str, str] = os.environ, look_s: float = LOOK_S) -> int:
    """Runs the program until it ends, and gives its exit code; signals go on to it.

    systemd hears READY when the program says so, and is fed while the program moves.
    """
    lifeline = Lifeline("broker", environment=environment)
    early: list[int] = []
    ending = False
    held = -1

    def pass_on(number: int, _: object) -> None:
        nonlocal ending
        ending = ending or number in _ENDING
        with contextlib.suppress(ProcessLookupError):
            early.append(number) if held < 0 else signal.pidfd_send_signal(held, number)

    for number in _PASSED_ON:
        signal.signal(number, pass_on)
    with tempfile.TemporaryDirectory(prefix="broker-watch-") as folder, _ear(Path(folder)) as ear:
        own = {name: value for name, value in environment.items() if not name.startswith("WATCHDOG_")}
        child = subprocess.Popen(command, env={**own, "NOTIFY_SOCKET": ear.getsockname()})
        held = os.pidfd_open(child.pid)
        for waiting in early:
            signal.pidfd_send_signal(held, waiting)
        _watch(child.pid, held, ear, lifeline, look_s, lambda: ending)
        code = child.wait()
    return code if code >= 0 else 128 - code


def _watch(
    pid: int, held: int, ear: socket.socket, lifeline: Lifeline, look_s: float, ending: Callable[[], bool]
) -> None:
    """Until it has ended; it is not reaped here, so its number stays its own."""
    ready = moves = hangs = False
    before = 0
    while True:
        readable = select.select([held, ear.fileno()], [], [], look_s)[0]
        if held in readable:
            return
        if ending():
            # Asked to end while it starts, as it begins to listen, Mosquitto forgets it.
            signal.pidfd_send_signal(held, signal.SIGTERM)
        if readable:
            ready = b"READY=1" in ear.recv(_MAX_MESSAGE).splitlines() or ready
        if not ready:
            continue
        now = _sleeps(pid)
        # A later release may sleep for as long as nothing happens: only what was seen to move is seen to hang.
        moves = moves or 0 < before < now
        if readable or now > before or not moves:
            lifeline.turned("broker")
            hangs = False
        elif not hangs:
            log.warning("the broker has not moved for %.0f s", look_s)
            hangs = True
        before = now


def _ear(folder: Path) -> socket.socket:
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    ear.bind(str(folder / "notify"))
    return ear


def _sleeps(pid: int) -> int:
    """How often it has gone to sleep by itself."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches")), 0)


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1:]))
