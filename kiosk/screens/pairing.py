"""Not paired yet: a calm sentence for villagers, and for the technician the code and what to type."""

from __future__ import annotations

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.journeys.showing import PairingShows
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Column, Icon, RoundedBox, Text, card, space
from kiosk.widgets.frame import FramedPage
from langso.words.catalogue import Sentence, Words, t

SORRY = Sentence("prompts-pairing-sorry")
COME_BACK = Sentence("prompts-pairing-come-back")


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
        self.spoken = (SORRY, COME_BACK)
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
        words = Text(theme, COME_BACK, 20 if theme.large else 24, face="semibold", token="nghe_text")
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
    whole = card(theme, orientation="horizontal", spacing=theme.px(24), padding=theme.px(14 if theme.large else 20))
    size = _size(theme)
    column = Column(theme, spacing=size / 2)
    column.put(Text(theme, t("screens-pairing-technician"), size + 2, face="bold", token="cham"))
    if shows.why:
        column.put(Text(theme, shows.why, size, token="son"))
    for number, (step, typed) in enumerate(shows.steps, 1):
        column.put(_step(theme, number, step, typed))
    whole.add_widget(column)
    if shows.code and theme.upright:
        column.put(space(theme.px(24)), *_code(theme, shows.code, "  "))
    elif shows.code:
        beside = Column(theme, spacing=4)
        beside.size_hint_x, beside.width = None, theme.px(250)
        beside.put(*_code(theme, shows.code, "\n"))
        whole.add_widget(beside)
    return whole


def _size(theme: Theme) -> float:
    """Of what the technician reads: a screen that stands has room for more."""
    return 16 if theme.large else 24 if theme.upright else 18


def _step(theme: Theme, number: int, step: Words, typed: str) -> Widget:
    """A numbered step; what is typed stands in a line of its own."""
    row = BoxLayout(spacing=theme.px(12), size_hint_y=None)
    row.bind(minimum_height=row.setter("height"))
    size = _size(theme)
    digit = Text(theme, f"{number}.", size, face="bold", token="cham", line=1.05)
    digit.size_hint_x, digit.width, digit.pos_hint = None, theme.font(size * 1.4), {"top": 1}
    row.add_widget(digit)
    words = BoxLayout(orientation="vertical", size_hint_y=None, pos_hint={"top": 1})
    words.bind(minimum_height=words.setter("height"))
    words.add_widget(Text(theme, step, size, token="soft" if typed else "ink", line=1.05))
    if typed:
        words.add_widget(Text(theme, typed, size, face="semibold", line=1.05))
    row.add_widget(words)
    return row


def _code(theme: Theme, code: str, between: str) -> list[Widget]:
    """The twelve digits as large as they go, to be read to the office."""
    large = 32 if theme.large else 64 if theme.upright else 46
    digits = Text(theme, between.join(code.split()), large, face="bold", token="cham", align="center", line=1.0)
    return [
        Text(theme, t("screens-pairing-code"), _size(theme), token="soft", align="center"),
        digits.in_one_line(theme.px(theme.wide - 110)) if theme.upright else digits,
        *([] if theme.large else [Text(theme, t("screens-pairing-code-how"), 16, token="soft", align="center")]),
    ]
