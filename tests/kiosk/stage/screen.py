"""A kiosk in a process of its own that does, on the screen's thread, what it is told on a line."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from waiting import until

ROOT = Path(__file__).parents[3]
HANGS = """
import os, threading

def for_ever(*_, **__):
    threading.Event().wait(600)

def busy_for_ever(*_, **__):
    import cv2, numpy
    picture = numpy.zeros((400, 400, 3), numpy.uint8)
    while True:
        cv2.blur(picture, (5, 5))

if os.geteuid():
    # Only root may look into a process that keeps to itself.
    import kiosk.shell.memory
    kiosk.shell.memory.keep_to_itself = lambda: None
"""
# The kiosk's own command; each line on stdin is then done on the screen's thread. Its second argument is done first.
RUN = (
    HANGS
    + """
import signal, sys
import kiosk.agent as behind, langso.timekeeping.pulse
from kiosk.commands import kiosk

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
if sys.argv[3] != "wipes":
    # Costs a second start, and time at each object that is freed.
    from kiosk.shell import memory
    memory.begin_wiping = lambda: None
kiosk(["run", "--settings", sys.argv[1]])
"""
)


def in_visits(first: str = "") -> str:
    """What a `Screen` does first for this to be done first in the process that its visits are forked from."""
    program = HANGS + first + "\nimport sys\nfrom kiosk.shell.fork_server import main\nmain(sys.argv[1:])\n"
    begin = "import kiosk.shell.visits as visits, kiosk.shell.forking as forking"
    return f"{begin}; forking.COMMAND = (sys.executable, '-c', {program!r})"


class Screen:
    """A kiosk that does what it is told, as a visitor's finger would. `wipes`: it overwrites what it frees."""

    def __init__(self, settings: Path, first: str, log: Path, *, wipes: bool = False) -> None:
        self._log = log
        with log.open("w") as written:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN, str(settings), first or in_visits(), "wipes" if wipes else ""],
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
        until(lambda: self.do(what) == gives)

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
