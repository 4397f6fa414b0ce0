"""A visit without Kivy: the real journeys under the real router, before a glass that only notes where one is.

The camera is the test's hand; what takes long (straightening, sheets of cards) is stood in for by small pictures.
"""

from __future__ import annotations

import gc
import logging
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyrage
import pytest

from kiosk.devices.camera_thread import CameraHolder, Sight
from kiosk.journeys.kinds import kinds_for
from kiosk.sending.dossiers import Dossiers
from kiosk.shell.means import Means
from kiosk.shell.protocol import Destination, Journey, Letters, is_plain
from kiosk.shell.registry import JOURNEYS, PLACES, load
from kiosk.shell.router import Router
from kiosk.shell.visit import Workspace
from langso.device.clock_by_hand import ClockByHand
from langso.durable.outbox import OUTBOX_MIGRATION, Outbox
from langso.durable.store import Store
from langso.settings.model import ScannerSettings
from langso.timekeeping.clock import SimulatedClock
from langso.trust import SigningKey
from langso.words.catalogue import Sentence
from scanner.clean import CleanPage
from scanner.live.eye import Seen
from scanner.live.looking import Looked

START = datetime(2026, 11, 30, 0, 5, tzinfo=UTC)
QUAD = np.array([(4, 4), (60, 4), (60, 84), (4, 84)], dtype=np.float64)


class Eyeless:
    """A Watcher whose frames the test lays down."""

    open: Eyeless | None = None

    def __init__(self, camera: Any, look: Any, *, holder: Any, over: Any = lambda: None) -> None:
        del camera, holder
        self.look, self._over = look, over
        self.newest: Any = None
        self.fault: Any = ""
        self.picture: Any = None
        self.stopped = False

    def start(self) -> None:
        assert Eyeless.open is None, "the camera before was never let go"
        Eyeless.open = self

    def stop(self, timeout: float = 0.0) -> None:
        assert timeout == 0, "a camera that hangs must not freeze the screen"
        self.stopped, self.newest, Eyeless.open = True, None, None
        self._over()

    def still(self) -> Any:
        return self.picture


class Walker:
    """Goes through the kiosk: `do` presses, `lay` shows the camera something, `finish` ends the slow work.

    `trail`: every place and what it showed, as text; `faults`: what a journey did that it must never do.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.clock = SimulatedClock(START)
        self.store = Store(folder / "kiosk.sqlite", (OUTBOX_MIGRATION,))
        self.outbox = Outbox(self.store, self.clock)
        self.workspace = Workspace(folder / "visit")
        self.dossiers = Dossiers(
            folder, self.outbox, self.clock, SigningKey.generate(), device="kiosk-thu", commune="xa-thu"
        )
        self.letters = Letters()
        self.state, self.unproven = folder, True
        self.listed: Any = None
        self.payees: Any = None
        self.recipient: str | None = str(pyrage.x25519.Identity.generate().to_public())
        self.connected = True
        self.hurried = 0
        self.side: Any = None
        self.odd: tuple[Sentence, ...] = ()
        self.slow: list[tuple[int, Any, Any, Any]] = []
        self.shows: Any = None
        self.made: list[tuple[str, weakref.ref[Journey]]] = []
        self.frames: list[weakref.ref[Any]] = []
        self.faults: list[str] = []
        self._number = 0
        self.router = Router(self, self._make, "home")
        self.router.go_home()

    @property
    def place(self) -> str:
        return self.router.place

    def journey(self, name: str) -> Any:
        """The newest of that name."""
        return next(ref() for made, ref in reversed(self.made) if made == name)

    def do(self, *events: Any) -> str:
        """Each an event's name, or its name and value; slow work is ended after each."""
        for event in events:
            name, value = event if isinstance(event, tuple) else (event, None)
            self.router.emit(name, value)
            self.finish()
        return self.place

    def take(self, pages: int = 1) -> None:
        """So many pages are scanned and kept, and the camera looks on."""
        for _ in range(pages):
            self.lay()
            self.do("shoot", "keep")

    @property
    def said(self) -> str:
        """The sentence of the place's state."""
        return str(self.shows.live.said.text if hasattr(self.shows, "live") else self.shows.said.text)

    def lay(self, **seen: Any) -> str:
        """The camera sees a paper (or codes, see `lay_only`); what follows from it comes to its end."""
        self.lay_only(**seen)
        self.router.tick()
        self.finish()
        return self.place

    def lay_only(
        self, *, quad: Any = QUAD, code: str = "hold", due: bool = False, codes: Any = None, dark: bool = False
    ) -> None:
        """The camera's next frame; `due`: the paper in it is to be captured by itself."""
        if Eyeless.open is None:
            return
        self._number += 1
        picture = np.full((90, 64, 3), 200, np.uint8)
        self.frames.append(weakref.ref(picture))
        corners = None if quad is None else np.asarray(quad, dtype=np.float64)
        seen = Seen(picture, corners, Sentence("prompts-page-hold"), good=True, code=code)
        Eyeless.open.newest = Sight(self._number, picture, Looked(seen, codes, dark), picture)
        if due:
            Eyeless.open.look.__self__.due = seen

    def finish(self) -> None:
        """All slow work comes to its end, but that of a visit which is over."""
        while self.slow:
            visit, what, done, failed = self.slow.pop(0)
            try:
                result = what()
            except Exception as error:  # noqa: BLE001 - as the window does
                answer, came = failed, error
            else:
                answer, came = done, result
            if visit == self.workspace.visit:
                answer(came)
            # Nothing of it may outlive the visit in this frame.
            del what, done, failed, answer, came

    def left_over(self) -> list[str]:
        """What is still held of visits that are over."""
        self.slow.clear()
        self.router.go_home()
        self.shows = None
        gc.collect()
        return [
            *(path.name for path in self.workspace.files()),
            *(f"journey {name}" for name, ref in self.made[:-1] if ref() is not None),
            *(f"frame {number}" for number, ref in enumerate(self.frames) if ref() is not None),
        ]

    # What the router asks of the glass.

    def show(self, there: Destination) -> None:
        if there.place not in PLACES:
            self.faults.append(f"{there.place} is not registered")
        self._take(there.shows)

    def change(self, shows: Any) -> None:
        self._take(shows)

    def restyle(self, letters: Letters) -> None:
        self.letters = letters

    def work(self, what: Any, done: Any, failed: Any) -> None:
        self.slow.append((self.workspace.visit, what, done, failed))

    def end_visit(self, *, fault: bool = False) -> None:
        del fault
        self.workspace.wipe()

    def _take(self, shows: Any) -> None:
        if not is_plain(shows):
            self.faults.append(f"{self.place} shows {type(shows).__name__}")
        self.shows = shows

    def _make(self, name: str) -> Journey:
        journey: Journey = load(JOURNEYS[name])(self._means())
        self.made.append((name, weakref.ref(journey)))
        return journey

    def _means(self) -> Means:
        return Means(
            commune="Xã Hoa Sơn",
            place="Nhà văn hóa thôn 2",
            clock=self.clock,
            workspace=self.workspace,
            dossiers=self.dossiers,
            holder=CameraHolder(),
            camera=ScannerSettings,
            table=None,
            catalogue=lambda: self.listed,
            recipient=lambda: self.recipient,
            payees=lambda: self.payees,
            connected=lambda: self.connected,
            hurry=self._hurry,
            in_background=lambda what: what(),
            letters=lambda: self.letters,
            by_hand=ClockByHand(self.state),
            unproven=lambda: self.unproven,
        )

    def _hurry(self) -> None:
        self.hurried += 1


class _Heard(logging.Handler):
    def __init__(self, walker: Walker) -> None:
        super().__init__(logging.ERROR)
        self._walker = walker

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._walker.faults.append(f"{record.getMessage()}: {error!r}")


@contextmanager
def walking(folder: Path) -> Iterator[Walker]:
    """A walker at the first page; a fault of a journey, which the router hides, is among its `faults`."""

    def sheet(*_: Any, **__: Any) -> CleanPage:
        return CleanPage(np.full((60, 42, 3), 240, np.uint8), 200, "A4", (210.0, 297.0))

    with pytest.MonkeyPatch.context() as patch:
        Eyeless.open = None
        patch.setattr("kiosk.journeys.table_view.Watcher", Eyeless)
        patch.setattr("kiosk.journeys.fee.Watcher", Eyeless)
        patch.setattr("kiosk.journeys.papers.straighten", sheet)
        patch.setattr("kiosk.journeys.papers.sheet_of", sheet)
        patch.setattr("kiosk.journeys.papers.look_of", lambda _: None)
        patch.setattr("kiosk.journeys.scan.draft", lambda *_, **__: sheet().image)
        walker = Walker(folder)
        patch.setattr("kiosk.journeys.papers.side_of", lambda _: walker.side)
        patch.setattr("kiosk.journeys.papers.remarks", lambda *_, **__: walker.odd)
        heard, log = _Heard(walker), logging.getLogger("kiosk")
        log.addHandler(heard)
        try:
            yield walker
        finally:
            log.removeHandler(heard)
            walker.router.leave()
            walker.store.close()


def texts(shows: Any) -> list[str]:
    """Every word that a place was given to show, in the language spoken now."""
    if isinstance(shows, Sentence | str):
        return [str(shows)]
    if isinstance(shows, tuple):
        return [text for one in shows for text in texts(one)]
    if is_dataclass(shows) and not isinstance(shows, type):
        return [text for field in fields(shows) for text in texts(getattr(shows, field.name))]
    return []


def kinds(walker: Walker) -> int:
    """How many papers there are to choose from."""
    return len(kinds_for(walker.listed))
