"""The first page: which journey begins."""

from __future__ import annotations

from kiosk.journeys.showing import HomeShows
from kiosk.shell.means import Means
from kiosk.shell.protocol import BeginJourney, Changed, Destination, Event, Journey, Letters, Next, Restyle
from kiosk.style.theme import SIZES
from langso.timekeeping import dates

BEGINS = ("scan", "fee")


class HomeJourney(Journey):
    """A visit begins and ends here."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._shown: HomeShows | None = None

    def begin(self) -> Destination:
        self._shown = self._now()
        return Destination("home", self._shown)

    def anew(self, there: Destination) -> Destination:
        return self.begin()

    def answer(self, event: Event) -> Next:
        letters = self._means.letters()
        if event.name in BEGINS:
            return BeginJourney(event.name)
        if event.name == "size":
            after = SIZES[(SIZES.index(letters.text) + 1) % len(SIZES)]
            return Restyle(Letters(after, letters.high_contrast))
        if event.name == "contrast":
            return Restyle(Letters(letters.text, not letters.high_contrast))
        return None

    def tick(self, place: str) -> Next:
        now = self._now()
        if now == self._shown:
            return None
        self._shown = now
        return Changed(now)

    def _now(self) -> HomeShows:
        now = dates.local(self._means.clock.now())
        hour = f"{now.hour}:{now.minute:02d}"
        return HomeShows(self._means.place, self._means.commune, dates.day_with_lunar(now.date()), hour)
