"""Scanning: the camera with the page's outline; it captures by itself, with a ring that shows when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.uix.boxlayout import BoxLayout

from kiosk.journeys.showing import CardShows, KeptPage, ScanShows
from kiosk.prompts.aloud import aloud
from kiosk.shell.protocol import Emit, Plain
from kiosk.style.theme import Theme
from kiosk.widgets.basic import Icon, Pill, Text, card, space
from kiosk.widgets.buttons import Pressable, WordButton
from kiosk.widgets.frame import FramedPage
from kiosk.widgets.pictures import CameraView, PagePicture
from langso.words.catalogue import Sentence, Words, t

SIDE = 246
"""Design pixels of the column beside the camera."""


class ScanPage(FramedPage):
    """The camera: captures by itself when the page is still, or at once by the button."""

    def __init__(self, theme: Theme, shows: ScanShows, emit: Emit) -> None:
        super().__init__(theme, emit, title=shows.title, under=shows.under)
        self.shows = shows
        self._view = CameraView(theme, shows.live.said.text, shows.live.said.icon)
        self.main.add_widget(self._view)
        if shows.card is not None:
            self.main.add_widget(_card_sides(theme, shows.card))
        else:
            self.main.add_widget(_page_list(theme, shows, self.does))
        self._show_foot()
        self._live()

    def change(self, shows: Plain) -> None:
        before, self.shows = self.shows, shows
        if shows.live is not before.live:
            self._live()
        if shows.busy != before.busy:
            self._show_foot()

    def dropped(self) -> None:
        self._view.clear()

    def _live(self) -> None:
        live = self.shows.live
        self._view.live(live)
        # What is wrong now, then what is always done; one sentence where they are the same.
        self.spoken = (*dict.fromkeys(aloud([live.said.text, self.shows.hint])), Sentence("prompts-scan-how"))

    def _show_foot(self) -> None:
        theme, shows = self.theme, self.shows
        if shows.busy:
            wait = Pill(theme, t("screens-scan-still"), "hourglass_top", "plain", height=theme.target, size=21)
            self.set_foot([], [wait])
            return
        capture = WordButton(
            theme,
            t("screens-scan-shoot"),
            self.does("shoot"),
            icon="photo_camera",
            kind="main",
            least=150 if theme.upright else 230,
        )
        left = []
        if shows.card is not None:
            words = t("screens-scan-no-card") if not theme.large else t("screens-scan-no-card-short")
            left.append(WordButton(theme, words, self.does("leave_card"), icon="description"))
        elif not shows.replacing:
            if shows.many:
                words, then = t("screens-enough"), self.does("enough")
                left.append(WordButton(theme, words, then, icon="arrow_forward", kind="help"))
            card_words = (
                t("screens-scan-card-short")
                if theme.large and theme.upright and shows.many
                else t("screens-scan-card")
            )
            left.append(WordButton(theme, card_words, self.does("card"), icon="id_card"))
        self.set_foot(left, [capture])


def _page_list(theme: Theme, shows: ScanShows, does: Callable[..., Callable[[], None]]) -> BoxLayout:
    """The pages kept so far, each to be looked at again; the newest are shown."""
    aside = _aside(theme)
    # The button to all of them takes the room of one.
    room = 2 if theme.text < 1.2 and shows.many <= 2 else 1
    if theme.upright:
        room = 1
    kept = shows.kept[-room:]
    if shows.many > len(kept):
        words = t("screens-scan-all", pages=shows.many)
        more = WordButton(theme, words, does("page", 0), size=16 if theme.large else 18, least=64)
        more.size_hint_x = 1
        if theme.upright:
            more.size_hint_y = 1
        aside.add_widget(more)
    for page in kept:
        aside.add_widget(_KeptButton(theme, page, does("page", page.index)))
    aside.add_widget(_here(theme, t("screens-page", page=shows.number), t("screens-scan-scanning")))
    if not theme.upright:
        aside.add_widget(space())
    return aside


def _card_sides(theme: Theme, shows: CardShows) -> BoxLayout:
    """The two sides of a card: which is done, which is looked for."""
    aside = _aside(theme)
    if shows.done is not None:
        words, picture = shows.done
        done = card(theme, padding=theme.px(12), spacing=theme.px(6))
        if not theme.upright:
            done.size_hint_y, done.height = None, theme.px(190)
        done.add_widget(Text(theme, words, 17, token="lua", face="semibold", line=1.0))
        done.add_widget(PagePicture(theme, picture))
        aside.add_widget(done)
    aside.add_widget(_here(theme, shows.asked, t("screens-scan-taking")))
    if shows.done is None:
        rest = card(theme, padding=theme.px(14))
        if not theme.upright:
            rest.size_hint_y = None
            rest.bind(minimum_height=rest.setter("height"))
        rest.add_widget(Text(theme, t("screens-scan-then-back"), 17, token="soft", line=1.0))
        aside.add_widget(rest)
    if not theme.upright:
        aside.add_widget(space())
    return aside


def _aside(theme: Theme) -> BoxLayout:
    """Beside the camera; under it on a screen that stands."""
    if theme.upright:
        return BoxLayout(size_hint_y=None, height=theme.px(164 if theme.large else 142), spacing=theme.px(12))
    return BoxLayout(orientation="vertical", size_hint_x=None, width=theme.px(SIDE), spacing=theme.px(12))


class _KeptButton(Pressable):
    """A kept page's little picture; a touch shows it large."""

    def __init__(self, theme: Theme, page: KeptPage, then: Callable[[], None]) -> None:
        super().__init__(
            theme,
            then,
            fill=theme.colour("card"),
            border=theme.colour("line"),
            orientation="vertical",
            padding=theme.px(12),
            spacing=theme.px(6),
        )
        if not theme.upright:
            self.size_hint_y, self.height = None, theme.px(130 if theme.large else 142)
        row = BoxLayout(size_hint_y=None, height=max(theme.px(26), theme.font(17) * 1.3), spacing=theme.px(6))
        row.add_widget(Text(theme, t("screens-page", page=page.index + 1), 17, token="soft", line=1.0))
        if page.odd:
            row.add_widget(Icon(theme, "warning", 26, colour=theme.colour("nghe")))
        self.add_widget(row)
        self.add_widget(PagePicture(theme, page.picture))


def _here(theme: Theme, title: Words, under: Words) -> Any:
    here = card(theme, padding=theme.px(14), spacing=theme.px(2))
    here.paint(theme.colour("cham_soft"), theme.colour("cham"))
    here.add_widget(Text(theme, title, 19, face="semibold", token="cham", line=1.0))
    here.add_widget(Text(theme, under, 17, token="ink", line=1.0))
    if theme.upright:
        here.add_widget(space())
    else:
        here.size_hint_y = None
        here.bind(minimum_height=here.setter("height"))
    return here
