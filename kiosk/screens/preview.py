"""A page just taken: is it good? The sheet as high as the screen, the question and what can be done beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kivy.uix.boxlayout import BoxLayout

from kiosk.journeys.showing import PreviewShows
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import CAMERA_GROUND, Theme
from kiosk.widgets.basic import Pill, Text, WordButton, space
from kiosk.widgets.frame import Page
from kiosk.widgets.pictures import PagePicture

TITLE = "Trang này đọc rõ không?"
GAP = 12


class PreviewPage(Page):
    """A page to judge has no frame, and nothing lies on the sheet."""

    def __init__(self, theme: Theme, shows: PreviewShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=TITLE)
        self.shows = shows
        self._buttons: dict[str, WordButton] = {}
        self._picture = PagePicture(theme, shows.picture, ground=CAMERA_GROUND)
        self._state = Pill(theme, shows.said.text, shows.said.icon, shows.said.tone, size=18 if theme.large else 20)
        self.add_widget(self.main)
        if theme.upright:
            self._build_upright()
        else:
            self._build_lying()
        self._say()
        self._light()

    def change(self, shows: Plain) -> None:
        before, self.shows = self.shows, shows
        if shows.picture is not before.picture:
            self._picture.show(shows.picture)
        self._say()
        self._light()

    def _build_lying(self) -> None:
        theme = self.theme
        side = BoxLayout(
            orientation="vertical",
            size_hint_x=None,
            width=theme.px(430 if theme.text < 1.2 else 500 if not theme.large else 570),
            padding=(theme.px(20), theme.px(10), theme.px(24), theme.px(14)),
            spacing=theme.px(GAP),
        )
        top = self._row(self.letters_button(), space(), self.listen_button(round_one=theme.large))
        side.add_widget(top)
        side.add_widget(space())
        side.add_widget(Text(theme, TITLE, 26, face="bold", line=1.0))
        if not theme.large:
            side.add_widget(Text(theme, self._under(), 18, token="soft", line=1.0))
        side.add_widget(self._state)
        self._state.limit(side.width - theme.px(44))
        side.add_widget(space())
        tools = [self._turn(), self._corners()] if self.shows.corners else [self._turn()]
        if theme.large:
            side.add_widget(self._row(*tools))
            side.add_widget(self._row(self._again(), self._keep()))
        else:
            side.add_widget(self._row(*tools))
            side.add_widget(self._row(self._again()))
            side.add_widget(self._row(self._keep()))
        side.add_widget(self._row(self._enough()))
        self.main.add_widget(self._picture)
        self.main.add_widget(side)

    def _build_upright(self) -> None:
        theme = self.theme
        self.main.orientation = "vertical"
        names = BoxLayout(orientation="vertical", size_hint_y=None, pos_hint={"center_y": 0.5})
        names.bind(minimum_height=names.setter("height"))
        names.add_widget(Text(theme, TITLE, 24, face="bold", line=1.0))
        names.add_widget(Text(theme, self._under(), 17, token="soft", line=1.0))
        head = self._row(names, self.letters_button(), self.listen_button(round_one=True))
        head.padding = (theme.px(24), theme.px(4), theme.px(24), theme.px(4))
        names.bind(height=lambda _, height: setattr(head, "height", max(theme.px(theme.target + 16), height)))
        head.height = theme.px(theme.target + 16)
        self.main.add_widget(head)
        self.main.add_widget(self._picture)
        below = BoxLayout(
            orientation="vertical",
            size_hint_y=None,
            padding=(theme.px(24), theme.px(12), theme.px(24), theme.px(18)),
            spacing=theme.px(GAP),
        )
        below.bind(minimum_height=below.setter("height"))
        self._state.limit(theme.px(theme.wide - 48))
        below.add_widget(self._state)
        tools = [self._turn(), self._corners()] if self.shows.corners else [self._turn()]
        if theme.large:
            below.add_widget(self._row(*tools))
            below.add_widget(self._row(self._again(), self._keep()))
            below.add_widget(self._row(self._enough()))
        else:
            below.add_widget(self._row(*tools, self._again()))
            below.add_widget(self._row(self._keep()))
            below.add_widget(self._row(self._enough()))
        self.main.add_widget(below)

    def _under(self) -> str:
        words = f"Trang {self.shows.number}"
        return f"{words}, hai mặt thẻ" if self.shows.card else words

    def _again(self) -> WordButton:
        return self._button("Chụp lại", "again", "replay")

    def _turn(self) -> WordButton:
        return self._button("Xoay", "turn", "rotate_right")

    def _corners(self) -> WordButton:
        return self._button("Chỉnh góc", "corners", "crop_free")

    def _keep(self) -> WordButton:
        # Larger letters need fewer words: what can be done must stand in one row.
        if self.shows.replacing:
            return self._button("Thay trang" if self.theme.large else "Giữ, thay trang cũ", "keep", "note_add")
        return self._button("Quét thêm" if self.theme.large else "Giữ, quét thêm trang", "keep", "note_add")

    def _enough(self) -> WordButton:
        return self._button("Xong, gửi cho xã", "enough", "send", kind="main")

    def _button(self, words: str, event: str, icon: str, *, kind: str = "plain") -> WordButton:
        button = WordButton(self.theme, words, self.does(event), icon=icon, kind=kind)
        self._buttons[event] = button
        return button

    def _row(self, *widgets: Any) -> BoxLayout:
        return _row(self.theme, widgets)

    def _say(self) -> None:
        said, remarks = self.shows.said, self.shows.remarks
        self._state.say(said.text, said.icon, said.tone)
        spoken = "Nhìn xem chữ có rõ không. Rõ thì chạm Xong, hoặc Giữ để quét thêm. Không rõ thì chạm Chụp lại."
        self.spoken = f"{'. '.join(remarks)}. {spoken}" if remarks else spoken

    def _light(self) -> None:
        lit = self.shows.lit
        for event, button in self._buttons.items():
            button.off = bool(lit) and event != lit


def _row(theme: Theme, widgets: Sequence[Any]) -> BoxLayout:
    """Buttons that share a row by the length of their words."""
    row = BoxLayout(spacing=theme.px(GAP), size_hint_y=None, height=theme.px(theme.target))
    for widget in widgets:
        if (isinstance(widget, WordButton) and widget.kind != "main") or len(widgets) == 1:
            widget.size_hint_x = widget.natural
        row.add_widget(widget)
    return row
