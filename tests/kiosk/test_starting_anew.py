"""A kiosk ends for a restart when that is asked for or a thread behind its screen hangs; never under a visitor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fetched import FETCHED
from stage.screen import Screen, in_visits
from waiting import until

from kiosk.commands import RESTART_EXIT

pytestmark = [
    FETCHED,
    pytest.mark.timeout(180),
]

HANG = {
    "reports": "setattr(agent.reporter, 'report', for_ever)",
    "link": "setattr(agent.link._contest, 'ended', for_ever)",
    "sending": "setattr(agent.sender, 'send_due', for_ever)",
}
SEES = "getattr(getattr(getattr(app.page, 'shows', None), 'live', None), 'number', 0) > 0"


@pytest.mark.parametrize("thread", HANG)
def test_a_hang_behind_the_screen_is_mended_when_the_visit_is_over(
    screen: Callable[..., Screen], thread: str
) -> None:
    kiosk = screen()
    kiosk.do("app.router.emit('scan')")
    kiosk.until(SEES, "True")
    kiosk.do(HANG[thread])
    kiosk.until("agent.hung() or None", thread)
    kiosk.ticks()
    assert "ScanPage" in kiosk.do("app.page"), "nobody is thrown out for it"
    kiosk.do("app.router.go_home()")
    assert kiosk.process.wait(60) == RESTART_EXIT
    assert f"{thread}: a hang" in kiosk.said()


@pytest.mark.parametrize(
    ("visit", "begun"),
    [
        ("app.router.emit('fee')", "app.router.place == 'fee'"),
        ("app.router.emit('size')", "app.letters.text > 1"),
        ("app.router.emit('contrast')", "app.letters.high_contrast"),
        ("setattr(app.reader, 'busy', True)", "app.reader.busy"),
    ],
)
def test_a_restart_that_was_asked_for_waits_for_the_visits_end(
    screen: Callable[..., Screen], visit: str, begun: str
) -> None:
    kiosk = screen()
    kiosk.do(visit)
    kiosk.until(begun, "True")
    kiosk.do("agent.restart.set()")
    kiosk.ticks()
    kiosk.do("app.router.go_home()")
    assert kiosk.process.wait(60) == RESTART_EXIT


def test_a_card_that_is_slow_behind_the_clock_holds_up_no_visitor(screen: Callable[..., Screen]) -> None:
    kiosk = screen()
    # The proof of the time is kept on the card; whoever asks for it meanwhile waits.
    kiosk.do("setattr(agent.keeper, 'known_time', lambda: (setattr(agent, 'waits', True), for_ever()))")
    kiosk.until("getattr(agent, 'waits', False)", "True")
    kiosk.ticks()
    kiosk.do("app.router.emit('scan')")
    kiosk.until(SEES, "True")


def test_a_camera_that_hangs_ends_with_its_visit_and_the_kiosk_goes_on(screen: Callable[..., Screen]) -> None:
    kiosk = screen(in_visits("import scanner.live.eye; scanner.live.eye.Eye.look = for_ever"))
    kiosk.do("app.router.emit('scan')")
    kiosk.until(SEES, "True")
    first = int(kiosk.do("app.router.processes[0]"))
    kiosk.do("app.router.go_home()")
    until(lambda: not Path(f"/proc/{first}").exists())
    kiosk.do("app.router.emit('scan')")
    kiosk.until(SEES, "True")
    assert kiosk.do("agent.restart.is_set()") == "False"
