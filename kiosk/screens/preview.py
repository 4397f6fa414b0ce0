"""A page just taken: is it good? The sheet as high as the screen, the question and what can be done beside it."""

from __future__ import annotations

from typing import Any

from kivy.uix.boxlayout import BoxLayout

from kiosk.journeys.showing import PreviewShows
from kiosk.prompts.aloud import aloud
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import CAMERA_GROUND, Theme
from kiosk.widgets.basic import Pill, Text, space
from kiosk.widgets.buttons import WordButton
from kiosk.widgets.frame import Page, button_rows
from kiosk.widgets.pictures import PagePicture
from langso.words.catalogue import Sentence, t

TITLE = Sentence("screens-preview-title")
GAP = 12


class PreviewPage(Page):
    """A page to judge has no frame, and nothing lies on the sheet."""

    def __init__(self, theme: Theme, shows: PreviewShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=TITLE)
        self.shows = shows
        self._buttons: dict[str, WordButton] = {}
        self._picture = PagePicture(theme, shows.picture, ground=CAMERA_GROUND)
        self._state = Pill(theme, shows.said.text, shows.said.icon, shows.said.tone, size=17 if theme.large else 20)
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
            width=theme.px(540 if theme.text < 1.2 else 560 if not theme.large else 610),
            padding=(theme.px(20), theme.px(8), theme.px(24), theme.px(10 if theme.large else 14)),
            spacing=theme.px(10 if theme.large else GAP),
        )
        top = self._row(self.letters_button(), space(), self.listen_button(round_one=theme.large))
        side.add_widget(top)
        side.add_widget(space())
        side.add_widget(Text(theme, TITLE, 22 if theme.large else 26, face="bold", line=1.0))
        if not theme.large:
            side.add_widget(Text(theme, self._under(), 18, token="soft", line=1.0))
        side.add_widget(self._state)
        self._state.limit(side.width - theme.px(44))
        side.add_widget(space())
        self._add_buttons(side, side.width - theme.px(44))
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
        self._add_buttons(below, theme.px(theme.wide - 48))
        self.main.add_widget(below)

    def _under(self) -> str:
        return t("screens-preview-card" if self.shows.card else "screens-page", page=self.shows.number)

    def _add_buttons(self, into: BoxLayout, room: float) -> None:
        """What mends the picture, then what becomes of the page, then the way on: each in rows of its own."""
        tools = [self._turn(), self._corners()] if self.shows.corners else [self._turn()]
        for group in (tools, [self._again(), self._keep()], [self._enough()]):
            for row in button_rows(self.theme, group, room):
                into.add_widget(row)

    def _again(self) -> WordButton:
        return self._button(t("screens-again"), "again", "replay")

    def _turn(self) -> WordButton:
        return self._button(t("screens-preview-turn"), "turn", "rotate_right")

    def _corners(self) -> WordButton:
        return self._button(t("screens-preview-corners"), "corners", "crop_free")

    def _keep(self) -> WordButton:
        # Larger letters need fewer words: what can be done must stand in one row.
        theme, replacing = self.theme, self.shows.replacing
        short = theme.large or (theme.text > 1.2 and not theme.upright)
        if replacing:
            words = t("screens-preview-replace-short") if short else t("screens-preview-replace")
        else:
            words = t("screens-more-short") if short else t("screens-preview-keep")
        return self._button(words, "keep", "note_add")

    def _enough(self) -> WordButton:
        words = t("screens-enough") if self.theme.large else t("screens-preview-enough")
        return self._button(words, "enough", "arrow_forward", kind="main")

    def _button(self, words: str, event: str, icon: str, *, kind: str = "plain") -> WordButton:
        button = WordButton(self.theme, words, self.does(event), icon=icon, kind=kind)
        self._buttons[event] = button
        return button

    def _row(self, *widgets: Any) -> BoxLayout:
        row = BoxLayout(spacing=self.theme.px(GAP), size_hint_y=None, height=self.theme.px(self.theme.target))
        for widget in widgets:
            row.add_widget(widget)
        return row

    def _say(self) -> None:
        said, remarks = self.shows.said, self.shows.remarks
        self._state.say(said.text, said.icon, said.tone)
        self.spoken = (*aloud(remarks), Sentence("prompts-preview"))

    def _light(self) -> None:
        lit = self.shows.lit
        for event, button in self._buttons.items():
            button.off = bool(lit) and event != lit
