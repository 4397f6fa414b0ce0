"""The pages kept so far, one large after the other: put elsewhere, taken again, taken out."""

from __future__ import annotations

from kivy.uix.boxlayout import BoxLayout

from kiosk.journeys.showing import PagesShows
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Pill, WordButton, space
from kiosk.widgets.frame import FramedPage
from kiosk.widgets.pictures import PagePicture

REMOVE, SURE = "Bỏ trang này", "Chạm lại để bỏ"


class PagesPage(FramedPage):
    """One kept page, and what can be done with it."""

    def __init__(self, theme: Theme, shows: PagesShows, emit: Emit) -> None:
        index, many = shows.index, shows.many
        super().__init__(theme, emit, title=f"Trang {index + 1} trong {many} trang", under="Xem, sắp xếp, chụp lại")
        self.spoken = f"Trang {index + 1} trong {many} trang. " + ". ".join(shows.remarks)
        self.main.add_widget(PagePicture(theme, shows.picture))
        self.main.add_widget(self._tools(shows))
        left = []
        if index:
            left.append(WordButton(theme, f"Trang {index}", self.does("turn_to", index - 1), icon="arrow_back"))
        if index < many - 1:
            words = f"Trang {index + 2}"
            left.append(WordButton(theme, words, self.does("turn_to", index + 1), icon="arrow_forward"))
        done = WordButton(
            theme, "Xong", self.does("done"), icon="check", kind="main", least=150 if theme.upright else 230
        )
        self.set_foot(left, [done])

    def change(self, shows: Plain) -> None:
        self._remove.label.text = self._words(asking=shows.asking)
        self._remove.label.color = self.theme.colour("son" if shows.asking else "ink")

    def _words(self, *, asking: bool) -> str:
        if self.theme.large and not self.theme.upright:
            return "Bỏ thật?" if asking else "Bỏ trang"
        return SURE if asking else REMOVE

    def _tools(self, shows: PagesShows) -> BoxLayout:
        theme = self.theme
        side = BoxLayout(orientation="vertical", spacing=theme.px(14))
        wide = theme.px(theme.wide - 48) if theme.upright else theme.px(540 if theme.large else 360)
        if theme.upright:
            side.size_hint_y = None
            side.bind(minimum_height=side.setter("height"))
        else:
            side.size_hint_x, side.width = None, wide
            side.add_widget(space())
        for remark in shows.remarks[:1]:
            state = Pill(theme, remark, "warning", "warn", size=16 if theme.large else 20)
            state.limit(wide)
            side.add_widget(state)
        moves = []
        if shows.index:
            up = "Lên" if theme.large or theme.upright else "Đưa lên trước"
            moves.append(WordButton(theme, up, self.does("move", -1), icon="arrow_upward"))
        if shows.index < shows.many - 1:
            down = "Xuống" if theme.large or theme.upright else "Đưa xuống sau"
            moves.append(WordButton(theme, down, self.does("move", 1), icon="arrow_downward"))
        again = "Chụp lại" if theme.upright != theme.large else "Chụp lại trang này"
        retake = WordButton(theme, again, self.does("retake"), icon="replay")
        self._remove = WordButton(theme, self._words(asking=False), self.does("remove"), icon="delete")
        if theme.upright and theme.large:
            rows = [moves, [retake], [self._remove]]
        elif theme.upright or theme.large:
            # Larger letters need fewer words: all that can be done with a page is seen at once.
            rows = [moves, [retake, self._remove]]
        else:
            rows = [*([move] for move in moves), [retake], [self._remove]]
        for buttons in rows:
            if not buttons:
                continue
            row = BoxLayout(spacing=theme.px(14), size_hint_y=None, height=theme.px(theme.target))
            for button in buttons:
                button.size_hint_x = 1
                row.add_widget(button)
            side.add_widget(row)
        if not theme.upright:
            side.add_widget(space())
        return side
