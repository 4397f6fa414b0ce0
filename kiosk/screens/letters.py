""" "Aa": letters in three sizes, and colours calm or strong. Each is shown as it will be."""

from __future__ import annotations

from collections.abc import Callable

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.journeys.showing import LettersShows
from kiosk.shell.protocol import Emit
from kiosk.style.theme import SIZES, Theme
from kiosk.widgets.basic import Icon, Text
from kiosk.widgets.buttons import Pressable, WordButton
from kiosk.widgets.frame import FramedPage
from langso.words.catalogue import Sentence, Words, t

SIZE_WORDS = (
    Sentence("screens-letters-usual"),
    Sentence("screens-letters-large"),
    Sentence("screens-letters-largest"),
)


class LettersPage(FramedPage):
    """Chosen at once by a touch; "Xong" goes back to where the villager was."""

    def __init__(self, theme: Theme, shows: LettersShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=t("screens-letters-title"), under=t("screens-letters-how"), letters=False)
        self.spoken = (Sentence("prompts-letters"),)
        letters = shows.letters
        self.main.orientation = "vertical"
        self.main.spacing = theme.px(14)
        sizes = BoxLayout(orientation="vertical" if theme.upright else "horizontal", spacing=theme.px(14))
        sizes.size_hint_y = 3 if theme.upright else 1.3
        for size, words in zip(SIZES, SIZE_WORDS, strict=True):
            sizes.add_widget(_Choice(theme, words, size, self.does("size", size), chosen=size == letters.text))
        colours = BoxLayout(orientation="vertical" if theme.upright else "horizontal", spacing=theme.px(14))
        colours.size_hint_y = 2 if theme.upright else 1
        for high, words in ((False, Sentence("screens-letters-colours")), (True, Sentence("screens-letters-strong"))):
            chosen = high == letters.high_contrast
            colours.add_widget(_Choice(theme, words, theme.text, self.does("contrast", high), chosen=chosen))
        self.main.add_widget(sizes)
        self.main.add_widget(colours)
        self.set_foot(
            [], [WordButton(theme, t("screens-done"), self.does("done"), icon="check", kind="main", least=230)]
        )


class _Choice(Pressable):
    """One of several; the chosen one is solid and has a tick."""

    def __init__(self, theme: Theme, words: Words, size: float, then: Callable[[], None], *, chosen: bool) -> None:
        fill = theme.colour("cham" if chosen else "card")
        super().__init__(
            theme,
            then,
            fill=fill,
            border=fill if chosen else theme.colour("line"),
            padding=theme.px(14),
            spacing=theme.px(10),
        )
        ink = theme.colour("on_cham" if chosen else "ink")
        self.add_widget(Widget(size_hint_x=0.2))
        if chosen:
            self.add_widget(Icon(theme, "check_circle", 34, colour=ink))
        as_chosen = Theme(theme.palette, size, theme.scale, theme.wide, theme.high)
        word = Text(as_chosen, words, 24, face="bold", colour=ink, fit=True)
        self.add_widget(word)
        self.add_widget(Widget(size_hint_x=0.2))
