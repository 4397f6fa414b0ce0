"""A visit that broke off: what is said of it, and what of it is kept."""

from __future__ import annotations

from kiosk.journeys.showing import SorryShows
from kiosk.shell.protocol import Destination


def sorry_page(code: str) -> Destination:
    """The place "sorry"; `code`: of what was handed in before, "" for nothing."""
    return Destination("sorry", SorryShows(code), alone=True)
