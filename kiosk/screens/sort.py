"""Handing in: what the paper is. One touch chooses; whether to send is asked after that."""

from __future__ import annotations

from collections.abc import Callable

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout

from kiosk.journeys.kinds import Kind
from kiosk.journeys.showing import SortShows
from kiosk.prompts.aloud import Theirs
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Icon, Pill, Text
from kiosk.widgets.buttons import Pressable, WordButton
from kiosk.widgets.frame import GAP, FramedPage
from langso.words.catalogue import Sentence, t


class SortPage(FramedPage):
    """A page of names at a time, never a list to drag; the place is the journey's, which page of it the screen's."""

    def __init__(self, theme: Theme, shows: SortShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=t("screens-sort-title"), under=t("screens-sort-pages", pages=shows.pages))
        self.shows = shows
        names = (kind.name for kind in shows.kinds[:8])
        self.spoken = (
            Sentence("prompts-choose-kind"),
            *(name if isinstance(name, Sentence) else Theirs(name) for name in names),
        )
        self._first = 0
        self.main.orientation = "vertical"
        self.main.spacing = theme.px(GAP)
        self._state = Pill(theme, shows.said.text, shows.said.icon, shows.said.tone, size=16 if theme.large else 20)
        self._state.limit(theme.px(theme.wide - 48))
        self._state.say(shows.said.text, shows.said.icon, shows.said.tone)
        self._columns = 1 if theme.upright else 2
        rows = (
            (5 if theme.upright else 2) if theme.large else ((8 if theme.text < 1.2 else 6) if theme.upright else 3)
        )
        self._many = rows * self._columns
        self._grid = GridLayout(cols=self._columns, spacing=theme.px(GAP))
        self.main.add_widget(self._state)
        self.main.add_widget(self._grid)
        self._show()

    def change(self, shows: Plain) -> None:
        self.shows = shows
        self._state.say(shows.said.text, shows.said.icon, shows.said.tone)

    def _show(self) -> None:
        theme, kinds = self.theme, self.shows.kinds
        self._grid.clear_widgets()
        seen = kinds[self._first : self._first + self._many]
        for index, kind in enumerate(seen, self._first):
            self._grid.add_widget(_KindButton(theme, kind, self.does("kind", index)))
        for _ in range(self._many - len(seen)):
            # A last page that is half full keeps its rows' height.
            self._grid.add_widget(BoxLayout())
        left = [
            WordButton(theme, t("screens-sort-look"), self.does("look"), icon="photo_library"),
            WordButton(
                theme,
                t("screens-more-short") if theme.large else t("screens-more"),
                self.does("more"),
                icon="note_add",
            ),
        ]
        right = []
        if len(kinds) > self._many:
            before = WordButton(theme, t("screens-before"), lambda: self._turn(-1), icon="arrow_back")
            after = WordButton(theme, t("screens-after"), lambda: self._turn(1), icon="arrow_forward", kind="main")
            before.off, after.off = self._first == 0, self._first + self._many >= len(kinds)
            right = [before, after]
        self.set_foot(left, right)

    def _turn(self, by: int) -> None:
        self._first += by * self._many
        self._show()


class _KindButton(Pressable):
    def __init__(self, theme: Theme, kind: Kind, then: Callable[[], None]) -> None:
        super().__init__(
            theme,
            then,
            fill=theme.colour("card"),
            border=theme.colour("line"),
            orientation="horizontal",
            padding=(theme.px(20), theme.px(6)),
            spacing=theme.px(16),
        )
        self.add_widget(Icon(theme, kind.icon, 40, colour=theme.colour("cham")))
        name = Text(theme, kind.name, 21, face="semibold", line=1.0)
        name.pos_hint = {"center_y": 0.5}
        self.add_widget(name)
