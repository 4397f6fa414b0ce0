"""Every place and journey by its name. Each module is imported when it is first needed: a screen imports Kivy, a
journey may import the scanner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from kiosk.shell.protocol import Drawn

COPYING_S = 300.0
"""Somebody looks for spectacles and pen, or for the telephone, and writes a code down letter by letter."""


@dataclass(frozen=True)
class Listed:
    """A place: its screen as `module:Class`. `patience`: factor on the usual idle time before it is wiped; `least_s`:
    seconds it stays at least; `tells`: the screen shows by itself how long that is, and nothing is laid over it.
    """

    screen: str
    patience: float = 1.0
    least_s: float = 0.0
    tells: bool = False


PLACES: Mapping[str, Listed] = {
    "home": Listed("kiosk.screens.home:HomePage"),
    "letters": Listed("kiosk.screens.letters:LettersPage"),
    "clock": Listed("kiosk.screens.clock:ClockPage"),
    "pairing": Listed("kiosk.screens.pairing:PairingPage"),
    "scan": Listed("kiosk.screens.scan:ScanPage"),
    "preview": Listed("kiosk.screens.preview:PreviewPage"),
    "corners": Listed("kiosk.screens.corners:CornersPage"),
    "pages": Listed("kiosk.screens.pages:PagesPage"),
    "sort": Listed("kiosk.screens.sort:SortPage"),
    "ask": Listed("kiosk.screens.ask:AskPage"),
    # Somebody copies a code, or pays by phone.
    "receipt": Listed("kiosk.screens.receipt:ReceiptPage", patience=2.0, least_s=COPYING_S, tells=True),
    "fee": Listed("kiosk.screens.fee:FeeLookPage"),
    "pay": Listed("kiosk.screens.pay:PayPage", patience=3.0, least_s=COPYING_S),
    "slip": Listed("kiosk.screens.slip:SlipPage", patience=2.0, least_s=COPYING_S),
    "stranger": Listed("kiosk.screens.stranger:StrangerPage"),
    "sorry": Listed("kiosk.screens.sorry:SorryPage", least_s=COPYING_S),
}

JOURNEYS: Mapping[str, str] = {
    "home": "kiosk.journeys.home:HomeJourney",
    "letters": "kiosk.journeys.letters:LettersJourney",
    "clock": "kiosk.journeys.clock:ClockJourney",
    "pairing": "kiosk.journeys.pairing:PairingJourney",
    "scan": "kiosk.journeys.scan:ScanJourney",
    "fee": "kiosk.journeys.fee:FeeJourney",
}

BEFORE_PAIRING = "pairing"
"""The journey that no visit ever comes to."""

FIRST = "kiosk.journeys.home:first_page"
"""Makes the first page, which is seen before any visit's process is ready."""

SORRY = "kiosk.journeys.sorry:sorry_page"
"""Makes the page that says that a visit broke off."""

COUNTDOWN = "kiosk.widgets.countdown:Countdown"
"""What lies over a place that nobody touches."""

NOTICE = "kiosk.widgets.notice:Notice"
"""What lies over a place to say something that concerns the machine, not the place."""

GETTING_READY = "kiosk.widgets.notice:GettingReady"
"""What lies over the first page while what was asked for there waits for a visit's process."""


def screen_of(place: str) -> Callable[..., Drawn]:
    """The screen's class. Raises KeyError for a place that is not registered."""
    found: Callable[..., Drawn] = load(PLACES[place].screen)
    return found


def load(named: str) -> Any:
    """Imports and returns `module:Class`. Raises ImportError, AttributeError."""
    module, _, name = named.partition(":")
    return getattr(import_module(module), name)
