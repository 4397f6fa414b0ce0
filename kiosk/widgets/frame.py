"""The frame of most screens: coloured band, head, main area, foot with the next step at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.prompts.aloud import Spoken
from kiosk.shell.protocol import STRAY, Emit, Plain
from kiosk.style.theme import BROCADE, Theme
from kiosk.widgets.basic import Pill, Text, space
from kiosk.widgets.buttons import RoundButton, WordButton
from langso.words.catalogue import Sentence, Words

LISTEN, LETTERS, BACK = Sentence("screens-listen"), Sentence("screens-letters"), Sentence("screens-back")
GAP = 14


class Band(Widget):
    """The brocade band (thổ cẩm) at the top: the only ornament."""

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
    """A screen without a frame: it draws what it is given and emits events; it knows no other screen.

    Subclasses fill `main` and the foot and redraw in `change`. `spoken`: the text that "Nghe đọc" reads.
    """

    def __init__(self, theme: Theme, emit: Emit, *, title: Words, under: Words = "") -> None:
        super().__init__(orientation="vertical")
        self.theme = theme
        self.emit = emit
        self.title = str(title)
        self.spoken: Spoken = ()
        with self.canvas.before:
            Color(*theme.colour("paper"))
            self._ground = Rectangle()
        self.bind(pos=self._follow, size=self._follow)
        self.add_widget(Band(theme))
        self.main = BoxLayout()
        self._foot: Widget | None = None

    def change(self, shows: Plain) -> None:
        """The place shows this now."""

    def time_left(self, seconds: int) -> None:
        """So long nobody need touch it; shown by the few pages that are copied from."""

    def dropped(self) -> None:
        """It was removed from the screen; pictures are let go here."""

    def on_touch_down(self, touch: Any) -> bool:
        """A touch that no part of the screen takes is told too: a glass that is touched at random sends nothing."""
        taken = bool(super().on_touch_down(touch))
        if not taken and self.collide_point(*touch.pos):
            self.emit(STRAY)
        return taken

    def does(self, name: str, value: Plain = None) -> Callable[[], None]:
        """A callback for a button: it emits this event."""
        return lambda: self.emit(name, value)

    def listen_button(self, *, round_one: bool = False) -> Widget:
        """The button "Nghe đọc" (read aloud)."""
        if round_one:
            return RoundButton(self.theme, "volume_up", LISTEN, self.does("listen"), kind="main")
        button = WordButton(self.theme, LISTEN, self.does("listen"), icon="volume_up", kind="main")
        button.pos_hint = {"center_y": 0.5}
        return button

    def letters_button(self) -> Widget:
        """The button "Aa" (letter size and contrast)."""
        return RoundButton(self.theme, "", LETTERS, self.does("letters"), word="Aa")

    def _follow(self, *_: Any) -> None:
        self._ground.pos, self._ground.size = self.pos, self.size


class FramedPage(Page):
    """A screen with head, main area and foot. `back`: a button to go back; `letters`: the button "Aa" in the head."""

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
        """Sets the foot's buttons; where they do not fit beside each other they get rows, the next step in the
        lowest.
        """
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
        # The empty place between the two sides brings a gap of its own.
        if len(rows) == 1 and sum(_natural(one) + gap for one in every) <= room:
            foot.add_widget(_row(theme, [*left, space(), *right]))
        else:
            for row in button_rows(theme, every, room):
                foot.add_widget(row)
        self._foot = foot
        self.add_widget(foot)


def button_rows(theme: Theme, widgets: Sequence[Any], room: float) -> list[BoxLayout]:
    """Buttons in rows that are `room` pixels wide: as many beside each other as fit with their words in one line,
    then stretched to the row's width.
    """
    for widget in widgets:
        if isinstance(widget, WordButton):
            widget.limit(room)
    gap = theme.px(GAP)
    rows = _rows(widgets, room, gap)
    for row in rows:
        _stretch(row, room - (len(row) - 1) * gap)
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
        wide = _natural(widget)
        if left < wide + gap:
            rows.insert(0, [])
            left = room + gap
        rows[0].insert(0, widget)
        left -= wide + gap
    return rows


def _natural(widget: Any) -> float:
    """How wide it would like to be."""
    return float(getattr(widget, "natural", widget.width))


def _stretch(row: Sequence[Any], room: float) -> None:
    """Buttons of a row share its width by the length of their words; round ones and pills stay as they are. The way
    on is wider, as far as the others keep room for their words.
    """
    shared = [widget for widget in row if isinstance(widget, WordButton)]
    spare = room - sum(_natural(widget) for widget in row)
    for widget in shared:
        wider = 0.25 * widget.natural if widget.kind == "main" and len(row) > 1 else 0.0
        widget.size_hint_x = widget.natural + max(0.0, min(wider, spare))
