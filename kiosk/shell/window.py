"""The window: what both kiosks, the paired and the waiting one, do with their one page at a time.

Import only after `kiosk.shell.environment.prepare_kivy`.
"""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from kivy.app import App
from kivy.clock import Clock as KivyClock
from kivy.core.window import Window

from kiosk.prompts.speech import ReadAloud
from kiosk.shell.pane import Pane
from kiosk.shell.protocol import Destination, Drawn, Journey, Letters, Plain
from kiosk.shell.registry import JOURNEYS, load, screen_of
from kiosk.shell.router import Router
from kiosk.shell.visit import Workspace
from kiosk.style.theme import Theme, theme_for
from langso.settings.model import Settings
from langso.words.catalogue import t
from langso.words.language import Language, in_language, language

log = logging.getLogger(__name__)

TICK_S = 0.1
END_S = 3.0
LISTEN = "listen"
"""The event of "Nghe đọc": the shell's own, as no journey has to do with it."""


class KioskWindow(App, ABC):
    """Shows what its router leads to. `first`: the journey on whose page visits begin."""

    first = "home"

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        super().__init__()
        self.title = t("kiosk-title")
        self.workspace = workspace
        self.camera = settings.scanner
        self.tongue: Language = settings.kiosk.language
        self.reader = ReadAloud(workspace)
        self.letters = Letters()
        self.pane = Pane()
        self.router = Router(self, self.journey, self.first)
        self._workers: list[threading.Thread] = []

    @property
    def page(self) -> Drawn | None:
        """The screen that is seen."""
        page: Drawn | None = self.pane.page
        return page

    @property
    def theme(self) -> Theme:
        """How everything is drawn now."""
        return theme_for(*Window.size, text=self.letters.text, high_contrast=self.letters.high_contrast)

    def journey(self, name: str) -> Journey:
        """A journey made anew. Raises KeyError."""
        made: Journey = load(JOURNEYS[name])(self.means())
        return made

    @abstractmethod
    def means(self) -> Any:
        """What a journey that begins now may use."""

    def build(self) -> Any:
        """The window's root."""
        self.router.go_home()
        # Before any widget: a touch counts as somebody's presence wherever it falls.
        Window.bind(on_touch_down=self._touched)
        KivyClock.schedule_interval(self._tick, TICK_S)
        return self.pane.root

    # What the router asks of the glass.

    def show(self, there: Destination) -> None:
        """Draws a place in the place of the present one."""
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

    def work(
        self, what: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Runs something slow on a thread; its end comes on the screen's thread, unless the visit has ended."""
        visit = self.workspace.visit

        def if_still(then: Callable[[], None]) -> None:
            if visit == self.workspace.visit:
                then()

        def run() -> None:
            try:
                result = what()
            except Exception as error:
                log.warning("work failed: %s", error, exc_info=not str(error))
                fault = error
                KivyClock.schedule_once(lambda _: if_still(lambda: failed(fault)))
            else:
                KivyClock.schedule_once(lambda _: if_still(lambda: done(result)))

        self._start(threading.Thread(target=run, name="work", daemon=True))

    def end_visit(self) -> None:
        """Everything personal is wiped."""
        self.reader.hush()
        self.workspace.wipe()

    def in_background(self, what: Callable[[], None]) -> None:
        """Runs something that nobody waits for; what goes wrong is logged."""
        self.work(what, lambda _: None, lambda _: None)

    def run(self) -> None:
        """Until the window closes; the visit's files are wiped, however that comes."""
        try:
            # For this thread only: what goes to the office is said in the service's language.
            with in_language(language() if language() == "qps" else self.tongue):
                super().run()
        finally:
            self.workspace.wipe()

    def on_stop(self) -> None:
        """The window closes."""
        self.router.leave()
        self.pane.clear()

    def join(self) -> None:
        """The interpreter must not end under a thread that is inside a picture."""
        for worker in self._workers:
            worker.join(END_S)

    def _start(self, worker: threading.Thread) -> None:
        self._workers = [one for one in self._workers if one.is_alive()]
        self._workers.append(worker)
        worker.start()

    def _emit(self, name: str, value: Plain) -> None:
        if name != LISTEN:
            self.router.emit(name, value)
        elif self.reader.busy:
            # A second press silences.
            self.reader.hush()
        elif self.page is not None:
            self.reader.read(self.page.spoken)

    def _touched(self, *_: Any) -> bool:
        return self.pane.dead

    def _tick(self, _: float) -> None:
        self.router.tick()
