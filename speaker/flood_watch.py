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


class FloodWatch:
    """`ask`: asks for all that is retained; `start_over`: connects anew without what waits; `expects`: whether a list
    of rights must be among what is retained. `came` is for any thread, `look` for one.
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
        self._count = self._bytes = 0
        self._looked = monotonic()
        self._asked: float | None = None
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
        """One round, each second or so while messages come."""
        now = self._monotonic()
        passed = now - self._looked
        if passed < ASK_S / 4:
            return
        with self._lock:
            count, self._count = self._count, 0
            size, self._bytes = self._bytes, 0
        self._looked = now
        many = count / passed >= MANY or size / passed >= MANY_BYTES
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
        elif self._expects() and self._answered < self._asked:
            if now - self._asked >= ANSWER_S:
                log.error("the broker has no room for what was asked for: connecting anew")
                self._start_over()
                self._asked = now
        elif now - self._asked >= ASK_S:
            self._ask_now(now)

    def _ask_now(self, now: float) -> None:
        self._asked = now
        self._ask()
