"""The pages kept so far, one large after the other: put elsewhere, taken again, taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.uix.boxlayout import BoxLayout

from kiosk.journeys.presses import Twice
from kiosk.screens.preview import LARGE, picture_of_page
from kiosk.widgets.basic import Column, Pill, WordButton
from kiosk.widgets.frame import Page
from kiosk.widgets.pictures import PagePicture

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.journeys.scan import ScanJourney
    from kiosk.shell.app import Kiosk

REMOVE, SURE = "Bỏ trang này", "Chạm lại để bỏ"
WIDE = 300


class PagesPage(Page):
    """One kept page, and what can be done with it."""

    def __init__(self, kiosk: Kiosk, journey: ScanJourney, index: int) -> None:
        self._index = index = max(0, min(index, len(journey.pages) - 1))
        many = len(journey.pages)
        super().__init__(
            kiosk.theme,
            title=f"Trang {index + 1} trong {many} trang",
            under="Xem, sắp xếp, chụp lại",
            back=self._done,
            listen=kiosk.read_aloud,
        )
        self._kiosk = kiosk
        self._journey = journey
        self._sure = Twice()
        self._asking = False
        theme = self.theme
        page = journey.pages[index]
        self.spoken = f"Trang {index + 1} trong {many} trang. " + ". ".join(page.remarks)
        self.main.add_widget(PagePicture(theme, picture_of_page(page)))
        side = Column(theme, spacing=14)
        side.size_hint_x = 0.8 if theme.text < LARGE else 1.0
        for remark in page.remarks[:1]:
            state = Pill(theme, remark, "warning", "warn", size=20 if theme.text < LARGE else 16)
            side.bind(width=lambda _, width, state=state: state.limit(width - theme.px(10)))
            side.put(state)
        large = theme.text >= LARGE
        wide = WIDE * (1.35 if large else theme.text)
        self._remove = WordButton(theme, REMOVE, self._take_out, icon="delete", least=wide)
        # Larger letters need fewer words: all that can be done with a page is seen at once.
        moves = []
        if index:
            up = "Lên" if large else "Đưa lên trước"
            moves.append(WordButton(theme, up, self._move(-1), icon="arrow_upward", least=64 if large else wide))
        if index < many - 1:
            down = "Xuống" if large else "Đưa xuống sau"
            moves.append(WordButton(theme, down, self._move(1), icon="arrow_downward", least=64 if large else wide))
        if large and moves:
            row = BoxLayout(size_hint_y=None, height=moves[0].height, spacing=theme.px(14))
            for move in moves:
                row.add_widget(move)
            moves = [row]
        tools = [
            *moves,
            WordButton(theme, "Chụp lại trang này", self._retake, icon="replay", least=wide),
            self._remove,
        ]
        side.put(*tools)
        self.main.add_widget(side)
        left = []
        if index:
            left.append(WordButton(theme, f"Trang {index}", self._show(index - 1), icon="arrow_back"))
        if index < many - 1:
            left.append(WordButton(theme, f"Trang {index + 2}", self._show(index + 1), icon="arrow_forward"))
        self.set_foot(left, [WordButton(theme, "Xong", self._done, icon="check", kind="main", least=230)])

    def _show(self, index: int) -> Callable[[], None]:
        return lambda: self._kiosk.open(PagesPage(self._kiosk, self._journey, index))

    def _move(self, by: int) -> Callable[[], None]:
        def move() -> None:
            self._journey.move(self._index, self._index + by)
            self._kiosk.open(PagesPage(self._kiosk, self._journey, self._index + by))

        return move

    def _retake(self) -> None:
        from kiosk.screens.scan import ScanPage

        self._journey.retake(self._index)
        self._kiosk.open(ScanPage(self._kiosk, self._journey))

    def _take_out(self) -> None:
        if not self._sure.press():
            self._ask(asking=True)
            return
        self._journey.remove(self._index)
        if self._journey.pages:
            self._kiosk.open(PagesPage(self._kiosk, self._journey, self._index))
        else:
            self._done()

    def tick(self) -> None:
        if self._asking and not self._sure.armed:
            self._ask(asking=False)

    def _ask(self, *, asking: bool) -> None:
        self._asking = asking
        self._remove.label.text = SURE if asking else REMOVE
        self._remove.label.color = self.theme.colour("son" if asking else "ink")

    def _done(self) -> None:
        from kiosk.screens.handing import SortPage
        from kiosk.screens.scan import ScanPage

        page = SortPage if self._journey.step == "sort" else ScanPage
        self._kiosk.open(page(self._kiosk, self._journey))
