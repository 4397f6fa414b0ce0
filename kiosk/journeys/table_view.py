"""The camera over the table while a page is looked for: what it sees, in one sentence, and when to capture."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from kiosk.devices.camera_thread import Sight, Watcher
from kiosk.journeys.card import side_words
from kiosk.journeys.papers import Papers
from kiosk.journeys.pictures import picture_of_page, shrunk
from kiosk.journeys.showing import CardShows, KeptPage, LivePicture, Remark, ScanShows
from kiosk.shell.means import Means
from langso.words.catalogue import Sentence, Words
from scanner.live.eye import INSIST_MORE_S, INSIST_S, Eye, Seen
from scanner.live.looking import Looked, Looking

SHOWN = 2
"""Kept pages that are seen beside the camera: no more find room."""
TOLD_S = 3.5
OPENING = Remark(Sentence("journeys-opening-camera"), "photo_camera")
_ICONS = {
    "hold": "motion_photos_on",
    "none": "info",
    "same": "flip",
    "taken": "flip",
    "left": "flip",
    "front": "flip",
    "back": "flip",
    "dark": "warning",
}


_TURN = {
    "back": Sentence("prompts-card-turn-back"),
    "front": Sentence("prompts-card-turn-front"),
    None: Sentence("prompts-card-turn-other"),
}
"""By the side to be laid down next, None where nobody can tell which was first."""


def _eye_for(papers: Papers) -> Eye:
    """What looks for the next of these papers; made on the camera's own thread."""
    told, table = papers.card and papers.asked, papers.table
    return Eye(
        known=papers.known,
        lying=papers.lying,
        side=papers.asked,
        insist_s=INSIST_MORE_S if told else INSIST_S,
        fixed=papers.fixed or (table is not None and table.measured),
    )


class TableView:
    """The camera over the table while pages are looked for. `hint`: what to do, said while nothing is seen.

    `newest`: what was seen last; `dark`: whether light is wanted.
    """

    def __init__(self, means: Means, papers: Papers, hint: Words) -> None:
        self._papers = papers
        self._hint = hint
        self._looking = Looking(lambda: _eye_for(papers))
        self._watcher = Watcher(means.camera(), self._looking.look, holder=means.holder)
        self._watcher.start()
        self._last: Sight[Looked] | None = None
        self._told_until = 0.0
        self.newest: Seen | None = None
        self.dark = False
        self.live = LivePicture(OPENING)

    def close(self) -> None:
        """Takes no further frame. Does not wait for the camera: one that hangs must not freeze the screen."""
        self._watcher.stop(timeout=0)
        self.newest = self._last = self._looking.due = None

    def still(self) -> Any:
        """The camera's best picture (BGR), or None. Waits: not for the screen's thread."""
        return self._watcher.still()

    def tell(self, said: Remark) -> LivePicture:
        """Shows `said` for a while, before the guide's next sentence may replace it."""
        self._told_until = time.monotonic() + TOLD_S
        self.live = self.live.saying(said)
        return self.live

    def look(self) -> bool:
        """Takes the newest frame into `live`; returns whether that changed anything."""
        sight, fault = self._watcher.newest, self._watcher.fault
        wrong = Remark(fault, "no_photography", "bad")
        if sight is None:
            if not fault or (self.newest is None and self.live.said == wrong):
                return False
            self.newest, self.live = None, LivePicture(wrong)
            return True
        if sight is self._last:
            return False
        self._last = sight
        seen = None if sight.judged is None else sight.judged.seen
        said, quad, progress = self.live.said, None, 0.0
        if seen is not None and sight.judged is not None:
            self.newest, self._papers.fixed = seen, self._looking.fixed
            self.dark, progress = sight.judged.dark, seen.progress
            shrunk = sight.shown.shape[1] / sight.image.shape[1]
            if seen.quad is not None:
                quad = tuple((float(x), float(y)) for x, y in np.asarray(seen.quad) * shrunk)
            if time.monotonic() >= self._told_until:
                said = self._say(seen)
        if fault:
            said, progress = wrong, 0.0
        self.live = LivePicture(said, sight.number, sight.shown, quad, progress)
        return True

    def due(self) -> bool:
        """Whether to capture now; `newest` is then the frame to capture from."""
        if self._looking.due is None:
            return False
        if self._watcher.fault:
            # Nobody knows what lies there when the camera is well again: it counts as newly laid.
            self._looking.due = None
            self._looking.again()
            return False
        self.newest, self._looking.due = self._looking.due, None
        return True

    def _say(self, seen: Seen) -> Remark:
        sentence: Words = seen.sentence
        if self._papers.card is not None:
            from scanner.guide import SAYS

            of_card = {"same": SAYS["same_side"], "none": self._hint, "hold": Sentence("prompts-card-seen")}
            sentence = of_card.get(seen.code, sentence)
        good = seen.good and seen.code in ("hold", "taken")
        return Remark(sentence, _ICONS.get(seen.code, "info"), "ok" if good else "warn")


def scan_shows(papers: Papers) -> ScanShows:
    """The place "scan" as it is opened: what is looked for, which pages or side of a card there are already."""
    title, under, hint = _headings(papers)
    many = len(papers.pages)
    kept = tuple(
        KeptPage(index, shrunk(picture_of_page(papers.pages[index])), bool(papers.pages[index].remarks))
        for index in range(max(0, many - SHOWN), many)
    )
    card = None
    if papers.card is not None:
        done = None
        if papers.card:
            name = Sentence("journeys-side-done", side=papers.card[0].side or "unknown")
            done = (name, shrunk(papers.card[0].page.image))
        card = CardShows(side_words(papers.asked), done)
    return ScanShows(
        title,
        under,
        hint,
        LivePicture(OPENING),
        many=many,
        kept=kept,
        number=many + 1 if papers.replacing is None else papers.replacing + 1,
        card=card,
        replacing=papers.replacing is not None,
    )


def _headings(papers: Papers) -> tuple[Sentence, Sentence, Sentence]:
    """Title, second line, and what to do."""
    if papers.card is not None:
        here = side_words(papers.asked)
        if not papers.card:
            return Sentence("screens-scan-card"), here, Sentence("prompts-card-how")
        return Sentence("screens-scan-card"), here, _TURN[papers.asked]
    hint = Sentence("prompts-paper-how")
    if papers.replacing is not None:
        return Sentence("journeys-retake-title", page=papers.replacing + 1), Sentence("journeys-retake-under"), hint
    if papers.pages:
        return Sentence("journeys-scan-title"), Sentence("screens-page", page=len(papers.pages) + 1), hint
    return Sentence("journeys-scan-title"), Sentence("journeys-scan-under"), hint
