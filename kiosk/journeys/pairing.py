"""The kiosk before it is paired: what the villager and the technician read."""

from __future__ import annotations

import time

from kiosk.journeys.showing import PairingShows
from kiosk.shell.means import WaitingMeans
from kiosk.shell.protocol import Changed, Destination, Event, Journey, Next
from langso.device.pairing_stand import LOOK_S, Stand, next_steps


class PairingJourney(Journey):
    """The place "pairing". Looks every few seconds at the pairing's files; the shell waits for them."""

    def __init__(self, means: WaitingMeans) -> None:
        self._look = means.stand
        self._commune = means.commune
        self._device = means.device
        self._stand: Stand | None = None
        self._looked = float("-inf")

    def begin(self) -> Destination:
        self._stand = self._look()
        self._looked = time.monotonic()
        return Destination("pairing", self._shows(self._stand))

    def answer(self, event: Event) -> Next:
        return None

    def tick(self, place: str) -> Next:
        if time.monotonic() - self._looked < LOOK_S:
            return None
        self._looked = time.monotonic()
        stand = self._look()
        # Paired: the whole kiosk begins anew, this page has nothing to say.
        if stand == self._stand or stand.state == "paired":
            return None
        self._stand = stand
        return Changed(self._shows(stand))

    def _shows(self, stand: Stand) -> PairingShows:
        steps = tuple((step.before, step.typed) for step in next_steps(stand))
        return PairingShows(self._commune, self._device, stand.code, stand.why, steps)
