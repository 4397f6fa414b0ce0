"""A keyboard that somebody plugs in opens nothing that is not the kiosk's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fetched import FETCHED
from stage.screen import Screen

pytestmark = [
    FETCHED,
    pytest.mark.timeout(180),
]

WINDOW = "__import__('kivy.core.window').core.window.Window"
SEEN = f"[type(each).__name__ for each in {WINDOW}.children]"


HELD = ((), ("ctrl",), ("alt",), ("shift",), ("meta",), ("ctrl", "alt"))


def test_no_key_opens_or_ends_anything(screen: Callable[..., Screen]) -> None:
    kiosk = screen()
    kiosk.until("app.router.place", "home")
    before = kiosk.do(SEEN)
    for held in HELD:
        # F1 (282) opens Kivy's own settings where nobody forbids it, escape (27) ends its programs.
        kiosk.do(f"[{WINDOW}.dispatch('on_keyboard', key, 0, None, {list(held)}) for key in range(512)] and 'all'")
        kiosk.ticks()
        assert kiosk.do(SEEN) == before, held
        assert kiosk.do("app.router.place") == "home"
