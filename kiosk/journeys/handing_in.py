"""Handing in a dossier: what kind of paper it is, whether to send it, then the receipt."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journeys.kinds import Kind, kinds_for
from kiosk.journeys.papers import Papers
from kiosk.journeys.pictures import picture_of_page
from kiosk.journeys.presses import Calm
from kiosk.journeys.receipt import HandedInPage
from kiosk.journeys.showing import AskShows, Remark, SortShows
from kiosk.sending.sealing import HandedIn
from kiosk.shell.means import Means
from kiosk.shell.protocol import Back, Changed, Destination, Event, Next, Slow
from langso.errors import LangsoError
from langso.words.catalogue import Sentence

CHOOSE = Remark(Sentence("prompts-choose-kind"), "touch_app", "plain")
READY = Remark(Sentence("journeys-ask-ready"), "touch_app", "plain")


class HandingIn:
    """The places "sort", "ask" and "receipt". Only "ask" sends, and only on a glass that rests."""

    def __init__(self, means: Means, papers: Papers) -> None:
        self._means = means
        self._papers = papers
        self._calm = Calm(means.clock.monotonic)
        self._kind: Kind | None = None
        self._sort: SortShows | None = None
        self._ask: AskShows | None = None
        self._receipt: HandedInPage | None = None

    def begin(self) -> Destination:
        """Asks what kind of paper it is."""
        self._sort = SortShows(len(self._papers.pages), kinds_for(self._means.catalogue()), CHOOSE)
        return Destination("sort", self._sort)

    def stray(self) -> Next:
        """A touch, anywhere in this visit, that meant nothing."""
        self._calm.stray()
        return None

    def chosen(self, event: Event) -> Next:
        """At "sort": event `kind` with the number N asks whether to send as the N-th kind shown."""
        which, sort, papers = event.number, self._sort, self._papers
        if event.name != "kind" or sort is None or papers.step != "sort":
            return None
        if which is None or not 0 <= which < len(sort.kinds):
            return None
        self._kind = sort.kinds[which]
        picture = picture_of_page(papers.pages[0])
        self._ask = self._waits(AskShows(self._kind.name, len(papers.pages), picture, READY))
        return Destination("ask", self._ask)

    def opened(self) -> Next:
        """ "ask" is seen, perhaps again: the finger that led here shall not send."""
        if self._ask is None or self._ask.busy:
            return None
        self._calm.begin()
        return self._asked()

    def asked(self, event: Event) -> Next:
        """At "ask": `send` hands in, `back` does not. Neither while it is being handed in."""
        kind, ask, means = self._kind, self._ask, self._means
        if kind is None or ask is None or ask.busy:
            return None
        if event.name == "back":
            return Back()
        if event.name != "send" or self._calm.left:
            return None
        sealing = Remark(Sentence("journeys-sealing"), "hourglass_top")
        self._ask = replace(ask, said=sealing, ready=False, busy=True)
        return Slow(
            lambda: self._papers.hand_in(kind, means.recipient()),
            self._done,
            self._failed,
            self._ask,
        )

    def tick(self, place: str) -> Next:
        """Counts down until a press may send; shows it once the office has received the dossier."""
        if place == "ask":
            return self._asked()
        return None if self._receipt is None else self._receipt.tick()

    def received(self, event: Event) -> Next:
        """At "receipt": `done` ends the visit."""
        return None if self._receipt is None else self._receipt.answer(event)

    def _asked(self) -> Next:
        before = self._ask
        if before is None or before.busy:
            return None
        self._ask = self._waits(before)
        return None if (self._ask.said, self._ask.ready) == (before.said, before.ready) else Changed(self._ask)

    def _waits(self, ask: AskShows) -> AskShows:
        left, said = self._calm.left, ask.said
        # What went wrong stays there to be read.
        if said.tone != "bad":
            said = Remark(Sentence("journeys-ask-wait", seconds=left), "hourglass_top") if left else READY
        return replace(ask, said=said, ready=not left)

    def _done(self, handed: HandedIn) -> Destination:
        self._means.hurry()
        self._receipt = HandedInPage(self._means, handed)
        return self._receipt.begin()

    def _failed(self, error: BaseException) -> Next:
        assert self._ask is not None
        said = str(error) if isinstance(error, LangsoError) else Sentence("journeys-sealing-failed")
        self._calm.begin()
        self._ask = self._waits(replace(self._ask, said=Remark(said, "warning", "bad"), busy=False))
        return Changed(self._ask)
