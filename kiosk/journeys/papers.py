"""Scanning papers: look, capture, preview, choose what it is, hand in, receipt."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kiosk.errors import NotReady, WrongStep
from kiosk.journeys.card import CARD, CardSide, asked_after, sheet_of
from kiosk.journeys.compressing import PageKept, compressed, document_of
from kiosk.journeys.develop import BLANK, look_of, remarks, side_of
from kiosk.sending.sealing import HandedIn, TakesDossiers
from kiosk.shell.visit import Workspace
from langso.words.catalogue import Sentence
from scanner.live.capture import Shot, Shown, straighten
from scanner.live.eye import Eye, Seen

if TYPE_CHECKING:
    from kiosk.journeys.kinds import Kind
    from scanner.clean import CleanPage
    from scanner.guide import Side
    from scanner.guide.same_page import Look
    from scanner.live.table_keeper import TableKeeper

__all__ = ["Eye", "PageKept", "Papers", "Seen", "Step", "straighten"]
Step = Literal["look", "preview", "sort", "sending", "done"]

MAX_PAGES = 30
LEFT = 8
"""So many pages that were walked away from are remembered."""
QUICK_QUALITY = 95
"""JPEG quality of a page just taken; it is compressed for good while the next one is laid down."""


class Papers:
    """The steps of one visit. Pages lie in the workspace only; nothing else keeps a picture after `end`.

    `table`: what was measured of the table. `card`: None, or the sides of a card taken so far. `replacing`: which
    page the next one takes the place of. `fixed`: a sheet was asked nearer in vain, no other shall be. `left`: what
    the pages hold that were taken and then walked away from; `lying`: one of them probably lies there still.
    Capturing, turning and compressing are slow: call them on a worker thread.
    """

    def __init__(self, workspace: Workspace, dossiers: TakesDossiers, table: TableKeeper | None = None) -> None:
        self.table = table
        self._workspace = workspace
        self._dossiers = dossiers
        self._visit = workspace.visit
        self._lock = threading.RLock()
        self._number = 0
        self._shot: Shown | None = None
        self.step: Step = "look"
        self.pages: tuple[PageKept, ...] = ()
        self.fresh: PageKept | None = None
        self.card: tuple[CardSide, ...] | None = None
        self.replacing: int | None = None
        self.receipt: HandedIn | None = None
        self.fixed = False
        self.left: tuple[Look, ...] = ()
        self.lying = False

    def end(self) -> None:
        """The visit is over: no picture is held any more, and work that is still going on leaves none."""
        with self._lock:
            self._forget_fresh()
            self.pages, self.card, self.replacing, self.step = (), None, None, "done"
            self.left, self.lying = (), False

    @property
    def known(self) -> list[Look]:
        """What the pages (or the card's side) taken so far hold, and those walked away from: not to be captured by
        itself again.
        """
        of_card = [side.look for side in self.card or () if side.look is not None]
        # The page that is asked for anew is not one that was "taken already".
        kept = [page for number, page in enumerate(self.pages) if number != self.replacing]
        return [*of_card, *self.left, *(look for page in kept for look in page.looks)]

    @property
    def asked(self) -> Side | None:
        """The side of the card to be laid down now; None for whichever comes, and where no card is scanned."""
        return None if self.card is None else asked_after(self.card)

    def capture(self, seen: Shown) -> PageKept:
        """Straightens what was seen into a page to preview; a frame without a page is kept whole.

        Raises WrongStep outside "look" or when the dossier is full, NotReady where memory is full.
        """
        from scanner.guide.same_page import same_as

        self._may_capture()
        self._learn(seen)
        look, odd = look_of(seen), remarks(seen, self.table, fixed=self.fixed)
        if look is None or BLANK in odd:
            # All blank sides look alike.
            return self._preview(straighten(seen, table=self.table), seen, (), odd)
        for number, page in enumerate(self.pages):
            if number != self.replacing and same_as(look, page.looks):
                odd = (Sentence("journeys-odd-same", page=number + 1), *odd)
                break
        return self._preview(straighten(seen, table=self.table), seen, (look,), odd)

    def begin_card(self) -> None:
        """The next two captures are the sides of one card. Raises WrongStep outside "look"."""
        with self._lock:
            self._may_capture()
            self.card = ()

    def leave_card(self) -> None:
        """No card after all; a side already taken is forgotten, and is not to be taken for a page."""
        with self._lock:
            if self.card:
                self._leave_lying(*(side.look for side in self.card))
            self.card = None

    def capture_side(self, seen: Shown, *, insisted: bool = False) -> PageKept | None:
        """One side of the card; None after the first, the sheet with both to preview after the second: the front
        above, whichever came first.

        Raises WrongStep where no card is seen, or for the same side again unless the villager insisted.
        """
        from scanner.guide import SAYS
        from scanner.guide.same_page import same_as

        sides = self.card
        self._may_capture()
        if sides is None:
            raise WrongStep(Sentence("journeys-card-not-begun"))
        if seen.quad is None:
            raise WrongStep(Sentence("journeys-card-unseen"))
        look = look_of(seen)
        if not insisted and same_as(look, [side.look for side in sides if side.look is not None]):
            raise WrongStep(SAYS["same_side"])
        side = CardSide(
            straighten(seen, CARD, self.table), look, remarks(seen, self.table, fixed=self.fixed), side_of(seen)
        )
        if not sides:
            with self._lock:
                self._still_card(sides)
                self.card = (side,)
            return None
        sheet = sheet_of(sides[0], side)
        odd = tuple(dict.fromkeys((*sides[0].remarks, *side.remarks)))
        looks = tuple(one for one in (sides[0].look, look) if one is not None)
        with self._lock:
            self._still_card(sides)
            page = self._preview(sheet, None, looks, odd, card=True)
            self.card = None
        return page

    def set_corners(self, quad: Any) -> PageKept:
        """The fresh page made anew from the corners that the villager set. Raises WrongStep without one."""
        fresh, shot = self._require("preview"), self._shot
        if shot is None:
            raise WrongStep(Sentence("journeys-no-corners"))
        again = Shot(shot.image, quad)
        # What the camera finds by itself it will find again: the page is known by that, however its corners are set.
        own = look_of(again)
        looks = fresh.looks or (() if own is None else (own,))
        page = self._keep(straighten(again, table=self.table), looks, remarks(again, self.table, fixed=self.fixed))
        return self._exchange(fresh, page)

    @property
    def shot(self) -> Shown | None:
        """The picture of the fresh page, while its corners may still be set."""
        return self._shot if self.step == "preview" else None

    def turn(self) -> PageKept:
        """The fresh page turned a quarter clockwise. Raises WrongStep without one."""
        import cv2

        fresh = self._require("preview")
        image = cv2.imread(str(fresh.path))
        if image is None:
            raise NotReady(Sentence("journeys-visit-over"))
        path = self._write(cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE))
        size = (fresh.size_mm[1], fresh.size_mm[0])
        return self._exchange(fresh, replace(fresh, path=path, size_mm=size))

    def keep(self) -> None:
        """The fresh page is good: it joins the dossier (in the place of the one retaken), and the camera looks on."""
        with self._lock:
            fresh = self._require("preview")
            place = self.replacing
            if place is not None and place < len(self.pages):
                self._workspace.drop(self.pages[place].path)
                self.pages = (*self.pages[:place], fresh, *self.pages[place + 1 :])
            else:
                self.pages = (*self.pages, fresh)
            self._forget_fresh()
            self.replacing = None

    def again(self) -> None:
        """The fresh page is not good: forget it. It is taken by itself again once it was laid down anew."""
        with self._lock:
            fresh = self._require("preview")
            self._workspace.drop(fresh.path)
            self._forget_fresh()
            self._leave_lying()

    def leave(self) -> None:
        """The fresh page is not wanted: forget it. It is taken again only when asked for."""
        with self._lock:
            looks = self._require("preview").looks
            self.again()
            self._leave_lying(*looks)

    def remove(self, index: int) -> None:
        """Takes a kept page out. Raises WrongStep where there is none."""
        with self._lock:
            gone = self._require_page(index)
            self._workspace.drop(gone.path)
            self._leave_lying(*gone.looks)
            self.pages = self.pages[:index] + self.pages[index + 1 :]
            self.replacing = None
            if not self.pages and self.step == "sort":
                self.step = "look"

    def move(self, index: int, to: int) -> None:
        """A kept page to another place. Raises WrongStep where there is none."""
        with self._lock:
            page = self._require_page(index)
            self._require_page(to)
            rest = self.pages[:index] + self.pages[index + 1 :]
            self.pages = (*rest[:to], page, *rest[to:])
            self.replacing = None

    def retake(self, index: int) -> None:
        """The next page kept takes this one's place; until then it stays. Raises WrongStep where there is none."""
        with self._lock:
            self._require_page(index)
            if self.step == "preview":
                raise WrongStep(Sentence("journeys-judge-first"))
            self.step, self.replacing, self.card = "look", index, None
            self.left, self.lying = (), False

    def leave_retake(self) -> None:
        """No retaking after all."""
        self.replacing = None

    def sort(self) -> None:
        """Enough pages: now choose what it is. A fresh page is kept. Raises WrongStep without pages."""
        with self._lock:
            if self.step == "preview":
                self.keep()
            if self.step != "look" or not self.pages:
                raise WrongStep(Sentence("journeys-no-pages"))
            self.step, self.replacing, self.card = "sort", None, None

    def more(self) -> None:
        """Back to the camera for another page."""
        if self.step != "sort":
            raise WrongStep(Sentence("journeys-too-early"))
        self.step = "look"

    def compress(self) -> None:
        """Makes the kept pages as small as they will be handed in, so that handing in need not."""
        for page in self.pages:
            if page.final or self.step in ("sending", "done"):
                continue
            small = compressed(page)
            if small is None:
                continue
            with self._lock:
                if page not in self.pages or self.step in ("sending", "done"):
                    continue
                path = self._store(small.data)
                place = self.pages.index(page)
                self.pages = (*self.pages[:place], replace(page, path=path, final=True), *self.pages[place + 1 :])
                self._workspace.drop(page.path)

    def hand_in(self, kind: Kind, recipient: str | None) -> HandedIn:
        """PDF, encryption, outbox; durable when it returns, and the pictures are gone. Raises as Dossiers.hand_in.

        After an error the journey is back at "sort" and nothing is lost. Slow: call it on a worker thread.
        """
        with self._lock:
            if self.step != "sort":
                raise WrongStep(Sentence("journeys-not-chosen"))
            self.step, pages = "sending", self.pages
        try:
            pdf = document_of(kind, pages)
            if self._visit != self._workspace.visit:
                raise NotReady(Sentence("journeys-visit-over"))
            receipt = self._dossiers.hand_in(pdf, title=kind.title, pages=len(pages), recipient=recipient)
        except BaseException:
            with self._lock:
                if self.step == "sending":
                    self.step = "sort"
            raise
        for page in pages:
            self._workspace.drop(page.path)
        self.pages, self.receipt, self.step = (), receipt, "done"
        return receipt

    def _preview(
        self,
        clean: CleanPage,
        shot: Shown | None,
        looks: tuple[Look, ...],
        odd: tuple[Sentence, ...],
        *,
        card: bool = False,
    ) -> PageKept:
        page = replace(self._keep(clean, looks, odd), card=card)
        with self._lock:
            if self.step != "look":
                self._workspace.drop(page.path)
                raise WrongStep(Sentence("journeys-judge-first"))
            self.fresh, self.step, self._shot, self.lying = page, "preview", shot, False
        return page

    def _exchange(self, fresh: PageKept, page: PageKept) -> PageKept:
        with self._lock:
            if self.fresh is not fresh:
                self._workspace.drop(page.path)
                raise WrongStep(Sentence("journeys-nothing-taken"))
            self._workspace.drop(fresh.path)
            self.fresh = page
        return page

    def _keep(self, clean: CleanPage, looks: tuple[Look, ...], odd: tuple[Sentence, ...]) -> PageKept:
        return PageKept(self._write(clean.image), clean.dpi, clean.paper, clean.size_mm, odd, looks)

    def _write(self, image: Any) -> Path:
        import cv2

        done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUICK_QUALITY])
        if not done:
            raise NotReady(Sentence("journeys-not-kept"))
        return self._store(bytes(data))

    def _store(self, data: bytes) -> Path:
        with self._lock:
            self._number += 1
            # Never the name of another visit's page: work that a visit left behind may still drop its own.
            name = f"page-{self._visit}-{self._number}.jpg"
        try:
            path = self._workspace.write(name, data, self._visit)
        except OSError as error:
            raise NotReady(Sentence("journeys-memory-full")) from error
        if path is None:
            raise WrongStep(Sentence("journeys-visit-over"))
        return path

    def _may_capture(self) -> None:
        if self.step != "look":
            raise WrongStep(Sentence("journeys-judge-first"))
        if self.replacing is None and len(self.pages) >= MAX_PAGES:
            raise WrongStep(Sentence("journeys-enough-pages", most=MAX_PAGES))

    def _learn(self, seen: Shown) -> None:
        if self.table is not None and seen.quad is not None:
            self.table.learn(seen.image, seen.quad)

    def _still_card(self, sides: tuple[CardSide, ...]) -> None:
        """The villager may have left the card while its side was being straightened."""
        if self.card is not sides:
            raise WrongStep(Sentence("journeys-card-left"))

    def _leave_lying(self, *looks: Look | None) -> None:
        """What was walked away from may still lie under the camera."""
        self.left = (*self.left, *(look for look in looks if look is not None))[-LEFT:]
        self.lying = True

    def _forget_fresh(self) -> None:
        self.fresh, self.step, self._shot = None, "look", None

    def _require(self, step: Step) -> PageKept:
        if self.step != step or self.fresh is None:
            raise WrongStep(Sentence("journeys-nothing-taken"))
        return self.fresh

    def _require_page(self, index: int) -> PageKept:
        if self.step not in ("look", "preview", "sort") or not 0 <= index < len(self.pages):
            raise WrongStep(Sentence("journeys-no-such-page"))
        return self.pages[index]
