"""The eye on the table: what the camera sees, said in one sentence, and when a page is to be captured."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np

from kiosk.devices.camera_thread import Watcher
from kiosk.journeys.card import CARD
from kiosk.journeys.papers import Papers
from kiosk.journeys.showing import LivePicture, Remark
from kiosk.shell.means import Means
from langso.words.catalogue import Sentence, Words
from scanner.live.capture import Shot, draft, straighten
from scanner.live.eye import INSIST_MORE_S, INSIST_S, Eye, Seen
from scanner.live.looking import Looking

RATE = 12.0
TOLD_S = 3.5
OPENING = Remark(Sentence("journeys-opening-camera"), "photo_camera")
_ICONS = {
    "hold": "motion_photos_on",
    "none": "info",
    "same": "flip",
    "taken": "flip",
    "front": "flip",
    "back": "flip",
    "dark": "warning",
}


def _eye_for(papers: Papers) -> Eye:
    """What looks for the next of these papers; made on the camera's own thread."""
    told, table = papers.card and papers.asked, papers.table
    return Eye(
        known=papers.known,
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
        self._watcher = Watcher(means.camera(), self._looking.look, rate=RATE, holder=means.holder)
        self._watcher.start()
        self._number = 0
        self._told_until = 0.0
        self.newest: Seen | None = None
        self.dark = False
        self.live = LivePicture(OPENING)

    def close(self) -> None:
        """No further frame. Not waited for: a camera that hangs must not freeze the screen."""
        self._watcher.stop(timeout=0)
        self.newest = self._looking.due = None

    def still(self) -> Any:
        """The camera's best picture (BGR), or None. Waits: not for the screen's thread."""
        return self._watcher.still()

    def tell(self, said: Remark) -> LivePicture:
        """Something that must be read before the guide speaks again."""
        self._told_until = time.monotonic() + TOLD_S
        self.live = self.live.saying(said)
        return self.live

    def look(self) -> bool:
        """Takes the newest frame into `live`; whether that changed anything."""
        sight, fault = self._watcher.newest, self._watcher.fault
        wrong = Remark(fault, "no_photography", "bad")
        if sight is None:
            if not fault or (self.newest is None and self.live.said == wrong):
                return False
            self.newest, self.live = None, LivePicture(wrong)
            return True
        if sight.number == self._number:
            return False
        self._number = sight.number
        seen = sight.judged.seen
        if seen is None:
            return False
        self.newest, self._papers.fixed = seen, self._looking.fixed
        self.dark = sight.judged.dark
        shrunk = sight.shown.shape[1] / sight.image.shape[1]
        quad = None if seen.quad is None else tuple((float(x), float(y)) for x, y in np.asarray(seen.quad) * shrunk)
        said = self.live.said
        if fault:
            said = wrong
        elif time.monotonic() >= self._told_until:
            said = self._say(seen)
        self.live = LivePicture(said, sight.number, sight.shown, quad, 0.0 if fault else seen.progress)
        return True

    def due(self) -> bool:
        """Whether a capture is due; what is then `newest` is the frame it is due in."""
        if self._looking.due is None or self._watcher.fault:
            return False
        self.newest, self._looking.due = self._looking.due, None
        return True

    def _say(self, seen: Seen) -> Remark:
        sentence: Words = seen.sentence
        if self._papers.card is not None:
            from scanner.guide import SAYS

            of_card = {"same": SAYS["same_side"], "none": self._hint, "hold": Sentence("journeys-card-seen")}
            sentence = of_card.get(seen.code, sentence)
        good = seen.good and seen.code in ("hold", "taken")
        return Remark(sentence, _ICONS.get(seen.code, "info"), "ok" if good else "warn")


def warm() -> threading.Thread:
    """Loads what the first frame and the first capture need, so that nobody waits for it. Quiet where it cannot."""

    def load() -> None:
        blank = np.full((480, 640, 3), 128, np.uint8)
        Eye().look(blank)
        corners = np.array([(100, 60), (500, 60), (500, 420), (100, 420)], dtype=np.float64)
        draft(Shot(blank, corners), CARD)
        straighten(Shot(blank, corners))

    thread = threading.Thread(target=load, name="warm", daemon=True)
    thread.start()
    return thread
