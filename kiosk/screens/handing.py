"""Handing in: what the paper is, and the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.uix.gridlayout import GridLayout
from kivy.uix.scrollview import ScrollView

from kiosk.journeys.kinds import Kind, kinds_for
from kiosk.journeys.scan import ScanJourney
from kiosk.sending.dossiers import HandedIn
from kiosk.widgets.basic import Column, Icon, Pill, Pressable, Text, WordButton, card
from kiosk.widgets.frame import Page
from langso.errors import LangsoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.shell.app import Kiosk


class SortPage(Page):
    """What is it? One touch chooses and hands in."""

    def __init__(self, kiosk: Kiosk, journey: ScanJourney) -> None:
        super().__init__(
            kiosk.theme,
            title="Đây là giấy gì?",
            under=f"{len(journey.pages)} trang",
            back=self._more,
            listen=kiosk.read_aloud,
        )
        self._kiosk = kiosk
        self._journey = journey
        theme = self.theme
        kinds = kinds_for(kiosk.agent.catalogue)
        self.spoken = "Chạm vào tên giấy để gửi cho xã. " + ". ".join(kind.name for kind in kinds[:8])
        self._state = Pill(theme, "Chạm vào tên giấy để gửi cho xã", "touch_app", "plain")
        scroll = ScrollView(do_scroll_x=False, bar_width=theme.px(8), scroll_distance=theme.px(20))
        grid = GridLayout(
            cols=2 if theme.text < 1.5 else 1, spacing=theme.px(14), size_hint_y=None, padding=(0, 0, theme.px(14), 0)
        )
        grid.bind(minimum_height=grid.setter("height"))
        for kind in kinds:
            grid.add_widget(_KindButton(theme, kind, self._choose))
        scroll.add_widget(grid)
        self.main.add_widget(scroll)
        again = WordButton(theme, "Xem lại", self._look_again, icon="photo_library")
        more = WordButton(theme, "Quét thêm trang", self._more, icon="note_add")
        self.set_foot([self._state], [again, more])

    def _look_again(self) -> None:
        from kiosk.screens.pages import PagesPage

        if self._journey.step == "sort":
            self._kiosk.open(PagesPage(self._kiosk, self._journey, 0))

    def _more(self) -> None:
        from kiosk.screens.scan import ScanPage

        if self._journey.step == "sort":
            self._journey.more()
            self._kiosk.open(ScanPage(self._kiosk, self._journey))

    def _choose(self, kind: Kind) -> None:
        if self._journey.step != "sort":
            return
        self._state.say("Đang niêm phong giấy tờ…", "hourglass_top", "warn")
        agent = self._kiosk.agent

        def work() -> HandedIn:
            return self._journey.hand_in(kind, agent.catalogue, agent.recipient)

        def done(receipt: HandedIn) -> None:
            agent.sender.hurry()
            self._kiosk.open(ReceiptPage(self._kiosk, receipt))

        def failed(error: BaseException) -> None:
            said = str(error) if isinstance(error, LangsoError) else "Máy gặp lỗi, giấy vẫn còn; xin thử lại."
            self._state.say(said, "warning", "bad")

        self._kiosk.work(work, done, failed)


class _KindButton(Pressable):
    def __init__(self, theme: Any, kind: Kind, then: Callable[[Kind], None]) -> None:
        super().__init__(
            theme,
            lambda: then(kind),
            fill=theme.colour("card"),
            border=theme.colour("line"),
            orientation="horizontal",
            padding=(theme.px(20), theme.px(12)),
            spacing=theme.px(16),
            size_hint_y=None,
            height=max(theme.px(84), theme.font(21) * 3.2),
        )
        self.add_widget(Icon(theme, kind.icon, 40, colour=theme.colour("cham")))
        name = Text(theme, kind.name, 21, face="semibold", line=1.05)
        name.pos_hint = {"center_y": 0.5}
        self.add_widget(name)


class ReceiptPage(Page):
    """Handed in: the code to keep. It stays until the villager goes, or the countdown wipes it."""

    def __init__(self, kiosk: Kiosk, receipt: HandedIn) -> None:
        super().__init__(
            kiosk.theme, title="Đã nhận giấy tờ", under=receipt.title, back=kiosk.go_home, listen=kiosk.read_aloud
        )
        self._kiosk = kiosk
        self._receipt = receipt
        theme = self.theme
        self.spoken = f"Đã nhận {receipt.pages} trang. Mã của bạn là {' '.join(receipt.code)}. Xin ghi lại mã này."
        box = card(theme, padding=theme.px(32), spacing=theme.px(12))
        column = Column(theme, spacing=14)
        self._state = Pill(theme, "Đang gửi về xã", "hourglass_top", "warn")
        column.put(
            Text(theme, "Mã nhận giấy tờ của bạn", 21, token="soft"),
            Text(theme, receipt.code, 60, face="bold"),
            Text(theme, "Xin chụp lại hoặc ghi mã này, rồi hỏi cán bộ khi cần.", 22),
            self._state,
        )
        box.add_widget(column)
        self.main.add_widget(box)
        self.set_foot([], [WordButton(theme, "Xong", kiosk.go_home, icon="check", kind="main", least=230)])
        self._sent = False
        self.tick()

    def tick(self) -> None:
        if not self._sent and not self._kiosk.agent.dossiers.path(self._receipt.dossier).exists():
            self._sent = True
            self._state.say("Xã đã nhận được", "check_circle", "ok")
        elif not self._sent and not self._kiosk.agent.link.connected:
            self._state.say("Mất mạng, máy giữ kín và tự gửi sau", "hourglass_top", "warn")
