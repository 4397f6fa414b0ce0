"""Text that wraps, icons, rounded boxes, pills, covers, columns: the basic parts of every screen."""

from __future__ import annotations

import math
from typing import Any

from kivy.graphics import Color, Line, Rectangle, RoundedRectangle
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from kiosk.style.icons import ICONS
from kiosk.style.theme import Face, Rgba, Theme, Tone
from langso.settings import assets
from langso.words.catalogue import Words


class Text(Label):
    """A line or paragraph. Wraps to its width unless `fit`, in which case its width is the text's."""

    def __init__(
        self,
        theme: Theme,
        text: Words,
        size: float = 21,
        *,
        face: Face = "medium",
        token: str = "ink",
        colour: Rgba | None = None,
        align: str = "left",
        middle: bool = True,
        fit: bool = False,
        line: float = 1.16,
    ) -> None:
        super().__init__(
            text=str(text),
            font_name=str(assets.font(face)),
            font_size=theme.font(size),
            color=colour or theme.colour(token),
            halign=align,
            valign="middle" if middle else "top",
            line_height=line,
        )
        self.own_colour = tuple(self.color)
        self._fit = fit
        if fit:
            self.size_hint_x = None
            self.bind(texture_size=self._to_texture)
            self.texture_update()
            self._to_texture()
        else:
            self.size_hint_y = None
            self.bind(width=self._wrap, texture_size=self._to_height)
            self._wrap()

    def in_one_line(self, room: float) -> Text:
        """Itself, with letters as small as it takes for no line to wrap in `room` pixels: for amounts and codes."""
        # A label's layout rounds: a little less than the room.
        whole = self.measured()
        if whole > room:
            self.font_size *= 0.98 * room / whole
        return self

    def measured(self) -> float:
        """How wide it is where nothing wraps, in pixels."""
        alone = Label(text=self.text, font_name=self.font_name, font_size=self.font_size)
        alone.texture_update()
        return float(alone.texture_size[0])

    def _wrap(self, *_: Any) -> None:
        self.text_size = (self.width, None)

    def _to_height(self, *_: Any) -> None:
        self.height = self.texture_size[1]

    def _to_texture(self, *_: Any) -> None:
        self.width = self.texture_size[0]


class Icon(Label):
    """One Material symbol; `name` in ICONS. Never counted as text."""

    is_icon = True

    def __init__(self, theme: Theme, name: str, size: float = 30, *, colour: Rgba | None = None) -> None:
        side = theme.px(size)
        super().__init__(
            text=ICONS[name],
            font_name=str(assets.icon_font()),
            font_size=side,
            color=colour or theme.colour("ink"),
            size_hint=(None, None),
            size=(side, side),
            text_size=(side, side),
            halign="center",
            valign="middle",
            pos_hint={"center_y": 0.5},
        )
        self.own_colour = tuple(self.color)


class RoundedBox(BoxLayout):
    """A box with a rounded fill and border that follow it."""

    def __init__(
        self,
        theme: Theme,
        *,
        fill: Rgba,
        border: Rgba | None = None,
        radius: float = 18,
        border_width: float | None = None,
        **box: Any,
    ) -> None:
        super().__init__(**box)
        self.theme = theme
        self._radius = theme.px(radius)
        self._border_width = theme.px(theme.palette.border if border_width is None else border_width)
        with self.canvas.before:
            self._fill = Color(*fill)
            self._shape = RoundedRectangle()
            self._edge = Color(*(border or (0, 0, 0, 0)))
            # Kivy draws lines of width 1 or less a single pixel wide, with no joints.
            self._line = Line(width=max(1.01, self._border_width / 2))
        self.bind(pos=self._follow, size=self._follow)

    def paint(self, fill: Rgba, border: Rgba | None = None) -> None:
        """Changes its colours."""
        self._fill.rgba = fill
        self._edge.rgba = border or (0, 0, 0, 0)

    def _follow(self, *_: Any) -> None:
        radius = min(self._radius, self.height / 2, self.width / 2)
        self._shape.pos, self._shape.size, self._shape.radius = self.pos, self.size, [radius]
        inset = self._border_width / 2
        self._line.rounded_rectangle = (
            self.x + inset,
            self.y + inset,
            max(0, self.width - 2 * inset),
            max(0, self.height - 2 * inset),
            max(0.1, radius - inset),
        )


BALANCE = 70
"""How much longer than its share a line of a pill may be, in design pixels: about one word."""


class Pill(RoundedBox):
    """State in word, icon and colour together."""

    def __init__(
        self, theme: Theme, text: Words, icon: str, tone: Tone, *, size: float = 20, height: float = 48
    ) -> None:
        ground, ink = theme.tone(tone)
        border = ink if theme.high_contrast else None
        super().__init__(
            theme,
            fill=ground,
            border=border,
            radius=28,
            orientation="horizontal",
            spacing=theme.px(10),
            padding=(theme.px(20), 0),
            size_hint=(None, None),
            height=max(theme.px(height), theme.font(size) * 1.9),
        )
        self._tone_colours = theme.tone
        self.icon = Icon(theme, icon, size * 1.3, colour=ink)
        self.label = Text(theme, text, size, face="semibold", colour=ink, fit=True)
        self._least_height: float = max(theme.px(height), theme.font(size) * 1.9)
        self._room: float | None = None
        self._measuring = False
        self.add_widget(self.icon)
        self.add_widget(self.label)
        self.label.bind(texture_size=self._measure)
        self._measure()

    def limit(self, room: float) -> None:
        """At most `room` pixels wide: a longer sentence goes on in a second line."""
        self._room = room
        self._measure()

    def say(self, text: Words, icon: str, tone: Tone) -> None:
        """Another state."""
        ground, ink = self._tone_colours(tone)
        self.paint(ground, ink if self.theme.high_contrast else None)
        self.label.text, self.label.color = str(text), ink
        self.icon.text, self.icon.color = ICONS[icon], ink

    def _measure(self, *_: Any) -> None:
        # Measuring changes the size, and a changed size asks for measuring again.
        if self._measuring:
            return
        self._measuring = True
        around = self.icon.width + self.theme.px(50)
        if self._room is not None:
            self.label.text_size = (None, None)
            self.label.texture_update()
            whole, room = self.label.texture_size[0], max(1.0, self._room - around)
            if whole > room:
                # Lines about equally long: a single word below looks like a mistake, and hides more of a picture.
                lines = math.ceil(whole / room)
                self.label.text_size = (min(room, whole / lines + self.theme.font(BALANCE)), None)
                self.label.texture_update()
        self._measuring = False
        self.width = self.label.texture_size[0] + around
        self.height = max(self._least_height, self.label.texture_size[1] + self.theme.px(16))


class Rule(Widget):
    """A thin line across."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(size_hint_y=None, height=theme.px(14))
        with self.canvas:
            Color(*theme.colour("line"))
            self._line = Rectangle()
        self._thick = theme.px(2)
        self.bind(pos=self._place, size=self._place)

    def _place(self, *_: Any) -> None:
        self._line.pos = (self.x, self.center_y)
        self._line.size = (self.width, self._thick)


def card(theme: Theme, **box: Any) -> RoundedBox:
    """A white card with a thin border."""
    settings: dict[str, Any] = {"orientation": "vertical", "padding": theme.px(20), "spacing": theme.px(10)} | box
    return RoundedBox(theme, fill=theme.colour("card"), border=theme.colour("line"), **settings)


class Cover(AnchorLayout):
    """Lies over a page and dims it; what it has to say is put into `box`, a card in the middle."""

    def __init__(self, theme: Theme, *, spacing: float) -> None:
        super().__init__(anchor_x="center", anchor_y="center")
        red, green, blue, _ = theme.colour("ink")
        with self.canvas.before:
            Color(red, green, blue, 0.72)
            self._shade = Rectangle()
        self.bind(pos=self._place, size=self._place)
        self.wide = min(theme.wide - 48, 800 if theme.large else 640)
        self.box = card(
            theme,
            padding=theme.px(32),
            spacing=theme.px(spacing),
            size_hint=(None, None),
            width=theme.px(self.wide),
        )
        self.box.bind(minimum_height=self.box.setter("height"))
        self.add_widget(self.box)

    def _place(self, *_: Any) -> None:
        self._shade.pos, self._shade.size = self.pos, self.size


class Column(ScrollView):
    """Widgets below each other, centred where there is room and scrolled where there is not.

    So larger letters need more room, but nothing is cut.
    """

    def __init__(self, theme: Theme, *, spacing: float = 10) -> None:
        super().__init__(do_scroll_x=False, bar_width=theme.px(8), scroll_distance=theme.px(20))
        self.bar_color = self.bar_inactive_color = theme.colour("soft")
        self._inside = BoxLayout(orientation="vertical", spacing=theme.px(spacing), size_hint_y=None)
        super().add_widget(self._inside)
        self._above, self._below = Widget(), Widget()
        self._inside.add_widget(self._above)
        self._inside.add_widget(self._below)
        self._inside.bind(minimum_height=self._stretch)
        self.bind(height=self._stretch)

    def put(self, *widgets: Widget) -> None:
        """Adds widgets at the bottom."""
        for widget in widgets:
            self._inside.add_widget(widget, index=1)

    def _stretch(self, *_: Any) -> None:
        # What is wider than the bar lies beside it, not under it.
        self._inside.padding = (0, 0, self.bar_width * 2 if self._inside.minimum_height > self.height else 0, 0)
        self._inside.height = max(self._inside.minimum_height, self.height)


def space(height: float = 0, width: float = 0) -> Widget:
    """An empty widget of that size; where both are 0, it takes all the room that is left."""
    if height:
        return Widget(size_hint_y=None, height=height)
    if width:
        return Widget(size_hint_x=None, width=width)
    return Widget()
