"""What is on the screen: one page at a time, each fading in over the one before, and a cover over it where needed.

Import only after `kiosk.shell.environment.prepare_kivy`.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Any

from kivy.animation import Animation
from kivy.clock import Clock as KivyClock
from kivy.graphics import Color, Rectangle
from kivy.uix.floatlayout import FloatLayout

FADE_S = 0.15
DEAD_S = 0.3
"""After a page has changed: the finger that asked for it must not press what came to lie under it."""


class Pane:
    """`root`: the window's widget. `page`: the page that is seen, or fading in."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.root = FloatLayout()
        self.page: Any = None
        self.cover: Any = None
        self._leaving: list[Any] = []
        self._clock = clock
        self._changed = float("-inf")
        with self.root.canvas.before:
            self._ground = Color(1, 1, 1, 1)
            self._shape = Rectangle()
        self.root.bind(size=lambda _, size: setattr(self._shape, "size", size))

    @property
    def dead(self) -> bool:
        """Whether touches are ignored, because the page has only just changed."""
        return self._clock() - self._changed < DEAD_S

    def paint(self, colour: Any) -> None:
        """Sets the colour behind every page."""
        self._ground.rgba = colour

    def show(self, page: Any) -> None:
        """Shows a page instead of the present one, which stays until the new one is drawn."""
        # A third one asked for during a fade: the first is of no interest any more.
        self._drop()
        before, self.page = self.page, page
        self._changed = self._clock()
        self.root.add_widget(page, index=1 if self.cover is not None else 0)
        if before is None:
            return
        self._leaving.append(before)
        page.opacity = 0
        fade = Animation(opacity=1, duration=FADE_S)
        fade.bind(on_complete=lambda *_: self._drop())
        # Begun after the first frame, however long that takes to draw: what is half drawn is never seen.
        KivyClock.schedule_once(lambda _: fade.start(page) if self.page is page else None)

    def lay_over(self, cover: Any) -> None:
        """Puts a cover over the page, until `uncover`."""
        self.uncover()
        self.cover = cover
        self.root.add_widget(cover)

    def uncover(self) -> None:
        """Removes the cover."""
        if self.cover is not None:
            self.root.remove_widget(self.cover)
            self.cover = None

    def clear(self) -> None:
        """Removes page and cover; no picture is held any more."""
        self.uncover()
        if self.page is not None:
            self._leaving.append(self.page)
            self.page = None
        self._drop()

    def _drop(self) -> None:
        if self.page is not None:
            Animation.cancel_all(self.page)
            self.page.opacity = 1
        if not self._leaving:
            return
        gone, self._leaving = self._leaving, []
        for page in gone:
            page.dropped()
            self.root.remove_widget(page)
        # Widgets refer to one another in circles, and hold pictures: without this they would stay in memory.
        KivyClock.schedule_once(lambda _: gc.collect())
