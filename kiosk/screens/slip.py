"""The slip for paying at the counter, to be photographed from the screen."""

from __future__ import annotations

from kivy.uix.boxlayout import BoxLayout

from kiosk.journeys.showing import SlipShows
from kiosk.shell.protocol import Emit
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Pill, Text, space
from kiosk.widgets.buttons import WordButton
from kiosk.widgets.frame import FramedPage
from kiosk.widgets.pictures import PagePicture
from langso.words import amount
from langso.words.catalogue import Sentence, Unit, t


class SlipPage(FramedPage):
    """The slip itself, and what to do with it."""

    def __init__(self, theme: Theme, shows: SlipShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=t("screens-slip-title"), under=t("screens-slip-where"))
        made = shows.picture is not None
        how = Sentence("prompts-slip-how" if made else "prompts-slip-failed")
        asked = (Sentence("prompts-fee-ask-amount"),)
        self.spoken = (*((Sentence("prompts-slip-amount"), Unit(amount, shows.dong)) if shows.dong else asked), how)
        if shows.picture is not None:
            picture = PagePicture(theme, shows.picture)
            if not theme.upright:
                picture.size_hint_x = 0.6
            self.main.add_widget(picture)
        side = BoxLayout(orientation="vertical", spacing=theme.px(10))
        beneath = theme.upright and made
        if beneath:
            side.size_hint_y = None
            side.bind(minimum_height=side.setter("height"))
        else:
            side.add_widget(space())
        side.add_widget(Text(theme, shows.amount, 50, face="bold", line=1.0))
        if not theme.large:
            side.add_widget(Text(theme, shows.in_words, 22))
        side.add_widget(Text(theme, shows.holder, 20, face="bold", line=1.0))
        if shows.title and not theme.large:
            side.add_widget(Text(theme, shows.title, 20, token="soft"))
        if made:
            side.add_widget(Text(theme, how, 20 if theme.large else 24, face="semibold", line=1.05))
        else:
            wrong = Pill(theme, how, "warning", "bad", size=20)
            wrong.limit(theme.px(theme.wide - 60))
            side.add_widget(wrong)
        if not beneath:
            side.add_widget(space())
        self.main.add_widget(side)
        self.set_foot(
            [], [WordButton(theme, t("screens-done"), self.does("done"), icon="check", kind="main", least=230)]
        )
