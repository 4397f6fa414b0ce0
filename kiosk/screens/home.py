"""Home: the things that can be done here, large; clock, date with lunar date; letter size and contrast."""

from __future__ import annotations

from collections.abc import Callable

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.journeys.showing import HomeShows
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import SIZES, Theme
from kiosk.widgets.basic import Icon, Text
from kiosk.widgets.buttons import Pressable, RoundButton, WordButton
from kiosk.widgets.frame import FramedPage
from langso.words.catalogue import Sentence, Words, t

SCAN, FEE = Sentence("screens-home-scan"), Sentence("screens-home-fee")


class HomePage(FramedPage):
    """Two tiles, both of which work."""

    def __init__(self, theme: Theme, shows: HomeShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=shows.place, under=shows.commune, back=False, letters=False)
        self.spoken = (Sentence("prompts-home-upright" if theme.upright else "prompts-home-lying"),)
        self._day = Text(theme, shows.day, 20 if theme.upright else 17, token="soft", fit=not theme.upright)
        self._hour = Text(theme, shows.hour, 40 if theme.upright else 28, face="bold", fit=True)
        if theme.upright:
            # What is looked at above, what is touched below.
            when = BoxLayout(spacing=theme.px(14), size_hint_y=None)
            when.bind(minimum_height=lambda _, least: setattr(when, "height", max(theme.px(84), least)))
            when.add_widget(self._hour)
            self._day.pos_hint = {"center_y": 0.5}
            when.add_widget(self._day)
            self.main.add_widget(when)
        else:
            if theme.text < 1.2:
                self.head_right.add_widget(self._day)
            self.head_right.add_widget(self._hour)
        self.main.spacing = theme.px(16)
        self.main.add_widget(
            Tile(theme, SCAN, t("screens-home-scan-how"), "document_scanner", self.does("scan"), first=True)
        )
        self.main.add_widget(Tile(theme, FEE, t("screens-home-fee-how"), "qr_code_scanner", self.does("fee")))
        self._unproven = shows.unproven
        self._set_foot()

    def change(self, shows: Plain) -> None:
        self._day.text, self._hour.text = shows.day, shows.hour
        if shows.unproven != self._unproven:
            self._unproven = shows.unproven
            self._set_foot()

    def _set_foot(self) -> None:
        theme = self.theme
        sizes = LetterSizes(theme, self.does("size"))
        contrast = RoundButton(theme, "contrast", t("screens-home-contrast"), self.does("contrast"))
        # For the village head or a technician, and only where it serves.
        clock = WordButton(theme, t("screens-home-clock"), self.does("clock"), icon="schedule")
        self.set_foot([clock] if self._unproven else [], [sizes, contrast])


class Tile(Pressable):
    """A large card with icon, what is done here, and one line more."""

    def __init__(
        self, theme: Theme, title: Words, under: Words, icon: str, then: Callable[[], None], *, first: bool = False
    ) -> None:
        fill = theme.colour("cham" if first else "card")
        super().__init__(
            theme,
            then,
            fill=fill,
            border=fill if first else theme.colour("line"),
            orientation="vertical",
            padding=theme.px(24 if theme.large else 32),
            spacing=theme.px(8),
        )
        # Larger letters need the room more than the picture does.
        side = 104 if theme.text < 1.2 else 72
        ink = theme.colour("on_cham" if first else "ink")
        picture = Icon(theme, icon, side, colour=theme.colour("on_cham" if first else "lua"))
        words = Text(theme, title, 34, face="bold", colour=ink)
        if theme.large and theme.upright:
            # The picture left of the word, and no second line.
            words.pos_hint = {"center_y": 0.5}
            self.orientation, self.spacing = "horizontal", theme.px(24)
            self.add_widget(picture)
            self.add_widget(words)
            return
        row = BoxLayout(size_hint_y=None, height=theme.px(side))
        row.add_widget(picture)
        row.add_widget(Widget())
        self.add_widget(row)
        self.add_widget(Widget())
        self.add_widget(words)
        if not theme.large:
            self.add_widget(Text(theme, under, 21, colour=theme.colour("on_cham_soft" if first else "soft")))


class LetterSizes(Pressable):
    """ "A A A": each press goes to the next text size; the present one is darker."""

    def __init__(self, theme: Theme, then: Callable[[], None]) -> None:
        super().__init__(
            theme,
            then,
            fill=theme.colour("card"),
            border=theme.colour("line"),
            radius=16,
            size_hint=(None, None),
            height=theme.px(theme.target),
            width=theme.px(150),
            spacing=theme.px(10),
            padding=(theme.px(20), 0),
            pos_hint={"center_y": 0.5},
        )
        self.said = t("screens-home-sizes")
        self.add_widget(Widget())
        for size, height in zip(SIZES, (18, 26, 34), strict=True):
            token = "cham" if size == theme.text else "soft"
            letter = Text(Theme(theme.palette, 1.0, theme.scale), "A", height, face="bold", token=token, fit=True)
            self.add_widget(letter)
        self.add_widget(Widget())
