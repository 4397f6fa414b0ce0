"""A page just taken: is it good? And its corners set by hand where the machine found the wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kivy.uix.boxlayout import BoxLayout

from kiosk.journeys.develop import Shot, Shown, draft
from kiosk.journeys.presses import Waiting
from kiosk.widgets.basic import Column, Pill, Text, WordButton
from kiosk.widgets.corners import CornerEditor
from kiosk.widgets.frame import Page
from kiosk.widgets.pictures import PREVIEW_SIDE, PagePicture, picture_of
from langso.errors import LangsoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.journeys.scan import PageKept, ScanJourney
    from kiosk.shell.app import Kiosk

WAIT = "Đang làm rõ, xin chờ một chút"
LARGE = 1.5
PRINTED = 235
"""Lightness below which a card's sheet is no bare paper."""

LOOK = "Xin nhìn kỹ: đủ bốn góc, chữ rõ, không bóng."


class PreviewPage(Page):
    """The fresh page large: is it good? `shot`: still to be made into a page, while its draft `picture` is shown."""

    def __init__(self, kiosk: Kiosk, journey: ScanJourney, picture: Any, shot: Shown | None = None) -> None:
        number = len(journey.pages) + 1 if journey.replacing is None else journey.replacing + 1
        card = shot is None and journey.fresh is not None and journey.fresh.card
        super().__init__(
            kiosk.theme,
            title="Trang này đọc rõ không?",
            under=f"Trang {number}, hai mặt thẻ" if card else f"Trang {number}",
            back=lambda: self._when_ready(self._again),
            listen=kiosk.read_aloud,
        )
        self.spoken = "Nhìn xem chữ có rõ không. Rõ thì chạm Xong, hoặc Giữ để quét thêm. Không rõ thì chạm Chụp lại."
        self._kiosk = kiosk
        self._journey = journey
        self._shot = shot
        self._waiting = Waiting()
        self._buttons: list[WordButton] = []
        theme = self.theme
        self._picture = PagePicture(theme, picture)
        self.main.add_widget(self._picture)
        self._state = Pill(theme, WAIT, "hourglass_top", "plain")
        self._turn_button = self._button("Xoay", self._turn, icon="rotate_right")
        self._corners_button = self._button("Chỉnh góc", self._set_corners, icon="crop_free")
        self.main.add_widget(self._side(card))
        self.set_foot(
            [
                self._button("Chụp lại", self._again, icon="replay"),
                self._button(self._keep_words(), self._keep, icon="note_add"),
            ],
            [self._button("Xong, gửi cho xã", self._enough, icon="send", kind="main", least=230)],
        )
        if shot is None:
            self._judge()
        else:
            self._waiting.begin()

    def opened(self) -> None:
        shot, self._shot = self._shot, None
        if shot is not None:
            self._do(lambda: self._journey.capture(shot))

    def _side(self, card: bool) -> Column:
        theme = self.theme
        side = Column(theme, spacing=14)
        side.size_hint_x = 0.72
        tools = BoxLayout(
            orientation="horizontal" if theme.text < 1.2 else "vertical", size_hint_y=None, spacing=theme.px(14)
        )
        tools.add_widget(self._turn_button)
        if self._journey.shot is not None or self._shot is not None:
            tools.add_widget(self._corners_button)
        tools.bind(minimum_height=tools.setter("height"))
        side.put(self._state)
        if theme.text < LARGE:
            side.put(
                Text(theme, "Xin nhìn kỹ: đủ hai mặt, chữ rõ, không bóng." if card else LOOK, 23, face="semibold")
            )
        side.put(tools)
        side.bind(width=lambda _, width: self._state.limit(width - theme.px(10)))
        return side

    def _keep_words(self) -> str:
        # Larger letters need fewer words: what can be done must stand in one row.
        if self._journey.replacing is not None:
            return "Giữ, thay trang cũ" if self.theme.text < LARGE else "Thay trang"
        return "Giữ, quét thêm trang" if self.theme.text < LARGE else "Quét thêm"

    def _do(self, what: Callable[[], PageKept]) -> None:
        """Something that gives another fresh page, off the screen's thread."""
        self._waiting.begin()
        self._state.say(WAIT, "hourglass_top", "plain")

        def work() -> Any:
            return picture_of_page(what())

        self._kiosk.work(work, self._ready, self._failed)

    def _ready(self, picture: Any) -> None:
        self._picture.show(picture)
        self._judge()
        self._light_all()
        self._waiting.over()

    def _failed(self, error: BaseException) -> None:
        self._light_all()
        self._waiting.over(good=False)
        said = str(error) if isinstance(error, LangsoError) else "Máy gặp lỗi, xin chụp lại trang này."
        self._state.say(said, "warning", "bad")

    def _judge(self) -> None:
        fresh = self._journey.fresh
        if fresh is None:
            return
        if fresh.remarks:
            self._state.say(fresh.remarks[0], "warning", "warn")
            self.spoken = f"{'. '.join(fresh.remarks)}. {self.spoken}"
        else:
            self._state.say("Rõ nét", "check_circle", "ok")

    def _button(self, words: str, then: Callable[[], None], **look: Any) -> WordButton:
        button: WordButton = WordButton(self.theme, words, lambda: self._when_ready(then, button), **look)
        self._buttons.append(button)
        return button

    def _when_ready(self, then: Callable[[], None], pressed: WordButton | None = None) -> None:
        """At once, or as soon as the page is made: a press is never lost, and none changes the one before it."""
        if self._waiting.busy and not self._waiting.asked:
            self._state.say(WAIT, "hourglass_top", "warn")
            self._light_only(pressed)
        self._waiting.press(then)

    def _light_only(self, pressed: WordButton | None) -> None:
        for button in self._buttons:
            button.off = button is not pressed

    def _light_all(self) -> None:
        for button in self._buttons:
            button.off = False

    def _again(self) -> None:
        from kiosk.screens.scan import ScanPage

        if self._journey.fresh is not None:
            self._journey.again()
        self._kiosk.open(ScanPage(self._kiosk, self._journey))

    def _keep(self) -> None:
        from kiosk.screens.scan import ScanPage

        if self._journey.fresh is None:
            self._again()
            return
        self._journey.keep()
        self._kiosk.in_background(self._journey.compress)
        self._kiosk.open(ScanPage(self._kiosk, self._journey))

    def _enough(self) -> None:
        from kiosk.screens.handing import SortPage

        if self._journey.fresh is None:
            self._again()
            return
        self._journey.sort()
        self._kiosk.in_background(self._journey.compress)
        self._kiosk.open(SortPage(self._kiosk, self._journey))

    def _turn(self) -> None:
        if self._journey.fresh is not None:
            self._do(self._journey.turn)

    def _set_corners(self) -> None:
        shot = self._journey.shot
        if shot is not None:
            self._kiosk.open(CornersPage(self._kiosk, self._journey, shot))


def picture_of_page(page: PageKept) -> Any:
    """What is to be looked at: of a card's sheet the card, or its letters would be too small to judge. Slow for
    large pages.
    """
    if not page.card:
        return picture_of(page.path)
    import cv2

    image = picture_of(page.path, side=2 * PREVIEW_SIDE)
    x, y, width, height = cv2.boundingRect((image.min(axis=2) < PRINTED).astype("uint8"))
    edge = max(image.shape) // 60
    top, left = max(0, y - edge), max(0, x - edge)
    return image[top : y + height + edge, left : x + width + edge].copy() if width and height else image


class CornersPage(Page):
    """The last resort: the villager drags the four corners onto the paper's."""

    def __init__(self, kiosk: Kiosk, journey: ScanJourney, shot: Shown) -> None:
        found = shot.quad is not None
        super().__init__(
            kiosk.theme,
            title="Kéo vào bốn góc giấy",
            under="Chạm vòng tròn rồi kéo" if found else "Máy chưa thấy mép, xin chỉ giúp",
            back=self._back,
            listen=kiosk.read_aloud,
        )
        self.spoken = "Chạm vào từng vòng tròn, kéo vào đúng góc tờ giấy. Xong thì chạm Xong."
        self._kiosk = kiosk
        self._journey = journey
        self._shot = shot
        self._busy = False
        self._refused = False
        self._editor = CornerEditor(self.theme, shot.image, shot.quad)
        self.main.add_widget(self._editor)
        self._show_foot()

    def _show_foot(self) -> None:
        theme = self.theme
        left = [
            WordButton(theme, "Chụp lại", self._again, icon="replay"),
            WordButton(theme, "Lấy cả hình", self._editor.whole, icon="fullscreen"),
        ]
        self.set_foot(left, [WordButton(theme, "Xong", self._done, icon="check", kind="main", least=230)])

    def _done(self) -> None:
        if self._busy:
            return
        self._busy = True
        self.set_foot([], [Pill(self.theme, WAIT, "hourglass_top", "plain", height=64, size=21)])
        shot = Shot(self._shot.image, self._editor.corners.quad)
        journey = self._journey
        if journey.step == "preview":
            self._kiosk.work(lambda: picture_of_page(journey.set_corners(shot.quad)), self._made, self._failed)
        elif journey.card is not None:
            self._kiosk.work(lambda: self._side_made(shot), self._made, self._failed)
        else:
            self._kiosk.work(
                lambda: draft(shot, table=journey.table), lambda picture: self._drafted(picture, shot), self._failed
            )

    def _side_made(self, shot: Shot) -> Any:
        page = self._journey.capture_side(shot, insisted=self._refused)
        return None if page is None else picture_of_page(page)

    def _made(self, picture: Any) -> None:
        from kiosk.screens.scan import ScanPage

        if picture is None:
            self._kiosk.open(ScanPage(self._kiosk, self._journey))
        else:
            self._kiosk.open(PreviewPage(self._kiosk, self._journey, picture))

    def _drafted(self, picture: Any, shot: Shot) -> None:
        self._kiosk.open(PreviewPage(self._kiosk, self._journey, picture, shot))

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self._refused = True
        self._show_foot()
        self.under_text.text = str(error) if isinstance(error, LangsoError) else "Máy gặp lỗi, xin thử lại"

    def _again(self) -> None:
        from kiosk.screens.scan import ScanPage

        if self._busy:
            return
        if self._journey.fresh is not None:
            self._journey.again()
        self._kiosk.open(ScanPage(self._kiosk, self._journey))

    def _back(self) -> None:
        fresh = self._journey.fresh
        if self._busy:
            return
        if fresh is None:
            self._again()
        else:
            self._kiosk.open(PreviewPage(self._kiosk, self._journey, picture_of_page(fresh)))
