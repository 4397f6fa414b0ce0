"""Scanning: the camera with the page's outline, the preview, what it is, and the receipt."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.scrollview import ScrollView

from kiosk.dossiers import HandedIn
from kiosk.journeys.scan import Eye, Kind, ScanJourney, Seen, kinds_for
from kiosk.watching import NO_CAMERA, Watcher
from kiosk.widgets.basic import Column, Icon, Pill, Pressable, Text, WordButton, card, space
from kiosk.widgets.frame import Page
from kiosk.widgets.pictures import CameraView, PagePicture
from langso.errors import LangsoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.app import Kiosk

log = logging.getLogger(__name__)


class ScanPage(Page):
    """The camera: captures by itself when the page is still, or at once by the button."""

    def __init__(self, kiosk: Kiosk, journey: ScanJourney) -> None:
        number = len(journey.pages) + 1
        super().__init__(
            kiosk.theme,
            title="Quét giấy tờ",
            under=f"Trang {number}" if journey.pages else "Đặt giấy dưới máy ảnh, máy tự chụp",
            back=kiosk.go_home,
            listen=kiosk.read_aloud,
        )
        self.spoken = "Đặt giấy vào giữa khung, giữ yên, máy sẽ tự chụp. Hoặc chạm nút Chụp ngay."
        self._kiosk = kiosk
        self._journey = journey
        self._number = 0
        self._watcher: Watcher[Seen] | None = None
        self._newest: Seen | None = None
        theme = self.theme
        self._view = CameraView(theme, "Đang mở máy ảnh…", "photo_camera")
        self.main.add_widget(self._view)
        self.main.add_widget(PageList(kiosk, journey, self._refresh))
        capture = WordButton(theme, "Chụp ngay", self._capture, icon="photo_camera", kind="main", least=230)
        enough = WordButton(theme, "Xong, gửi cho xã", self._sort, icon="send", kind="help")
        self.set_foot([enough] if journey.pages else [], [capture])

    def opened(self) -> None:
        self._watcher = Watcher(self._kiosk.camera, Eye().look)
        self._watcher.start()

    def closed(self) -> None:
        if self._watcher is not None:
            # Not waited for: a camera that hangs must not freeze the screen.
            self._watcher.stop(timeout=0)
        self._newest = None
        self._view.clear()

    def tick(self) -> None:
        if self._watcher is None:
            return
        sight = self._watcher.newest
        if sight is None:
            if self._watcher.fault:
                self._view.clear()
                self._view.pill.say(NO_CAMERA, "warning", "bad")
            return
        if sight.number == self._number:
            return
        self._number = sight.number
        self._newest = seen = sight.judged
        self._view.show(seen.image, seen.quad)
        if seen.good:
            self._view.pill.say(seen.sentence, "motion_photos_on", "ok")
        else:
            self._view.pill.say(seen.sentence, "info", "warn")
        if seen.capture:
            self._capture()

    def _capture(self) -> None:
        if self._newest is None:
            self._view.pill.say("Chưa có hình, xin chờ một chút", "hourglass_top", "warn")
            return
        try:
            self._journey.capture(self._newest)
        except LangsoError as error:
            self._view.pill.say(str(error), "warning", "bad")
            return
        self._kiosk.open(PreviewPage(self._kiosk, self._journey))

    def _sort(self) -> None:
        self._journey.sort()
        self._kiosk.open(SortPage(self._kiosk, self._journey))

    def _refresh(self) -> None:
        self._kiosk.open(ScanPage(self._kiosk, self._journey))


class PageList(BoxLayout):
    """The pages kept so far at the right, each to be taken out again; the newest three are shown."""

    def __init__(self, kiosk: Kiosk, journey: ScanJourney, changed: Callable[[], None]) -> None:
        theme = kiosk.theme
        super().__init__(orientation="vertical", size_hint_x=None, width=theme.px(246), spacing=theme.px(12))
        first = max(0, len(journey.pages) - 2)
        if first:
            self.add_widget(Text(theme, f"và {first} trang trước", 17, token="soft"))
        for index in range(first, len(journey.pages)):
            box = card(theme, padding=theme.px(12), spacing=theme.px(6), size_hint_y=None, height=theme.px(158))
            box.add_widget(Text(theme, f"Trang {index + 1}", 17, token="soft", line=1.0))
            row = BoxLayout(spacing=theme.px(8))
            row.add_widget(PagePicture(theme, journey.pages[index].path))
            row.add_widget(_Remove(theme, index, journey, changed))
            box.add_widget(row)
            self.add_widget(box)
        here = card(theme, padding=theme.px(14), spacing=theme.px(2), size_hint_y=None)
        here.paint(theme.colour("cham_soft"), theme.colour("cham"))
        here.bind(minimum_height=here.setter("height"))
        here.add_widget(Text(theme, f"Trang {len(journey.pages) + 1}", 19, face="semibold", token="cham", line=1.0))
        here.add_widget(Text(theme, "Đang quét", 17, token="ink", line=1.0))
        self.add_widget(here)
        self.add_widget(space())


class _Remove(Pressable):
    def __init__(self, theme: Any, index: int, journey: ScanJourney, changed: Callable[[], None]) -> None:
        def take_out() -> None:
            journey.remove(index)
            changed()

        super().__init__(
            theme,
            take_out,
            fill=theme.colour("card"),
            border=theme.colour("line"),
            radius=32,
            size_hint=(None, None),
            size=(theme.px(64), theme.px(64)),
            pos_hint={"center_y": 0.5},
        )
        self.said = f"Bỏ trang {index + 1}"
        self.add_widget(space())
        self.add_widget(Icon(theme, "delete", 30, colour=theme.colour("son")))
        self.add_widget(space())


class PreviewPage(Page):
    """The fresh page large: is it good?"""

    def __init__(self, kiosk: Kiosk, journey: ScanJourney) -> None:
        number = len(journey.pages) + 1
        super().__init__(
            kiosk.theme,
            title="Trang này đọc rõ không?",
            under=f"Trang {number}",
            back=self._again,
            listen=kiosk.read_aloud,
        )
        self.spoken = "Nhìn xem chữ có rõ không. Rõ thì chạm Giữ trang này. Không rõ thì chạm Chụp lại."
        self._kiosk = kiosk
        self._journey = journey
        theme = self.theme
        assert journey.fresh is not None
        self.main.add_widget(PagePicture(theme, journey.fresh.path))
        side = Column(theme, spacing=14)
        side.size_hint_x = 0.72
        side.put(
            Text(theme, "Xin nhìn kỹ: đủ bốn góc, chữ rõ, không bóng.", 24, face="semibold"),
            Text(theme, "Giữ trang này để quét thêm trang sau. Nếu đã đủ giấy thì chạm Xong.", 19, token="soft"),
        )
        self.main.add_widget(side)
        self.set_foot(
            [
                WordButton(theme, "Chụp lại", self._again, icon="replay"),
                WordButton(theme, "Giữ, quét thêm trang", self._keep, icon="note_add"),
            ],
            [WordButton(theme, "Xong, gửi cho xã", self._enough, icon="send", kind="main", least=230)],
        )

    def _again(self) -> None:
        self._journey.again()
        self._kiosk.open(ScanPage(self._kiosk, self._journey))

    def _keep(self) -> None:
        self._journey.keep()
        self._kiosk.open(ScanPage(self._kiosk, self._journey))

    def _enough(self) -> None:
        self._journey.sort()
        self._kiosk.open(SortPage(self._kiosk, self._journey))


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
        self.set_foot([self._state], [WordButton(theme, "Quét thêm trang", self._more, icon="note_add")])

    def _more(self) -> None:
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
