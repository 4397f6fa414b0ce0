"""The kiosk's application: the window before the visits' processes, and the idle countdown over all of them.

Import only after `kiosk.shell.environment.prepare_kivy`.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from kivy.clock import Clock as KivyClock

from kiosk.agent import KioskAgent
from kiosk.devices.camera_thread import CameraHealth
from kiosk.devices.lamp import open_lamp
from kiosk.sending.last_receipt import LIFE_S
from kiosk.shell.forking import ForkServer
from kiosk.shell.idle import IdleTimer
from kiosk.shell.memory import give_back
from kiosk.shell.protocol import BEGINS, GIVEN, Destination, Letters, Plain
from kiosk.shell.registry import COUNTDOWN, FIRST, GETTING_READY, PLACES, SORRY, load
from kiosk.shell.told import Alive, BeginVisit, Facts
from kiosk.shell.visit import Workspace, home_in_memory
from kiosk.shell.visit_process import Worker
from kiosk.shell.visits import Visits
from kiosk.shell.window import END_S, FRAMES, KioskWindow, tell_frames
from langso.device.clock_by_hand import wanted
from langso.device.lifeline import Lifeline
from langso.settings.model import ScannerSettings
from langso.timekeeping.clock import SystemClock
from langso.words.catalogue import t
from scanner.live.table import FILE, identity
from scanner.live.table_keeper import TableKeeper

log = logging.getLogger(__name__)

COPIED = {("receipt", "done"), ("receipt", "back"), ("sorry", "done"), *(("home", begins) for begins in BEGINS)}
"""Places and events after which the code that was handed out last is shown to nobody any more."""

FACTS_S = 0.5
"""Seconds between two looks at what a visit must know of catalogue and line."""

AHEAD_S = 5
"""Seconds to which a visit is told how far the machine's clock is from the time."""

RECEIPT_S = 2.0
"""Seconds between two looks, after a start, for a code that was handed out just before."""

GIVEN_BACK_S = (0.6, 2.0)
"""Seconds after a visit when its last traces are given back: when its page has faded, and when it surely has."""


class Kiosk(KioskWindow):
    """Shows places, for an agent that runs already. Chosen letters hold until the visit ends."""

    router: Visits

    def __init__(self, agent: KioskAgent) -> None:
        settings = agent.settings
        self.agent = agent
        self.camera_health = CameraHealth()
        self.lamp = open_lamp(settings)
        super().__init__(Workspace(home_in_memory(settings.paths.run)), settings)
        self.table = TableKeeper(settings.paths.state / FILE, lambda: identity(self.camera))
        mine = (self.router.check, self.camera_health.check, self.table.check, self.lamp.check, self.sound.check)
        for check in mine:
            agent.watch(check)
        self._idle_s = settings.kiosk.idle_s
        self.idle = IdleTimer(agent.clock, idle_s=self._idle_s, warn_s=settings.kiosk.warn_s)
        self._leaving = False
        self._shows_again = True
        self._began = self._receipt_asked = agent.clock.monotonic()
        self._getting_ready: Any = None
        self._known, self._asked = self._facts(), float("-inf")
        self._lifeline = Lifeline("ticks", FRAMES, status=self._status)

    def leads(self) -> Visits:
        """Each visit is a process of its own."""
        self.forks = ForkServer()
        return Visits(
            self,
            self.workspace.home,
            self._begin,
            self.agent.dossiers.keep,
            self.agent.sender.hurry,
            self.errands,
            worker=lambda: Worker(self.forks),
        )

    def look_through(self, camera: ScannerSettings) -> None:
        """Another camera is opened from now on."""
        super().look_through(camera)
        self.router.look_through(camera)

    def build(self) -> Any:
        """The window's root."""
        root = super().build()
        tell_frames(self._lifeline)
        return root

    def first_page(self) -> Destination:
        """The page on which a visit begins, as it is now."""
        agent = self.agent
        there: Destination = load(FIRST)(
            agent.place, agent.commune_name, agent.clock.now(), unproven=self._known.unproven
        )
        return there

    def sorry_page(self, code: str) -> Destination:
        """The page that says that the visit broke off; `code`: of what was handed in before, "" for nothing."""
        there: Destination = load(SORRY)(code)
        return there

    def alive(self, told: Alive) -> None:
        """What the visit's process tells of its camera and table."""
        self.camera_health.fault = told.camera_fault
        self.camera_health.seen |= told.camera_seen
        if told.doubts is not None and told.doubts != self.table.doubts:
            self.table.told(told.doubts)

    def show(self, there: Destination) -> None:
        """Draws a place, and allows it the idle time that the registry gives it."""
        super().show(there)
        listed = PLACES[there.place]
        self.idle.allow(max(self._idle_s * listed.patience, listed.least_s))

    def end_visit(self, *, fault: bool = False) -> None:
        """Wipes everything personal; lamp off."""
        super().end_visit(fault=fault)
        self.lamp.over()
        for seconds in GIVEN_BACK_S:
            KivyClock.schedule_once(lambda _: give_back(), seconds)

    def leave(self) -> None:
        """Closes the window soon. For signals: may be called at any moment, also before `run`."""
        self._leaving = True

    def on_stop(self) -> None:
        """The window closes."""
        super().on_stop()
        self.forks.give_up()
        self.lamp.close()
        self.errands.join(END_S)

    def _emit(self, name: str, value: Plain) -> None:
        if (self.router.place, name) in COPIED:
            self.agent.last_receipt.forget()
        super()._emit(name, value)

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
        self._look_for_facts()
        super()._tick(seconds)
        self._look_for_light()
        self._show_again()
        self._look_late()
        self._lifeline.turned("ticks")

    def _starts_anew(self) -> bool:
        """Whether to end for a restart: asked for, or a thread of ours hangs. Never under a visitor."""
        if not self._resting() or self.reader.busy:
            return False
        hung = self.agent.hung()
        if hung:
            log.error("%s: a hang; starting anew", hung)
            self.agent.restart.set()
        return self.agent.restart.is_set()

    def _resting(self) -> bool:
        """Whether the screen is as it stands before the next visitor: nothing personal, nobody's letters."""
        return self.router.at_first and self.letters == Letters()

    def _begin(self, folder: Path) -> BeginVisit:
        agent = self.agent
        return BeginVisit(
            settings=agent.settings,
            camera=self.camera,
            folder=str(folder),
            place=agent.place,
            commune=agent.commune_name,
            tongue=self.tongue,
            facts=self._known,
            doubts=self.table.doubts,
            letters=self.letters,
        )

    def _facts(self) -> Facts:
        agent = self.agent
        payees = agent.payees
        if payees is not None:
            # By the minute: what is told anew changes only when something else does.
            payees = replace(payees, at=payees.at.replace(second=0, microsecond=0))
        ahead = (agent.clock.now() - SystemClock().now()).total_seconds()
        return Facts(
            agent.catalogue,
            agent.recipient,
            payees,
            agent.link.connected,
            unproven=wanted(agent.settings.paths.state, agent.keeper.clock_trust()),
            # Less is not seen on any screen, and would be told anew at every look.
            ahead_s=round(ahead / AHEAD_S) * AHEAD_S,
        )

    def _status(self) -> str:
        who = "kiosk-status-waiting" if self.router.at_first else "kiosk-status-used"
        return t(f"{who}-connected" if self.agent.link.connected else f"{who}-alone")

    def _show_again(self) -> None:
        """After a restart: the code that was handed out just before, while its owner may still stand there."""
        if not self._shows_again or not self._resting():
            return
        last, now = self.agent.last_receipt, self.agent.clock.monotonic()
        if self._receipt_asked > now:
            return
        # The clock may be believed a little later: asked again until whoever copied it has surely gone.
        self._receipt_asked = now + RECEIPT_S
        given = last.still
        if given is not None:
            self._shows_again = False
            self.router.emit(GIVEN, (given.dossier, given.pages))
        elif now - self._began > LIFE_S:
            self._shows_again = False
            last.forget()
        else:
            self._shows_again = last.held

    def _look_late(self) -> None:
        """Says that the machine is getting ready while somebody waits for it, and no longer."""
        if self._getting_ready is not None and (self.pane.cover is not self._getting_ready or not self.router.late):
            if self.pane.cover is self._getting_ready:
                self.pane.uncover()
            self._getting_ready = None
        if self.router.late and self.pane.cover is None:
            self._getting_ready = load(GETTING_READY)(self.theme)
            self.pane.lay_over(self._getting_ready)

    def _look_for_facts(self) -> None:
        if self.agent.clock.monotonic() - self._asked >= FACTS_S:
            # One look at a time, and not here: it may wait for what is being written to the card.
            self._asked = float("inf")
            self.errands.run(self._facts, self._learned, lambda _: self._learned(self._known))

    def _learned(self, facts: Facts) -> None:
        self._asked = self.agent.clock.monotonic()
        if facts != self._known:
            self._known = facts
            self.router.facts(facts)

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
        if (self.noticing or self._getting_ready is not None) and state.phase == "active":
            return
        if state.phase == "over":
            self.pane.uncover()
            self.idle.touch()
            self.agent.last_receipt.forget()
            self.router.go_home()
        elif self.page is not None and PLACES[self.router.place].tells:
            self.pane.uncover()
            self.page.time_left(self.idle.left)
        elif state.phase == "warning":
            if self.pane.cover is None or self.noticing:
                self.pane.lay_over(load(COUNTDOWN)(self.theme))
            self.pane.cover.show(state.left)
        else:
            self.pane.uncover()
