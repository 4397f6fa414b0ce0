"""Whether the office's clock may be signed by: how far it leapt, since boot and since something was signed last.

What is signed lifts the loudspeakers' time for good: a clock that is ahead must not be signed by. A leap is believed
where the time comes from the network, where root says so, and a small one after ten minutes; an alarm waits for none
of the small ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from langso.timekeeping import dates
from langso.timekeeping.evidence import ClockPlaces, kernel_synchronised
from langso.words.catalogue import Sentence, Unit
from office.signer.asked.book import Book
from office.signer.errors import SignerStuck

LEAP = timedelta(minutes=2)
FAR = timedelta(days=30)
"""Devices too believe no clock that is further than this from what they know."""
SETTLED_S = 600.0
_SEEN = "clock"


def since_boot() -> float:
    """Seconds that go on while the machine sleeps, and that nobody sets."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def network_time(places: ClockPlaces | None = None) -> bool:
    """Whether a time server disciplines this clock, as far as a sandboxed service can see."""
    return (places or ClockPlaces()).timesync.exists() or kernel_synchronised()


class ClockWatch:
    """Judges each reading of the clock. `steady`: seconds since boot; `proven`: the network gives the time."""

    def __init__(
        self, book: Book, *, steady: Callable[[], float] = since_boot, proven: Callable[[], bool] = network_time
    ) -> None:
        self._book = book
        self._steady = steady
        self._proven = proven
        self._last: tuple[datetime, float] | None = None
        self._leapt: float | None = None

    def check(self, now: datetime, *, alarm: bool) -> None:
        """Raises SignerStuck where nothing may be signed by this clock; `alarm`: small leaps do not matter."""
        steady = self._steady()
        if self._last is not None:
            was, then = self._last
            if now - was - timedelta(seconds=steady - then) > LEAP:
                self._leapt = steady
        self._last = now, steady
        seen = self._book.fact(_SEEN)
        far = seen is not None and now - datetime.fromisoformat(seen) > FAR
        small = self._leapt is not None and steady - self._leapt < SETTLED_S and not alarm
        if not (far or small) or self._proven():
            return
        raise SignerStuck(Sentence("signer-clock-leapt", now=Unit(dates.full, now)), "clock")

    def signed(self, now: datetime) -> None:
        """Something was signed by this clock; within the caller's transaction."""
        self._book.keep(_SEEN, now.isoformat())

    def believe(self, now: datetime) -> None:
        """Root says that it is right."""
        self._leapt = None
        with self._book.transaction():
            self._book.keep(_SEEN, now.isoformat())
