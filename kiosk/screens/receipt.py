"""Handed in: the code to keep. It stays until the villager goes, or the countdown wipes it."""

from __future__ import annotations

from kiosk.journeys.showing import ReceiptShows
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Pill, Text, card, space
from kiosk.widgets.buttons import WordButton
from kiosk.widgets.frame import FramedPage
from langso.words.catalogue import t


class ReceiptPage(FramedPage):
    """No way back: what was sent is sent."""

    def __init__(self, theme: Theme, shows: ReceiptShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=t("screens-receipt-title"), under=shows.title, back=False)
        self.spoken = t("screens-receipt-spoken", pages=shows.pages, code=" ".join(shows.code))
        box = card(theme, padding=theme.px(24 if theme.large else 32), spacing=theme.px(10 if theme.large else 14))
        self._state = Pill(theme, shows.said.text, shows.said.icon, shows.said.tone)
        around = 2 * (24 + (24 if theme.large else 32))
        self._state.limit(theme.px(theme.wide - around))
        box.add_widget(space())
        box.add_widget(Text(theme, t("screens-receipt-code"), 21, token="soft"))
        # Where the code needs two lines it is parted where it is read in two.
        parts = shows.code.split(" ")
        words = "\n".join((" ".join(parts[:2]), " ".join(parts[2:])))
        words = words if theme.upright and theme.large else shows.code
        code = Text(theme, words, 46 if theme.upright else 60, face="bold", line=1.0)
        box.add_widget(code)
        box.add_widget(Text(theme, t("screens-receipt-keep"), 18 if theme.large else 22))
        box.add_widget(self._state)
        box.add_widget(space())
        self.main.add_widget(box)
        self.set_foot(
            [], [WordButton(theme, t("screens-done"), self.does("done"), icon="check", kind="main", least=230)]
        )

    def change(self, shows: Plain) -> None:
        self._state.say(shows.said.text, shows.said.icon, shows.said.tone)
