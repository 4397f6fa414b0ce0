"""The pages kept so far, one after the other: put elsewhere, taken again, taken out."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from kiosk.journeys.papers import Papers
from kiosk.journeys.pictures import picture_of_page
from kiosk.journeys.presses import Twice
from kiosk.journeys.showing import PagesShows
from kiosk.shell.protocol import Changed, Destination, Event, Next


class KeptPages:
    """The place "pages". `answer` gives "done" where the pages are to be left: the journey knows where to."""

    def __init__(self, papers: Papers) -> None:
        self._papers = papers
        self._sure = Twice()
        self._shows: PagesShows | None = None

    def to(self, index: int) -> Destination:
        """Page `index`, or the nearest there is."""
        many = len(self._papers.pages)
        index = max(0, min(index, many - 1))
        page = self._papers.pages[index]
        self._sure = Twice()
        self._shows = PagesShows(index, many, picture_of_page(page), page.remarks)
        return Destination("pages", self._shows)

    def answer(self, event: Event) -> Next | Literal["done"]:
        """`turn_to` N, `move` by N, `retake`, `remove` (twice), `done`."""
        shows = self._shows
        if shows is None:
            return None
        match event.name:
            case "turn_to":
                return self.to(int(event.value))
            case "move":
                self._papers.move(shows.index, shows.index + int(event.value))
                return self.to(shows.index + int(event.value))
            case "retake":
                self._papers.retake(shows.index)
                return "done"
            case "remove" if not self._sure.press():
                return self._ask(asking=True)
            case "remove":
                self._papers.remove(shows.index)
                return self.to(shows.index) if self._papers.pages else "done"
            case "done" | "back":
                return "done"
        return None

    def tick(self) -> Next:
        """The question is withdrawn after a while."""
        asking = self._shows is not None and self._shows.asking
        return self._ask(asking=False) if asking and not self._sure.armed else None

    def _ask(self, *, asking: bool) -> Next:
        assert self._shows is not None
        self._shows = replace(self._shows, asking=asking)
        return Changed(self._shows)
