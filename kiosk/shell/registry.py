"""Every place and journey by name. What is named here is loaded when it is first needed: a screen brings Kivy, a
journey may bring the scanner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from kiosk.shell.protocol import Drawn


@dataclass(frozen=True)
class Listed:
    """A place: its screen as `module:Class`. `patience`: how many times the usual idle length it may be untouched."""

    screen: str
    patience: float = 1.0


PLACES: Mapping[str, Listed] = {
    "home": Listed("kiosk.screens.home:HomePage"),
    "letters": Listed("kiosk.screens.letters:LettersPage"),
    "pairing": Listed("kiosk.screens.pairing:PairingPage"),
    "scan": Listed("kiosk.screens.scan:ScanPage"),
    "preview": Listed("kiosk.screens.preview:PreviewPage"),
    "corners": Listed("kiosk.screens.corners:CornersPage"),
    "pages": Listed("kiosk.screens.pages:PagesPage"),
    "sort": Listed("kiosk.screens.sort:SortPage"),
    # Somebody copies a code, or pays by phone.
    "receipt": Listed("kiosk.screens.receipt:ReceiptPage", patience=2.0),
    "fee": Listed("kiosk.screens.fee:FeeLookPage"),
    "pay": Listed("kiosk.screens.pay:PayPage", patience=3.0),
    "slip": Listed("kiosk.screens.slip:SlipPage", patience=2.0),
    "stranger": Listed("kiosk.screens.stranger:StrangerPage"),
}

JOURNEYS: Mapping[str, str] = {
    "home": "kiosk.journeys.home:HomeJourney",
    "letters": "kiosk.journeys.letters:LettersJourney",
    "pairing": "kiosk.journeys.pairing:PairingJourney",
    "scan": "kiosk.journeys.scan:ScanJourney",
    "fee": "kiosk.journeys.fee:FeeJourney",
}

COUNTDOWN = "kiosk.widgets.countdown:Countdown"
"""What lies over a place that nobody touches."""

WARM = "kiosk.journeys.looking:warm"
"""Loads, on a thread that it gives, what the first visitor would else wait for."""


def screen_of(place: str) -> Callable[..., Drawn]:
    """The screen's class. Raises KeyError for a place that is not registered."""
    found: Callable[..., Drawn] = load(PLACES[place].screen)
    return found


def load(named: str) -> Any:
    """`module:Class`, imported now. Raises ImportError, AttributeError."""
    module, _, name = named.partition(":")
    return getattr(import_module(module), name)
