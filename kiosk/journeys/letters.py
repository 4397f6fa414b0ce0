""" "Aa": how large the letters are and how strong the contrast is, chosen from any place and back to it."""

from __future__ import annotations

from kiosk.journeys.showing import LettersShows
from kiosk.shell.means import Means, WaitingMeans
from kiosk.shell.protocol import Back, Destination, Event, Journey, Letters, Next, Restyle
from kiosk.style.theme import SIZES


class LettersJourney(Journey):
    """The place "letters". A touch changes everything that is drawn at once, this place too."""

    def __init__(self, means: Means | WaitingMeans) -> None:
        self._letters = means.letters

    def begin(self) -> Destination:
        return Destination("letters", LettersShows(self._letters()))

    def anew(self, there: Destination) -> Destination:
        return self.begin()

    def answer(self, event: Event) -> Next:
        now = self._letters()
        if event.name in ("back", "done"):
            return Back()
        if event.name == "size" and event.value in SIZES:
            return Restyle(Letters(event.value, now.high_contrast))
        if event.name == "contrast" and isinstance(event.value, bool):
            return Restyle(Letters(now.text, event.value))
        return None
