"""The kiosk's frame: brocade band, head, one main area, foot with the way on at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.style.theme import BROCADE, Theme
from kiosk.widgets.basic import RoundButton, Text, WordButton, space

LISTEN = "Nghe đọc"


class Band(Widget):
    """The brocade on top (thổ cẩm): the one ornament."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(size_hint_y=None, height=theme.px(10))
        self._theme = theme
        self.bind(pos=self._draw, size=self._draw)

    def _draw(self, *_: Any) -> None:
        self.canvas.clear()
        with self.canvas:
            left = 0.0
            while left < self.width:
                for token, width in BROCADE:
                    Color(*self._theme.colour(token))
                    Rectangle(pos=(self.x + left, self.y), size=(self._theme.px(width), self.height))
                    left += self._theme.px(width)


class Page(BoxLayout):
    """One screen. Subclasses fill `main` and `foot`; `spoken` is what "Nghe đọc" reads.

    `wants_light`: whether its camera lacks light; None on screens that look through no camera.
    """

    wants_light: bool | None = None

    def __init__(
        self,
        theme: Theme,
        *,
        title: str,
        under: str = "",
        back: Callable[[], None] | None = None,
        listen: Callable[[], None],
    ) -> None:
        super().__init__(orientation="vertical")
        self.theme = theme
        self.title = title
        self.spoken = title
        self.add_widget(Band(theme))
        least = max(theme.px(68), theme.font(24) * 1.3 + theme.font(17) * 1.25)
        self.head = BoxLayout(
            size_hint_y=None,
            height=least,
            padding=(theme.px(24), theme.px(2), theme.px(24), theme.px(2)),
            spacing=theme.px(16),
        )
        if back is not None:
            self.head.add_widget(RoundButton(theme, "arrow_back", "Quay lại", back))
        names = BoxLayout(orientation="vertical", pos_hint={"center_y": 0.5}, size_hint_y=None)
        self.title_text = Text(theme, title, 24, face="bold", line=1.0)
        names.add_widget(self.title_text)
        self.under_text = Text(theme, under, 17, token="soft", line=1.0)
        if under:
            names.add_widget(self.under_text)

        def fit(_: Any, height: float) -> None:
            # On a narrow screen the names need more lines.
            names.height = height
            self.head.height = max(least, height + theme.px(8))

        names.bind(minimum_height=fit)
        self.head.add_widget(names)
        self.head_right = BoxLayout(size_hint_x=None, width=0, spacing=theme.px(16))
        self.head_right.bind(minimum_width=self.head_right.setter("width"))
        self.head.add_widget(self.head_right)
        listen_button = WordButton(theme, LISTEN, listen, icon="volume_up", kind="main")
        listen_button.pos_hint = {"center_y": 0.5}
        self.head.add_widget(listen_button)
        self.add_widget(self.head)
        self.main = BoxLayout(padding=(theme.px(24), theme.px(6), theme.px(24), theme.px(14)), spacing=theme.px(18))
        self.add_widget(self.main)
        self._foot: Widget | None = None

    def set_foot(self, left: Sequence[Widget], right: Sequence[Widget]) -> None:
        """The foot's buttons; what does not fit beside each other goes into a second row, the way on lowest."""
        if self._foot is not None:
            self.remove_widget(self._foot)
        theme = self.theme
        gap = theme.px(14)
        room = theme.px(1024 - 48)
        every = [*left, *right]
        wide = sum(widget.width for widget in every) + gap * len(every)
        rows = [(left, right)] if wide <= room or not left or not right else [(left, []), ([], right)]
        height = max((widget.height for widget in every), default=theme.px(64))
        foot = BoxLayout(
            orientation="vertical",
            size_hint_y=None,
            height=height * len(rows) + gap * (len(rows) - 1) + theme.px(24),
            padding=(theme.px(24), theme.px(4), theme.px(24), theme.px(20)),
            spacing=gap,
        )
        for before, after in rows:
            row = BoxLayout(spacing=gap)
            for widget in before:
                row.add_widget(widget)
            row.add_widget(space())
            for widget in after:
                row.add_widget(widget)
            foot.add_widget(row)
        self._foot = foot
        self.add_widget(foot)

    def opened(self) -> None:
        """The screen is now the one shown."""

    def closed(self) -> None:
        """Another screen is shown; let go of the camera and of everything personal."""

    def tick(self) -> None:
        """Called ten times a second while shown."""
