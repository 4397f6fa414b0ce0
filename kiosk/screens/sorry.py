"""The visit broke off: what to do now, and the code of what was handed in before."""

from __future__ import annotations

from kiosk.journeys.showing import SorryShows
from kiosk.prompts.aloud import Spoken
from kiosk.shell.protocol import Emit
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Icon, Text, card, space
from kiosk.widgets.buttons import WordButton
from kiosk.widgets.frame import FramedPage
from langso.words.catalogue import Sentence, Unit, t


class SorryPage(FramedPage):
    """One sentence and one button. Drawn by the shell itself: nothing of the visit is left to ask."""

    def __init__(self, theme: Theme, shows: SorryShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=t("screens-sorry-title"), back=False)
        again = Sentence("prompts-sorry-kept") if shows.code else Sentence("prompts-sorry-again")
        self.spoken: Spoken = (Sentence("prompts-sorry"), again)
        if shows.code:
            self.spoken += (Sentence("prompts-receipt-code"), Unit(" ".join, shows.code))
        ground, ink = theme.tone("warn")
        box = card(theme, padding=theme.px(20 if theme.large else 32), spacing=theme.px(12))
        box.paint(ground, ink)
        box.add_widget(space())
        icon = Icon(theme, "warning", 56 if theme.large else 72, colour=ink)
        icon.pos_hint = {"center_x": 0.5}
        if not (theme.large and shows.code):
            box.add_widget(icon)
        box.add_widget(
            Text(theme, Sentence("prompts-sorry"), 26 if theme.large else 34, face="bold", colour=ink, align="center")
        )
        box.add_widget(Text(theme, again, 21 if theme.large else 26, align="center"))
        if shows.code:
            around = 2 * (24 + (20 if theme.large else 32))
            code = Text(theme, shows.code, 60, face="bold", line=1.0, align="center")
            box.add_widget(code.in_one_line(theme.px(theme.wide - around)))
        box.add_widget(space())
        self.main.add_widget(box)
        start = WordButton(theme, t("screens-to-start"), self.does("done"), kind="main", least=230)
        self.set_foot([], [start])
