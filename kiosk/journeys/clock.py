"""Whoever knows the kiosk's PIN sets its time, where nothing else proves it: the time, then the PIN."""

from __future__ import annotations

from datetime import datetime

from kiosk.journeys.showing import ClockShows
from kiosk.shell.means import Means
from kiosk.shell.protocol import Back, Changed, Destination, Event, Home, Journey, Next, Slow
from langso.device.clock_pin import LONGEST, SHORTEST
from langso.device.errors import PinRefused, TimeRefused
from langso.timekeeping import dates
from langso.words.catalogue import Sentence, t

MASK = "__/__/____ __:__"
WHO = "kiosk"
"""Whose hand it was, as the record has it: no name is asked for."""


class ClockJourney(Journey):
    """The place "clock". Digits of the PIN never leave this object, and are forgotten with each try."""

    def __init__(self, means: Means) -> None:
        self._by_hand = means.by_hand
        self._unproven = means.unproven
        self._digits = self._pin = ""
        self._meant: datetime | None = None
        self._refused = ""
        self._done = False

    def begin(self) -> Destination:
        return Destination("clock", self._shows())

    def answer(self, event: Event) -> Next:
        if event.name == "done":
            return Home()
        if self._done:
            return None
        if event.name == "back" and self._meant is None:
            return Back()
        if event.name == "next":
            return self._next()
        digit = event.number
        if event.name == "digit" and digit is not None and 0 <= digit <= 9:
            self._type(str(digit))
        elif event.name == "erase":
            self._erase()
        elif event.name == "back":
            self._meant, self._pin, self._refused = None, "", ""
        else:
            return None
        return Changed(self._shows())

    def _type(self, digit: str) -> None:
        self._refused = ""
        if self._meant is not None:
            self._pin = (self._pin + digit)[:LONGEST]
        else:
            self._digits = (self._digits + digit)[: MASK.count("_")]

    def _erase(self) -> None:
        self._refused = ""
        if self._meant is not None:
            self._pin = self._pin[:-1]
        else:
            self._digits = self._digits[:-1]

    def _next(self) -> Next:
        if not self._shows().ready:
            return None
        if self._meant is None:
            try:
                self._meant = self._by_hand.read(self._typed())
            except TimeRefused as refused:
                self._refused = str(refused)
            return Changed(self._shows())
        meant, pin = self._meant, self._pin
        self._pin = ""
        return Slow(lambda: self._keep(meant, pin), lambda _: self._kept(), self._failed, self._shows())

    def _keep(self, meant: datetime, pin: str) -> None:
        """On a thread: a slow hash, and the card."""
        if not self._unproven():
            raise TimeRefused(Sentence("clock-proven-already"))
        self._by_hand.check(pin)
        self._by_hand.keep(meant, WHO)

    def _kept(self) -> Next:
        self._done = True
        return Changed(self._shows())

    def _failed(self, error: BaseException) -> Next:
        # Never the error's own text where it is none of ours: it may hold what was typed.
        self._refused = str(error) if isinstance(error, PinRefused | TimeRefused) else t("clock-not-kept")
        return Changed(self._shows())

    def _typed(self) -> str:
        digits = iter(self._digits)
        return "".join(next(digits, "_") if place == "_" else place for place in MASK)

    def _shows(self) -> ClockShows:
        if self._meant is None:
            ready = len(self._digits) == MASK.count("_")
            return ClockShows("time", self._typed(), ready=ready, refused=self._refused)
        day = dates.local(self._meant)
        meant = t("clock-meant", moment=dates.full(self._meant), lunar=dates.lunar(day.date()))
        if self._done:
            return ClockShows("done", self._typed(), meant)
        many = len(self._pin)
        return ClockShows("pin", self._typed(), meant, many, many >= SHORTEST, self._refused)
