"""Not the commune's account (or nobody can say): a warning, and no code to pay by."""

from __future__ import annotations

from kivy.uix.boxlayout import BoxLayout

from kiosk.journeys.showing import StrangerShows
from kiosk.shell.protocol import Emit
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Icon, Rule, Text, WordButton, card, space
from kiosk.widgets.frame import FramedPage


class StrangerPage(FramedPage):
    """The whole card is tinted: the page is about that state."""

    def __init__(self, theme: Theme, shows: StrangerShows, emit: Emit) -> None:
        stranger = shows.stranger
        title = "Khoan đã, đừng chuyển tiền" if stranger else "Chưa kiểm tra được mã này"
        super().__init__(theme, emit, title=title, under="" if theme.large else shows.title)
        self.spoken = shows.why
        ground, ink = theme.tone("bad" if stranger else "warn")
        box = card(theme, padding=theme.px(16 if theme.large else 28), spacing=theme.px(8))
        box.paint(ground, ink)
        row = BoxLayout(size_hint_y=None, spacing=theme.px(20))
        row.add_widget(Icon(theme, "block" if stranger else "warning", 56 if theme.large else 72, colour=ink))
        headline = "Không phải tài khoản của xã" if stranger else "Máy chưa có danh sách tài khoản của xã"
        row.add_widget(Text(theme, headline, 26 if theme.large else 36, face="bold", colour=ink, line=1.0))
        row.bind(minimum_height=row.setter("height"))
        parts = [
            row,
            Text(
                theme, "Đừng chuyển tiền. Xin hỏi cán bộ trước khi nộp.", 21 if theme.large else 26, face="semibold"
            ),
            Rule(theme),
            Text(theme, f"Mã này đòi: {shows.amount}", 18 if theme.large else 22),
            Text(theme, f"Vào tài khoản: {shows.account}", 18 if theme.large else 22),
        ]
        if shows.holder:
            parts.append(Text(theme, f"Tên ghi trong mã: {shows.holder}", 18 if theme.large else 22))
        box.add_widget(space())
        for part in parts:
            box.add_widget(part)
        box.add_widget(space())
        self.main.add_widget(box)
        self.set_foot(
            [WordButton(theme, "Đưa mã khác", self.does("another"), icon="qr_code_scanner")],
            [WordButton(theme, "Về trang đầu", self.does("done"), kind="main", least=150 if theme.upright else 230)],
        )
