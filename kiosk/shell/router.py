"""Which place is seen: keeps the back stack and carries out what journeys answer. No Kivy here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from kiosk.shell.protocol import (
    Back,
    BeginJourney,
    Changed,
    Destination,
    Draws,
    Event,
    Home,
    Journey,
    Letters,
    Next,
    Plain,
    Restyle,
    Slow,
    is_plain,
)
from langso.errors import LangsoError

log = logging.getLogger(__name__)

LETTERS = "letters"
"""The event, and the journey, of "Aa": reachable from every place."""


class Glass(Draws, Protocol):
    """What the router needs of the window."""

    def work(
        self, what: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Does something slow on a thread; `done` or `failed` is called on the screen's thread, if the visit still
        lasts.
        """


@dataclass(eq=False)
class _Opened:
    """A place on the stack; `waiting`: what is to be done when it is seen again."""

    there: Destination
    journey: Journey
    waiting: Callable[[], None] | None = None


class Router:
    """`first`: the journey of the page on which a visit begins and ends; `journey`: makes a journey by its name.

    All its methods are called on the screen's thread.
    """

    def __init__(self, glass: Glass, journey: Callable[[str], Journey], first: str) -> None:
        self._glass = glass
        self._make = journey
        self._first = first
        self._stack: list[_Opened] = []

    @property
    def place(self) -> str:
        """The name of the place that is seen; "" before the first."""
        return self._stack[-1].there.place if self._stack else ""

    @property
    def places(self) -> list[str]:
        """All places on the back stack, the first page first."""
        return [one.there.place for one in self._stack]

    @property
    def at_first(self) -> bool:
        """Whether the first page is seen."""
        return len(self._stack) == 1

    @property
    def wants_light(self) -> bool | None:
        """`wants_light` of the journey that is seen."""
        return self._stack[-1].journey.wants_light if self._stack else None

    def go_home(self, *, fault: bool = False) -> None:
        """Ends the visit, whatever goes on, and shows the first page. `fault`: something went wrong."""
        self.leave(fault=fault)
        self._glass.restyle(Letters())
        journey = self._make(self._first)
        self._open(journey.begin(), journey)

    def leave(self, *, fault: bool = False) -> None:
        """Ends the visit; nothing is shown after that."""
        if self._stack:
            self._stack[-1].journey.closed(self.place)
        for journey in {id(one.journey): one.journey for one in self._stack}.values():
            journey.end()
        self._stack = []
        self._glass.end_visit(fault=fault)

    def begin(self, name: str) -> None:
        """Begins a journey on top of the present place."""
        journey = self._make(name)
        self._go(journey.begin(), journey)

    def emit(self, name: str, value: Plain = None) -> None:
        """The villager did something at the place that is seen. Raises TypeError for a value that is not plain."""
        if not is_plain(value):
            raise TypeError(f"{name} at {self.place} carries {type(value).__name__}: not a plain value")
        if not self._stack:
            return
        if name == LETTERS:
            if self.place != LETTERS:
                self.begin(LETTERS)
            return
        seen = self._stack[-1]
        self._safely(lambda: seen.journey.answer(Event(seen.there.place, name, value)), seen)

    def tick(self) -> None:
        """Lets time pass at the place that is seen."""
        if self._stack:
            seen = self._stack[-1]
            self._safely(lambda: seen.journey.tick(seen.there.place), seen)

    def _safely(self, ask: Callable[[], Next], asked: _Opened) -> None:
        """A refusal leaves everything as it is; a fault of ours ends the visit rather than the kiosk."""
        try:
            self._take(ask(), asked)
        except LangsoError as refused:
            # Its text only: the error itself holds the frames it came through, and what is personal in them.
            log.warning("at %s: %s", asked.there.place, str(refused))
        except Exception:
            log.exception("at %s", asked.there.place)
            self.go_home(fault=True)

    def _take(self, answer: Next, asked: _Opened) -> None:
        match answer:
            case Changed():
                self._change(answer.shows, asked)
            case Destination():
                self._go(answer, asked.journey)
            case BeginJourney():
                self.begin(answer.name)
            case Back():
                self._back()
            case Home():
                self.go_home()
            case Restyle():
                asked.journey.closed(asked.there.place)
                self._glass.restyle(answer.letters)
                asked.there = asked.journey.anew(asked.there)
                self._seen(asked)
            case Slow():
                if answer.shows is not None:
                    self._change(answer.shows, asked)
                self._work(answer, asked)

    def _work(self, slow: Slow, asked: _Opened) -> None:
        def then(ask: Callable[[], Next]) -> None:
            if asked not in self._stack:
                # The place was left meanwhile: its result would surprise whoever is elsewhere now.
                return
            if asked is not self._stack[-1]:
                asked.waiting = lambda: self._safely(ask, asked)
                return
            self._safely(ask, asked)

        self._glass.work(
            slow.work,
            lambda result: then(lambda: slow.done(result)),
            lambda error: then(lambda: slow.failed(error)),
        )

    def _change(self, shows: Plain, asked: _Opened) -> None:
        self._check(asked.there.place, shows)
        asked.there = replace(asked.there, shows=shows)
        self._glass.change(shows)

    def _go(self, there: Destination, journey: Journey) -> None:
        self._check(there.place, there.shows)
        kept = 1 if there.alone else len(self._stack)
        if there.place in self.places[:kept]:
            kept = self.places.index(there.place)
        self._cut(kept, staying=journey)
        self._open(there, journey)

    def _open(self, there: Destination, journey: Journey) -> None:
        self._stack.append(_Opened(there, journey))
        self._seen(self._stack[-1])

    def _back(self) -> None:
        if len(self._stack) <= 2 and self.place != LETTERS:
            self.go_home()
            return
        self._cut(len(self._stack) - 1, staying=None)
        seen = self._stack[-1]
        seen.there = seen.journey.anew(seen.there)
        self._seen(seen)

    def _cut(self, kept: int, *, staying: Journey | None) -> None:
        """Lets go of all places from `kept` on, and of the journeys that end with them."""
        if self._stack:
            self._stack[-1].journey.closed(self.place)
        gone, self._stack = self._stack[kept:], self._stack[:kept]
        left = [one.journey for one in self._stack]
        for journey in {id(one.journey): one.journey for one in gone}.values():
            if journey is not staying and journey not in left:
                journey.end()

    def _seen(self, opened: _Opened) -> None:
        self._glass.show(opened.there)
        self._safely(lambda: opened.journey.opened(opened.there.place), opened)
        waiting = opened.waiting
        if waiting is not None and opened is self._stack[-1]:
            opened.waiting = None
            waiting()

    @staticmethod
    def _check(place: str, shows: Plain) -> None:
        if not is_plain(shows):
            raise TypeError(f"{place} shows what is no plain value: {type(shows).__name__}")
