"""Text that wraps, icons, rounded grounds, and the parts that can be pressed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from kivy.graphics import Color, Line, Rectangle, RoundedRectangle
from kivy.uix.behaviors import ButtonBehavior
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


class Pressable(ButtonBehavior, RoundedBox):
    """A ground to press. `on_press_done` is called once per press; it darkens while held."""

    def __init__(self, theme: Theme, on_press_done: Callable[[], None], *, fill: Rgba, **ground: Any) -> None:
        super().__init__(theme=theme, fill=fill, **ground)
        self._calm = self._fill_on = fill
        self._border_on = ground.get("border")
        self._then = on_press_done
        self._off = False
        self.always_release = False

    @property
    def off(self) -> bool:
        """Whether it does nothing now, and is seen to."""
        return self._off

    @off.setter
    def off(self, off: bool) -> None:
        if off != self._off:
            self._off = off
            self.look_off(off)

    def look_off(self, off: bool) -> None:
        """Looks as what must wait: a ground of its own and soft text, still to be read."""
        theme = self.theme
        self._calm = theme.colour("wait") if off else self._fill_on
        self.paint(self._calm, theme.colour("line") if off else self._border_on)
        ink = theme.colour("soft")
        for part in self.walk(restrict=True):
            if isinstance(part, Text | Icon):
                part.color = ink if off else part.own_colour

    def on_press(self) -> None:
        if self._off:
            return
        red, green, blue, alpha = self._calm
        self._fill.rgba = (red * 0.86, green * 0.86, blue * 0.86, alpha)

    def on_release(self) -> None:
        self._fill.rgba = self._calm
        if not self._off:
            self._then()

    def on_touch_up(self, touch: Any) -> Any:
        self._fill.rgba = self._calm
        return super().on_touch_up(touch)


class WordButton(Pressable):
    """A button of the target's height: icon, word. `kind`: "plain", "main" (chàm), "help" (lúa) or "danger" (son).

    `least`: design pixels it is wide at least; `limit` makes its words wrap.
    """

    def __init__(
        self,
        theme: Theme,
        text: Words,
        then: Callable[[], None],
        *,
        icon: str | None = None,
        kind: str = "plain",
        least: float = 64,
        size: float = 21,
    ) -> None:
        fill_token = {"plain": "card", "main": "cham", "help": "lua", "danger": "son"}[kind]
        ink = theme.colour("ink" if kind == "plain" else "on_cham")
        fill = theme.colour(fill_token)
        border = theme.colour("line") if kind == "plain" else fill
        self.kind = kind
        self._side = theme.px(30 * (1.25 if theme.large else 1))
        super().__init__(
            theme,
            then,
            fill=fill,
            border=border,
            radius=16,
            orientation="horizontal",
            spacing=theme.px(10),
            padding=(theme.px(20), 0),
            size_hint=(None, None),
            height=theme.px(theme.target),
        )
        self._least = max(theme.px(least), theme.px(theme.target))
        self._tall = theme.px(theme.target)
        self.icon = Icon(theme, icon, self._side / theme.scale, colour=ink) if icon else None
        self.label = Text(theme, text, size, face="semibold", colour=ink, fit=True, align="center", line=1.0)
        self.add_widget(Widget())
        if self.icon is not None:
            self.add_widget(self.icon)
        self.add_widget(self.label)
        self.add_widget(Widget())
        self.label.bind(width=self._measure)
        self._measure()

    @property
    def natural(self) -> float:
        """How wide it would be with its words in one line."""
        return float(max(self._least, self.label.width + self._around()))

    def limit(self, room: float) -> None:
        """No wider than `room` pixels: words that need more go on in a second line."""
        if self.natural > room:
            self.label.text_size = (room - self._around(), None)
            self.label.texture_update()
            self.height = max(self._tall, self.label.texture_size[1] + self.theme.px(18))

    def _around(self) -> float:
        icon = 0 if self.icon is None else self._side + self.theme.px(10)
        return icon + 2 * self.theme.px(10) + 2 * self.theme.px(20)

    def _measure(self, *_: Any) -> None:
        if self.size_hint_x is None:
            self.width = self.natural


class RoundButton(Pressable):
    """A round button with an icon, or a few letters; `said` is what it is called for those who cannot see it, and for
    driving. `kind` as a WordButton's.
    """

    def __init__(
        self, theme: Theme, icon: str, said: Words, then: Callable[[], None], *, kind: str = "plain", word: str = ""
    ) -> None:
        side = theme.px(theme.target)
        fill = theme.colour({"plain": "card", "main": "cham", "help": "lua"}[kind])
        super().__init__(
            theme,
            then,
            fill=fill,
            border=theme.colour("line") if kind == "plain" else fill,
            radius=theme.target / 2,
            size_hint=(None, None),
            size=(side, side),
            pos_hint={"center_y": 0.5},
        )
        self.said = str(said)
        self.natural = side
        ink = theme.colour("ink" if kind == "plain" else "on_cham")
        self.add_widget(Widget())
        if word:
            # Its button is round and grows no further: these letters are the size of an icon.
            letters = Text(
                Theme(theme.palette, 1.0, theme.scale), word, theme.target * 0.36, face="bold", colour=ink, fit=True
            )
            self.add_widget(letters)
        else:
            self.add_widget(Icon(theme, icon, 30 * (1.25 if theme.large else 1), colour=ink))
        self.add_widget(Widget())


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
        # Measuring changes what is measured, and that asks for measuring.
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


class Column(ScrollView):
    """Widgets one under the other, in the middle where there is room, to be pushed up and down where there is not.

    Larger letters then need more room, and nothing is cut.
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
        """Adds below what is there."""
        for widget in widgets:
            self._inside.add_widget(widget, index=1)

    def _stretch(self, *_: Any) -> None:
        # What is wider than the bar lies beside it, not under it.
        self._inside.padding = (0, 0, self.bar_width * 2 if self._inside.minimum_height > self.height else 0, 0)
        self._inside.height = max(self._inside.minimum_height, self.height)


def space(height: float = 0, width: float = 0) -> Widget:
    """An empty place: of that size, or all that is left where both are 0."""
    if height:
        return Widget(size_hint_y=None, height=height)
    if width:
        return Widget(size_hint_x=None, width=width)
    return Widget()
