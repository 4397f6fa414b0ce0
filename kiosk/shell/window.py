"""The window of both applications, the paired and the unpaired kiosk: one page at a time, led by a router.

Import only after `kiosk.shell.environment.prepare_kivy`.
"""

from __future__ import annotations

import gc
import time
from abc import ABC, abstractmethod
from typing import Any, Protocol

from kivy.app import App
from kivy.clock import Clock as KivyClock
from kivy.core.window import Window

from kiosk.devices.sound import Sound
from kiosk.prompts.speech import ReadAloud
from kiosk.shell.errands import Errands
from kiosk.shell.pane import Pane
from kiosk.shell.protocol import Destination, Drawn, Letters, Plain
from kiosk.shell.registry import NOTICE, load, screen_of
from kiosk.shell.visit import Workspace
from kiosk.style.theme import Theme, theme_for
from langso.device.lifeline import Lifeline
from langso.settings.model import ScannerSettings, Settings
from langso.words.catalogue import Words, t
from langso.words.language import Language, in_language, unless_tried

FRAMES = "frames"
"""The loop of frames that really come to the glass."""
TICK_S = 1 / 60
"""Seconds between two looks for something new to show: a frame of the camera waits no longer than that."""

END_S = 3.0
REDRAW_S = 1.0
NOTICE_S = 12.0
"""Seconds a notice stays: long enough to read it twice, slowly."""

LISTEN = "listen"
"""The event of "Nghe đọc": the shell's own, as no journey has to do with it."""


class Leads(Protocol):
    """What says which place is seen: a `Router` here, or the process of a visit."""

    @property
    def place(self) -> str:
        """The name of the place that is seen; "" before the first."""

    @property
    def at_first(self) -> bool:
        """Whether the first page is seen."""

    @property
    def wants_light(self) -> bool | None:
        """Whether the camera in use lacks light; None while none is."""

    def go_home(self) -> None:
        """Ends the visit, whatever goes on, and shows the first page."""

    def leave(self) -> None:
        """Ends the visit; nothing is shown after that."""

    def emit(self, name: str, value: Plain = None) -> None:
        """The villager did something at the place that is seen."""

    def tick(self) -> None:
        """Lets time pass."""


class KioskWindow(App, ABC):
    """Shows what its router leads to."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        super().__init__()
        self.title = t("kiosk-title")
        self.workspace = workspace
        self.camera = settings.scanner
        self.tongue: Language = settings.kiosk.language
        self.sound = Sound(wanted=settings.kiosk.sound == "auto")
        self.reader = ReadAloud(workspace, device=self.sound)
        self._notice: Any = None
        self._notice_until = 0.0
        self.letters = Letters()
        self.pane = Pane()
        self.errands = Errands(lambda call: KivyClock.schedule_once(lambda _: call()))
        self.router = self.leads()

    def open_settings(self, *_: Any) -> bool:
        """Kivy's own settings, which it would open on F1, are nothing for villagers: they stay closed."""
        return False

    def look_through(self, camera: ScannerSettings) -> None:
        """Another camera is opened from now on."""
        self.camera = camera

    @property
    def page(self) -> Drawn | None:
        """The screen that is seen."""
        page: Drawn | None = self.pane.page
        return page

    @property
    def theme(self) -> Theme:
        """How everything is drawn now."""
        return theme_for(*Window.size, text=self.letters.text, high_contrast=self.letters.high_contrast)

    @abstractmethod
    def leads(self) -> Leads:
        """What leads from place to place; made once."""

    def build(self) -> Any:
        """The window's root."""
        # What is loaded by now stays: the collection after each page (see Pane) need not go through it all.
        gc.collect()
        gc.freeze()
        self.router.go_home()
        # Before any widget: a touch counts as somebody's presence wherever it falls.
        Window.bind(on_touch_down=self._touched)
        KivyClock.schedule_interval(self._tick, TICK_S)
        return self.pane.root

    # What the router asks of the glass.

    def show(self, there: Destination) -> None:
        """Draws a place instead of the present one."""
        self.reader.hush()
        seen: list[Drawn] = []

        def emit(name: str, value: Plain = None, /) -> None:
            # A page that fades away says nothing any more.
            if seen and self.pane.page is seen[0]:
                self._emit(name, value)

        page = screen_of(there.place)(self.theme, there.shows, emit)
        seen.append(page)
        self.pane.show(page)

    def change(self, shows: Plain) -> None:
        """The present place shows this now."""
        if self.page is not None:
            self.page.change(shows)

    def restyle(self, letters: Letters) -> None:
        """Everything is drawn with these letters from now on."""
        self.letters = letters
        self.pane.paint(self.theme.colour("paper"))

    def end_visit(self, *, fault: bool = False) -> None:
        """Wipes everything personal."""
        del fault
        self.reader.hush()
        self.workspace.wipe()

    def run(self) -> None:
        """Runs until the window closes; the visit's files are wiped, however it ends."""
        try:
            # For this thread only: what goes to the office is said in the service's language.
            with in_language(unless_tried(self.tongue)):
                super().run()
        finally:
            self.workspace.wipe()

    def on_stop(self) -> None:
        """The window closes."""
        self.router.leave()
        self.pane.clear()

    def _emit(self, name: str, value: Plain) -> None:
        if name != LISTEN:
            self.router.emit(name, value)
        elif self.reader.busy:
            # A second press silences.
            self.reader.hush()
        elif self.page is not None:
            self.reader.read(self.page.spoken)

    def notice(self, said: Words) -> None:
        """Says something over the page, until it is touched or NOTICE_S have passed."""
        self._notice = load(NOTICE)(self.theme, said)
        self._notice_until = time.monotonic() + NOTICE_S
        self.pane.lay_over(self._notice)

    @property
    def noticing(self) -> bool:
        """Whether a notice lies over the page now."""
        return self._notice is not None and self.pane.cover is self._notice

    def _touched(self, *_: Any) -> bool:
        if self.noticing:
            self.pane.uncover()
            return True
        return self.pane.dead

    def _tick(self, _: float) -> None:
        fault = self.reader.take_fault()
        if fault is not None:
            self.notice(fault)
        elif self.noticing and time.monotonic() > self._notice_until:
            self.pane.uncover()
        self.router.tick()


def tell_frames(lifeline: Lifeline) -> None:
    """From now on each frame is a turn of the loop FRAMES; one a second is drawn though nothing changes.

    A still page is never drawn anew: without that, a screen that is stuck looks like one at rest.
    """
    KivyClock.schedule_interval(lambda _: Window.canvas.ask_update(), REDRAW_S)
    Window.bind(on_flip=lambda *_: lifeline.turned(FRAMES))
