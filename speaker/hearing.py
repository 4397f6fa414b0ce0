"""After each programme: did the sensors hear it? A receipt that says so, and a health line where they did not."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable

from langso.contract.health import Check
from langso.errors import LangsoError
from langso.timekeeping.clock import Clock
from langso.timekeeping.worker_thread import WorkerThread
from speaker.record.plays import Ledger
from speaker.sound.ears import Ears
from speaker.sound.heard import Sounding
from speaker.sound.hearing_check import hearing_check

log = logging.getLogger(__name__)

AFTER_S = 1.0
"""The board tells what it hears in pieces of 0.2 s, and air and buffers take their time."""
_IDLE_S = 5.0


class Hearing:
    """Judges on a thread of its own: the loop that plays never waits for arithmetic. `changed`: there is news."""

    def __init__(self, ears: Ears, ledger: Ledger, clock: Clock, changed: Callable[[], None]) -> None:
        self._ears = ears
        self._ledger = ledger
        self._clock = clock
        self._changed = changed
        self._ended: queue.SimpleQueue[tuple[str, float, float]] = queue.SimpleQueue()
        self._last: Sounding | None = None
        self._thread = WorkerThread("hearing", self._run)

    def start(self) -> None:
        """Begins to judge."""
        self._thread.start()

    def stop(self) -> None:
        """What was not judged yet stays without a proof."""
        self._thread.stop()

    def ended(self, play: str, begin: float, end: float) -> None:
        """A play sounded between two monotonic seconds. From any thread, returns at once."""
        self._ended.put((play, begin, end))
        self._thread.wake()

    def checks(self) -> list[Check]:
        """Health line `heard`, where a sensor has said anything."""
        return hearing_check(self._last)

    def _run(self) -> None:
        while not self._thread.stopping:
            try:
                play, begin, end = self._ended.get_nowait()
            except queue.Empty:
                self._thread.sleep(_IDLE_S)
                continue
            while not self._thread.stopping and (left := end + AFTER_S - self._clock.monotonic()) > 0:
                self._thread.sleep(left)
            self._judge(play, begin, end)

    def _judge(self, play: str, begin: float, end: float) -> None:
        verdict = self._ears.verdict(begin, end)
        if verdict is None:
            return
        log.info("%s: %s, %.2f sure by %s", play, verdict.finding, verdict.sure, verdict.sensor)
        if verdict.finding is not Sounding.UNSURE:
            self._last = verdict.finding
            instead = None if verdict.finding is Sounding.HEARD else verdict.finding.value
            try:
                self._ledger.heard(play, verdict.sure, verdict.sensor, instead)
            except LangsoError as error:
                log.warning("whether %s was heard is not recorded: %s", play, error)
        self._changed()
