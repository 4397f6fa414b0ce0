"""The process of one visit: journeys, camera, scanner, documents.

It is forked ahead (`kiosk.shell.fork_server`) with all that a visit needs, and waits, having seen nobody. At the
visit's end it is ended, and the system takes back all its memory. It draws nothing: what is to be seen is told to the
shell (`kiosk.shell.told`).
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from kiosk.devices.camera_thread import CameraHolder
from kiosk.errors import LineFault, NotReady
from kiosk.sending.sealing import DossiersElsewhere, HandedIn, SealedDocument
from kiosk.shell.errands import Errands
from kiosk.shell.line import VisitLine
from kiosk.shell.means import Means
from kiosk.shell.protocol import Destination, Journey, Letters, Plain
from kiosk.shell.registry import JOURNEYS, load
from kiosk.shell.router import Router
from kiosk.shell.told import (
    Alive,
    BeginVisit,
    Change,
    Did,
    Facts,
    Hurry,
    Keep,
    KeepAnswer,
    LookThrough,
    NewPage,
    OnTheGlass,
    Over,
    Prepared,
    Styled,
)
from kiosk.shell.visit import Workspace
from langso.device.clock_by_hand import ClockByHand
from langso.timekeeping.clock import SystemClock
from langso.words.catalogue import Sentence
from langso.words.language import in_language, language_of_environment, unless_tried, use_language
from scanner.live.table import FILE, identity
from scanner.live.table_keeper import TableKeeper

log = logging.getLogger(__name__)

FIRST = "home"
TICK_S = 0.1
"""Seconds between two looks at the journey while no new frame comes."""
ALIVE_S = 1.0
SWITCH_S = 0.001
"""Seconds a thread may keep Python to itself: the judge must not hold up the frames."""
MOST_UNTAKEN = 2
"""Changes on their way to the glass; more would only be late."""
KEPT_S = 60.0
"""Seconds for the shell to write a dossier to an old card."""


class RunningVisit:
    """One visit: the router and its journeys, before a glass that tells the shell. One thread calls `run`."""

    def __init__(self, line: VisitLine, begin: BeginVisit, calls: queue.SimpleQueue[Callable[[], None]]) -> None:
        self._line = line
        self._calls = calls
        self._errands = Errands(calls.put)
        self._begin = begin
        self._facts = begin.facts
        self._camera = begin.camera
        self._letters = Letters()
        self._page = self._untaken = 0
        self._begun = False
        self._asks: dict[int, queue.SimpleQueue[KeepAnswer]] = {}
        self._told = Alive()
        self._told_at = float("-inf")
        self._woken = threading.Event()
        self._workspace = Workspace(Path(begin.folder))
        state = begin.settings.paths.state
        self._holder = CameraHolder(fresh=self._wake)
        self._table = TableKeeper(state / FILE, lambda: identity(self._camera))
        self._table.told(begin.doubts)
        self._means = Means(
            commune=begin.commune,
            place=begin.place,
            clock=_ToldClock(lambda: self._facts.ahead_s),
            workspace=self._workspace,
            dossiers=DossiersElsewhere(state, self._keep),
            holder=self._holder,
            camera=lambda: self._camera,
            table=self._table,
            catalogue=lambda: self._facts.catalogue,
            recipient=lambda: self._facts.recipient,
            payees=lambda: self._facts.payees,
            connected=lambda: self._facts.connected,
            hurry=lambda: line.send(Hurry()),
            in_background=self._errands.in_background,
            letters=lambda: self._letters,
            by_hand=ClockByHand(state),
            unproven=lambda: self._facts.unproven,
        )
        self._router = Router(self, self._journey, FIRST)

    def run(self) -> NoReturn:
        """Until the visit ends, and this process with it."""
        # For this thread only: what goes to the office is said in the service's language.
        with in_language(unless_tried(self._begin.tongue)):
            self._router.go_home()
            self._begun, self._letters = True, self._begin.letters
            due = time.monotonic()
            while True:
                try:
                    self._calls.get(timeout=max(0.0, due - time.monotonic()))()
                except queue.Empty:
                    due = time.monotonic() + TICK_S
                    self._tick()

    def hear(self, message: Any) -> None:
        """What the shell told; on any thread."""
        if isinstance(message, KeepAnswer):
            # Somebody waits for it on a thread of its own.
            self._asks[message.ask].put(message)
        else:
            self._calls.put(lambda: self._obey(message))

    # What the router asks of the glass.

    def show(self, there: Destination) -> None:
        self._page += 1
        self._line.send(NewPage(self._page, there))

    def change(self, shows: Plain) -> None:
        self._untaken += 1
        self._line.send(Change(self._page, shows))

    def restyle(self, letters: Letters) -> None:
        self._letters = letters
        self._line.send(Styled(letters))

    def work(
        self, what: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[BaseException], None]
    ) -> None:
        self._errands.run(what, done, failed)

    def end_visit(self, *, fault: bool = False) -> None:
        if self._begun:
            self._line.send(Over(fault))
            self._workspace.wipe()
            _end(0)

    def _obey(self, message: Any) -> None:
        match message:
            case Did() if message.page == self._page:
                self._router.emit(message.name, message.value)
                self._tell()
            case OnTheGlass():
                self._untaken = max(0, self._untaken - 1)
                if self._woken.is_set():
                    self._tick()
            case Facts():
                self._facts = message
            case LookThrough():
                self._camera = message.camera

    def _wake(self) -> None:
        """There is another frame: told once until it is looked at."""
        if not self._woken.is_set():
            self._woken.set()
            self._calls.put(self._tick)

    def _tick(self) -> None:
        if self._untaken < MOST_UNTAKEN:
            self._woken.clear()
            self._router.tick()
        self._tell()

    def _tell(self) -> None:
        holder = self._holder
        now = Alive(self._router.wants_light, holder.fault, holder.seen, self._table.doubts)
        if now != self._told or time.monotonic() - self._told_at >= ALIVE_S:
            self._told, self._told_at = now, time.monotonic()
            self._line.send(now)

    def _journey(self, name: str) -> Journey:
        made: Journey = load(JOURNEYS[name])(self._means)
        return made

    def _keep(self, sealed: SealedDocument) -> HandedIn:
        """On the thread that hands in."""
        ask, answers = len(self._asks) + 1, queue.SimpleQueue[KeepAnswer]()
        self._asks[ask] = answers
        self._line.send(Keep(ask, sealed))
        try:
            answer = answers.get(timeout=KEPT_S)
        except queue.Empty:
            raise NotReady(Sentence("journeys-sealing-failed")) from None
        if answer.handed is None:
            raise NotReady(answer.fault)
        return answer.handed


def be_visit(end: int) -> NoReturn:
    """Waits for `BeginVisit`, and is one visit. `end`: the file of its end of the line to the shell."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Discreet("%(asctime)s %(levelname)s visit %(name)s: %(message)s"))
    sys.excepthook = lambda kind, _, trace: log.error("%s", _where(kind, trace))
    threading.excepthook = lambda of: log.error("%s", _where(of.exc_type, of.exc_traceback))
    sys.setswitchinterval(SWITCH_S)
    use_language(language_of_environment(os.environ))
    line = VisitLine(socket.socket(fileno=end), trusted=True)
    calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    begun: queue.SimpleQueue[BeginVisit] = queue.SimpleQueue()
    visits: list[RunningVisit] = []
    folder: list[Path] = []
    ready = threading.Event()

    def listen() -> None:
        try:
            while True:
                message = line.receive()
                if isinstance(message, BeginVisit):
                    folder.append(Path(message.folder))
                    begun.put(message)
                    # What follows is for the visit, once there is one.
                    ready.wait()
                elif visits:
                    visits[0].hear(message)
        except (EOFError, LineFault):
            # The shell is gone: nobody else will wipe what lies in the visit's folder.
            for one in folder:
                shutil.rmtree(one, ignore_errors=True)
            _end(1)

    threading.Thread(target=listen, name="line", daemon=True).start()
    line.send(Prepared())
    begin = begun.get()
    # What programs put aside while they work, papers being read too, is wiped with the rest.
    os.environ["TMPDIR"] = tempfile.tempdir = begin.folder
    try:
        visits.append(RunningVisit(line, begin, calls))
        ready.set()
        visits[0].run()
    except BaseException as error:  # noqa: BLE001 - whatever it is, the interpreter's own end may wait for a thread
        log.error("%s", _where(type(error), error.__traceback__))
        _end(1)


class _ToldClock(SystemClock):
    """This machine's clock, put right by what the shell knows of the time."""

    def __init__(self, ahead_s: Callable[[], int]) -> None:
        super().__init__()
        self._ahead_s = ahead_s

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._ahead_s())


class _Discreet(logging.Formatter):
    """Says where something went wrong and of what kind it was, never its text: that may be what was read."""

    def formatException(self, ei: Any) -> str:
        kind, _, trace = ei
        return _where(kind, trace)


def _where(kind: Any, trace: Any) -> str:
    frames = "".join(traceback.format_list(traceback.extract_tb(trace)))
    return f"{frames}{getattr(kind, '__name__', kind)}"


def _end(status: int) -> NoReturn:
    """At once, whatever threads do, and with all programs of the visit: there is nothing to save."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(status)
