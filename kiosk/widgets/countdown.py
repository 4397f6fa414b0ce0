"""The idle countdown over the page: how many seconds are left, and that a touch is enough to go on."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.uix.anchorlayout import AnchorLayout

from kiosk.style.theme import Theme
from kiosk.widgets.basic import Text, card
from langso.words.catalogue import t


class Countdown(AnchorLayout):
    """Dims the page; the number in the middle is the seconds until everything is wiped."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(anchor_x="center", anchor_y="center")
        red, green, blue, _ = theme.colour("ink")
        with self.canvas.before:
            Color(red, green, blue, 0.72)
            self._shade = Rectangle()
        self.bind(pos=self._place, size=self._place)
        box = card(
            theme,
            padding=theme.px(32),
            spacing=theme.px(8),
            size_hint=(None, None),
            width=theme.px(min(theme.wide - 48, 800 if theme.large else 640)),
        )
        box.bind(minimum_height=box.setter("height"))
        box.add_widget(Text(theme, t("screens-countdown-title"), 34, face="bold", align="center"))
        self._left = Text(theme, "", 96, face="bold", token="cham", align="center", line=1.0)
        box.add_widget(self._left)
        box.add_widget(Text(theme, t("screens-countdown-touch"), 24, face="semibold", align="center"))
        box.add_widget(Text(theme, t("screens-countdown-wiped"), 20, token="soft", align="center"))
        self.add_widget(box)

    def show(self, left: int) -> None:
        """Seconds left."""
        self._left.text = str(left)

    def _place(self, *_: Any) -> None:
        self._shade.pos, self._shade.size = self.pos, self.size
