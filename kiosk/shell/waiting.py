"""The kiosk before it is paired: one page that says so, looked at again until the pairing's files are there.

Import only after `kiosk.shell.environment.prepare_kivy`.
"""

from __future__ import annotations

import threading
from typing import Any

from kivy.clock import Clock as KivyClock

from kiosk.shell.frames import LOOP as FRAMES
from kiosk.shell.frames import tell_frames
from kiosk.shell.means import WaitingMeans
from kiosk.shell.visit import Workspace, home_in_memory
from kiosk.shell.window import END_S, KioskWindow
from langso.device.lifeline import Lifeline
from langso.device.pairing_stand import LOOP as PAIRING
from langso.device.pairing_stand import stand_of, wait_until_paired
from langso.settings.model import Settings


class WaitingKiosk(KioskWindow):
    """Shows how the pairing stands. `paired` once it can be read; the window then closes by itself.

    It lives by its frames and by the rounds of the waiting thread.
    """

    first = "pairing"

    def __init__(self, settings: Settings) -> None:
        super().__init__(Workspace(home_in_memory(settings.paths.run)), settings)
        self.settings = settings
        self.paired = False
        self._lifeline = Lifeline(PAIRING, FRAMES)
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="pairing", daemon=True)

    def means(self) -> WaitingMeans:
        """What a journey that begins now may use."""
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
