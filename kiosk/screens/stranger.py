"""Not the commune's account (or nobody can say): a warning, and no code to pay by."""

from __future__ import annotations

from kivy.uix.boxlayout import BoxLayout

from kiosk.journeys.showing import StrangerShows
from kiosk.prompts.aloud import aloud
from kiosk.shell.protocol import Emit
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Icon, Rule, Text, card, space
from kiosk.widgets.buttons import WordButton
from kiosk.widgets.frame import FramedPage
from langso.words.catalogue import t


class StrangerPage(FramedPage):
    """The whole card is tinted: the page is about that state."""

    def __init__(self, theme: Theme, shows: StrangerShows, emit: Emit) -> None:
        stranger = shows.stranger
        title = t("screens-stranger-stop") if stranger else t("screens-stranger-unchecked")
        super().__init__(theme, emit, title=title, under="" if theme.large else shows.title)
        self.spoken = aloud([shows.why])
        ground, ink = theme.tone("bad" if stranger else "warn")
        box = card(theme, padding=theme.px(16 if theme.large else 28), spacing=theme.px(8))
        box.paint(ground, ink)
        row = BoxLayout(size_hint_y=None, spacing=theme.px(20))
        row.add_widget(Icon(theme, "block" if stranger else "warning", 56 if theme.large else 72, colour=ink))
        headline = t("screens-stranger-not-ours") if stranger else t("screens-stranger-no-list")
        row.add_widget(Text(theme, headline, 26 if theme.large else 36, face="bold", colour=ink, line=1.0))
        row.bind(minimum_height=row.setter("height"))
        parts = [
            row,
            Text(theme, t("screens-stranger-ask"), 21 if theme.large else 26, face="semibold"),
            Rule(theme),
            Text(theme, t("screens-stranger-amount", amount=shows.amount), 18 if theme.large else 22),
            Text(theme, t("screens-stranger-account", account=shows.account), 18 if theme.large else 22),
        ]
        if shows.holder:
            parts.append(Text(theme, t("screens-stranger-holder", holder=shows.holder), 18 if theme.large else 22))
        box.add_widget(space())
        for part in parts:
            box.add_widget(part)
        box.add_widget(space())
        self.main.add_widget(box)
        self.set_foot(
            [WordButton(theme, t("screens-stranger-other"), self.does("another"), icon="qr_code_scanner")],
            [
                WordButton(
                    theme, t("screens-to-start"), self.does("done"), kind="main", least=150 if theme.upright else 230
                )
            ],
        )
