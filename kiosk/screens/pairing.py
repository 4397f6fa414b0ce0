"""Not paired yet: a calm sentence for villagers, and for the technician the code and what to type."""

from __future__ import annotations

from collections.abc import Callable

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.style.theme import Theme
from kiosk.widgets.basic import Column, Ground, Icon, Text, card, space
from kiosk.widgets.frame import Page
from langso.device.pairing_stand import Stand, next_steps

SORRY = "Máy này chưa dùng được"
COME_BACK = "Máy đang chờ cán bộ kỹ thuật. Xin bà con hỏi cán bộ xã."


class PairingPage(Page):
    """What `stand` asks for; a new page is made when it changes. `upright`: the screen is higher than wide."""

    def __init__(
        self,
        theme: Theme,
        stand: Stand,
        *,
        commune: str,
        device: str,
        listen: Callable[[], None],
        upright: bool = False,
    ) -> None:
        super().__init__(theme, title=SORRY, under=f"{commune} · máy {device}", listen=listen)
        self.spoken = f"{SORRY}. {COME_BACK}"
        self.main.orientation = "vertical"
        self.main.spacing = theme.px(12)
        notice = Ground(
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
        self.main.add_widget(_for_technician(theme, stand, upright))


def _for_technician(theme: Theme, stand: Stand, upright: bool) -> Widget:
    whole = card(theme, orientation="horizontal", spacing=theme.px(24))
    column = Column(theme, spacing=8)
    column.put(Text(theme, "Dành cho cán bộ kỹ thuật: ghép máy với văn phòng xã", 20, face="bold", token="cham"))
    if stand.why:
        column.put(Text(theme, stand.why, 18, token="son"))
    for number, step in enumerate(next_steps(stand), 1):
        column.put(_step(theme, number, step))
    whole.add_widget(column)
    if stand.code and upright:
        column.put(space(theme.px(24)), *_code(theme, stand.code, "  "))
    elif stand.code:
        beside = Column(theme, spacing=4)
        beside.size_hint_x, beside.width = None, theme.px(250)
        beside.put(*_code(theme, stand.code, "\n"))
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
        Text(theme, "Mã so khớp", 18, token="soft", align="center"),
        Text(theme, between.join(code.split()), 46, face="bold", token="cham", align="center", line=1.0),
        Text(theme, "Văn phòng phải thấy đúng mười hai chữ số này.", 16, token="soft", align="center"),
    ]
