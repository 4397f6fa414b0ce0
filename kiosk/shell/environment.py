"""What Kivy must be told before it is first imported: no arguments, no files in the home, density 1, one touch."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from kiosk.errors import NoScreen
from langso.device.lifeline import Lifeline
from langso.device.waits import say_goes_on, say_waits
from langso.settings.model import KioskSettings
from langso.words.catalogue import Sentence, words_of

log = logging.getLogger(__name__)

DRI = Path("/dev/dri")


def prepare_kivy(settings: KioskSettings, *, offscreen: bool = False) -> None:
    """Call before any import of Kivy. `offscreen`: render without a display (SDL's offscreen driver).

    Raises NoScreen where nothing can be shown.
    """
    refuse_32_bit()
    os.environ["KIVY_NO_ARGS"] = "1"
    os.environ["KIVY_NO_CONFIG"] = "1"
    os.environ["KIVY_NO_FILELOG"] = "1"
    os.environ["KIVY_LOG_MODE"] = "PYTHON"
    os.environ["KIVY_METRICS_DENSITY"] = "1"
    os.environ["KIVY_METRICS_FONTSCALE"] = "1"
    # Without a configuration Kivy keeps nothing there, but would load programs that lie in it: nothing can.
    os.environ["KIVY_HOME"] = os.devnull
    driver = "offscreen" if offscreen else video_driver(os.environ)
    if driver:
        os.environ["SDL_VIDEODRIVER"] = driver
    from kivy.config import Config

    full = settings.fullscreen and not offscreen
    Config.set("graphics", "width", str(settings.width))
    Config.set("graphics", "height", str(settings.height))
    Config.set("graphics", "fullscreen", "auto" if full else "0")
    Config.set("graphics", "resizable", "0")
    Config.set("graphics", "show_cursor", "0" if full else "1")
    Config.set("graphics", "multisamples", str(edge_samples()))
    Config.set("kivy", "exit_on_escape", "0")
    # A touchscreen reaches Kivy as SDL's mouse, with and without a desktop. By default Kivy reads the same panel's
    # device file too, so that every touch would press twice.
    for name in Config.options("input"):
        Config.remove_option("input", name)
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.set("kivy", "keyboard_mode", "")


def video_driver(environment: Mapping[str, str], dri: Path = DRI) -> str:
    """SDL's driver to ask for: "" where it finds its own (a desktop, or one that was named), KMSDRM where a graphics
    card is alone. Raises NoScreen where there is neither.
    """
    if any(environment.get(name) for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY")):
        return ""
    if any(dri.glob("card*")):
        return "KMSDRM"
    raise NoScreen(Sentence("kiosk-no-screen"))


def edge_samples(dri: Path = DRI) -> int:
    """How many samples smooth the edges: where the processor draws, that would take it two thirds of its time, and
    the camera's picture would stutter.
    """
    return 2 if any(dri.glob("renderD*")) else 0


def wait_for_screen(leaving: threading.Event, run: Path, every_s: float = 2.0, dri: Path = DRI) -> bool:
    """Until something can be shown; False where `leaving` was set first. Said once, and to systemd all the while:
    a kiosk whose screen is unplugged waits, instead of ending again and again. A note in `run` says so to doctor.
    """
    line = Lifeline("screen")
    said = False
    while not leaving.is_set():
        try:
            video_driver(os.environ, dri)
            say_goes_on(run, "kiosk")
            return True
        except NoScreen as missing:
            line.turned("screen", str(missing))
            if not said:
                log.warning("%s", missing)
                say_waits(run, "kiosk", "screen", words_of(missing))
                said = True
        leaving.wait(every_s)
    say_goes_on(run, "kiosk")
    return False


def refuse_32_bit(largest: int = sys.maxsize) -> None:
    """Kivy and OpenCV come for 64 bits only. Raises NoScreen: the sentence says which system to install."""
    if largest < 1 << 32:
        raise NoScreen(Sentence("kiosk-32-bit"))
