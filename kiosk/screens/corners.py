"""The last resort: the villager drags the four corners onto the paper's."""

from __future__ import annotations

from kiosk.journeys.showing import CornersShows
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Pill
from kiosk.widgets.buttons import WordButton
from kiosk.widgets.corners import CornerEditor
from kiosk.widgets.frame import FramedPage
from langso.words.catalogue import Sentence, t

WAIT = Sentence("screens-making")


class CornersPage(FramedPage):
    """Emits "moved" and "done" with the four corners in the picture's pixels."""

    def __init__(self, theme: Theme, shows: CornersShows, emit: Emit) -> None:
        under = t("screens-corners-how") if shows.found else t("screens-corners-unknown")
        super().__init__(theme, emit, title=t("screens-corners-title"), under=shows.refused or under)
        self.spoken = (Sentence("prompts-corners"),)
        self.shows = shows
        self._editor = CornerEditor(theme, shows.picture, shows.quad, moved=lambda: emit("moved", self._quad()))
        self.main.add_widget(self._editor)
        self._show_foot()

    def change(self, shows: Plain) -> None:
        self.shows = shows
        if shows.refused:
            self.under_text.text = str(shows.refused)
        self._show_foot()

    def _show_foot(self) -> None:
        theme = self.theme
        if self.shows.busy:
            self.set_foot([], [Pill(theme, WAIT, "hourglass_top", "plain", height=theme.target, size=20)])
            return
        left = [
            WordButton(theme, t("screens-again"), self.does("again"), icon="replay"),
            WordButton(theme, t("screens-corners-whole"), self._editor.whole, icon="fullscreen"),
        ]
        done = WordButton(
            theme, t("screens-done"), self._done, icon="check", kind="main", least=150 if theme.upright else 230
        )
        self.set_foot(left, [done])

    def _done(self) -> None:
        self.emit("done", self._quad())

    def _quad(self) -> tuple[tuple[float, float], ...]:
        return tuple((float(x), float(y)) for x, y in self._editor.corners.quad)
