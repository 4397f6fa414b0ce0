"""Handing in: what the papers are, and the receipt."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journeys.kinds import kinds_for
from kiosk.journeys.papers import Papers
from kiosk.journeys.showing import ReceiptShows, Remark, SortShows
from kiosk.sending.dossiers import HandedIn
from kiosk.shell.means import Means
from kiosk.shell.protocol import Changed, Destination, Event, Next, Slow
from langso.errors import LangsoError
from langso.words.catalogue import Sentence

CHOOSE = Remark(Sentence("journeys-choose-kind"), "touch_app", "plain")


class HandingIn:
    """The places "sort" and "receipt"."""

    def __init__(self, means: Means, papers: Papers) -> None:
        self._means = means
        self._papers = papers
        self._sort: SortShows | None = None
        self._receipt: ReceiptShows | None = None
        self._handed: HandedIn | None = None

    def begin(self) -> Destination:
        """What is it? One touch chooses and hands in."""
        self._sort = SortShows(len(self._papers.pages), kinds_for(self._means.catalogue()), CHOOSE)
        return Destination("sort", self._sort)

    def answer(self, event: Event) -> Next:
        """`kind` N: hands in as that one."""
        if event.name != "kind" or self._sort is None or self._papers.step != "sort":
            return None
        kind, means = self._sort.kinds[int(event.value)], self._means
        self._sort = replace(self._sort, said=Remark(Sentence("journeys-sealing"), "hourglass_top"))
        return Slow(
            lambda: self._papers.hand_in(kind, means.catalogue(), means.recipient()),
            self._done,
            self._failed,
            self._sort,
        )

    def tick(self) -> Next:
        """Whether the office has it by now."""
        if self._receipt is None or self._handed is None or self._receipt.said.tone == "ok":
            return None
        said = self._where(self._handed)
        if said == self._receipt.said:
            return None
        self._receipt = replace(self._receipt, said=said)
        return Changed(self._receipt)

    def _done(self, handed: HandedIn) -> Destination:
        self._means.hurry()
        self._handed = handed
        self._receipt = ReceiptShows(handed.title, handed.pages, handed.code, self._where(handed))
        return Destination("receipt", self._receipt, alone=True)

    def _failed(self, error: BaseException) -> Next:
        assert self._sort is not None
        said = str(error) if isinstance(error, LangsoError) else Sentence("journeys-sealing-failed")
        self._sort = replace(self._sort, said=Remark(said, "warning", "bad"))
        return Changed(self._sort)

    def _where(self, handed: HandedIn) -> Remark:
        if not self._means.dossiers.path(handed.dossier).exists():
            return Remark(Sentence("journeys-received"), "check_circle", "ok")
        if not self._means.connected():
            return Remark(Sentence("journeys-offline"), "hourglass_top")
        return Remark(Sentence("journeys-on-the-way"), "hourglass_top")
