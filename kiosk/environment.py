"""What Kivy must be told before it is first imported: no arguments, no files in the home, density 1."""

from __future__ import annotations

import os
import tempfile

from langso.settings_model import KioskSettings


def prepare_kivy(settings: KioskSettings, *, offscreen: bool = False) -> None:
    """Call before any import of Kivy. `offscreen`: render without a display (SDL's offscreen driver)."""
    os.environ["KIVY_NO_ARGS"] = "1"
    os.environ["KIVY_NO_CONFIG"] = "1"
    os.environ["KIVY_NO_FILELOG"] = "1"
    os.environ["KIVY_LOG_MODE"] = "PYTHON"
    os.environ["KIVY_METRICS_DENSITY"] = "1"
    os.environ["KIVY_METRICS_FONTSCALE"] = "1"
    os.environ.setdefault("KIVY_HOME", tempfile.mkdtemp(prefix="langso-kivy-"))
    if offscreen:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
    from kivy.config import Config

    full = settings.fullscreen and not offscreen
    Config.set("graphics", "width", str(settings.width))
    Config.set("graphics", "height", str(settings.height))
    Config.set("graphics", "fullscreen", "auto" if full else "0")
    Config.set("graphics", "resizable", "0")
    Config.set("graphics", "show_cursor", "0" if full else "1")
    Config.set("graphics", "multisamples", "2")
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.set("kivy", "keyboard_mode", "")
