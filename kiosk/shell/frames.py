"""The screen's share in the service's lifeline: frames that really come to the glass.

Import only after `kiosk.shell.environment.prepare_kivy`.
"""

from __future__ import annotations

from kivy.clock import Clock as KivyClock
from kivy.core.window import Window

from langso.device.lifeline import Lifeline

LOOP = "frames"
_REDRAW_S = 1.0


def tell_frames(lifeline: Lifeline) -> None:
    """From now on each frame is a turn of the loop "frames"; one a second is drawn though nothing changes.

    A still page is never drawn anew: without that, a screen that is stuck looks like one at rest.
    """
    KivyClock.schedule_interval(lambda _: Window.canvas.ask_update(), _REDRAW_S)
    Window.bind(on_flip=lambda *_: lifeline.turned(LOOP))
