"""The village's processes: started with their logs kept, watched, and all stopped when the village stops."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.errors import PortInUse, ProcessDied
from langso.words.catalogue import Sentence, Words
from langso.words.language import ENVIRONMENT, Language, unless_tried

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass
class Running:
    """One started process: how it was started, so that it can be killed and started again."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]
    starts: int = 1


@dataclass
class Processes:
    """All processes of a village, by name. `logs`: folder for one log file each."""

    logs: Path
    running: dict[str, Running] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Running:
        """Start `command`; its output goes to `logs/name.log`. It speaks `service_language()`, whatever terminal the
        village was started from. Raises ValueError where the name already runs.
        """
        if name in self.running and self.running[name].process.poll() is None:
            raise ValueError(f"{name} is already running")
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        full = {**os.environ, "PYTHONUNBUFFERED": "1", ENVIRONMENT: service_language(), **(environment or {})}
        with log.open("ab") as out:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=full,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        starts = self.running[name].starts + 1 if name in self.running else 1
        self.running[name] = Running(name, tuple(command), log, dict(environment or {}), process, starts)
        return self.running[name]

    def restart(self, name: str) -> Running:
        """Start a stopped or killed process again, as it was started."""
        old = self.running[name]
        return self.start(name, old.command, old.environment)

    def stop(self, name: str, patience: float = 8.0) -> None:
        """Ask a process to end (SIGTERM); after `patience` seconds end it."""
        process = self.running[name].process
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                self.kill(name)

    def kill(self, name: str) -> None:
        """SIGKILL to the process and its group, as a pulled plug would."""
        process = self.running[name].process
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop_all(self) -> None:
        """End everything, last started first."""
        for name in reversed(list(self.running)):
            process = self.running[name].process
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + 8
        for name in reversed(list(self.running)):
            process = self.running[name].process
            try:
                process.wait(max(0.05, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.kill(name)

    def dead(self) -> list[str]:
        """Names of processes that have ended."""
        return [name for name, running in self.running.items() if running.process.poll() is not None]

    def wait_until(self, ready: Callable[[], bool], what: Words, seconds: float, watch: Sequence[str] = ()) -> None:
        """Wait for `ready`; raises ProcessDied when a watched process ends or time runs out, with its last words."""
        deadline = time.monotonic() + seconds
        while not ready():
            for name in watch:
                if self.running[name].process.poll() is not None:
                    raise ProcessDied(Sentence("village-died", what=what, name=name, words=self.last_words(name)))
            if time.monotonic() > deadline:
                words = "\n".join(f"[{name}] {self.last_words(name)}" for name in watch)
                raise ProcessDied(Sentence("village-waited", what=what, seconds=f"{seconds:.0f}", words=words))
            time.sleep(0.05)

    def last_words(self, name: str, lines: int = 12) -> str:
        """The end of a process's log."""
        try:
            data = self.running[name].log.read_bytes()[-8000:]
        except OSError:
            return ""
        return "\n".join(data.decode("utf-8", "replace").splitlines()[-lines:])


def service_language() -> Language:
    """Services speak Vietnamese as under systemd; in the language made for tests nothing may hide behind that."""
    return unless_tried("vi")


def langso_command(*words: str) -> tuple[str, ...]:
    """This environment's `langso` with arguments."""
    return (sys.executable, "-m", "deploy", *words)


def free_ports(count: int) -> list[int]:
    """Free TCP ports of 127.0.0.1, all different."""
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(count):
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            ports.append(int(probe.getsockname()[1]))
        return ports


def require_free(port: int) -> int:
    """The port, if nothing listens on it at 127.0.0.1; raises PortInUse."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortInUse(port) from error
    return port


def answers(port: int) -> bool:
    """Whether something accepts connections on 127.0.0.1:port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _die_with_parent() -> None:
    # A village whose own process is killed must leave nothing behind.
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
