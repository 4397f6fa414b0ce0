"""The commune's own account: how much, to whom, and the same code large."""

from __future__ import annotations

from typing import Any

from kiosk.journeys.showing import PayShows
from kiosk.shell.protocol import Emit
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Pill, Rule, Text, WordButton, card, space
from kiosk.widgets.frame import FramedPage
from kiosk.widgets.pictures import QrCode


class PayPage(FramedPage):
    """Amount first; the code beside it, below it on a screen that stands."""

    def __init__(self, theme: Theme, shows: PayShows, emit: Emit) -> None:
        under = "" if theme.large and theme.upright else shows.title
        super().__init__(theme, emit, title="Nộp phí", under=under)
        self.spoken = (
            f"Số tiền phải nộp: {shows.in_words}. Nộp cho {shows.holder}. Đúng tài khoản của xã. "
            "Mở ứng dụng ngân hàng trên điện thoại rồi quét mã trên màn hình."
        )
        self.main.add_widget(_whom(theme, shows))
        right = card(theme, padding=theme.px(12), spacing=theme.px(4))
        if not theme.upright:
            right.size_hint_x, right.width = None, theme.px(386)
        # A code is scanned only from black on white, whatever the palette.
        right.add_widget(QrCode(shows.modules))
        caption = 16 if theme.large else 21
        right.add_widget(Text(theme, "Mở ứng dụng ngân hàng,\nquét mã này", caption, face="semibold", align="center"))
        self.main.add_widget(right)
        words = "Lấy phiếu, nộp tiền mặt tại quầy"
        if theme.upright or theme.large:
            words = "Lấy phiếu" if theme.upright and theme.large else "Lấy phiếu tiền mặt"
        self.set_foot(
            [WordButton(theme, words, self.does("slip"), icon="receipt_long")],
            [WordButton(theme, "Xong", self.does("done"), icon="check", kind="main", least=150)],
        )


def _whom(theme: Theme, shows: PayShows) -> Any:
    box = card(theme, padding=theme.px(12 if theme.large else 18), spacing=theme.px(4))
    if theme.upright:
        box.size_hint_y = None
        box.bind(minimum_height=box.setter("height"))
    else:
        box.add_widget(space())
    tight = theme.large
    amount = Text(theme, shows.amount, (52 if tight else 68) if shows.known else 36, face="bold", line=1.0)
    in_words = Text(theme, shows.in_words, 18 if tight else 22, line=1.0)
    holder = Text(theme, shows.holder, 18 if tight else 24, face="bold", line=1.0)
    account = Text(theme, shows.account, 16 if tight else 20, token="soft", line=1.0)
    own = Pill(theme, "Đúng tài khoản của xã", "verified", "ok", size=18 if theme.large else 20)
    if theme.large or (theme.text > 1.2 and not theme.upright):
        # What matters most must be seen first.
        parts = [amount, in_words, own, holder, account]
        if theme.upright and shows.title:
            parts.append(Text(theme, shows.title, 18, token="soft"))
    else:
        to_whom = Text(theme, "Nộp cho", 20, token="soft")
        parts = [Text(theme, "Số tiền phải nộp", 20, token="soft"), amount, in_words, Rule(theme)]
        parts += [to_whom, holder, account, own]
    for part in parts:
        box.add_widget(part)
    if not theme.upright:
        box.add_widget(space())
    return box
