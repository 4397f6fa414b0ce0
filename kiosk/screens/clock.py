"""The time by hand: large digits to press, what they mean in words, then the PIN as dots."""

from __future__ import annotations

from collections.abc import Callable

from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.journeys.showing import ClockShows
from kiosk.prompts.aloud import Theirs
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Icon, Text, card, space
from kiosk.widgets.buttons import Pressable, WordButton
from kiosk.widgets.frame import FramedPage
from langso.words.catalogue import Sentence, t

ASKED = {
    "time": Sentence("prompts-clock-time"),
    "pin": Sentence("prompts-clock-pin"),
    "done": Sentence("prompts-clock-done"),
}
DOT = "•"
KEYS = (1, 2, 3, 4, 5, 6, 7, 8, 9, None, 0)
"""As on a telephone; where it has a star stands nothing."""


class ClockPage(FramedPage):
    """What is asked and typed beside the digits; above them on a screen that stands."""

    def __init__(self, theme: Theme, shows: ClockShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=t("screens-clock-title"))
        self._said = card(theme, orientation="vertical", padding=theme.px(18), spacing=theme.px(8))
        self._pad = _pad(theme, self.does)
        if theme.upright:
            self._said.size_hint_y = None
            self._said.bind(minimum_height=self._said.setter("height"))
        else:
            self._pad.size_hint_x = 0.8
        self._on: WordButton | None = None
        self._step = ""
        self.main.add_widget(self._said)
        self.main.add_widget(self._pad)
        self.change(shows)

    def change(self, shows: Plain) -> None:
        self.spoken = (ASKED[shows.step], *((Theirs(shows.meant),) if shows.meant else ()))
        self._said.clear_widgets()
        parts = self._parts(shows)
        for part in parts if self.theme.upright else [space(), *parts, space()]:
            self._said.add_widget(part)
        if shows.step != self._step:
            self._step = shows.step
            self._new_foot(shows)
        if self._on is not None:
            self._on.off = not shows.ready and shows.step != "done"

    def _parts(self, shows: ClockShows) -> list[Widget]:
        """What is asked, or why it led nowhere; what is typed; what that means."""
        theme = self.theme
        small = 18 if theme.large else 22
        room = theme.px(theme.wide - 100 if theme.upright else (theme.wide - 66) / 1.8 - 40)
        typed = (DOT * shows.pin or "–") if shows.step == "pin" else shows.typed
        whole = Text(theme, typed, 44, face="bold", token="cham", line=1.0).in_one_line(room)
        meant = [Text(theme, shows.meant, small - 2, token="soft", line=1.05)] if shows.meant else []
        if shows.refused:
            return [Text(theme, shows.refused, small, face="semibold", token="son", line=1.05), whole]
        return [Text(theme, ASKED[shows.step], small, face="semibold", line=1.05), whole, *meant]

    def _new_foot(self, shows: ClockShows) -> None:
        theme = self.theme
        if shows.step == "done":
            self.main.remove_widget(self._pad)
            self._on = WordButton(theme, t("screens-done"), self.does("done"), icon="check", kind="main", least=230)
        else:
            words = t("screens-clock-next" if shows.step == "time" else "screens-clock-set")
            self._on = WordButton(theme, words, self.does("next"), icon="check", kind="main", least=230)
        self.set_foot([], [self._on])


def _pad(theme: Theme, does: Callable[..., Callable[[], None]]) -> GridLayout:
    pad = GridLayout(cols=3, spacing=theme.px(14))
    for key in KEYS:
        if key is None:
            pad.add_widget(Widget())
        else:
            shown = Text(theme, str(key), 26 if theme.large else 36, face="bold", align="center", line=1.0)
            pad.add_widget(_key(theme, shown, does("digit", key)))
    pad.add_widget(_key(theme, Icon(theme, "backspace", 36), does("erase"), said=t("screens-clock-erase")))
    return pad


def _key(theme: Theme, shown: Text | Icon, then: Callable[[], None], *, said: str = "") -> Pressable:
    key = Pressable(theme, then, fill=theme.colour("card"), border=theme.colour("line"), padding=theme.px(4))
    middle = AnchorLayout()
    middle.add_widget(shown)
    key.add_widget(middle)
    if said:
        key.said = said
    return key
