"""Whether a broker may have dropped what was meant for this device: it drops what a flood leaves no room for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

MANY = 100.0
"""Messages a second: no office sends as many, and no broker's queue is filled by fewer."""
MANY_BYTES = float(8 << 20)
"""Bytes a second: more than all that is retained, on any line that a loudspeaker has."""
ASK_S = 2.0
"""How often what is retained is asked for again while it lasts; the same bytes again cost nothing here."""
ANSWER_S = 2.0
"""A broker that repeats nothing for so long has no room for it: its queue is thrown away and filled anew."""
WIDE_ASK_S = 0.75
WIDE_ANSWER_S = 0.5
"""The same two where the flood itself shows a line on which all that is retained comes in a moment: what waits in the
broker's queue are seconds of large messages, and an emergency stands behind them.
"""
_COUNTED_S = 0.5
"""So long messages are counted before they are called many: a reconnection brings some dozens at once."""


class FloodWatch:
    """`ask`: asks for all that is retained; `start_over`: connects anew without what waits; `expects`: whether a list
    of rights must be among what is retained. Thread-safe.
    """

    def __init__(
        self,
        monotonic: Callable[[], float],
        *,
        ask: Callable[[], None],
        start_over: Callable[[], None],
        expects: Callable[[], bool],
    ) -> None:
        self._monotonic = monotonic
        self._ask = ask
        self._start_over = start_over
        self._expects = expects
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._count = self._bytes = 0
        self._looked = monotonic()
        self._asked: float | None = None
        self._wide = False
        self._answered = float("-inf")

    @property
    def flooded(self) -> bool:
        """Whether it lasts."""
        return self._asked is not None

    def came(self, kind: str, size: int, *, retained: bool) -> None:
        """One message of so many bytes. The list of rights, asked for last, shows that there was room for all."""
        with self._lock:
            self._count += 1
            self._bytes += size
        if retained and kind == "trust":
            self._answered = self._monotonic()

    def look(self) -> None:
        """One round: with each message, and each second or so without any."""
        if self._turn.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._turn.release()

    def _look(self) -> None:
        now = self._monotonic()
        if self._unanswered(now):
            log.error("the broker has no room for what was asked for: connecting anew")
            self._asked = now
            self._start_over()
        passed = now - self._looked
        if passed < _COUNTED_S:
            return
        with self._lock:
            count, self._count = self._count, 0
            size, self._bytes = self._bytes, 0
        self._looked = now
        self._wide = size / passed >= MANY_BYTES
        many = self._wide or count / passed >= MANY
        if self._asked is None:
            if many:
                log.error(
                    "a flood: %d messages refused in %.1f s; what is retained is asked for again", count, passed
                )
                self._ask_now(now)
        elif not many:
            log.warning("the flood is over; what is retained is asked for once more")
            self._ask()
            self._asked = None
        elif not self._waits and now - self._asked >= (WIDE_ASK_S if self._wide else ASK_S):
            self._ask_now(now)

    @property
    def _waits(self) -> bool:
        """Whether what was asked for has not come yet."""
        return self._asked is not None and self._expects() and self._answered < self._asked

    def _unanswered(self, now: float) -> bool:
        """Whether it has not come for too long, though other messages do."""
        patience = WIDE_ANSWER_S if self._wide else ANSWER_S
        return self._asked is not None and self._count > 0 and now - self._asked >= patience and self._waits

    def _ask_now(self, now: float) -> None:
        self._asked = now
        self._ask()
