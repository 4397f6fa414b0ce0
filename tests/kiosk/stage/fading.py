"""The glass by itself, without a display: how one page gives way to the next, and what a page may still say.

Prints what was seen as JSON; `test_pane.py` says what it should be.
"""

# ruff: noqa: E402 - Kivy must be told before it is imported
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kiosk.shell.environment import prepare_kivy
from langso.settings.model import KioskSettings

prepare_kivy(KioskSettings(width=320, height=240), offscreen=True)
from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock

EventLoop.ensure_window()
from kivy.uix.widget import Widget

from kiosk.journeys.showing import LettersShows
from kiosk.prompts.aloud import Theirs
from kiosk.shell import pane as panes
from kiosk.shell.pane import DEAD_S, FADE_S, Pane
from kiosk.shell.protocol import Destination, Letters
from kiosk.shell.unpaired import WaitingKiosk
from langso.settings.reading import load_settings


class Sheet(Widget):
    def __init__(self, name, dropped):
        super().__init__()
        self.name = name
        self._dropped = dropped

    def dropped(self):
        self._dropped.append(self.name)


class Glass:
    """A pane under a clock of its own; names of pages from the bottom up, with how far each has come."""

    def __init__(self):
        self.now = 100.0
        self.dropped = []
        self.pane = Pane(clock=lambda: self.now)

    def show(self, name):
        self.pane.show(Sheet(name, self.dropped))
        return self.seen()

    def seen(self):
        return [[getattr(w, "name", "cover"), round(w.opacity, 2)] for w in reversed(self.pane.root.children)]

    def fade(self):
        """Frames until all stands still."""
        most = 0
        for _ in range(400):
            Clock.tick()
            most = max(most, len(self.pane.root.children))
            if len(self.pane.root.children) == 1 + (self.pane.cover is not None) and self.pane.page.opacity == 1:
                return self.seen()
        raise RuntimeError("it never comes to rest")


def fading():
    glass = Glass()
    told = {"first": glass.show("one"), "second": glass.show("two"), "kept": list(glass.dropped)}
    told["rest"], told["dropped"] = glass.fade(), list(glass.dropped)
    glass.show("three")
    told["third"], told["dropped then"] = glass.show("four"), list(glass.dropped)
    told["rest then"] = glass.fade()
    glass.pane.clear()
    told["cleared"], told["dropped last"] = glass.seen(), list(glass.dropped)
    return told


def before_the_first_frame():
    """The new page stays unseen, and the old one seen, until a frame has been drawn."""
    glass = Glass()
    started = []
    animate = panes.Animation.start
    panes.Animation.start = lambda self, widget: (started.append(widget.name), animate(self, widget))
    glass.show("one")
    glass.show("two")
    at_once = list(started)
    glass.fade()
    later = list(started)
    glass.show("three")
    glass.show("four")
    glass.fade()
    panes.Animation.start = animate
    return {"at once": at_once, "later": later, "of two in a row": started[len(later) :], "fade": FADE_S}


def dead_time():
    glass = Glass()
    glass.now = 0.0
    told = {"before": glass.pane.dead}
    glass.show("one")
    told["now"] = glass.pane.dead
    glass.now = DEAD_S - 0.01
    told["nearly"] = glass.pane.dead
    glass.now = DEAD_S
    told["then"] = glass.pane.dead
    glass.show("two")
    told["again"], told["seconds"] = glass.pane.dead, DEAD_S
    return told


def covering():
    glass = Glass()
    glass.show("one")
    glass.pane.lay_over(Widget())
    told = {"covered": glass.seen(), "under": glass.show("two")}
    told["rest"] = glass.fade()
    first = glass.pane.cover
    glass.pane.lay_over(Widget())
    told["one cover"] = len(glass.pane.root.children), glass.pane.cover is first
    glass.pane.uncover()
    told["uncovered"] = glass.seen()
    return told


def window(file):
    """The window of a kiosk that is not paired: touches, and what a page says that fades away."""
    app = WaitingKiosk(load_settings(Path(file)))
    now = [100.0]
    app.pane._clock = lambda: now[0]
    app._thread.start = lambda: None
    app.build()
    told = {"dead": bool(app._touched())}
    now[0] += 1
    told["alive"] = bool(app._touched())
    first, heard = app.page, []
    app.router.emit = lambda name, value=None: heard.append(name)
    first.emit("done")
    app.show(Destination("letters", LettersShows(Letters())))
    first.emit("back")
    app.page.emit("size", 1.6)
    told["heard"] = heard
    read = []
    app.reader.read = read.append
    app.reader.hush = lambda: read.append("hush")
    app.page.emit("listen")
    app.reader.busy = True
    app.page.emit("listen")
    told["read"] = ["spoken" if one == app.page.spoken else one for one in read]
    app.page.spoken = (Theirs("x"),)
    app.show(Destination("letters", LettersShows(Letters())))
    told["hushed"] = read[2:] == ["hush"]
    done = []
    for worker in (lambda: 7, lambda: 1 / 0):
        app.work(worker, done.append, lambda error: done.append(type(error).__name__))
    late = []
    app.errands.join(3)
    for _ in range(3):
        Clock.tick()
    app.work(lambda: 8, late.append, late.append)
    app.errands.join(3)
    file = app.workspace.write("page", b"1")
    app.end_visit()
    for _ in range(3):
        Clock.tick()
    told["work"], told["late"], told["left"] = sorted(map(str, done)), late, file.exists()
    file = app.workspace.write("page", b"1")
    App.run = lambda _: 1 / 0
    try:
        app.run()
    except ZeroDivisionError:
        told["left by a fault"] = file.exists()
    return told


def main():
    told = {part.__name__: part() for part in (fading, before_the_first_frame, dead_time, covering)}
    print(json.dumps(told | {"window": window(sys.argv[1])}))


if __name__ == "__main__":
    main()
