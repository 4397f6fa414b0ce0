"""The shell's hold on the process that visits are forked from (`kiosk.shell.fork_server`); anew when it is gone."""

from __future__ import annotations

import collections
import contextlib
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent import futures

from kiosk.shell.fork_server import FORK
from kiosk.shell.memory import without_wiping
from kiosk.shell.orphans import begin_ours, end_with_orphans, is_ours

log = logging.getLogger(__name__)

COMMAND: Sequence[str] = (sys.executable, "-P", "-m", "kiosk.shell.fork_server")
_SERVICE = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")


class ForkServer:
    """Begun when the first process is asked for. Never waits; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: _Running | None = None

    @property
    def pid(self) -> int:
        """The number of the process that forks; 0 for none."""
        running = self._running
        return running.process.pid if running is not None and not running.gone else 0

    def fork(self, file: int) -> futures.Future[int]:
        """The number of a new process that has this end of a line. Raises OSError, as the number may."""
        with self._lock:
            if self._running is None or self._running.gone:
                self._running = _Running()
            return self._running.fork(file)

    def over(self, number: int) -> None:
        """That process has ended, and its number may be given to another."""
        with self._lock:
            if self._running is not None:
                self._running.over(number)
        # One whose parent is gone is ours to take away.
        with contextlib.suppress(OSError):
            os.waitpid(number, os.WNOHANG)

    def give_up(self) -> None:
        """The next process comes from another one; those that were made go on."""
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            running.end()


class _Running:
    """One process that forks, and a thread that hears its answers, which come in the order of the questions."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            kept = {name: value for name, value in without_wiping().items() if name not in _SERVICE}
            try:
                self.process = begin_ours(
                    lambda: subprocess.Popen(
                        [*COMMAND, str(theirs.fileno())],
                        pass_fds=[theirs.fileno()],
                        env=kept,
                        stdin=subprocess.DEVNULL,
                        start_new_session=True,
                    )
                )
            except OSError:
                self._line.close()
                raise
        self.gone = False
        self._lock = threading.Lock()
        self._asked: collections.deque[futures.Future[int]] = collections.deque()
        threading.Thread(target=self._hear, name="forks", daemon=True).start()

    def fork(self, file: int) -> futures.Future[int]:
        made: futures.Future[int] = futures.Future()
        with self._lock:
            socket.send_fds(self._line, [FORK], [file], socket.MSG_DONTWAIT)
            self._asked.append(made)
        return made

    def over(self, number: int) -> None:
        with contextlib.suppress(OSError):
            self._line.send(str(number).encode(), socket.MSG_DONTWAIT)

    def end(self) -> None:
        """At once, also where it hangs."""
        self.process.kill()

    def _hear(self) -> None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            while answer := self._line.recv(64):
                number = int(answer)
                if number:
                    is_ours(number)
                with self._lock:
                    made = self._asked.popleft()
                if number:
                    made.set_result(number)
                else:
                    made.set_exception(OSError("no process could be forked"))
        self.gone = True
        self.process.kill()
        self.process.wait()
        end_with_orphans(self.process.pid)
        with self._lock:
            for made in self._asked:
                made.set_exception(OSError("the process that forks is gone"))
            self._asked.clear()
        self._line.close()
