"""The first page: which journey begins. After a restart, the code that somebody was copying."""

from __future__ import annotations

from datetime import datetime

from kiosk.journeys.receipt import HandedInPage
from kiosk.journeys.showing import HomeShows
from kiosk.journeys.sorry import sorry_page
from kiosk.sending.sealing import HandedIn
from kiosk.shell.means import Means
from kiosk.shell.protocol import (
    BEGINS,
    BROKE_OFF,
    GIVEN,
    BeginJourney,
    Changed,
    Destination,
    Event,
    Home,
    Journey,
    Letters,
    Next,
    Restyle,
)
from kiosk.style.theme import SIZES
from langso.timekeeping import dates
from langso.words.catalogue import Sentence


class HomeJourney(Journey):
    """The place "home", where a visit begins and ends; its events begin the other journeys."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._shown: HomeShows | None = None
        self._receipt: HandedInPage | None = None

    def begin(self) -> Destination:
        self._shown = self._now()
        return Destination("home", self._shown)

    def anew(self, there: Destination) -> Destination:
        return self.begin() if there.place == "home" else there

    def answer(self, event: Event) -> Next:
        if event.place == "receipt":
            return None if self._receipt is None else self._receipt.answer(event)
        if event.name == GIVEN:
            return self._given(event)
        if event.name == BROKE_OFF and isinstance(event.value, str):
            return sorry_page(event.value)
        if event.place == "sorry":
            return Home() if event.name == "done" else None
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
        if place == "receipt":
            return None if self._receipt is None else self._receipt.tick()
        now = self._now()
        if place != "home" or now == self._shown:
            return None
        self._shown = now
        return Changed(now)

    def _given(self, event: Event) -> Next:
        match event.value:
            case (str(dossier), int(pages)):
                handed = HandedIn(dossier, "", pages)
                self._receipt = HandedInPage(self._means, handed, Sentence("journeys-given-again"))
                return self._receipt.begin()
        return None

    def _now(self) -> HomeShows:
        means = self._means
        return _shows(means.place, means.commune, means.clock.now(), unproven=means.unproven())


def first_page(place: str, commune: str, now: datetime, *, unproven: bool = False) -> Destination:
    """The place "home" as it is at `now`, before anybody is there. `unproven`: nothing proves that it is."""
    return Destination("home", _shows(place, commune, now, unproven=unproven))


def _shows(place: str, commune: str, now: datetime, *, unproven: bool) -> HomeShows:
    here = dates.local(now)
    hour = f"{here.hour}:{here.minute:02d}"
    return HomeShows(place, commune, dates.day_with_lunar(here.date()), hour, unproven)
