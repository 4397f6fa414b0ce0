"""The amplifier's power: on before sound, off after it; never blocks the loop that plays."""

from __future__ import annotations

import logging
import threading

from firmware_bridge.switchboard import AMPLIFIER, IP_SOURCE, Switchboard
from langso.errors import LangsoError
from langso.timekeeping.clock import Clock
from langso.timekeeping.worker_thread import WorkerThread

log = logging.getLogger(__name__)

RETRY_S = 1.0
LOOK_S = 2.0
"""How often it is asked whether the relay is still where it was put."""
SWITCH_S = 0.2
"""From choosing another source to hearing it: two frames on a slow link, and a relay that breaks before one makes."""
HOLD_S = 30.0
"""So long may the loop that plays be silent before the amplifier falls: no sound is due that nobody decides on."""


class Amplifier:
    """Switches in a thread of its own; a bridge that does not answer delays nothing and is tried again.

    `lead_ms`: from power to sound without a clipped beginning; `tail_ms`: how long it stays on afterwards.
    """

    def __init__(self, board: Switchboard, clock: Clock, *, lead_ms: int, tail_ms: int) -> None:
        self._board = board
        self._clock = clock
        self.lead_s = lead_ms / 1000
        self._tail_s = tail_ms / 1000
        self._lock = threading.Lock()
        self._wanted = False
        self._on = False
        self._since = 0.0
        self._off_at: float | None = None
        self._source = IP_SOURCE
        self._chosen = float("-inf")
        self._thread = WorkerThread("amplifier", self._run)

    def start(self) -> None:
        """Begins to switch."""
        self.beat()
        self._thread.start()

    def beat(self) -> None:
        """The loop that plays lives. Never waits: it only moves the moment up to which the switchboard holds."""
        self._board.hold_until(self._clock.monotonic() + HOLD_S)

    def stop(self) -> None:
        """Switches off, then gives the switchboard back."""
        self._thread.stop()
        self._board.close()

    def power(self) -> float:
        """Switches on; returns the monotonic second from which sound is heard whole."""
        with self._lock:
            self._off_at = None
            if not self._wanted:
                self._wanted = True
                self._since = self._clock.monotonic()
            ready = max(self._since + self.lead_s, self._chosen + SWITCH_S)
        self._thread.wake()
        return ready

    def choose(self, source: str) -> float:
        """Lets this source of the board through while the amplifier is on; returns at once, with the monotonic second
        from which it is heard.
        """
        with self._lock:
            if source != self._source:
                self._source, self._chosen = source, self._clock.monotonic()
                if self._on:
                    self._board.select(source)
            return self._chosen + SWITCH_S

    def rest(self) -> None:
        """Nothing plays now: switches off after the tail."""
        with self._lock:
            if self._wanted and self._off_at is None:
                self._off_at = self._clock.monotonic() + self._tail_s
        self._thread.wake()

    @property
    def on(self) -> bool:
        """Whether power is wanted, was confirmed, and has not fallen since as far as the switchboard knows."""
        return self._on and self._board.is_on(AMPLIFIER) is not False

    def _run(self) -> None:
        while True:
            with self._lock:
                now = self._clock.monotonic()
                if self._off_at is not None and (now >= self._off_at or self._thread.stopping):
                    self._wanted, self._off_at = False, None
                wanted = self._wanted and not self._thread.stopping
                wait = None if self._off_at is None else self._off_at - now
            if wanted and self._on and self._board.is_on(AMPLIFIER) is False:
                # It fell although it is needed: said at the place where it would be switched, and tried again there.
                self._on = False
            if wanted != self._on:
                try:
                    if wanted:
                        with self._lock:
                            self._board.select(self._source)
                    self._board.set_output(AMPLIFIER, wanted)
                    self._on = wanted
                    if not wanted:
                        # Only now: nobody is to hear the other source begin.
                        self._board.select(None)
                except LangsoError as error:
                    log.warning("amplifier: %s", error)
                    wait = RETRY_S
            if self._on:
                wait = LOOK_S if wait is None else min(wait, LOOK_S)
            if self._thread.stopping:
                return
            self._thread.sleep(wait)
