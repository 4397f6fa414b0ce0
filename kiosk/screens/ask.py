"""Before papers are sent: what they are, and one button that sends them."""

from __future__ import annotations

from kivy.uix.boxlayout import BoxLayout

from kiosk.journeys.showing import AskShows
from kiosk.prompts.aloud import Theirs
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Pill, Text, space
from kiosk.widgets.buttons import WordButton
from kiosk.widgets.frame import GAP, FramedPage
from kiosk.widgets.pictures import PagePicture
from langso.words.catalogue import Sentence, t

ASK = Sentence("prompts-ask-send")


class AskPage(FramedPage):
    """The paper, its name, how many pages; what sends lies in the foot, where no name of a paper lay before."""

    def __init__(self, theme: Theme, shows: AskShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=t("screens-ask-title"), under=t("screens-ask-under"))
        name = shows.title if isinstance(shows.title, Sentence) else Theirs(shows.title)
        self.spoken = (name, ASK)
        picture = PagePicture(theme, shows.picture)
        if not theme.upright:
            picture.size_hint_x = 0.6
        self.main.add_widget(picture)
        side = BoxLayout(orientation="vertical", spacing=theme.px(GAP))
        if theme.upright:
            side.size_hint_y = None
            side.bind(minimum_height=side.setter("height"))
        else:
            side.add_widget(space())
        side.add_widget(Text(theme, shows.title, 26 if theme.large else 34, face="bold", line=1.0))
        side.add_widget(Text(theme, t("screens-sort-pages", pages=shows.pages), 22 if theme.large else 26))
        self._state = Pill(theme, shows.said.text, shows.said.icon, shows.said.tone, size=17 if theme.large else 20)
        room = theme.wide - 48 if theme.upright else (theme.wide - 48 - 18) / 1.6
        self._state.limit(theme.px(room))
        side.add_widget(self._state)
        if not theme.upright:
            side.add_widget(space())
        self.main.add_widget(side)
        not_yet = WordButton(theme, t("screens-ask-not-yet"), self.does("back"), icon="arrow_back")
        least = 150 if theme.upright else 230
        words, then = t("screens-ask-send"), self.does("send")
        self._send = WordButton(theme, words, then, icon="send", kind="main", least=least)
        self._not_yet = not_yet
        self.set_foot([not_yet], [self._send])
        self._light(shows)

    def change(self, shows: Plain) -> None:
        self._state.say(shows.said.text, shows.said.icon, shows.said.tone)
        self._light(shows)

    def _light(self, shows: AskShows) -> None:
        self._send.off, self._not_yet.off = not shows.ready, shows.busy
