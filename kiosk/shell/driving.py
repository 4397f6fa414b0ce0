"""A visit played by a script on the real application, without a display: touches, waits, pictures.

`python -m kiosk.shell.driving --settings F --steps steps.json --out DIR`; steps are a JSON list of
{"touch": TEXT}, {"wait": TEXT, "seconds": N}, {"gone": TEXT, "seconds": N}, {"shot": NAME}, {"camera": FOLDER},
{"pause": SECONDS}, {"idle": SECONDS} (as if the last touch was so long ago), {"tap": [X, Y]}, {"drag": [X, Y, X, Y]}
(from the top left). TEXT is what stands there, or {"sentence": ID} of the catalogue, whatever language the kiosk
speaks. DIR gets NAME.png (dragged.png while the finger is down) and result.json; exit status 0 only if every step
happened.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.errors import DrivingFault
from kiosk.shell.driving_steps import ById, Done, Played, Step, read_steps
from kiosk.shell.environment import prepare_kivy
from langso.device.ending import end_process
from langso.device.pairing_stand import stand_of
from langso.durable.files import read_limited
from langso.errors import LangsoError
from langso.settings.reading import Settings, load_settings
from langso.words import nfc
from langso.words.catalogue import Sentence, t
from langso.words.language import language_of_environment, use_language

if TYPE_CHECKING:
    from kiosk.shell.window import KioskWindow

MAX_STEPS_BYTES = 1 << 20
SETTLE_S = 0.25
DRAGGED = "dragged"
"""The picture taken while the finger is still on the glass."""

_PERIOD_S = 0.05


def drive(settings: Settings, steps: Sequence[Step], out: Path) -> Played:
    """Plays the steps on the application with its real agent; once per process. Writes `out`, returns the result."""
    prepare_kivy(settings.kiosk, offscreen=True)
    from kiosk.agent import KioskAgent
    from kiosk.shell.app import Kiosk
    from kiosk.shell.unpaired import WaitingKiosk

    out.mkdir(parents=True, exist_ok=True)
    agent = KioskAgent(settings) if stand_of(settings.paths.state).state == "paired" else None
    if agent is not None:
        agent.start()
    app: KioskWindow
    if agent is None:
        app = WaitingKiosk(settings)
    else:
        app = kiosk = Kiosk(agent)
        # Mostly one visit is played: the process of another would only take time.
        kiosk.router.ahead = False
    visit = Played(workspace_folder=str(app.workspace.home))
    try:
        driver = _Driver(app, steps, out, visit)
        app.bind(on_start=lambda _: driver.begin())
        app.run()
    finally:
        if agent is not None:
            agent.stop()
        visit.workspace = [path.name for path in app.workspace.files()]
        text = json.dumps(asdict(visit), ensure_ascii=False, indent=1)
        (out / "result.json").write_text(text, encoding="utf-8")
    return visit


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    use_language(language_of_environment(os.environ))
    parser = argparse.ArgumentParser(prog="python -m kiosk.shell.driving", description=t("kiosk-driving-about"))
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--steps", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = load_settings(asked.settings)
        steps = read_steps(read_limited(asked.steps, MAX_STEPS_BYTES))
        visit = drive(settings, steps, asked.out)
    except LangsoError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for done in visit.steps:
        print(f"{'ok  ' if done.ok else 'FAIL'} {done.step} ({done.seconds:.1f} s) {done.why}", file=sys.stderr)
    if visit.error:
        print(visit.error, file=sys.stderr)
    return 0 if visit.ok else 1


def visible_texts(app: KioskWindow) -> list[str]:
    """Everything that can be read on the screen now, top to bottom; names of unlabelled buttons too."""
    return [text for text, _ in _readable(app)]


class _Driver:
    def __init__(self, app: KioskWindow, steps: Sequence[Step], out: Path, visit: Played) -> None:
        self._app = app
        self._steps = steps
        self._out = out
        self._visit = visit

    def begin(self) -> None:
        from kivy.clock import Clock

        play = self._play()

        def go_on(_: float) -> bool:
            try:
                next(play)
            except StopIteration:
                self._app.stop()
                return False
            except Exception:  # noqa: BLE001 - whatever a page raises belongs in the result
                self._visit.error = traceback.format_exc()
                self._app.stop()
                return False
            return True

        Clock.schedule_interval(go_on, _PERIOD_S)

    def _play(self) -> Iterator[None]:
        yield from _for(SETTLE_S)
        for step in self._steps:
            began = time.monotonic()
            why = ""
            try:
                yield from self._one(step)
            except DrivingFault as fault:
                why = str(fault)
            texts = visible_texts(self._app)
            self._visit.texts = texts
            files = [path.name for path in self._app.workspace.files()]
            told = step.model_dump(exclude_none=True, exclude_defaults=True)
            seconds = round(time.monotonic() - began, 2)
            self._visit.steps.append(Done(told, self._app.router.place, not why, texts, seconds, why, files))
            if why:
                yield from self._shoot("failed")
                return
        self._visit.ok = True

    def _one(self, step: Step) -> Iterator[None]:
        if step.touch is not None:
            yield from self._touch(_words(step.touch), step.seconds)
        elif step.wait is not None:
            wanted = _words(step.wait)
            yield from self._until(
                lambda: self._sees(wanted), step.seconds, Sentence("kiosk-driving-unseen", text=wanted)
            )
        elif step.gone is not None:
            unwanted = _words(step.gone)
            yield from self._until(
                lambda: not self._sees(unwanted), step.seconds, Sentence("kiosk-driving-still", text=unwanted)
            )
        elif step.shot is not None:
            yield from self._shoot(step.shot)
        elif step.camera is not None:
            camera = self._app.camera.model_copy(update={"camera": "replay", "source": step.camera})
            self._app.look_through(camera)
        elif step.pause is not None:
            yield from _for(step.pause)
        elif step.idle is not None:
            from kiosk.shell.app import Kiosk

            if not isinstance(self._app, Kiosk):
                raise DrivingFault(Sentence("kiosk-driving-no-idle"))
            self._app.idle.pretend(step.idle)
        elif step.tap is not None:
            from kivy.core.window import Window

            yield from self._tap(step.tap[0], Window.height - step.tap[1])
        elif step.drag is not None:
            yield from self._drag(*step.drag)

    def _touch(self, text: str, seconds: float) -> Iterator[None]:
        found: list[Any] = []

        def there() -> bool:
            found[:] = _pressable(self._app, text)
            return bool(found)

        yield from self._until(there, seconds, Sentence("kiosk-driving-no-button", text=text))
        while self._app.pane.dead:
            yield
        # The page may have changed once more meanwhile.
        yield from self._until(there, seconds, Sentence("kiosk-driving-no-button", text=text))
        yield from self._tap(*found[0].to_window(*found[0].center))

    def _tap(self, x: float, y: float) -> Iterator[None]:
        touch = _new_touch(x, y)
        _send("begin", touch)
        yield from _for(0.1)
        _send("end", touch)
        yield from _for(SETTLE_S)

    def _drag(self, x: float, y: float, to_x: float, to_y: float) -> Iterator[None]:
        from kivy.core.window import Window

        touch = _new_touch(x, Window.height - y)
        _send("begin", touch)
        for part in range(1, 11):
            yield from _for(0.03)
            here = (x + (to_x - x) * part / 10, Window.height - (y + (to_y - y) * part / 10))
            touch.move(_on_glass(*here))
            _send("update", touch)
        yield from self._shoot(DRAGGED)
        _send("end", touch)
        yield from _for(SETTLE_S)

    def _until(self, what: Callable[[], bool], seconds: float, why: Sentence) -> Iterator[None]:
        end = time.monotonic() + seconds
        while not what():
            if time.monotonic() > end:
                raise DrivingFault(Sentence("kiosk-driving-after", why=why, seconds=f"{seconds:g}"))
            yield

    def _sees(self, text: str) -> bool:
        wanted = _plain(text)
        return any(wanted in _plain(seen) for seen, _ in _readable(self._app))

    def _shoot(self, name: str) -> Iterator[None]:
        from kivy.core.window import Window

        yield from _for(SETTLE_S)
        while self._app.page is not None and self._app.page.opacity < 1:
            yield
        path = self._out / f"{name}.png"
        made = Window.screenshot(name=str(path))
        if made is None:
            raise DrivingFault(Sentence("kiosk-driving-no-shot"))
        # Kivy numbers its pictures; the story wants the name it asked for.
        Path(made).replace(path)


def _words(text: str | ById) -> str:
    return t(text.sentence, **text.values) if isinstance(text, ById) else text


def _for(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield


def _new_touch(x: float, y: float) -> Any:
    from kivy.input.motionevent import MotionEvent

    class Finger(MotionEvent):
        """A finger on the glass."""

        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, is_touch=True, type_id="touch", **more)

        def depack(self, arguments: Any) -> None:
            self.sx, self.sy = arguments
            self.profile = ["pos"]
            super().depack(arguments)

    return Finger("driving", int(time.monotonic() * 1000), _on_glass(x, y))


def _on_glass(x: float, y: float) -> tuple[float, float]:
    """A point of the window as Kivy's input wants it: 0 to 1."""
    from kivy.core.window import Window

    width, height = Window.size
    return x / (width - 1), y / (height - 1)


def _send(kind: str, touch: Any) -> None:
    from kivy.base import EventLoop

    EventLoop.post_dispatch_input(kind, touch)


def _widgets(app: KioskWindow) -> Iterator[Any]:
    """Every widget on the screen, what lies on top last; only what the countdown leaves in reach."""
    top = app.pane.cover or app.pane.page
    if top is not None:
        yield from top.walk(restrict=True)


def _readable(app: KioskWindow) -> list[tuple[str, Any]]:
    from kivy.uix.label import Label

    found: list[tuple[float, float, str, Any]] = []
    for widget in _widgets(app):
        said = getattr(widget, "said", None)
        if said is None and isinstance(widget, Label) and not getattr(widget, "is_icon", False):
            said = widget.text
        if not said or not said.strip() or not _on_screen(widget):
            continue
        x, y = widget.to_window(widget.x, widget.top)
        found.append((-round(y), round(x), " ".join(said.split()), widget))
    found.sort(key=lambda row: row[:2])
    return [(text, widget) for _, _, text, widget in found]


def _pressable(app: KioskWindow, text: str) -> list[Any]:
    """Buttons that do something now, by their text: equal first, then those that contain it."""
    from kivy.uix.behaviors import ButtonBehavior

    wanted = _plain(text)
    equal, within = [], []
    for seen, widget in _readable(app):
        button = widget
        while button is not None and not isinstance(button, ButtonBehavior):
            button = button.parent if button.parent is not button else None
        if button is None or button in equal or getattr(button, "off", False):
            continue
        plain = _plain(seen)
        if plain == wanted:
            equal.append(button)
        elif wanted in plain:
            within.append(button)
    return equal + within


def _on_screen(widget: Any) -> bool:
    from kivy.core.window import Window

    if widget.width <= 0 or widget.height <= 0:
        return False
    x, y = widget.to_window(*widget.center)
    return bool(0 <= x <= Window.width and 0 <= y <= Window.height)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", nfc(text)).strip().casefold()


if __name__ == "__main__":
    end_process(main())
