"""A kiosk that is stopped ends as stopped, whatever it is about, and leaves nothing of the visit."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from fetched import FETCHED
from stage.screen import Screen, in_visits

pytestmark = [FETCHED, pytest.mark.timeout(180)]


@pytest.mark.parametrize("page", ["home", "scan"])
def test_a_stop_is_no_crash_though_a_thread_is_inside_a_picture(screen: Callable[..., Screen], page: str) -> None:
    kiosk = screen(in_visits("import scanner.live.eye; scanner.live.eye.Eye.look = busy_for_ever"))
    kiosk.do(f"app.router.place == {page!r} or app.router.emit({page!r})")
    kiosk.process.send_signal(signal.SIGTERM)
    assert kiosk.process.wait(60) == 0, kiosk.said()


def test_a_stop_before_the_screen_is_up_is_not_lost(screen: Callable[..., Screen]) -> None:
    kiosk = screen("obey = lambda agent: os.kill(os.getpid(), signal.SIGTERM)")
    assert kiosk.process.wait(60) == 0, kiosk.said()


def test_a_stop_wipes_the_visit(screen: Callable[..., Screen]) -> None:
    kiosk = screen()
    # Else the collection after every page would hold up the screen, on a Pi for a third of a second.
    assert int(kiosk.do("__import__('gc').get_freeze_count()")) > 50_000
    page = Path(kiosk.do("app.workspace.write('page-1.jpg', b'x')"))
    assert page.exists()
    kiosk.process.send_signal(signal.SIGTERM)
    assert kiosk.process.wait(60) == 0, kiosk.said()
    assert list(page.parent.iterdir()) == []
