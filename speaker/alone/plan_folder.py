"""The folder a lone loudspeaker takes its orders from: looked at again and again, taken as a courier's stick is."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from langso.courier.errors import CourierRefused
from langso.courier.spool import Spool
from langso.courier.stick import CourierStick
from langso.durable.errors import FileRefused
from langso.timekeeping.worker_thread import WorkerThread

log = logging.getLogger(__name__)

LOOK_S = 1.0
PATIENCE = 60
"""Looks after which what was not answered, or not taken, is brought anew: the clock may be right by then."""
_PIECE = 1 << 20


class PlanFolder:
    """Gives the loudspeaker in `state` what changed in `folder`: letters first, then the sounds it lacks.

    It carries and decides nothing: what it brings is verified like anything else. A stick may be pulled out, and a
    folder that is not there is looked for again.
    """

    def __init__(self, folder: Path, state: Path, commune: str, device: str) -> None:
        self._folder, self._commune, self._device = folder, commune, device
        self._spool = Spool(state)
        self._thread = WorkerThread("plan-folder", self._run)
        self._given: dict[str, bytes] = {}
        self._waits: tuple[str, dict[str, bytes], int] | None = None
        self._wanted: dict[str, int] = {}
        self._again = 0
        self._told = ""

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the look in hand."""
        self._thread.stop()

    def look(self) -> None:
        """One look. Raises CourierRefused, FileRefused, OSError."""
        if self._waits is not None and not self._answered():
            return
        with CourierStick(self._folder, self._commune) as stick:
            letters = {
                letter: stick.read(letter) for letter in stick.letters("to-devices") if letter.is_for(self._device)
            }
            now = {letter.name: raw for letter, raw in letters.items()}
            self._again = max(0, self._again - 1)
            if now != self._given or self._again == 1:
                self._bring(self._spool.bring(letters.items(), ()), now)
                return
            there = stick.files()
            for sha256, size in tuple(self._wanted.items()):
                if there.get(sha256) == size:
                    # One by one: a card need not hold all sounds twice.
                    self._bring(self._spool.bring((), ((sha256, size, _pieces(stick, sha256)),)), now)
                    return

    def _bring(self, id: str, given: dict[str, bytes]) -> None:
        self._waits = (id, given, 0)

    def _answered(self) -> bool:
        assert self._waits is not None
        id, given, looks = self._waits
        answer = self._spool.answer(id)
        if answer is None:
            self._waits = (id, given, looks + 1) if looks < PATIENCE else None
            return False
        self._waits = None
        for one in answer.outcomes:
            if one.outcome in ("refused", "failed"):
                log.warning("%s of the plan's folder is %s: %s", one.name, one.outcome, one.why)
                self._again = PATIENCE
        self._given = given
        self._wanted = {one.sha256: one.size for one in answer.wanted}
        return True

    def _run(self) -> None:
        while not self._thread.stopping:
            try:
                self.look()
                self._told = ""
            except (CourierRefused, FileRefused, OSError) as error:
                if str(error) != self._told:
                    # Once: a stick that was pulled out is no news every second.
                    self._told = str(error)
                    log.warning("the plan's folder: %s", error)
            self._thread.sleep(LOOK_S)


def _pieces(stick: CourierStick, sha256: str) -> Iterator[bytes]:
    with stick.open_file(sha256) as file:
        while piece := file.read(_PIECE):
            yield piece
