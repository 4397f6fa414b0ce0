"""Paying a fee: show a code to the camera, then what it asks and the same code large, a warning, or a slip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kivy.graphics import Color, Rectangle
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.devices.camera_thread import Watcher
from kiosk.journeys.fee import LOOK, Fee, FeeJourney, qr_modules, slip
from kiosk.widgets.basic import Column, Icon, Pill, Text, WordButton, card
from kiosk.widgets.frame import Page
from kiosk.widgets.pictures import CameraView, PagePicture, QrCode
from langso.errors import LangsoError
from scanner.live.looking import Looked, Looking

if TYPE_CHECKING:
    from kiosk.shell.app import Kiosk
    from scanner.codes import Code

RATE = 12.0


class FeeLookPage(Page):
    """The camera looks for a payment code."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__(
            kiosk.theme,
            title="Nộp phí",
            under="Đưa mã QR trên giấy vào trước máy ảnh",
            back=kiosk.go_home,
            listen=kiosk.read_aloud,
        )
        self.spoken = "Đưa tờ giấy có mã QR vào trước máy ảnh, giữ yên một chút."
        self._kiosk = kiosk
        self._journey = FeeJourney()
        self._watcher: Watcher[Looked] | None = None
        self._number = 0
        self._view = CameraView(self.theme, LOOK, "qr_code_scanner")
        self.main.add_widget(self._view)
        self.set_foot([], [WordButton(self.theme, "Về trang đầu", kiosk.go_home)])

    def opened(self) -> None:
        self.wants_light = False
        looking, kiosk = Looking(codes=True), self._kiosk
        self._watcher = Watcher(kiosk.camera, looking.look, rate=RATE, holder=kiosk.camera_holder, over=looking.close)
        self._watcher.start()

    def closed(self) -> None:
        if self._watcher is not None:
            self._watcher.stop(timeout=0)
        self._view.clear()

    def tick(self) -> None:
        if self._watcher is None:
            return
        sight, fault = self._watcher.newest, self._watcher.fault
        if sight is None:
            if fault:
                self._view.clear()
                self._view.pill.say(fault, "no_photography", "bad")
            return
        if sight.number == self._number:
            return
        self._number = sight.number
        found, self.wants_light = sight.judged.codes or (), sight.judged.dark
        self._view.show(sight.shown, _outline(found, sight.shown.shape[1] / sight.image.shape[1]))
        fee = self._journey.see([code.text for code in found], self._kiosk.agent.catalogue)
        if fee is not None:
            self._kiosk.open(FeePage(self._kiosk, fee) if fee.payable else StrangerPage(self._kiosk, fee))
            return
        if fault:
            self._view.pill.say(fault, "no_photography", "bad")
            return
        hint = self._journey.hint
        self._view.pill.say(hint, "qr_code_scanner" if hint == LOOK else "info", "warn")


def _outline(codes: Sequence[Code], shrunk: float) -> list[tuple[float, float]] | None:
    """The corners of the one code in view; None where there are none or several."""
    if len({code.text for code in codes}) != 1:
        return None
    return [(x * shrunk, y * shrunk) for x, y in codes[0].polygon]


class FeePage(Page):
    """The commune's own account: how much, to whom, and the same code large."""

    def __init__(self, kiosk: Kiosk, fee: Fee) -> None:
        super().__init__(
            kiosk.theme, title="Nộp phí", under=fee.title, back=lambda: kiosk.show("fee"), listen=kiosk.read_aloud
        )
        self._kiosk = kiosk
        self._fee = fee
        theme = self.theme
        self.spoken = (
            f"Số tiền phải nộp: {fee.amount_in_words}. Nộp cho {fee.holder}. Đúng tài khoản của xã. "
            "Mở ứng dụng ngân hàng trên điện thoại rồi quét mã trên màn hình."
        )
        left = card(theme, padding=theme.px(18))
        column = Column(theme, spacing=5)
        amount = Text(theme, fee.amount_shown, 68 if fee.amount else 40, face="bold", line=1.0)
        in_words = Text(theme, fee.amount_in_words, 22)
        holder = Text(theme, fee.holder, 24, face="bold", line=1.05)
        account = Text(theme, fee.account_shown, 20, token="soft")
        own = Pill(theme, "Đúng tài khoản của xã", "verified", "ok")
        if theme.text < 1.5:
            column.put(Text(theme, "Số tiền phải nộp", 20, token="soft"), amount, in_words, _Rule(theme))
            column.put(Text(theme, "Nộp cho", 20, token="soft"), holder, account, own)
        else:
            # Large letters: what matters most must be seen without pushing the page.
            column.put(amount, in_words, own, holder, account)
        left.add_widget(column)
        self.main.add_widget(left)
        right = card(theme, padding=theme.px(12), spacing=theme.px(4), size_hint_x=None, width=theme.px(386))
        # A code is scanned only from black on white, whatever the palette.
        right.add_widget(QrCode(qr_modules(fee)))
        caption = 21 if theme.text < 1.5 else 17
        right.add_widget(Text(theme, "Mở ứng dụng ngân hàng,\nquét mã này", caption, face="semibold", align="center"))
        self.main.add_widget(right)
        self.set_foot(
            [WordButton(theme, "Lấy phiếu, nộp tiền mặt tại quầy", self._slip, icon="receipt_long")],
            [WordButton(theme, "Xong", kiosk.go_home, icon="check", kind="main", least=180)],
        )

    def _slip(self) -> None:
        self._kiosk.open(SlipPage(self._kiosk, self._fee))


class SlipPage(Page):
    """The slip for the counter, on the screen and as files in the visit's workspace."""

    def __init__(self, kiosk: Kiosk, fee: Fee) -> None:
        super().__init__(
            kiosk.theme,
            title="Phiếu nộp tiền mặt",
            under="Nộp tại quầy thu phí của xã",
            back=lambda: kiosk.open(FeePage(kiosk, fee)),
            listen=kiosk.read_aloud,
        )
        theme = self.theme
        self.spoken = (
            f"Phiếu nộp {fee.amount_in_words}. Chụp lại phiếu này bằng điện thoại rồi đưa cho cán bộ thu phí."
        )
        agent = kiosk.agent
        now = agent.clock.now()
        side = Column(theme, spacing=10)
        side.put(
            Text(theme, fee.amount_shown, 50, face="bold", line=1.0),
            Text(theme, fee.amount_in_words, 22),
            Text(theme, fee.holder, 22, face="bold"),
            Text(theme, fee.title, 20, token="soft"),
            Text(theme, "Chụp lại phiếu này bằng điện thoại, đưa cho cán bộ thu phí.", 24, face="semibold"),
        )
        try:
            paths = {}
            for kind in ("png", "pdf"):
                data = slip(fee, commune=agent.commune_name, place=agent.place, now=now, kind=kind)
                paths[kind] = agent.workspace.write(f"phieu.{kind}", data)
            self.main.add_widget(PagePicture(theme, paths["png"], size_hint_x=0.8))
        except (LangsoError, OSError):
            side.put(Pill(theme, "Chưa làm được phiếu, xin gọi cán bộ", "warning", "bad"))
        self.main.add_widget(side)
        self.set_foot([], [WordButton(theme, "Xong", kiosk.go_home, icon="check", kind="main", least=230)])


class StrangerPage(Page):
    """Not the commune's account (or nobody can say): a warning, and no code to pay by."""

    def __init__(self, kiosk: Kiosk, fee: Fee) -> None:
        stranger = fee.verdict == "stranger"
        super().__init__(
            kiosk.theme,
            title="Khoan đã, đừng chuyển tiền" if stranger else "Chưa kiểm tra được mã này",
            under=fee.title,
            back=lambda: kiosk.show("fee"),
            listen=kiosk.read_aloud,
        )
        theme = self.theme
        self.spoken = fee.why
        ground, ink = theme.tone("bad" if stranger else "warn")
        box = card(theme, padding=theme.px(28), spacing=theme.px(10))
        box.paint(ground, ink)
        column = Column(theme, spacing=10)
        row = BoxLayout(size_hint_y=None, spacing=theme.px(20))
        row.add_widget(Icon(theme, "block" if stranger else "warning", 72, colour=ink))
        headline = "Không phải tài khoản của xã" if stranger else "Máy chưa có danh sách tài khoản của xã"
        row.add_widget(Text(theme, headline, 36, face="bold", colour=ink))
        row.bind(minimum_height=row.setter("height"))
        column.put(
            row,
            Text(theme, "Đừng chuyển tiền. Xin hỏi cán bộ trước khi nộp.", 26, face="semibold"),
            _Rule(theme),
            Text(theme, f"Mã này đòi: {fee.amount_shown}", 22),
            Text(theme, f"Vào tài khoản: {fee.account_shown}", 22),
        )
        if fee.holder:
            column.put(Text(theme, f"Tên ghi trong mã: {fee.holder}", 22))
        box.add_widget(column)
        self.main.add_widget(box)
        self.set_foot(
            [WordButton(theme, "Đưa mã khác", lambda: kiosk.show("fee"), icon="qr_code_scanner")],
            [WordButton(theme, "Về trang đầu", kiosk.go_home, kind="main", least=230)],
        )


class _Rule(Widget):
    """A thin line across."""

    def __init__(self, theme: Any) -> None:
        super().__init__(size_hint_y=None, height=theme.px(14))
        with self.canvas:
            Color(*theme.colour("line"))
            self._line = Rectangle()
        self._thick = theme.px(2)
        self.bind(pos=self._place, size=self._place)

    def _place(self, *_: Any) -> None:
        self._line.pos = (self.x, self.center_y)
        self._line.size = (self.width, self._thick)
