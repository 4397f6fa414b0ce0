"""The pages kept so far, one large after the other: put elsewhere, taken again, taken out."""

from __future__ import annotations

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.journeys.showing import PagesShows
from kiosk.prompts.aloud import aloud
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Pill, space
from kiosk.widgets.buttons import RoundButton, WordButton
from kiosk.widgets.frame import FramedPage, button_rows
from kiosk.widgets.pictures import PagePicture
from langso.words.catalogue import Sentence, Unit, Words, t

REMOVE, SURE = Sentence("screens-pages-remove"), Sentence("screens-pages-sure")


class PagesPage(FramedPage):
    """One kept page, and what can be done with it."""

    def __init__(self, theme: Theme, shows: PagesShows, emit: Emit) -> None:
        index, many = shows.index, shows.many
        super().__init__(
            theme, emit, title=t("screens-pages-title", page=index + 1, pages=many), under=t("screens-pages-under")
        )
        self.spoken = (
            Sentence("prompts-pages-number"),
            Unit(str, index + 1),
            Sentence("prompts-pages-all"),
            Unit(str, many),
            *aloud(shows.remarks),
        )
        self.main.add_widget(PagePicture(theme, shows.picture))
        self.main.add_widget(self._tools(shows))
        left: list[Widget] = []
        if index:
            left.append(self._turn(index - 1, "arrow_back"))
        if index < many - 1:
            left.append(self._turn(index + 1, "arrow_forward"))
        done = WordButton(
            theme,
            t("screens-done"),
            self.does("done"),
            icon="check",
            kind="main",
            least=150 if theme.upright else 230,
        )
        self.set_foot(left, [done])

    def change(self, shows: Plain) -> None:
        self._remove.label.text = str(self._words(asking=shows.asking))
        self._remove.label.color = self.theme.colour("son" if shows.asking else "ink")

    def _turn(self, index: int, icon: str) -> Widget:
        theme, words, then = self.theme, t("screens-page", page=index + 1), self.does("turn_to", index)
        if theme.upright and theme.text > 1.2:
            # The row must hold the way on as well.
            return RoundButton(theme, icon, words, then)
        return WordButton(theme, words, then, icon=icon)

    def _words(self, *, asking: bool) -> Words:
        if self.theme.large:
            return t("screens-pages-sure-short") if asking else t("screens-pages-remove-short")
        return SURE if asking else REMOVE

    def _tools(self, shows: PagesShows) -> BoxLayout:
        theme = self.theme
        side = BoxLayout(orientation="vertical", spacing=theme.px(14))
        wide = (
            theme.px(theme.wide - 48)
            if theme.upright
            else theme.px(560 if theme.large else 640 if theme.text > 1.2 else 540)
        )
        if theme.upright:
            side.size_hint_y = None
            side.bind(minimum_height=side.setter("height"))
        else:
            side.size_hint_x, side.width = None, wide
            side.add_widget(space())
        for remark in shows.remarks[:1]:
            state = Pill(theme, remark, "warning", "warn", size=16 if theme.large else 20)
            state.limit(wide)
            side.add_widget(state)
        moves = []
        if shows.index:
            up = t("screens-pages-up-short") if theme.large or theme.upright else t("screens-pages-up")
            moves.append(WordButton(theme, up, self.does("move", -1), icon="arrow_upward"))
        if shows.index < shows.many - 1:
            down = t("screens-pages-down-short") if theme.large or theme.upright else t("screens-pages-down")
            moves.append(WordButton(theme, down, self.does("move", 1), icon="arrow_downward"))
        again = t("screens-again") if theme.upright or theme.large else t("screens-pages-again")
        retake = WordButton(theme, again, self.does("retake"), icon="replay")
        self._remove = WordButton(theme, self._words(asking=False), self.does("remove"), icon="delete")
        # Larger letters need fewer words: all that can be done with a page is seen at once.
        for group in (moves, [retake, self._remove]):
            for row in button_rows(theme, group, wide):
                side.add_widget(row)
        if not theme.upright:
            side.add_widget(space())
        return side
