"""What stands between the programme and the horn and can be muted: looked at, turned on again, and told."""

from __future__ import annotations

import logging
import os
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Literal

from langso.contract.health import Check
from langso.timekeeping.worker_thread import WorkerThread
from langso.words.catalogue import t

log = logging.getLogger(__name__)

LOOK_S = 30.0
TOLD_S = 24 * 3600.0
LOUD = "80%"
"""Where something stood at nothing, nobody knows how loud it had been."""
_PROGRAM_S = 5.0


class Mixer(ABC):
    """Looks twice a minute. `where`: the word for it in the messages."""

    where: ClassVar[Literal["card", "server"]]

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._muted: tuple[str, ...] = ()
        self._put_right: tuple[float, tuple[str, ...]] = (float("-inf"), ())
        self._thread = WorkerThread("mixer", self._run)

    @abstractmethod
    def muted(self) -> tuple[str, ...]:
        """Names of what is switched off or at nothing now; () too where it does not answer."""

    @abstractmethod
    def turn_on(self, name: str, *, loud: bool) -> None:
        """Switches one on; `loud`: and turns it up to `LOUD`."""

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends."""
        self._thread.stop(_PROGRAM_S)

    def look(self) -> None:
        """One look: what is muted is turned on; what stays so is told. Called by its thread, and by tests."""
        muted = self.muted()
        if muted:
            log.warning("the sound %s was muted: %s", self.where, ", ".join(muted))
            for name in muted:
                self.turn_on(name, loud=False)
            for name in self.muted():
                self.turn_on(name, loud=True)
            left = self.muted()
            self._put_right = self._monotonic(), tuple(name for name in muted if name not in left)
            muted = left
        self._muted = muted

    def check(self) -> Check | None:
        """Health line `sound`: bad while it is muted, a warning for a day after it was; None where all is well."""
        if self._muted:
            muted, fix = t(f"sound-{self.where}-muted", names=", ".join(self._muted)), t(f"sound-{self.where}-unmute")
            return Check.bad("sound", muted, fix)
        at, names = self._put_right
        if names and self._monotonic() - at <= TOLD_S:
            return Check.warning(
                "sound", t(f"sound-{self.where}-was-muted", names=", ".join(names)), t("sound-card-who")
            )
        return None

    def _run(self) -> None:
        while not self._thread.stopping:
            self.look()
            self._thread.sleep(LOOK_S)


def answer_of(*command: str) -> str:
    """What a program prints, in English; "" where there is none, or where what it asks does not answer."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROGRAM_S,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.info("%s: %s", command[0], error)
        return ""
    return done.stdout.decode("utf-8", "replace")
