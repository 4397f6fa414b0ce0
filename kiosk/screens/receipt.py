"""Handed in: the code to keep. It stays long enough to be copied, and says how long; then it is wiped."""

from __future__ import annotations

from kiosk.journeys.showing import ReceiptShows
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Pill, Text, card, space
from kiosk.widgets.buttons import WordButton
from kiosk.widgets.frame import FramedPage
from langso.words.catalogue import Sentence, Unit, t

SOON_S = 60
"""From here on the time that is left stands out."""


class ReceiptPage(FramedPage):
    """No way back: what was sent is sent. Any touch gives the whole time again; one button says so."""

    def __init__(self, theme: Theme, shows: ReceiptShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=t("screens-receipt-title"), under=shows.title, back=False)
        keep = Sentence("prompts-receipt-keep")
        self.spoken = (
            Sentence("prompts-receipt-pages"),
            Unit(str, shows.pages),
            Sentence("prompts-receipt-code"),
            Unit(" ".join, shows.code),
            keep,
        )
        box = card(theme, padding=theme.px(20 if theme.large else 28), spacing=theme.px(8 if theme.large else 12))
        self._state = Pill(theme, shows.said.text, shows.said.icon, shows.said.tone, size=18 if theme.large else 20)
        around = 2 * (24 + (20 if theme.large else 28))
        self._state.limit(theme.px(theme.wide - around))
        box.add_widget(space())
        box.add_widget(self._state)
        if not theme.large:
            box.add_widget(Text(theme, t("screens-receipt-code"), 21, token="soft"))
        # A screen that stands has the room, and the code is parted where it is read in two.
        parts = shows.code.split(" ")
        words = "\n".join((" ".join(parts[:2]), " ".join(parts[2:]))) if theme.upright else shows.code
        code = Text(theme, words, 84, face="bold", line=1.0).in_one_line(theme.px(theme.wide - around))
        box.add_widget(code)
        box.add_widget(Text(theme, keep, 18 if theme.large else 22, line=1.0))
        box.add_widget(space())
        self.main.add_widget(box)
        self._seconds = -1
        self._left = Pill(theme, "", "timer", "plain", size=16 if theme.large else 18, height=theme.target)
        more = WordButton(
            theme, t("screens-receipt-more"), self.does("more_time"), icon="" if theme.large else "timer"
        )
        done = WordButton(theme, t("screens-receipt-done"), self.does("done"), icon="check", kind="main", least=150)
        self._say(5 * 60)
        self.set_foot([self._left, more], [done])

    def change(self, shows: Plain) -> None:
        self._state.say(shows.said.text, shows.said.icon, shows.said.tone)

    def time_left(self, seconds: int) -> None:
        if seconds != self._seconds:
            self._say(seconds)

    def _say(self, seconds: int) -> None:
        self._seconds = seconds
        words = t("screens-receipt-left", time=f"{seconds // 60}:{seconds % 60:02d}")
        self._left.say(words, "timer", "warn" if seconds < SOON_S else "plain")
