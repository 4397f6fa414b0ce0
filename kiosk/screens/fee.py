"""Paying a fee: the camera looks for a payment code."""

from __future__ import annotations

from kiosk.journeys.showing import FeeLookShows
from kiosk.prompts.aloud import aloud
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.buttons import WordButton
from kiosk.widgets.frame import FramedPage
from kiosk.widgets.pictures import CameraView
from langso.words.catalogue import Sentence, t

HOW = Sentence("prompts-fee-look")


class FeeLookPage(FramedPage):
    """What the camera sees, the code outlined."""

    def __init__(self, theme: Theme, shows: FeeLookShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=t("screens-fee-title"), under=t("screens-fee-how"))
        self._view = CameraView(theme, shows.live.said.text, shows.live.said.icon)
        self.main.add_widget(self._view)
        self._live(shows)
        self.set_foot([], [WordButton(theme, t("screens-to-start"), self.does("done"))])

    def change(self, shows: Plain) -> None:
        self._live(shows)

    def dropped(self) -> None:
        self._view.clear()

    def _live(self, shows: FeeLookShows) -> None:
        self._view.live(shows.live)
        self.spoken = (*aloud([shows.live.said.text]), HOW)
