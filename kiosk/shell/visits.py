"""Visits, each in a process of its own: one that serves, one that waits prepared, those that are being ended.

To the window this is the router. At a visit's end its process is killed, whatever it does, and its folder removed.
"""

from __future__ import annotations

import collections
import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from kiosk.errors import NotReady
from kiosk.sending.sealing import HandedIn, SealedDocument
from kiosk.shell.errands import Errands
from kiosk.shell.packing import refused
from kiosk.shell.protocol import BROKE_OFF, STRAY, Destination, Draws, Letters, Plain
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
from kiosk.shell.visit_process import Worker
from kiosk.style.theme import SIZES
from langso.contract.health import Check
from langso.settings.model import ScannerSettings
from langso.words.catalogue import t, words_of

log = logging.getLogger(__name__)

HOME, SORRY = "home", "sorry"
HUNG_S = 20.0
"""Seconds without a word after which a visit's process hangs: a slow card explains less."""
SPARE_AFTER_S = 4.0
"""Seconds into a visit when the next one is prepared: not while the camera is being opened."""
START_S = 60.0
"""Seconds for loading on the slowest computer."""
AGAIN_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before the next try after so many processes that came to nothing."""
MOST_A_TICK = 20
LATE_S = 1.0
"""Seconds after a press when she is told that the machine is getting ready."""
GIVEN_UP_S = 45.0
"""Seconds after a press when she is told that it comes to nothing."""
HOPELESS = 2
"""So many processes in a row that came to nothing: somebody has to look at the machine."""
DAY_S = 24 * 3600.0
CHECK_NAME = "visits"


class Front(Draws, Protocol):
    """What visits need of the window."""

    def first_page(self) -> Destination:
        """The page on which a visit begins, as it is now."""

    def sorry_page(self, code: str) -> Destination:
        """The page that says that the visit broke off; `code`: of what was handed in before, "" for nothing."""

    def alive(self, told: Alive) -> None:
        """What the visit's process tells of its camera and table."""


class Visits:
    """Leads the window, as `Router` does, by what the visit's process tells.

    `begin`: what a process is told when it may serve, given its folder; `keep`: keeps an encrypted dossier (slow).
    `worker`: has a process made; `ahead`: whether the next one is prepared while somebody is there. All methods are
    called on the screen's thread; `errands` brings back what threads found.
    """

    def __init__(
        self,
        front: Front,
        home: Path,
        begin: Callable[[Path], BeginVisit],
        keep: Callable[[SealedDocument], HandedIn],
        hurry: Callable[[], None],
        errands: Errands,
        *,
        worker: Callable[[], Worker],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._front = front
        self._home = home
        self._begin = begin
        self._keep = keep
        self._hurry = hurry
        self._errands = errands
        self._make = worker
        self._clock = clock
        self._serving: Worker | None = None
        self._spare: Worker | None = None
        self._letters = Letters()
        self._drawn = self._letters
        self._page = self._folders = self._failed = 0
        self._waiting: tuple[str, Plain] | None = None
        self._waits_since = 0.0
        self._code = ""
        self._broken: Worker | None = None
        self._broke_off: collections.deque[float] = collections.deque(maxlen=100)
        self._left_home = self._again = float("-inf")
        self._over = False
        self.place = ""
        self.ahead = True
        self.wants_light: bool | None = None

    @property
    def at_first(self) -> bool:
        """Whether the first page is seen."""
        return self.place == HOME

    @property
    def hung(self) -> bool:
        """Whether the process that serves says nothing any more."""
        return self._serving is not None and self._clock() - self._serving.word > HUNG_S

    @property
    def late(self) -> bool:
        """Whether somebody has pressed a button a while ago, and no visit's process is there yet to answer."""
        return self._waiting is not None and self._clock() - self._waits_since > LATE_S

    def check(self) -> Check:
        """Whether visits can begin, and how many broke off of late."""
        if self._failed >= HOPELESS:
            return Check.bad(CHECK_NAME, t("kiosk-visits-none"), t("kiosk-visits-none-fix"))
        lately = sum(self._clock() - at < DAY_S for at in tuple(self._broke_off))
        if lately:
            return Check.warning(CHECK_NAME, t("kiosk-visits-broke", visits=lately), t("kiosk-visits-broke-fix"))
        return Check.good(CHECK_NAME, t("kiosk-visits-good"))

    @property
    def processes(self) -> list[int]:
        """The numbers of the processes that serve or wait."""
        return [one.pid for one in (self._serving, self._spare) if one is not None]

    def go_home(self) -> None:
        """Ends the visit, whatever goes on, and shows the first page."""
        self._end()
        self._restyle(Letters())
        self._show(self._front.first_page())

    def leave(self) -> None:
        """Ends everything; nothing is shown after that."""
        self._over = True
        self._end()
        self._bury(self._spare)
        self._spare = None

    def emit(self, name: str, value: Plain = None) -> None:
        """The villager did something at the place that is seen."""
        if self._serving is not None and self._page:
            self._serving.tell(Did(self._page, name, value))
        elif self.place == SORRY and name == "done":
            self.go_home()
        elif name != STRAY:
            # The next one is being loaded still: done as soon as it can be.
            if self._waiting is None:
                self._waits_since = self._clock()
            self._waiting = name, value

    def look_through(self, camera: ScannerSettings) -> None:
        """Another camera is opened from now on."""
        if self._serving is not None:
            self._serving.tell(LookThrough(camera))

    def facts(self, facts: Facts) -> None:
        """The catalogue or the line has changed."""
        if self._serving is not None:
            self._serving.tell(facts)

    def tick(self) -> None:
        """Does what was told since; ends what hangs; prepares the next one."""
        worker, newest = self._serving, None
        for _ in range(MOST_A_TICK):
            message = None if worker is None else worker.heard()
            if worker is None or message is None:
                break
            if isinstance(message, Change):
                # Only the last of them is worth drawing.
                worker.tell(OnTheGlass())
                newest = message
                continue
            self._draw(newest)
            newest = None
            if worker is self._serving:
                self._safely(worker, partial(self._take, worker, message))
            if worker is not self._serving or isinstance(message, NewPage):
                # One page a round: drawing takes its time, and a finger wants to be felt meanwhile.
                break
        self._draw(newest)
        worker = self._serving
        if worker is not None and (worker.ended or self.hung):
            log.error("the process %d of a visit %s", worker.pid, "has ended" if worker.ended else "hangs")
            self._died()
        self._look_after_spare()
        if self._serving is None and (self.place != SORRY or self._waiting is not None):
            self._serve()
        if self._waiting is not None and self._clock() - self._waits_since > GIVEN_UP_S:
            log.error("nobody serves who pressed %s", self._waiting[0])
            self._failed = max(self._failed, HOPELESS)
            self._break_off("")

    def _safely(self, worker: Worker, what: Callable[[], None]) -> None:
        """A page that cannot be drawn ends the visit that told it, rather than the kiosk."""
        try:
            what()
        except Exception as error:  # noqa: BLE001 - whatever a page raises over what it is told
            # Neither its text nor its frames: they may hold what was read.
            log.error("a visit told what cannot be drawn: %s", type(error).__name__)
            if worker is self._serving:
                self._died()

    def _take(self, worker: Worker, message: Any) -> None:
        match message:
            case NewPage():
                self._shown(message)
            case Styled() if message.letters.text in SIZES:
                self._letters = message.letters
            case Keep():
                self._keep_for(worker, message)
            case Hurry():
                self._hurry()
            case Alive():
                self.wants_light = message.light
                self._front.alive(message)
            case Over():
                if message.fault:
                    self._died()
                else:
                    self.go_home()
            case _:
                log.error("a visit's process told %s", type(message).__name__)

    def _draw(self, change: Change | None) -> None:
        worker = self._serving
        if change is not None and change.page == self._page and worker is not None:
            self._safely(worker, partial(self._front.change, change.shows))

    def _shown(self, message: NewPage) -> None:
        there, worker = message.there, self._serving
        if worker is not None and not self._page and self.place == SORRY and there.place == HOME:
            # She reads that the visit before broke off: that is where this one begins.
            worker.tell(Did(message.page, BROKE_OFF, self._code))
            self._letters = self._drawn
            return
        self._page = message.page
        # Whatever may still go wrong, a visit can begin.
        self._failed = 0
        if there.place == self.place == HOME and self._letters == self._drawn:
            # It stands there already, drawn while nobody served.
            self._front.change(there.shows)
        elif there.place == self.place == SORRY and self._letters == self._drawn:
            if there.shows != self._front.sorry_page(self._code).shows and worker is not None:
                # The code was known a moment too late.
                worker.tell(Did(message.page, BROKE_OFF, self._code))
        else:
            self._restyle(self._letters)
            self._show(there)
        if self._waiting is not None:
            (name, value), self._waiting = self._waiting, None
            self.emit(name, value)

    def _show(self, there: Destination) -> None:
        if there.place != HOME and self.place == HOME:
            self._left_home = self._clock()
        self.place = there.place
        self._front.show(there)

    def _restyle(self, letters: Letters) -> None:
        self._letters = self._drawn = letters
        self._front.restyle(letters)

    def _keep_for(self, worker: Worker, asked: Keep) -> None:
        def done(handed: HandedIn) -> None:
            worker.keeping = False
            if worker is self._serving:
                self._code = handed.code
            elif worker is self._broken and self.place == SORRY:
                # It broke off while this was being kept: she reads that nothing was.
                self._code, shown = handed.code, self._page
                self._show(self._front.sorry_page(handed.code))
                if self._serving is not None and shown:
                    self._serving.tell(Did(shown, BROKE_OFF, handed.code))
            worker.tell(KeepAnswer(asked.ask, handed))

        def failed(error: BaseException) -> None:
            worker.keeping = False
            worker.tell(KeepAnswer(asked.ask, None, words_of(error) if isinstance(error, NotReady) else str(error)))

        if worker.keeping:
            # One dossier after another is all that a visit ever asks for.
            raise refused()
        worker.keeping = True
        # Also where the visit ends meanwhile: what was handed in is kept.
        self._errands.run(lambda: self._keep(asked.sealed), done, failed)

    def _died(self) -> None:
        """Nobody was there yet: another one serves. Somebody was: she is told, and begins anew."""
        worker, waiting = self._serving, self._waiting
        self._came_to_nothing()
        self._broke_off.append(self._clock())
        if self.at_first:
            letters = self._letters
            self._end()
            self._restyle(letters)
            self._show(self._front.first_page())
            self._waiting = waiting
        else:
            self._break_off(self._code)
            self._broken = worker

    def _break_off(self, code: str) -> None:
        letters = self._letters
        self._end()
        # In her own letters: they are wiped when she has read it.
        self._restyle(letters)
        self._code = code
        self._show(self._front.sorry_page(code))

    def _came_to_nothing(self) -> None:
        self._failed += 1
        self._again = self._clock() + AGAIN_S[min(self._failed, len(AGAIN_S)) - 1]

    def _end(self) -> None:
        worker, self._serving = self._serving, None
        self._page, self._waiting, self._code, self.wants_light = 0, None, "", None
        self._broken = None
        self._bury(worker)
        self._front.end_visit()

    def _bury(self, worker: Worker | None) -> None:
        if worker is not None:
            worker.kill()
            self._errands.start(threading.Thread(target=worker.bury, name="burial", daemon=True))

    def _serve(self) -> None:
        """The prepared process serves from now on, once it is."""
        if self._spare is None:
            self._prepare()
        worker = self._spare
        if worker is None or not worker.prepared:
            return
        self._spare, self._serving = None, worker
        self._folders += 1
        worker.folder = self._home / f"visit-{self._folders}"
        worker.word = self._clock()
        worker.tell(self._begin(worker.folder))

    def _look_after_spare(self) -> None:
        spare = self._spare
        if spare is not None:
            spare.prepared |= isinstance(spare.heard(), Prepared)
            late = not spare.prepared and self._clock() - spare.started > START_S
            if spare.ended or late:
                log.error("a prepared visit came to nothing")
                self._came_to_nothing()
                self._bury(spare)
                self._spare = None
        elif self.place == SORRY or (self.ahead and not self.at_first and self._left() > SPARE_AFTER_S):
            self._prepare()

    def _left(self) -> float:
        """Seconds since the first page was left."""
        return self._clock() - self._left_home

    def _prepare(self) -> None:
        if self._over or self._clock() < self._again:
            return
        try:
            self._spare = self._make()
        except OSError as error:
            log.error("no process for a visit: %s", error)
            self._came_to_nothing()
