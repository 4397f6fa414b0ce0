"""The program's end of the courier: takes batches as if they had come over the line, and gives what waits to go."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from langso.courier.letters import Direction, Letter
from langso.courier.spool import (
    MOST_WHY,
    Attached,
    BatchAnswer,
    CourierBatch,
    LetterOutcome,
    Outcome,
    Spool,
    Wanted,
    files_in,
    letters_in,
)
from langso.errors import LangsoError
from langso.timekeeping.worker_thread import WorkerThread
from langso.words.catalogue import code_of
from langso.words.os_reasons import os_reason

log = logging.getLogger(__name__)

LOOK_S = 1.0


class Correspondent(Protocol):
    """A program that letters come to and go from; called from the courier's thread."""

    @property
    def direction(self) -> Direction:
        """Which letters are for it."""

    def take_letter(self, letter: Letter, raw: bytes, files: dict[str, Path]) -> Outcome:
        """Verifies and keeps one letter; durable when it returns. `files`: those that came along, by claimed hash.
        Raises LangsoError or OSError where it is refused or cannot be kept.
        """

    def take_file(self, file: Path) -> Outcome:
        """Verifies and keeps one file that no letter took. Raises LangsoError, OSError."""

    def wanted(self) -> Iterable[Wanted]:
        """Files that are missing, in order of need."""

    def outgoing(self) -> tuple[list[tuple[Letter, bytes]], list[tuple[Attached, Path]]]:
        """All that waits to be carried: letters, and files with their paths. Raises LangsoError, OSError."""


class CourierWatch:
    """A thread that looks each second whether a courier brought something or asks for something."""

    def __init__(self, state: Path, correspondent: Correspondent) -> None:
        self._spool = Spool(state)
        self._who = correspondent
        self._thread = WorkerThread("courier", self._run)

    @property
    def hung(self) -> bool:
        """Whether its thread has stopped going round."""
        return self._thread.hung

    def start(self) -> None:
        """Begins to look; what a power cut interrupted is taken first."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the batch in hand."""
        self._thread.stop()

    def look(self) -> None:
        """One round."""
        for batch in self._spool.waiting():
            if batch.kind == "ask":
                self._spool.give(batch, *self._who.outgoing())
            else:
                self._spool.reply(batch, self._take(batch))

    def _run(self) -> None:
        begun = False
        while not self._thread.stopping:
            try:
                if not begun:
                    self._spool.begin()
                    begun = True
                self.look()
            except Exception:
                # A full card: the batch stays, and is taken when there is room.
                log.exception("a courier's batch waits")
                self._thread.pause(10 * LOOK_S)
            self._thread.sleep(LOOK_S)

    def _take(self, batch: CourierBatch) -> BatchAnswer:
        files = {path.name: path for path in files_in(batch.folder)}
        outcomes = []
        for letter, raw in letters_in(batch.folder, self._who.direction):
            take = functools.partial(self._who.take_letter, letter, raw, files)
            outcomes.append(self._outcome(letter.name, take))
        for name, path in files.items():
            if path.exists():
                outcomes.append(self._outcome(name, functools.partial(self._who.take_file, path)))
        wanted = tuple(self._who.wanted())
        log.info("a courier brought %d letters and files", len(outcomes))
        return BatchAnswer(outcomes=tuple(outcomes), wanted=wanted)

    def _outcome(self, name: str, work: Callable[[], Outcome]) -> LetterOutcome:
        outcome: Outcome = "refused"
        failure: Exception
        try:
            return LetterOutcome(name=name, outcome=work())
        except OSError as error:
            # No room, no card: the same letter may be taken another time.
            outcome, failure = "failed", error
            why = str(error if isinstance(error, LangsoError) else os_reason(error) or type(error).__name__)
        except LangsoError as error:
            failure, why = error, str(error)
        log.warning("a courier's %s is %s: %s", name, outcome, failure)
        return LetterOutcome(name=name, outcome=outcome, code=code_of(failure) or None, why=why[:MOST_WHY])
