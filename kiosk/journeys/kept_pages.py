"""The pages kept so far, shown one by one: move a page, take it again, or remove it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from kiosk.errors import WrongStep
from kiosk.journeys.papers import Papers
from kiosk.journeys.pictures import picture_of_page
from kiosk.journeys.presses import Twice
from kiosk.journeys.showing import PagesShows
from kiosk.shell.protocol import Changed, Destination, Event, Next
from langso.words.catalogue import Sentence


class KeptPages:
    """The place "pages". `answer` returns "done" when the villager leaves it; the journey knows where to go then."""

    def __init__(self, papers: Papers) -> None:
        self._papers = papers
        self._sure = Twice()
        self._shows: PagesShows | None = None

    def to(self, index: int) -> Destination:
        """Goes to page `index` (from 0), or to the last one where there are fewer. Raises WrongStep without pages."""
        many = len(self._papers.pages)
        if not many:
            raise WrongStep(Sentence("journeys-no-pages"))
        index = max(0, min(index, many - 1))
        page = self._papers.pages[index]
        self._sure = Twice()
        self._shows = PagesShows(index, many, picture_of_page(page), page.remarks)
        return Destination("pages", self._shows)

    def answer(self, event: Event) -> Next | Literal["done"]:
        """Events: `turn_to` page N, `move` by N places, `retake`, `remove` (pressed twice), `done`."""
        shows = self._shows
        if shows is None:
            return None
        by = event.number
        match event.name:
            case "turn_to" if by is not None:
                return self.to(by)
            case "move" if by is not None:
                self._papers.move(shows.index, shows.index + by)
                return self.to(shows.index + by)
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
        """Takes back the question whether to remove the page, when nobody has answered it for a while."""
        asking = self._shows is not None and self._shows.asking
        return self._ask(asking=False) if asking and not self._sure.armed else None

    def _ask(self, *, asking: bool) -> Next:
        assert self._shows is not None
        self._shows = replace(self._shows, asking=asking)
        return Changed(self._shows)
