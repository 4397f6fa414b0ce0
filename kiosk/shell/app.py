"""The kiosk's application: its agent's journeys in the window, and the idle countdown over all of them.

Import only after `kiosk.shell.environment.prepare_kivy`.
"""

from __future__ import annotations

import logging
from typing import Any

from kiosk.agent import KioskAgent
from kiosk.devices.camera_thread import CameraHolder
from kiosk.devices.lamp import open_lamp
from kiosk.shell.frames import LOOP, tell_frames
from kiosk.shell.idle import IdleTimer
from kiosk.shell.means import Means
from kiosk.shell.protocol import Destination, Letters
from kiosk.shell.registry import COUNTDOWN, PLACES, WARM, load
from kiosk.shell.visit import Workspace, home_in_memory
from kiosk.shell.window import END_S, KioskWindow
from langso.device.lifeline import Lifeline
from langso.timekeeping.pulse import first_hung
from langso.words.catalogue import t
from scanner.live.table import FILE, identity
from scanner.live.table_keeper import TableKeeper

log = logging.getLogger(__name__)


class Kiosk(KioskWindow):
    """Shows places for an agent that runs already. Letters hold until the visit ends."""

    def __init__(self, agent: KioskAgent) -> None:
        settings = agent.settings
        super().__init__(Workspace(home_in_memory(settings.paths.run)), settings)
        self.agent = agent
        self.camera_holder = CameraHolder()
        self.lamp = open_lamp(settings)
        self.table = TableKeeper(settings.paths.state / FILE, lambda: identity(self.camera))
        for check in (self.camera_holder.check, self.table.check, self.lamp.check):
            agent.watch(check)
        self._idle_s = settings.kiosk.idle_s
        self.idle = IdleTimer(agent.clock, idle_s=self._idle_s, warn_s=settings.kiosk.warn_s)
        self._leaving = False
        self._lifeline = Lifeline("ticks", LOOP, status=self._status)

    def means(self) -> Means:
        """What a journey that begins now may use."""
        agent = self.agent
        return Means(
            commune=agent.commune_name,
            place=agent.place,
            clock=agent.clock,
            workspace=self.workspace,
            dossiers=agent.dossiers,
            holder=self.camera_holder,
            camera=lambda: self.camera,
            table=self.table,
            catalogue=lambda: agent.catalogue,
            recipient=lambda: agent.recipient,
            connected=lambda: agent.link.connected,
            hurry=agent.sender.hurry,
            in_background=self.in_background,
            letters=lambda: self.letters,
        )

    def build(self) -> Any:
        """The window's root."""
        root = super().build()
        tell_frames(self._lifeline)
        self._workers.append(load(WARM)())
        return root

    def show(self, there: Destination) -> None:
        """Draws a place; it may be looked at as long as it is registered for."""
        super().show(there)
        self.idle.allow(self._idle_s * PLACES[there.place].patience)

    def end_visit(self) -> None:
        """Everything personal is wiped, light and camera let go."""
        super().end_visit()
        self.lamp.over()
        self.camera_holder.close()

    def leave(self) -> None:
        """Closes soon because somebody wants it closed. For signals: it may come amid anything, also before `run`."""
        self._leaving = True

    def on_stop(self) -> None:
        """The window closes."""
        super().on_stop()
        self.lamp.close()
        self.camera_holder.close(timeout=END_S)
        self.join()

    def _touched(self, *arguments: Any) -> bool:
        self.idle.touch()
        if self.pane.cover is not None:
            self.pane.uncover()
            # The touch that says "I am here" must not press what lies under the countdown.
            return True
        return super()._touched(*arguments)

    def _tick(self, seconds: float) -> None:
        if self._leaving or self._starts_anew():
            self.stop()
            return
        self.idle.hold(self.reader.busy)
        self._look_idle()
        super()._tick(seconds)
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
        return self.router.at_first and self.letters == Letters()

    def _status(self) -> str:
        who = "kiosk-status-waiting" if self.router.at_first else "kiosk-status-used"
        return t(f"{who}-connected" if self.agent.link.connected else f"{who}-alone")

    def _look_for_light(self) -> None:
        wanted = self.router.wants_light
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
            self.pane.uncover()
            self.idle.touch()
            self.router.go_home()
        elif state.phase == "warning":
            if self.pane.cover is None:
                self.pane.lay_over(load(COUNTDOWN)(self.theme))
            self.pane.cover.show(state.left)
        else:
            self.pane.uncover()
