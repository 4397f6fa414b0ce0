"""Runs the broker and tells systemd that it lives: `python -m deploy.broker_watch /usr/sbin/mosquitto -c FILE`.

Mosquitto 2.0 feeds no watchdog, and one that hangs accepts connections but says nothing until somebody comes. Its
loop wakes and sleeps ten times a second, whatever it has to do, and the kernel counts that. Connecting to it instead
would write two lines into the journal each time.
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
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from langso.device.lifeline import Lifeline
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.durable.workplaces import workplace

log = logging.getLogger(__name__)

LOOK_S = 5.0
_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_ENDING = (signal.SIGTERM, signal.SIGINT)
_MAX_MESSAGE = 4096
_MAX_CONFIGURATION = 64 << 10
BEGIN_S = 30.0
"""Mosquitto has read its file long before, or has ended for it."""


def keep(command: Sequence[str], *, environment: Mapping[str, str] = os.environ, look_s: float = LOOK_S) -> int:
    """Runs the program until it ends; returns its exit code. Signals are passed on to it.

    systemd is told READY when the program says so, and its watchdog is fed while the program keeps waking.
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

    def run() -> tuple[int, bool]:
        """Its exit code, and whether it ever was ready."""
        nonlocal held
        with workplace("broker-watch-") as folder, _ear(folder) as ear:
            own = {name: value for name, value in environment.items() if not name.startswith("WATCHDOG_")}
            child = subprocess.Popen(command, env={**own, "NOTIFY_SOCKET": ear.getsockname()})
            held = os.pidfd_open(child.pid)
            for waiting in early:
                signal.pidfd_send_signal(held, waiting)
            ready = _watch(child.pid, held, ear, lifeline, look_s, lambda: ending)
            return child.wait(), ready

    begun = time.monotonic()
    code, ready = run()
    if code and not ready and not ending and time.monotonic() - begun < BEGIN_S:
        code = _without_what_it_remembers(command, run, code)
    return code if code >= 0 else 128 - code


def _without_what_it_remembers(command: Sequence[str], run: Callable[[], tuple[int, bool]], code: int) -> int:
    """Once more with its file set aside: a damaged one ends Mosquitto at every start. Office and devices tell it all
    that it had retained when they connect again. Where the file was not to blame it is put back.
    """
    file = _persistence(command)
    if file is None or not file.exists():
        return code
    aside = file.with_name(f"{file.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    try:
        file.rename(aside)
    except OSError:
        log.exception("%s cannot be set aside", file)
        return code
    log.error("the broker does not begin: once more without %s, set aside as %s", file, aside.name)
    code, ready = run()
    if code and not ready and not file.exists():
        aside.rename(file)
    return code


def _persistence(command: Sequence[str]) -> Path | None:
    """The file in which the broker of this command keeps what it retains, as its configuration says."""
    try:
        text = read_limited(Path(command[command.index("-c") + 1]), _MAX_CONFIGURATION).decode("utf-8")
    except (ValueError, IndexError, FileRefused):
        return None
    folder = next(
        (line.split(" ", 1)[1] for line in text.splitlines() if line.startswith("persistence_location ")), ""
    )
    return Path(folder) / "mosquitto.db" if folder.startswith("/") else None


def _watch(
    pid: int, held: int, ear: socket.socket, lifeline: Lifeline, look_s: float, ending: Callable[[], bool]
) -> bool:
    """Until it has ended; it is not reaped here, so its number stays its own. Returns whether it was ever ready."""
    ready = moves = hangs = False
    before = 0
    while True:
        readable = select.select([held, ear.fileno()], [], [], look_s)[0]
        if held in readable:
            # Ready and ended at once: what it said is still in the ear.
            if not ready and ear.fileno() in readable:
                ready = b"READY=1" in ear.recv(_MAX_MESSAGE).splitlines()
            return ready
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
