"""Not paired yet: a calm sentence for villagers, and for the technician the code and what to type."""

from __future__ import annotations

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.journeys.showing import PairingShows
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Column, Icon, RoundedBox, Text, card, space
from kiosk.widgets.frame import FramedPage
from langso.words.catalogue import Sentence, t

SORRY = Sentence("screens-pairing-sorry")
COME_BACK = Sentence("screens-pairing-come-back")


class PairingPage(FramedPage):
    """What the pairing's files ask for. The technician's part may be pushed where letters are the largest."""

    def __init__(self, theme: Theme, shows: PairingShows, emit: Emit) -> None:
        super().__init__(
            theme,
            emit,
            title=SORRY,
            under=t("screens-pairing-whose", commune=shows.commune, device=shows.device),
            back=False,
        )
        self.spoken = f"{SORRY}. {COME_BACK}"
        self.main.orientation = "vertical"
        self.main.spacing = theme.px(12)
        notice = RoundedBox(
            theme,
            fill=theme.colour("nghe_soft"),
            orientation="horizontal",
            padding=theme.px(18),
            spacing=theme.px(16),
            size_hint_y=None,
        )
        notice.bind(minimum_height=notice.setter("height"))
        notice.add_widget(Icon(theme, "hourglass_top", 40, colour=theme.colour("nghe_text")))
        words = Text(theme, COME_BACK, 24, face="semibold", token="nghe_text")
        words.pos_hint = {"center_y": 0.5}
        notice.add_widget(words)
        self.main.add_widget(notice)
        self._for = _for_technician(theme, shows)
        self.main.add_widget(self._for)

    def change(self, shows: Plain) -> None:
        self.main.remove_widget(self._for)
        self._for = _for_technician(self.theme, shows)
        self.main.add_widget(self._for)


def _for_technician(theme: Theme, shows: PairingShows) -> Widget:
    whole = card(theme, orientation="horizontal", spacing=theme.px(24))
    column = Column(theme, spacing=8)
    column.put(Text(theme, t("screens-pairing-technician"), 20, face="bold", token="cham"))
    if shows.why:
        column.put(Text(theme, shows.why, 18, token="son"))
    for number, step in enumerate(shows.steps, 1):
        column.put(_step(theme, number, step))
    whole.add_widget(column)
    if shows.code and theme.upright:
        column.put(space(theme.px(24)), *_code(theme, shows.code, "  "))
    elif shows.code:
        beside = Column(theme, spacing=4)
        beside.size_hint_x, beside.width = None, theme.px(250)
        beside.put(*_code(theme, shows.code, "\n"))
        whole.add_widget(beside)
    return whole


def _step(theme: Theme, number: int, step: str) -> Widget:
    """A numbered step; what is typed stands in a line of its own."""
    where, _, typed = step.partition(": ")
    row = BoxLayout(spacing=theme.px(12), size_hint_y=None)
    row.bind(minimum_height=row.setter("height"))
    digit = Text(theme, f"{number}.", 18, face="bold", token="cham", line=1.05)
    digit.size_hint_x, digit.width, digit.pos_hint = None, theme.font(24), {"top": 1}
    row.add_widget(digit)
    words = BoxLayout(orientation="vertical", size_hint_y=None, pos_hint={"top": 1})
    words.bind(minimum_height=words.setter("height"))
    words.add_widget(Text(theme, f"{where}:" if typed else where, 18, token="soft" if typed else "ink", line=1.05))
    if typed:
        words.add_widget(Text(theme, typed, 18, face="semibold", line=1.05))
    row.add_widget(words)
    return row


def _code(theme: Theme, code: str, between: str) -> list[Widget]:
    """The twelve digits as large as they go, to be read to the office."""
    return [
        Text(theme, t("screens-pairing-code"), 18, token="soft", align="center"),
        Text(theme, between.join(code.split()), 46, face="bold", token="cham", align="center", line=1.0),
        Text(theme, t("screens-pairing-code-how"), 16, token="soft", align="center"),
    ]
