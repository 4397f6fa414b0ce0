"""One process of a visit, as the shell holds it: told and heard without ever waiting, ended with all it started."""

from __future__ import annotations

import collections
import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kiosk.errors import LineFault
from kiosk.shell.line import VisitLine, pair
from kiosk.shell.memory import without_wiping
from kiosk.shell.orphans import begin_ours, end_with_orphans

log = logging.getLogger(__name__)

COMMAND: Sequence[str] = (sys.executable, "-P", "-m", "kiosk.shell.visit_worker")
BURIAL_S = 10.0
"""Seconds for the kernel to take a killed process away."""
_SERVICE = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")


MOST_A_SECOND = 400
"""So many messages a second no visit has to tell: thirty pictures, as many judgements, a page now and then."""


class Worker:
    """One process, from its start to its end. `word`: when it last said something (monotonic seconds); `ended`:
    nothing more will come of it; `prepared`, `keeping`: whether it may serve, and has a dossier being kept.
    """

    def __init__(self) -> None:
        ours, theirs = pair()
        with theirs:
            kept = {name: value for name, value in without_wiping().items() if name not in _SERVICE}
            self._process = begin_ours(
                lambda: subprocess.Popen(
                    [*COMMAND, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    env=kept,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            )
        self._line = VisitLine(ours)
        self._unsaid: collections.deque[Any] = collections.deque()
        self.ended = False
        self.prepared = self.keeping = False
        self._heard: collections.deque[float] = collections.deque(maxlen=MOST_A_SECOND)
        self.word = self.started = time.monotonic()
        self.folder: Path | None = None

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def tell(self, message: Any) -> None:
        """Never waits, since a process that hangs must not freeze the screen: what finds no room is said later."""
        self._unsaid.append(message)
        self._say()

    def heard(self) -> Any:
        """What it has told next; None for nothing."""
        self._say()
        if self.ended:
            return None
        try:
            message = self._line.receive(wait=False)
        except EOFError:
            self.ended = True
            return None
        except LineFault as fault:
            log.error("a visit's process: %s", fault)
            self.ended = True
            return None
        if message is not None:
            self.word = time.monotonic()
            self._heard.append(self.word)
            if len(self._heard) == MOST_A_SECOND and self.word - self._heard[0] < 1.0:
                log.error("a visit's process: more than anybody can be shown")
                self.ended = True
                return None
        return message

    def kill(self) -> None:
        """Ends it and what is in its group, at once. Does not wait."""
        # It leads a group of its own, which the camera's program is in.
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.ended = True
        self._unsaid.clear()

    def bury(self) -> None:
        """Waits until it is gone, then ends and removes what it left. Not for the screen's thread."""
        try:
            self._process.wait(BURIAL_S)
        except subprocess.TimeoutExpired:
            log.error("the process %d of a visit does not end", self._process.pid)
        end_with_orphans(self._process.pid)
        self._line.close()
        self._line.wipe()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _say(self) -> None:
        while self._unsaid and not self.ended:
            try:
                self._line.send(self._unsaid[0], wait=False)
            except BlockingIOError:
                return
            except OSError:
                self.ended = True
                return
            self._unsaid.popleft()
