"""What is shown of a dossier that was handed in: its code, and where it is now."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journeys.showing import ReceiptShows, Remark
from kiosk.sending.sealing import HandedIn
from kiosk.shell.means import Means
from kiosk.shell.protocol import Changed, Destination, Event, Home, Next
from langso.words.catalogue import Sentence, Words


class HandedInPage:
    """The place "receipt". `title`: what is said beside the code, else what was handed in."""

    def __init__(self, means: Means, handed: HandedIn, title: Words = "") -> None:
        self._means = means
        self._handed = handed
        self._shows = ReceiptShows(title or handed.title, handed.pages, handed.code, self._where())

    def begin(self) -> Destination:
        """No way leads back from it."""
        return Destination("receipt", self._shows, alone=True)

    def answer(self, event: Event) -> Next:
        """Only the button that says so ends it: a hand that wanders must not take the code away."""
        return Home() if event.name in ("done", "back") else None

    def tick(self) -> Next:
        """Shows it once the office has received the dossier."""
        if self._shows.said.tone == "ok":
            return None
        said = self._where()
        if said == self._shows.said:
            return None
        self._shows = replace(self._shows, said=said)
        return Changed(self._shows)

    def _where(self) -> Remark:
        if not self._means.dossiers.path(self._handed.dossier).exists():
            return Remark(Sentence("journeys-received"), "check_circle", "ok")
        if not self._means.connected():
            return Remark(Sentence("journeys-offline"), "hourglass_top")
        return Remark(Sentence("journeys-on-the-way"), "hourglass_top")
