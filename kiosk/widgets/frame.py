"""The kiosk's frame: brocade band, head, one main area, foot with the way on at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import BROCADE, Theme
from kiosk.widgets.basic import Pill, Text, space
from kiosk.widgets.buttons import RoundButton, WordButton
from langso.words.catalogue import Sentence, Words

LISTEN, LETTERS, BACK = Sentence("screens-listen"), Sentence("screens-letters"), Sentence("screens-back")
GAP = 14


class Band(Widget):
    """The brocade on top (thổ cẩm): the one ornament."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(size_hint_y=None, height=theme.px(10))
        self._theme = theme
        self.bind(pos=self._draw, size=self._draw)

    def _draw(self, *_: Any) -> None:
        self.canvas.clear()
        with self.canvas:
            left = 0.0
            while left < self.width:
                for token, width in BROCADE:
                    Color(*self._theme.colour(token))
                    Rectangle(pos=(self.x + left, self.y), size=(self._theme.px(width), self.height))
                    left += self._theme.px(width)


class Page(BoxLayout):
    """One screen: draws what it shows and emits events; it knows no other screen and nothing behind.

    Subclasses fill `main` and the foot, and draw `change`. `spoken` is what "Nghe đọc" reads.
    """

    def __init__(self, theme: Theme, emit: Emit, *, title: Words, under: Words = "") -> None:
        super().__init__(orientation="vertical")
        self.theme = theme
        self.emit = emit
        self.title = str(title)
        self.spoken = self.title
        with self.canvas.before:
            Color(*theme.colour("paper"))
            self._ground = Rectangle()
        self.bind(pos=self._follow, size=self._follow)
        self.add_widget(Band(theme))
        self.main = BoxLayout()
        self._foot: Widget | None = None

    def change(self, shows: Plain) -> None:
        """The place shows this now."""

    def dropped(self) -> None:
        """It is off the glass; pictures are let go."""

    def does(self, name: str, value: Plain = None) -> Callable[[], None]:
        """A press that emits an event."""
        return lambda: self.emit(name, value)

    def listen_button(self, *, round_one: bool = False) -> Widget:
        """ "Nghe đọc"."""
        if round_one:
            return RoundButton(self.theme, "volume_up", LISTEN, self.does("listen"), kind="main")
        button = WordButton(self.theme, LISTEN, self.does("listen"), icon="volume_up", kind="main")
        button.pos_hint = {"center_y": 0.5}
        return button

    def letters_button(self) -> Widget:
        """ "Aa"."""
        return RoundButton(self.theme, "", LETTERS, self.does("letters"), word="Aa")

    def _follow(self, *_: Any) -> None:
        self._ground.pos, self._ground.size = self.pos, self.size


class FramedPage(Page):
    """A page with head, main area and foot. `back`: whether it can be gone back from; `letters`: "Aa" in the head."""

    def __init__(
        self, theme: Theme, emit: Emit, *, title: Words, under: Words = "", back: bool = True, letters: bool = True
    ) -> None:
        super().__init__(theme, emit, title=title)
        least = 100 if theme.large else 68
        self.head = BoxLayout(
            size_hint_y=None,
            height=theme.px(least),
            padding=(theme.px(24), theme.px(2), theme.px(24), theme.px(2)),
            spacing=theme.px(GAP),
        )
        if back:
            self.head.add_widget(RoundButton(theme, "arrow_back", BACK, self.does("back")))
        names = BoxLayout(orientation="vertical", pos_hint={"center_y": 0.5}, size_hint_y=None)
        self.title_text = Text(theme, title, 24, face="bold", line=1.0)
        names.add_widget(self.title_text)
        self.under_text = Text(theme, under, 17, token="soft", line=1.0)
        if under:
            names.add_widget(self.under_text)

        def fit(_: Any, height: float) -> None:
            # On a narrow screen the names need more lines.
            names.height = height
            self.head.height = max(theme.px(least), height + theme.px(8))

        names.bind(minimum_height=fit)
        self.head.add_widget(names)
        self.head_right = BoxLayout(size_hint_x=None, width=0, spacing=theme.px(16))
        self.head_right.bind(minimum_width=self.head_right.setter("width"))
        self.head.add_widget(self.head_right)
        if letters:
            self.head.add_widget(self.letters_button())
        # What is round leaves the title its room.
        self.head.add_widget(self.listen_button(round_one=(back or letters) and (theme.large or theme.upright)))
        self.add_widget(self.head)
        self.main.padding = (theme.px(24), theme.px(6), theme.px(24), theme.px(14))
        self.main.spacing = theme.px(18)
        if theme.upright:
            self.main.orientation = "vertical"
        self.add_widget(self.main)

    def set_foot(self, left: Sequence[Widget], right: Sequence[Widget]) -> None:
        """The foot's buttons; what does not fit beside each other goes into rows of its own, the way on lowest."""
        if self._foot is not None:
            self.remove_widget(self._foot)
        theme = self.theme
        gap, room = theme.px(GAP), theme.px(theme.wide - 48)
        every = [*left, *right]
        for widget in every:
            if isinstance(widget, WordButton | Pill):
                widget.limit(room)
        rows = _rows(every, room, gap)
        foot = BoxLayout(
            orientation="vertical",
            size_hint_y=None,
            padding=(theme.px(24), theme.px(4), theme.px(24), theme.px(16 if theme.large else 20)),
            spacing=gap,
        )
        foot.bind(minimum_height=foot.setter("height"))
        if len(rows) == 1:
            foot.add_widget(_row(theme, [*left, space(), *right]))
        else:
            for row in button_rows(theme, every, room):
                foot.add_widget(row)
        self._foot = foot
        self.add_widget(foot)


def button_rows(theme: Theme, widgets: Sequence[Any], room: float) -> list[BoxLayout]:
    """Buttons in rows of `room` pixels, as many beside each other as fit with their words in one line, and then as
    wide as the row.
    """
    for widget in widgets:
        if isinstance(widget, WordButton):
            widget.limit(room)
    rows = _rows(widgets, room, theme.px(GAP))
    for row in rows:
        _stretch(row)
    return [_row(theme, row) for row in rows]


def _row(theme: Theme, widgets: Sequence[Any]) -> BoxLayout:
    row = BoxLayout(spacing=theme.px(GAP), size_hint_y=None)
    row.height = max([theme.px(theme.target), *(one.height for one in widgets if one.size_hint_y is None)])
    for widget in widgets:
        row.add_widget(widget)
    return row


def _rows(widgets: Sequence[Any], room: float, gap: float) -> list[list[Any]]:
    """As many beside each other as fit, filled from the last: the way on is never left alone in a crowd above."""
    rows: list[list[Any]] = []
    left = -1.0
    for widget in reversed(widgets):
        wide = getattr(widget, "natural", widget.width)
        if left < wide + gap:
            rows.insert(0, [])
            left = room + gap
        rows[0].insert(0, widget)
        left -= wide + gap
    return rows


def _stretch(row: Sequence[Any]) -> None:
    """Buttons of a row share its width by the length of their words; round ones stay round."""
    for widget in row:
        if isinstance(widget, WordButton):
            wider = 1.25 if widget.kind == "main" and len(row) > 1 else 1.0
            widget.size_hint_x = widget.natural * wider
