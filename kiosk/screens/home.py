"""Home: the things that can be done here, large; clock, date with lunar date; text size and contrast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.style.theme import SIZES, Theme
from kiosk.widgets.basic import Icon, Pressable, RoundButton, Text
from kiosk.widgets.frame import Page
from langso.timekeeping import dates

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.shell.app import Kiosk

SCAN, FEE = "Quét giấy tờ,\nnộp hồ sơ", "Nộp phí bằng\nmã QR"


class HomePage(Page):
    """Two tiles, both of which work."""

    def __init__(self, kiosk: Kiosk) -> None:
        theme = kiosk.theme
        super().__init__(theme, title=kiosk.agent.place, under=kiosk.agent.commune_name, listen=kiosk.read_aloud)
        self._kiosk = kiosk
        self.spoken = "Xin chào. Chạm ô bên trái để quét giấy tờ và nộp hồ sơ. Chạm ô bên phải để nộp phí bằng mã QR."
        self._day = Text(theme, "", 17, token="soft", fit=True)
        self._hour = Text(theme, "", 28, face="bold", fit=True)
        if theme.text < 1.5:
            self.head_right.add_widget(self._day)
        self.head_right.add_widget(self._hour)
        self.main.spacing = theme.px(16)
        self.main.add_widget(
            Tile(theme, SCAN, "Đặt giấy dưới máy ảnh", "document_scanner", lambda: kiosk.show("scan"), first=True)
        )
        self.main.add_widget(
            Tile(theme, FEE, "Hoặc lấy phiếu tiền mặt", "qr_code_scanner", lambda: kiosk.show("fee"))
        )
        sizes = LetterSizes(theme, kiosk.next_text_size)
        contrast = RoundButton(theme, "contrast", "Tương phản", kiosk.switch_contrast)
        self.set_foot([], [sizes, contrast])
        self.tick()

    def tick(self) -> None:
        now = dates.local(self._kiosk.agent.clock.now())
        day = dates.day_with_lunar(now.date())
        hour = f"{now.hour}:{now.minute:02d}"
        if self._day.text != day:
            self._day.text = day
        if self._hour.text != hour:
            self._hour.text = hour


class Tile(Pressable):
    """A large card with icon, what is done here, and one line more."""

    def __init__(
        self, theme: Theme, title: str, under: str, icon: str, then: Callable[[], None], *, first: bool = False
    ) -> None:
        fill = theme.colour("cham" if first else "card")
        super().__init__(
            theme,
            then,
            fill=fill,
            border=fill if first else theme.colour("line"),
            orientation="vertical",
            padding=theme.px(32 if theme.text < 1.5 else 24),
            spacing=theme.px(8),
        )
        # Larger letters need the room more than the picture does.
        side = 104 if theme.text < 1.5 else 72
        row = BoxLayout(size_hint_y=None, height=theme.px(side))
        colour = theme.colour("on_cham" if first else "lua")
        row.add_widget(Icon(theme, icon, side, colour=colour))
        row.add_widget(Widget())
        self.add_widget(row)
        self.add_widget(Widget())
        ink = theme.colour("on_cham" if first else "ink")
        self.add_widget(Text(theme, title, 34, face="bold", colour=ink))
        self.add_widget(Text(theme, under, 21, colour=theme.colour("on_cham_soft" if first else "soft")))


class LetterSizes(Pressable):
    """ "A A A": each press goes to the next text size; the present one is darker."""

    def __init__(self, theme: Theme, then: Callable[[], None]) -> None:
        super().__init__(
            theme,
            then,
            fill=theme.colour("card"),
            border=theme.colour("line"),
            radius=16,
            size_hint=(None, None),
            height=theme.px(64),
            width=theme.px(150),
            spacing=theme.px(10),
            padding=(theme.px(20), 0),
            pos_hint={"center_y": 0.5},
        )
        self.said = "Cỡ chữ"
        self.add_widget(Widget())
        for size, height in zip(SIZES, (18, 26, 34), strict=True):
            token = "cham" if size == theme.text else "soft"
            letter = Text(Theme(theme.palette, 1.0, theme.scale), "A", height, face="bold", token=token, fit=True)
            self.add_widget(letter)
        self.add_widget(Widget())
