"""Scanning: the camera with the page's outline; it captures by itself, with a ring that shows when."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from kivy.uix.boxlayout import BoxLayout

from kiosk.devices.camera_thread import Watcher
from kiosk.journeys.card import CARD
from kiosk.journeys.develop import Shot, draft, shot_of, straighten
from kiosk.journeys.scan import ScanJourney
from kiosk.screens.preview import picture_of_page
from kiosk.widgets.basic import Icon, Pill, Pressable, Text, WordButton, card, space
from kiosk.widgets.frame import Page
from kiosk.widgets.pictures import CameraView, PagePicture
from langso.errors import LangsoError
from scanner.live.eye import INSIST_MORE_S, INSIST_S, Eye, Seen
from scanner.live.looking import Looked, Looking

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.journeys.scan import PageKept
    from kiosk.shell.app import Kiosk
    from kiosk.style.theme import Tone
    from scanner.guide import Side

RATE = 12.0
TOLD_S = 3.5
_ICONS = {
    "hold": "motion_photos_on",
    "none": "info",
    "same": "flip",
    "taken": "flip",
    "front": "flip",
    "back": "flip",
    "dark": "warning",
}


def _eye_for(journey: ScanJourney) -> Eye:
    """What looks for this journey's next page; made on the camera's own thread."""
    told, table = journey.card and journey.asked, journey.table
    return Eye(
        known=journey.known,
        side=journey.asked,
        insist_s=INSIST_MORE_S if told else INSIST_S,
        fixed=journey.fixed or (table is not None and table.measured),
    )


class ScanPage(Page):
    """The camera: captures by itself when the page is still, or at once by the button."""

    def __init__(self, kiosk: Kiosk, journey: ScanJourney) -> None:
        title, under, self._hint = _headings(journey)
        super().__init__(kiosk.theme, title=title, under=under, back=self._back, listen=kiosk.read_aloud)
        self.spoken = f"{self._hint}. Máy sẽ tự chụp. Hoặc chạm nút Chụp ngay."
        self._kiosk = kiosk
        self._journey = journey
        self._number = 0
        self._looking = Looking(lambda: _eye_for(journey))
        self._watcher: Watcher[Looked] | None = None
        self._newest: Seen | None = None
        self._busy = False
        self._refused = False
        self._told_until = 0.0
        self._view = CameraView(self.theme, "Đang mở máy ảnh…", "photo_camera")
        self.main.add_widget(self._view)
        self.main.add_widget(CardSides(kiosk, journey) if journey.card is not None else PageList(kiosk, journey))
        self._show_foot()

    def opened(self) -> None:
        self.wants_light = False
        self._watcher = Watcher(self._kiosk.camera, self._looking.look, rate=RATE, holder=self._kiosk.camera_holder)
        self._watcher.start()
        if self._journey.card:
            self._tell(self._hint, "flip", "ok")

    def closed(self) -> None:
        if self._watcher is not None:
            # Not waited for: a camera that hangs must not freeze the screen.
            self._watcher.stop(timeout=0)
        self._newest = self._looking.due = None
        self._view.clear()

    def tick(self) -> None:
        if self._watcher is None or self._busy:
            return
        sight, fault = self._watcher.newest, self._watcher.fault
        if sight is None:
            if fault:
                self._view.clear()
                self._newest = None
                self._view.pill.say(fault, "no_photography", "bad")
            return
        if sight.number == self._number:
            return
        self._number = sight.number
        seen = sight.judged.seen
        if seen is None:
            return
        self._newest, self._journey.fixed = seen, self._looking.fixed
        self.wants_light = sight.judged.dark
        shrunk = sight.shown.shape[1] / sight.image.shape[1]
        quad = None if seen.quad is None else seen.quad * shrunk
        self._view.show(sight.shown, quad, 0.0 if fault else seen.progress)
        if fault:
            self._view.pill.say(fault, "no_photography", "bad")
        elif time.monotonic() >= self._told_until:
            self._say(seen)
        if self._looking.due is not None and not fault:
            self._newest, self._looking.due = self._looking.due, None
            self._capture()

    def _say(self, seen: Seen) -> None:
        sentence = seen.sentence
        if self._journey.card is not None:
            from scanner.guide import SAYS

            sentence = {"same": SAYS["same_side"], "none": self._hint}.get(seen.code, sentence)
            sentence = sentence.replace("thấy giấy", "thấy thẻ")
        good = seen.good and seen.code in ("hold", "taken")
        self._view.pill.say(sentence, _ICONS.get(seen.code, "info"), "ok" if good else "warn")

    def _tell(self, sentence: str, icon: str, tone: Tone) -> None:
        """Something that must be read before the guide speaks again."""
        self._told_until = time.monotonic() + TOLD_S
        self._view.pill.say(sentence, icon, tone)

    def _show_foot(self) -> None:
        theme, journey = self.theme, self._journey
        capture = WordButton(theme, "Chụp ngay", self._pressed, icon="photo_camera", kind="main", least=230)
        left = []
        if journey.card is not None:
            left.append(WordButton(theme, "Thôi, quét giấy thường", self._leave_card, icon="description"))
        elif journey.replacing is None:
            if journey.pages:
                enough = "Xong, gửi cho xã" if theme.text < 1.5 else "Xong, gửi"
                left.append(WordButton(theme, enough, self._sort, icon="send", kind="help"))
            left.append(WordButton(theme, "Thẻ hai mặt", self._begin_card, icon="id_card"))
        self.set_foot(left, [capture])

    def _pressed(self) -> None:
        # Whoever presses again after a refusal knows better than the machine.
        self._capture(insisted=self._refused)

    def _capture(self, *, insisted: bool = False) -> None:
        seen, watcher = self._newest, self._watcher
        if self._busy:
            return
        if seen is None or watcher is None:
            self._view.pill.say("Chưa có hình, xin chờ một chút", "hourglass_top", "warn")
            return
        self._busy = True
        self._view.pill.say("Đang chụp…", "photo_camera", "ok")
        wait = Pill(self.theme, "Xin giữ yên", "hourglass_top", "plain", height=64, size=21)
        self.set_foot([], [wait])
        if self._journey.card is None:
            self._kiosk.work(lambda: self._take(seen, watcher), self._taken, self._failed)
        else:
            self._kiosk.work(lambda: self._take_side(seen, watcher, insisted), self._side_taken, self._failed)

    def _take(self, seen: Seen, watcher: Watcher[Looked]) -> tuple[Shot, Any]:
        """The picture taken, and its page's draft; None where the villager had better set the corners."""
        shot = shot_of(seen, watcher.still())
        unsure = shot.quad is None or seen.code == "unsure"
        return shot, None if unsure else draft(shot, table=self._journey.table)

    def _taken(self, result: tuple[Shot, Any]) -> None:
        from kiosk.screens.preview import CornersPage, PreviewPage

        if self._kiosk.page is not self:
            # Left meanwhile: the picture would come as a surprise.
            return
        shot, picture = result
        if picture is None:
            self._kiosk.open(CornersPage(self._kiosk, self._journey, shot))
        else:
            self._kiosk.open(PreviewPage(self._kiosk, self._journey, picture, shot))

    def _take_side(self, seen: Seen, watcher: Watcher[Looked], insisted: bool) -> tuple[Shot, PageKept | None, Any]:
        shot = shot_of(seen, watcher.still())
        if shot.quad is None:
            return shot, None, None
        page = self._journey.capture_side(shot, insisted=insisted)
        return shot, page, None if page is None else picture_of_page(page)

    def _side_taken(self, result: tuple[Shot, PageKept | None, Any]) -> None:
        from kiosk.screens.preview import CornersPage, PreviewPage

        shot, page, picture = result
        if shot.quad is None:
            self._kiosk.open(CornersPage(self._kiosk, self._journey, shot))
        elif page is None:
            self._kiosk.open(ScanPage(self._kiosk, self._journey))
        else:
            self._kiosk.open(PreviewPage(self._kiosk, self._journey, picture))

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self._refused = True
        self._show_foot()
        said = str(error).rstrip(".") if isinstance(error, LangsoError) else "Máy chưa chụp được, xin thử lại"
        self._tell(said, "warning", "warn")

    def _begin_card(self) -> None:
        if not self._busy:
            self._journey.begin_card()
            self._refresh()

    def _leave_card(self) -> None:
        self._journey.leave_card()
        self._refresh()

    def _back(self) -> None:
        if self._journey.card is not None:
            self._leave_card()
        elif self._journey.replacing is not None:
            self._journey.leave_retake()
            self._refresh()
        else:
            self._kiosk.go_home()

    def _sort(self) -> None:
        from kiosk.screens.handing import SortPage

        if not self._busy:
            self._journey.sort()
            self._kiosk.open(SortPage(self._kiosk, self._journey))

    def _refresh(self) -> None:
        self._kiosk.open(ScanPage(self._kiosk, self._journey))


def _headings(journey: ScanJourney) -> tuple[str, str, str]:
    """Title, second line, and what to do."""
    if journey.card is not None:
        here = side_words(journey.asked)
        if not journey.card:
            return "Thẻ hai mặt", here, "Đặt thẻ nằm ngang, mặt có ảnh lên trên"
        done = side_words(journey.card[0].side, "một mặt").lower()
        return "Thẻ hai mặt", here, f"Xong {done}. Xin lật thẻ sang {here.lower()}"
    hint = "Đặt giấy vào giữa khung, giữ yên"
    if journey.replacing is not None:
        return f"Chụp lại trang {journey.replacing + 1}", "Trang mới thay vào chỗ trang cũ", hint
    if journey.pages:
        return "Quét giấy tờ", f"Trang {len(journey.pages) + 1}", hint
    return "Quét giấy tờ", "Đặt giấy dưới máy ảnh, máy tự chụp", hint


def side_words(side: Side | None, unknown: str = "Mặt kia") -> str:
    """A card's side as people call it; `unknown` where nobody can tell."""
    return unknown if side is None else "Mặt trước" if side == "front" else "Mặt sau"


class PageList(BoxLayout):
    """The pages kept so far at the right, each to be looked at again; the newest are shown."""

    def __init__(self, kiosk: Kiosk, journey: ScanJourney) -> None:
        theme = kiosk.theme
        super().__init__(orientation="vertical", size_hint_x=None, width=theme.px(246), spacing=theme.px(12))

        def look_at(index: int) -> Callable[[], None]:
            def open_page() -> None:
                from kiosk.screens.pages import PagesPage

                kiosk.open(PagesPage(kiosk, journey, index))

            return open_page

        many = len(journey.pages)
        # The button to all of them takes the room of one.
        shown = 2 if theme.text < 1.2 and many <= 2 else 1
        first = max(0, many - shown)
        if first:
            more = WordButton(theme, f"Cả {many} trang", look_at(0), size=18, least=246)
            self.add_widget(more)
        for index in range(first, many):
            self.add_widget(_KeptPage(theme, journey.pages[index], index, look_at(index)))
        number = many + 1 if journey.replacing is None else journey.replacing + 1
        self.add_widget(_here(theme, f"Trang {number}", "Đang quét"))
        self.add_widget(space())


class CardSides(BoxLayout):
    """The two sides of a card at the right: which is done, which is looked for."""

    def __init__(self, kiosk: Kiosk, journey: ScanJourney) -> None:
        theme = kiosk.theme
        super().__init__(orientation="vertical", size_hint_x=None, width=theme.px(246), spacing=theme.px(12))
        sides = journey.card or ()
        if sides:
            done = card(theme, padding=theme.px(12), spacing=theme.px(6), size_hint_y=None, height=theme.px(190))
            done.add_widget(
                Text(
                    theme,
                    f"{side_words(sides[0].side, 'Mặt thứ nhất')}, xong",
                    17,
                    token="lua",
                    face="semibold",
                    line=1.0,
                )
            )
            done.add_widget(PagePicture(theme, _small(sides[0].page.image)))
            self.add_widget(done)
        self.add_widget(_here(theme, side_words(journey.asked), "Đang chụp"))
        if not sides:
            rest = card(theme, padding=theme.px(14), size_hint_y=None)
            rest.bind(minimum_height=rest.setter("height"))
            rest.add_widget(Text(theme, "Rồi đến mặt sau", 17, token="soft", line=1.0))
            self.add_widget(rest)
        self.add_widget(space())


class _KeptPage(Pressable):
    """A kept page's little picture; a touch shows it large."""

    def __init__(self, theme: Any, page: PageKept, index: int, then: Callable[[], None]) -> None:
        super().__init__(
            theme,
            then,
            fill=theme.colour("card"),
            border=theme.colour("line"),
            orientation="vertical",
            padding=theme.px(12),
            spacing=theme.px(6),
            size_hint_y=None,
            height=theme.px(142 if theme.text < 1.2 else 164),
        )
        row = BoxLayout(size_hint_y=None, height=max(theme.px(26), theme.font(17) * 1.3), spacing=theme.px(6))
        row.add_widget(Text(theme, f"Trang {index + 1}", 17, token="soft", line=1.0))
        if page.remarks:
            row.add_widget(Icon(theme, "warning", 26, colour=theme.colour("nghe")))
        self.add_widget(row)
        self.add_widget(PagePicture(theme, picture_of_page(page)))


def _here(theme: Any, title: str, under: str) -> Any:
    here = card(theme, padding=theme.px(14), spacing=theme.px(2), size_hint_y=None)
    here.paint(theme.colour("cham_soft"), theme.colour("cham"))
    here.bind(minimum_height=here.setter("height"))
    here.add_widget(Text(theme, title, 19, face="semibold", token="cham", line=1.0))
    here.add_widget(Text(theme, under, 17, token="ink", line=1.0))
    return here


def _small(image: Any) -> Any:
    """A picture shrunk for the list."""
    import cv2

    shrink = min(1.0, 400 / max(image.shape[:2]))
    return image if shrink == 1 else cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)


def warm() -> threading.Thread:
    """Loads what the first frame and the first capture need, so that nobody waits for it. Quiet where it cannot."""

    def load() -> None:
        import numpy as np

        blank = np.full((480, 640, 3), 128, np.uint8)
        Eye().look(blank)
        corners = np.array([(100, 60), (500, 60), (500, 420), (100, 420)], dtype=np.float64)
        draft(Shot(blank, corners), CARD)
        straighten(Shot(blank, corners))

    thread = threading.Thread(target=load, name="warm", daemon=True)
    thread.start()
    return thread
