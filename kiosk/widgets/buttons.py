"""The parts that can be pressed: anything rounded, a button of words, a round one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.widget import Widget

from kiosk.style.theme import Rgba, Theme
from kiosk.widgets.basic import Icon, RoundedBox, Text
from langso.words.catalogue import Words


class Pressable(ButtonBehavior, RoundedBox):
    """A ground to press. `on_press_done` is called once per press; it darkens while held."""

    def __init__(self, theme: Theme, on_press_done: Callable[[], None], *, fill: Rgba, **ground: Any) -> None:
        super().__init__(theme=theme, fill=fill, **ground)
        self._calm = self._fill_on = fill
        self._border_on = ground.get("border")
        self._then = on_press_done
        self._off = False
        self._meant = False
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
        # A finger that lay there before it lit up did not mean it.
        self._meant = not self._off
        if self._off:
            return
        red, green, blue, alpha = self._calm
        self._fill.rgba = (red * 0.86, green * 0.86, blue * 0.86, alpha)

    def on_release(self) -> None:
        self._fill.rgba = self._calm
        if self._meant and not self._off:
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
