"""The kiosk before it is paired: one page that says so, looked at again until the pairing's files are there.

Import only after `kiosk.shell.environment.prepare_kivy`.
"""

from __future__ import annotations

import threading
from typing import Any

from kivy.app import App
from kivy.clock import Clock as KivyClock
from kivy.core.window import Window
from kivy.graphics import Color, Rectangle
from kivy.uix.floatlayout import FloatLayout

from kiosk.prompts.speech import Reader
from kiosk.screens.pairing import PairingPage
from kiosk.shell.frames import LOOP as FRAMES
from kiosk.shell.frames import tell_frames
from kiosk.shell.privacy import Workspace, home_in_memory
from kiosk.style.theme import Theme, scale_for
from kiosk.widgets.frame import Page
from langso.device.lifeline import Lifeline
from langso.device.pairing_stand import LOOK_S, Stand, stand_of, wait_until_paired
from langso.device.pairing_stand import LOOP as PAIRING
from langso.settings.model import Settings

END_S = 3.0


class WaitingKiosk(App):
    """Shows how the pairing stands. `paired` once it can be read; the window then closes by itself.

    It lives by its frames and by the rounds of the waiting thread.
    """

    title = "Làng Số"

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.workspace = Workspace(home_in_memory(settings.paths.run))
        self.reader = Reader(self.workspace)
        self.page: Page | None = None
        self.paired = False
        self._lifeline = Lifeline(PAIRING, FRAMES)
        self._stand: Stand | None = None
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="pairing", daemon=True)
        self._root = FloatLayout()

    def build(self) -> Any:
        """The window's root."""
        self._theme = Theme(scale=scale_for(*Window.size, turns=True))
        with self._root.canvas.before:
            Color(*self._theme.colour("paper"))
            shape = Rectangle(size=Window.size)
        self._root.bind(size=lambda _, size: setattr(shape, "size", size))
        self._look()
        KivyClock.schedule_interval(lambda _: self._look(), LOOK_S)
        tell_frames(self._lifeline)
        self._thread.start()
        return self._root

    def leave(self) -> None:
        """Closes soon because somebody wants it closed, paired or not. For signals: it may come amid anything."""
        self._leaving.set()

    def read_aloud(self) -> None:
        """ "Nghe đọc": what concerns villagers; a second press silences."""
        if self.reader.busy:
            self.reader.hush()
        elif self.page is not None:
            self.reader.read(self.page.spoken)

    def on_stop(self) -> None:
        """The window closes."""
        self._leaving.set()
        self.reader.hush()
        self._thread.join(END_S)
        self.workspace.wipe()

    def _wait(self) -> None:
        found = wait_until_paired(self.settings.paths.state, self._leaving, lifeline=self._lifeline)
        self.paired = found and not self._leaving.is_set()
        KivyClock.schedule_once(lambda _: self.stop())

    def _look(self) -> None:
        stand = stand_of(self.settings.paths.state)
        if stand == self._stand or stand.state == "paired":
            return
        self._stand = stand
        if self.page is not None:
            self._root.remove_widget(self.page)
        self.page = PairingPage(
            self._theme,
            stand,
            commune=self.settings.commune.name,
            device=self.settings.device.id,
            upright=Window.height > Window.width,
            listen=self.read_aloud,
        )
        self._root.add_widget(self.page)
