"""A kiosk ends for a restart when that is asked for or a thread behind its screen hangs, but never under a visitor;
and when it is stopped it ends as stopped, whatever it is about.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.commands import RESTART_EXIT
from langso.settings import assets

pytestmark = [
    pytest.mark.skipif(
        not (assets.folder() / "node_modules").is_dir(), reason="assets not fetched: run deploy/setup.sh"
    ),
    pytest.mark.timeout(180),
]

ROOT = Path(__file__).parents[2]
# The kiosk's own command; each line on stdin is then done on the screen's thread. Its second argument is done first.
RUN = """
import os, signal, sys, threading
import kiosk.agent as behind, langso.timekeeping.pulse, scanner.live.eye
from kiosk.commands import kiosk

def for_ever(*_, **__):
    threading.Event().wait(600)

def busy_for_ever(*_, **__):
    import cv2, numpy
    picture = numpy.zeros((400, 400, 3), numpy.uint8)
    while True:
        cv2.blur(picture, (5, 5))

class KioskAgent(behind.KioskAgent):
    def start(self):
        super().start()
        threading.Thread(target=obey, args=(self,), daemon=True).start()

def obey(agent):
    from kivy.app import App
    from kivy.clock import Clock
    for line in sys.stdin:
        names = {**globals(), "agent": agent, "app": App.get_running_app()}
        Clock.schedule_once(lambda _, line=line, names=names: print(eval(line, names), flush=True), 0)

behind.KioskAgent = KioskAgent
langso.timekeeping.pulse.HUNG_S = 4.0
exec(sys.argv[2])
kiosk(["run", "--settings", sys.argv[1]])
"""
HANG = {
    "reports": "setattr(agent.reporter, 'report', for_ever)",
    "link": "setattr(agent.link._contest, 'ended', for_ever)",
    "sending": "setattr(agent.sender, 'send_due', for_ever)",
    "camera": "setattr(scanner.live.eye.Eye, 'look', for_ever)",
}


class Screen:
    """A kiosk that does what it is told, as a visitor's finger would."""

    def __init__(self, settings: Path, first: str, log: Path) -> None:
        self._log = log
        with log.open("w") as written:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN, str(settings), first],
                cwd=ROOT,
                env=os.environ | {"SDL_VIDEODRIVER": "offscreen"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=written,
                text=True,
            )

    def do(self, what: str) -> str:
        """Done on the screen's thread; what it gave, in a word."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline().strip()
        assert said, f"it has ended: {self.said()}"
        return said

    def until(self, what: str, gives: str) -> None:
        for _ in range(600):
            if self.do(what) == gives:
                return
            threading.Event().wait(0.1)
        raise AssertionError(f"{what} never gave {gives}: {self.said()}")

    def ticks(self) -> None:
        """So many rounds of the screen pass that it would long have ended."""
        for _ in range(10):
            threading.Event().wait(0.1)
            self.do("app.page")

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def screen(commune: Any, cameras: dict[str, Path], tmp_path: Path) -> Iterator[Callable[..., Screen]]:
    file = tmp_path / "langso.toml"
    text = commune.settings_text(office_url="http://127.0.0.1:9", camera=cameras["nothing"], idle_s=600)
    file.write_text(text, encoding="utf-8")
    made: list[Screen] = []

    def begin(first: str = "") -> Screen:
        made.append(Screen(file, first, tmp_path / "said.txt"))
        return made[-1]

    yield begin
    for each in made:
        each.close()


@pytest.mark.parametrize("thread", HANG)
def test_a_hang_behind_the_screen_is_mended_when_the_visit_is_over(
    screen: Callable[..., Screen], thread: str
) -> None:
    kiosk = screen()
    kiosk.do("app.router.begin('scan')")
    kiosk.until("app.page.shows.live.number > 0", "True")
    kiosk.do(HANG[thread])
    kiosk.until("agent.hung() or app.camera_holder.hung and 'camera'", thread)
    kiosk.ticks()
    assert "ScanPage" in kiosk.do("app.page"), "nobody is thrown out for it"
    kiosk.do("app.router.go_home()")
    assert kiosk.process.wait(60) == RESTART_EXIT
    assert f"{thread}: a hang" in kiosk.said()


@pytest.mark.parametrize(
    "visit", ["app.router.begin('fee')", "app.router.emit('size')", "app.router.emit('contrast')", "read aloud"]
)
def test_a_restart_that_was_asked_for_waits_for_the_visits_end(screen: Callable[..., Screen], visit: str) -> None:
    kiosk = screen()
    kiosk.do("setattr(app.reader, 'busy', True)" if visit == "read aloud" else visit)
    kiosk.do("agent.restart.set()")
    kiosk.ticks()
    kiosk.do("app.router.go_home()")
    assert kiosk.process.wait(60) == RESTART_EXIT


def test_a_kiosk_at_rest_in_its_rhythm_is_left_alone(screen: Callable[..., Screen]) -> None:
    kiosk = screen()
    kiosk.do("app.router.begin('scan')")
    kiosk.until("app.page.shows.live.number > 0", "True")
    kiosk.do("app.router.go_home()")
    for _ in range(8):
        kiosk.ticks()
    assert kiosk.do("agent.restart.is_set()") == "False"


@pytest.mark.parametrize("page", ["home", "scan"])
def test_a_stop_is_no_crash_though_a_thread_is_inside_a_picture(screen: Callable[..., Screen], page: str) -> None:
    # What loads at the start looks at a picture too, and is as busy.
    kiosk = screen("scanner.live.eye.Eye.look = busy_for_ever")
    kiosk.do(f"app.router.place == {page!r} or app.router.begin({page!r})")
    kiosk.process.send_signal(signal.SIGTERM)
    assert kiosk.process.wait(60) == 0, kiosk.said()


def test_a_stop_before_the_screen_is_up_is_not_lost(screen: Callable[..., Screen]) -> None:
    kiosk = screen("obey = lambda agent: os.kill(os.getpid(), signal.SIGTERM)")
    assert kiosk.process.wait(60) == 0, kiosk.said()


def test_a_stop_wipes_the_visit(screen: Callable[..., Screen]) -> None:
    kiosk = screen()
    page = Path(kiosk.do("app.workspace.write('page-1.jpg', b'x')"))
    assert page.exists()
    kiosk.process.send_signal(signal.SIGTERM)
    assert kiosk.process.wait(60) == 0, kiosk.said()
    assert list(page.parent.iterdir()) == []
