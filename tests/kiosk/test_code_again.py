"""A kiosk that dies under a receipt shows its code again, to whoever was copying it and to nobody after that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fetched import FETCHED
from stage.screen import Screen

pytestmark = [FETCHED, pytest.mark.timeout(180)]

HAND_IN = (
    "(lambda handed: (app.router.emit('given', (handed.dossier, handed.pages)), handed.code)[1])"
    "(agent.dossiers.hand_in(b'%PDF', title='x', pages=2, recipient=agent.recipient))"
)


def test_a_code_survives_a_kill_and_is_gone_once_it_was_copied(screen: Callable[..., Screen], commune: Any) -> None:
    commune.teach()
    kiosk = screen()
    code = kiosk.do(HAND_IN)
    assert code.startswith("TN ")
    kiosk.close()
    again = screen()
    again.until("app.router.place", "receipt")
    assert again.do("app.page._seconds > 200 and app.pane.cover is None") == "True"
    assert again.do("[w.text for w in app.page.walk() if getattr(w, 'text', '').startswith('TN')][0]") == code
    again.do("app._emit('done', None)")
    again.until("app.router.place", "home")
    again.close()
    later = screen()
    later.ticks()
    assert later.do("app.router.place") == "home"
    assert later.do("agent.last_receipt.held") == "False"
    later.do(HAND_IN)
    later.do("app.router.go_home()")
    later.do("app._emit('scan', None)")
    assert later.do("agent.last_receipt.held") == "False", "the next visitor has come"
    later.until("app.router.place", "scan")
