"""A touchscreen as a Pi has it: the kernel's device, which Kivy's own readers follow, and SDL, which tells the same
finger both as a finger and as a mouse. Prints how often one touch pressed. `--kivys-own`: with the reader that Kivy
starts by default.
"""

# ruff: noqa: E402 - Kivy must be told before it is imported
import ctypes
import json
import sys
from pathlib import Path

from kiosk.shell.environment import prepare_kivy
from langso.settings.model import KioskSettings

prepare_kivy(KioskSettings(), offscreen=True)
from kivy.input.factory import MotionEventFactory
from kivy.input.motionevent import MotionEvent
from kivy.input.provider import MotionEventProvider


class Finger(MotionEvent):
    def __init__(self, *arguments, **more):
        super().__init__(*arguments, is_touch=True, type_id="touch", **more)

    def depack(self, arguments):
        self.sx, self.sy = arguments
        self.profile = ["pos"]
        super().depack(arguments)


class Panel(MotionEventProvider):
    down = False

    def start(self):
        self.finger = None

    def stop(self):
        pass

    def update(self, dispatch_fn):
        if Panel.down and self.finger is None:
            self.finger = Finger("panel", 1, (0.5, 0.5))
            dispatch_fn("begin", self.finger)
        elif not Panel.down and self.finger is not None:
            dispatch_fn("end", self.finger)
            self.finger = None


for name in ("mtdev", "hidinput", "probesysfs", "linuxwacom"):
    MotionEventFactory.register(name, Panel)

import kivy
from kivy.app import App
from kivy.clock import Clock
from kivy.config import Config
from kivy.core.window import Window
from kivy.uix.button import Button

library = next((Path(kivy.__file__).parents[1]).glob("[Kk]ivy.libs/libSDL2-2*"))
sdl = ctypes.CDLL(library)
presses = []


class MouseButton(ctypes.Structure):
    _fields_ = (
        [(n, ctypes.c_uint32) for n in ("type", "timestamp", "window", "which")]
        + [(n, ctypes.c_uint8) for n in ("button", "state", "clicks", "padding")]
        + [(n, ctypes.c_int32) for n in ("x", "y")]
        + [("room", ctypes.c_uint8 * 64)]
    )


class SdlFinger(ctypes.Structure):
    _fields_ = (
        [(n, ctypes.c_uint32) for n in ("type", "timestamp")]
        + [(n, ctypes.c_int64) for n in ("touch", "finger")]
        + [(n, ctypes.c_float) for n in ("x", "y", "dx", "dy", "pressure")]
        + [("window", ctypes.c_uint32), ("room", ctypes.c_uint8 * 64)]
    )


def say(kind, state):
    width, height = Window.size
    finger = SdlFinger(0x700 if state else 0x701, 0, 1, 1, 0.5, 0.5, 0, 0, 1, 1)
    assert sdl.SDL_PushEvent(ctypes.byref(finger)) == 1
    # "which" names the touchscreen: SDL made this mouse out of a finger.
    event = MouseButton(kind, 0, 1, 0xFFFFFFFF, 1, state, 1, 0, width // 2, height // 2)
    assert sdl.SDL_PushEvent(ctypes.byref(event)) == 1
    Panel.down = bool(state)


class Screen(App):
    def build(self):
        # Each step is planned by the one before: however slow the machine, readers have their turn in between.
        def up(_):
            say(0x402, 0)
            Clock.schedule_once(lambda _: self.stop(), 0.3)

        def down(_):
            say(0x401, 1)
            Clock.schedule_once(up, 0.3)

        Clock.schedule_once(down, 0.3)
        return Button(on_press=lambda _: presses.append(1))


if "--kivys-own" in sys.argv:
    Config.set("input", "%(name)s", "probesysfs")
Screen().run()
print(json.dumps({"presses": len(presses), "input": dict(Config.items("input"))}))
