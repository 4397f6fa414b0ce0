"""The kiosk's application: one window, one page at a time, idle countdown over all of them.

Import only after `kiosk.shell.environment.prepare_kivy`.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from kivy.animation import Animation
from kivy.app import App
from kivy.clock import Clock as KivyClock
from kivy.core.window import Window
from kivy.graphics import Color, Rectangle
from kivy.uix.floatlayout import FloatLayout

from kiosk.agent import Agent
from kiosk.devices.camera_thread import CameraHolder
from kiosk.devices.lamp import open_lamp
from kiosk.journeys.idle import IdleTimer
from kiosk.journeys.scan import ScanJourney
from kiosk.prompts.speech import Reader
from kiosk.screens.fee import FeeLookPage
from kiosk.screens.home import HomePage
from kiosk.screens.scan import ScanPage, warm
from kiosk.shell.frames import LOOP, tell_frames
from kiosk.shell.privacy import Workspace
from kiosk.style.theme import DAY, HIGH_CONTRAST, SIZES, Theme, scale_for
from kiosk.widgets.countdown import Countdown
from kiosk.widgets.frame import Page
from langso.device.lifeline import Lifeline
from langso.settings.model import ScannerSettings
from langso.timekeeping.pulse import first_hung
from scanner.live.table import FILE, identity
from scanner.live.table_keeper import TableKeeper

log = logging.getLogger(__name__)

Result = TypeVar("Result")
TICK_S = 0.1
FADE_S = 0.15
END_S = 3.0


class Kiosk(App):
    """Shows pages for an agent that runs already. `theme` holds until the visit ends."""

    title = "Làng Số"

    def __init__(self, agent: Agent) -> None:
        super().__init__()
        self.agent = agent
        self.reader = Reader(agent.workspace)
        self.camera: ScannerSettings = agent.settings.scanner
        self.camera_holder = CameraHolder()
        self.lamp = open_lamp(agent.settings)
        self.table = TableKeeper(agent.settings.paths.state / FILE, lambda: identity(self.camera))
        agent.watch(self.camera_holder.check)
        agent.watch(self.table.check)
        agent.watch(self.lamp.check)
        kiosk = agent.settings.kiosk
        self.idle = IdleTimer(agent.clock, idle_s=kiosk.idle_s, warn_s=kiosk.warn_s)
        self.page: Page | None = None
        self._journey: ScanJourney | None = None
        self._workers: list[threading.Thread] = []
        self.theme = Theme()
        self._root = FloatLayout()
        self._countdown: Countdown | None = None
        self._leaving = False
        self._lifeline = Lifeline("ticks", LOOP, status=self._status)

    @property
    def workspace(self) -> Workspace:
        """Where all that is personal lies until the visit ends."""
        return self.agent.workspace

    def build(self) -> Any:
        """The window's root."""
        self.theme = Theme(scale=scale_for(*Window.size))
        with self._root.canvas.before:
            self._ground = Color(*self.theme.colour("paper"))
            shape = Rectangle(size=Window.size)
        self._root.bind(size=lambda _, size: setattr(shape, "size", size))
        self.show("home")
        # Before any widget: a touch counts as somebody's presence wherever it falls.
        Window.bind(on_touch_down=self._touched)
        KivyClock.schedule_interval(self._tick, TICK_S)
        tell_frames(self._lifeline)
        self._workers.append(warm())
        return self._root

    def show(self, name: str) -> None:
        """Opens "home", "scan" or "fee" afresh."""
        if name == "home":
            self.open(HomePage(self))
        elif name == "scan":
            self._end_journey()
            self._journey = ScanJourney(self.agent.workspace, self.agent.dossiers, self.table)
            self.open(ScanPage(self, self._journey))
        elif name == "fee":
            self.open(FeeLookPage(self))
        else:
            raise ValueError(f"no such page: {name}")

    def open(self, page: Page) -> None:
        """Puts a page in the place of the present one."""
        self.reader.hush()
        if self.page is not None:
            self.page.closed()
            self._root.remove_widget(self.page)
        self.page = page
        self._root.add_widget(page, index=len(self._root.children))
        page.opacity = 0
        Animation(opacity=1, duration=FADE_S).start(page)
        page.opened()

    def go_home(self) -> None:
        """The visit is over: everything personal is wiped, look and size as at first."""
        self.theme = Theme(scale=self.theme.scale)
        self._ground.rgba = self.theme.colour("paper")
        self._end_visit()
        self.show("home")

    def read_aloud(self) -> None:
        """ "Nghe đọc": the page's own words; a second press silences."""
        if self.reader.busy:
            self.reader.hush()
        elif self.page is not None:
            self.reader.read(self.page.spoken)

    def next_text_size(self) -> None:
        """The next of the three sizes."""
        after = SIZES[(SIZES.index(self.theme.text) + 1) % len(SIZES)]
        self._restyle(Theme(self.theme.palette, after, self.theme.scale))

    def switch_contrast(self) -> None:
        """High contrast on or off."""
        palette = DAY if self.theme.high_contrast else HIGH_CONTRAST
        self._restyle(Theme(palette, self.theme.text, self.theme.scale))

    def work(
        self,
        what: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Runs something slow on a thread; its end comes on the screen's thread, unless the visit has ended."""
        visit = self.agent.workspace.visit

        def run() -> None:
            try:
                result = what()
            except Exception as error:
                log.warning("work failed: %s", error, exc_info=not str(error))
                fault = error
                KivyClock.schedule_once(lambda _: self._if_still(visit, lambda: failed(fault)))
            else:
                KivyClock.schedule_once(lambda _: self._if_still(visit, lambda: done(result)))

        self._workers = [worker for worker in self._workers if worker.is_alive()]
        self._workers.append(threading.Thread(target=run, name="work", daemon=True))
        self._workers[-1].start()

    def in_background(self, what: Callable[[], None]) -> None:
        """Runs something that nobody waits for; what goes wrong is logged."""
        self.work(what, lambda _: None, lambda _: None)

    def leave(self) -> None:
        """Closes soon because somebody wants it closed. For signals: it may come amid anything, also before `run`."""
        self._leaving = True

    def on_stop(self) -> None:
        """The window closes."""
        if self.page is not None:
            self.page.closed()
        self._end_visit()
        self.lamp.close()
        # The interpreter must not end under a thread that is inside a picture.
        self.camera_holder.close(timeout=END_S)
        for worker in self._workers:
            worker.join(END_S)

    def _if_still(self, visit: int, then: Callable[[], None]) -> None:
        if visit == self.agent.workspace.visit:
            then()

    def _end_visit(self) -> None:
        self.reader.hush()
        if self.page is not None:
            self.page.closed()
            self._root.remove_widget(self.page)
            self.page = None
        self._end_journey()
        self.agent.workspace.wipe()
        self.lamp.over()
        self.camera_holder.close()
        # Widgets hold one another in circles, and the pictures in them.
        gc.collect()

    def _end_journey(self) -> None:
        if self._journey is not None:
            self._journey.end()
            self._journey = None

    def _restyle(self, theme: Theme) -> None:
        self.theme = theme
        self._ground.rgba = theme.colour("paper")
        self.show("home")

    def _touched(self, *_: Any) -> bool:
        self.idle.touch()
        if self._countdown is not None:
            self._close_countdown()
            # The touch that says "I am here" must not press what lies under the countdown.
            return True
        return False

    def _tick(self, _: float) -> None:
        if self._leaving or self._starts_anew():
            self.stop()
            return
        self.idle.hold(self.reader.busy)
        self._look_idle()
        if self.page is not None:
            try:
                self.page.tick()
            except Exception:
                log.exception("page %s", type(self.page).__name__)
                self.go_home()
        self._look_for_light()
        self._lifeline.turned("ticks")

    def _starts_anew(self) -> bool:
        """Whether to end for a restart: asked for, or a thread hangs that no screen shows. Never under a visitor."""
        if not self._resting() or self.reader.busy:
            return False
        hung = self.agent.hung() or first_hung(camera=self.camera_holder)
        if hung:
            log.error("%s: a hang; starting anew", hung)
            self.agent.restart.set()
        return self.agent.restart.is_set()

    def _resting(self) -> bool:
        """Whether the screen is as it stands before the next visitor: nothing personal, nobody's letters."""
        return isinstance(self.page, HomePage) and self.theme == Theme(scale=self.theme.scale)

    def _status(self) -> str:
        who = "Đang chờ bà con" if isinstance(self.page, HomePage) else "Đang có người dùng"
        return f"{who}; {'đã' if self.agent.link.connected else 'chưa'} nối văn phòng."

    def _look_for_light(self) -> None:
        wanted = None if self.page is None else self.page.wants_light
        if wanted is None:
            self.lamp.rest()
        else:
            self.lamp.see(wanted)

    def _look_idle(self) -> None:
        if self._resting():
            # There is nothing to count down to.
            self.idle.touch()
            return
        state = self.idle.look()
        if state.phase == "over":
            self._close_countdown()
            self.idle.touch()
            self.go_home()
        elif state.phase == "warning":
            if self._countdown is None:
                self._countdown = Countdown(self.theme)
                self._root.add_widget(self._countdown)
            self._countdown.show(state.left)
        else:
            self._close_countdown()

    def _close_countdown(self) -> None:
        if self._countdown is not None:
            self._root.remove_widget(self._countdown)
            self._countdown = None
