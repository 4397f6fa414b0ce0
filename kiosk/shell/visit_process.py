"""One process of a visit, as the shell holds it: told and heard without ever waiting, ended with all it started."""

from __future__ import annotations

import collections
import contextlib
import logging
import os
import select
import shutil
import signal
import time
from concurrent import futures
from pathlib import Path
from typing import Any, Protocol

from kiosk.errors import LineFault
from kiosk.shell.line import VisitLine, pair
from kiosk.shell.orphans import end_with_orphans

log = logging.getLogger(__name__)

BURIAL_S = 10.0
"""Seconds for the kernel to take a killed process away."""
MOST_A_SECOND = 400
"""So many messages a second no visit has to tell: thirty pictures, as many judgements, a page now and then."""


class Makes(Protocol):
    """What makes visits' processes."""

    def fork(self, file: int) -> futures.Future[int]:
        """The number of a new process that has this end of a line. Raises OSError, as the number may."""

    def over(self, number: int) -> None:
        """That process has ended, and its number may be given to another."""

    def give_up(self) -> None:
        """Nothing became of what was made last: the next one comes from elsewhere."""


class Worker:
    """One process, from its start to its end. `word`: when it last said something (monotonic seconds); `ended`:
    nothing more will come of it; `prepared`, `keeping`: whether it may serve, and has a dossier being kept.
    """

    def __init__(self, maker: Makes) -> None:
        self._maker = maker
        ours, theirs = pair()
        with theirs:
            try:
                self._made = maker.fork(theirs.fileno())
            except OSError:
                ours.close()
                raise
        self._line = VisitLine(ours)
        self._unsaid: collections.deque[Any] = collections.deque()
        self.ended = False
        self.prepared = self.keeping = False
        self._heard: collections.deque[float] = collections.deque(maxlen=MOST_A_SECOND)
        self.word = self.started = time.monotonic()
        self.folder: Path | None = None

    @property
    def pid(self) -> int:
        """Its process number; 0 while it has none."""
        made = self._made.done() and not self._made.cancelled() and self._made.exception() is None
        return self._made.result() if made else 0

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
        if not self.prepared:
            self._maker.give_up()
        if self.pid:
            _end(self.pid)
        self.ended = True
        self._unsaid.clear()

    def bury(self) -> None:
        """Waits until it is gone, then ends and removes what it left. Not for the screen's thread."""
        with contextlib.suppress(OSError, TimeoutError):
            pid = self._made.result(BURIAL_S)
            # It may have come into being only now.
            _end(pid)
            if not _gone(pid, BURIAL_S):
                log.error("the process %d of a visit does not end", pid)
            self._maker.over(pid)
            end_with_orphans(pid)
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


def _end(pid: int) -> None:
    # It leads a group of its own, which the camera's program is in; not yet in its very first moment.
    for end in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            end(pid, signal.SIGKILL)


def _gone(pid: int, within_s: float) -> bool:
    """Waits until a process has ended; its number is still its own."""
    try:
        process = os.pidfd_open(pid)
    except OSError:
        # Gone already, or nobody may ask for it: the server takes it away when it can.
        return True
    try:
        poll = select.poll()
        poll.register(process, select.POLLIN)
        return bool(poll.poll(within_s * 1000))
    finally:
        os.close(process)
