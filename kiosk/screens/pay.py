"""The commune's own account: how much, to whom, and the same code large."""

from __future__ import annotations

from typing import Any

from kiosk.journeys.showing import PayShows
from kiosk.prompts.aloud import Theirs
from kiosk.shell.protocol import Emit
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Pill, Rule, Text, card, space
from kiosk.widgets.buttons import WordButton
from kiosk.widgets.frame import FramedPage
from kiosk.widgets.pictures import QrCode
from langso.words import amount
from langso.words.catalogue import Sentence, Unit, t

OWN = Sentence("prompts-pay-own")
CODE_WIDE = 386
"""Design pixels of the code's card beside the amount."""


class PayPage(FramedPage):
    """Amount first; the code beside it, below it on a screen that stands."""

    def __init__(self, theme: Theme, shows: PayShows, emit: Emit) -> None:
        under = "" if theme.large and theme.upright else shows.title
        super().__init__(theme, emit, title=t("screens-fee-title"), under=under)
        asked = (Sentence("prompts-fee-ask-amount"),)
        self.spoken = (
            *((Sentence("prompts-pay-amount"), Unit(amount, shows.dong)) if shows.dong else asked),
            Sentence("prompts-pay-to"),
            Theirs(shows.holder),
            OWN,
            Sentence("prompts-pay-how"),
        )
        self.main.add_widget(_whom(theme, shows))
        right = card(theme, padding=theme.px(12), spacing=theme.px(4))
        if not theme.upright:
            right.size_hint_x, right.width = None, theme.px(CODE_WIDE)
        # A code is scanned only from black on white, whatever the palette.
        right.add_widget(QrCode(shows.modules))
        caption = 16 if theme.large else 21
        right.add_widget(Text(theme, t("screens-pay-how"), caption, face="semibold", align="center"))
        self.main.add_widget(right)
        words = t("screens-pay-slip")
        if theme.upright or theme.large:
            words = t("screens-pay-slip-shortest") if theme.upright and theme.large else t("screens-pay-slip-short")
        self.set_foot(
            [WordButton(theme, words, self.does("slip"), icon="receipt_long")],
            [WordButton(theme, t("screens-done"), self.does("done"), icon="check", kind="main", least=150)],
        )


def _whom(theme: Theme, shows: PayShows) -> Any:
    padding = 12 if theme.large else 18
    box = card(theme, padding=theme.px(padding), spacing=theme.px(4))
    room = theme.px(theme.wide - 48 - 2 * padding - (0 if theme.upright else CODE_WIDE + 18))
    if theme.upright:
        box.size_hint_y = None
        box.bind(minimum_height=box.setter("height"))
    else:
        box.add_widget(space())
    tight = theme.large
    sum_asked = Text(theme, shows.amount, (52 if tight else 68) if shows.dong else 36, face="bold", line=1.0)
    if shows.dong:
        sum_asked.in_one_line(room)
    in_words = Text(theme, shows.in_words, 18 if tight else 22, line=1.0)
    holder = Text(theme, shows.holder, 18 if tight else 24, face="bold", line=1.0)
    account = Text(theme, shows.account, 16 if tight else 20, token="soft", line=1.0)
    own = Pill(theme, OWN, "verified", "ok", size=18 if theme.large else 20)
    if theme.large or (theme.text > 1.2 and not theme.upright):
        # What matters most must be seen first.
        parts = [sum_asked, in_words, own, holder, account]
        if theme.upright and shows.title:
            parts.append(Text(theme, shows.title, 18, token="soft"))
    else:
        to_whom = Text(theme, t("screens-pay-to"), 20, token="soft")
        parts = [Text(theme, t("screens-pay-amount"), 20, token="soft"), sum_asked, in_words, Rule(theme)]
        parts += [to_whom, holder, account, own]
    for part in parts:
        box.add_widget(part)
    if not theme.upright:
        box.add_widget(space())
    return box
