"""How much of each kind the signer signs in an hour: each kind has its own, so that none eats another's."""

from __future__ import annotations

from langso.timekeeping.clock import Clock
from langso.words.catalogue import Sentence
from office.signer.errors import SignerRefused

AN_HOUR = {"plan": 600, "urgent": 1200, "catalogue": 200, "order": 20_000}
"""Far above what an office needs on its worst day: a plan for each broadcast, an order for each device that asks."""
CONFIRMED_AN_HOUR = 30
"""Alarms for which somebody proved that he gives them, beside those that nobody had to (`rules.URGENT_AN_HOUR`)."""
ACKS_AN_HOUR = 72_000


class Acks:
    """Acknowledgements order nothing and come in crowds after a cut line: counted in memory alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = clock.monotonic()
        self._number = 0

    def spend(self) -> None:
        """Counts one. Raises SignerRefused."""
        now = self._clock.monotonic()
        if now - self._since > 3600:
            self._since, self._number = now, 0
        self._number += 1
        if self._number > ACKS_AN_HOUR:
            raise SignerRefused(Sentence("signer-quota", most=ACKS_AN_HOUR))
