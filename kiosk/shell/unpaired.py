"""The kiosk before it is paired: one page that says so, until the files of the pairing have come.

Import only after `kiosk.shell.environment.prepare_kivy`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from kivy.clock import Clock as KivyClock

from kiosk.shell.means import WaitingMeans
from kiosk.shell.registry import JOURNEYS, load
from kiosk.shell.router import Router
from kiosk.shell.visit import Workspace, home_in_memory
from kiosk.shell.window import END_S, FRAMES, KioskWindow, tell_frames
from langso.device.lifeline import Lifeline
from langso.device.pairing_stand import LOOP as PAIRING
from langso.device.pairing_stand import stand_of, wait_until_paired
from langso.settings.model import Settings


class WaitingKiosk(KioskWindow):
    """Shows what pairing still needs. `paired` turns true once the pairing can be read; the window then closes.

    systemd sees it alive while frames are drawn and the thread that looks for the pairing goes round.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__(Workspace(home_in_memory(settings.paths.run)), settings)
        self.paired = False
        self._lifeline = Lifeline(PAIRING, FRAMES)
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="pairing", daemon=True)

    def leads(self) -> Router:
        """The way between the page that waits and the letters; there is nothing personal here."""
        return Router(self, lambda name: load(JOURNEYS[name])(self._means()), "pairing")

    def work(
        self, what: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Does something slow on a thread; its result comes on the screen's thread, unless the visit has ended."""
        visit = self.workspace.visit

        def if_still(then: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda came: then(came) if visit == self.workspace.visit else None

        self.errands.run(what, if_still(done), if_still(failed))

    def _means(self) -> WaitingMeans:
        settings = self.settings
        return WaitingMeans(
            commune=settings.commune.name,
            device=settings.device.id,
            stand=lambda: stand_of(settings.paths.state),
            letters=lambda: self.letters,
        )

    def build(self) -> Any:
        """The window's root."""
        root = super().build()
        tell_frames(self._lifeline)
        self._thread.start()
        return root

    def leave(self) -> None:
        """Closes soon because somebody wants it closed, paired or not. For signals: it may come amid anything."""
        self._leaving.set()

    def on_stop(self) -> None:
        """The window closes."""
        self._leaving.set()
        super().on_stop()
        self._thread.join(END_S)

    def _wait(self) -> None:
        found = wait_until_paired(self.settings.paths.state, self._leaving, lifeline=self._lifeline)
        self.paired = found and not self._leaving.is_set()
        KivyClock.schedule_once(lambda _: self.stop())
