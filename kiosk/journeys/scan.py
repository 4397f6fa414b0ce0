"""Scanning papers: the camera looks, a page is judged, perhaps its corners set; what was kept is handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.errors import WrongStep
from kiosk.journeys.handing_in import HandingIn
from kiosk.journeys.kept_pages import KeptPages
from kiosk.journeys.papers import PageKept, Papers
from kiosk.journeys.pictures import picture_of_page
from kiosk.journeys.presses import HeldPress
from kiosk.journeys.showing import CornerPoints, CornersShows, LivePicture, PreviewShows, Remark, ScanShows
from kiosk.journeys.table_view import TableView, scan_shows
from kiosk.shell.means import Means
from kiosk.shell.protocol import STRAY, Changed, Destination, Event, Home, Journey, Next, Slow
from langso.errors import LangsoError
from langso.words.catalogue import Sentence
from scanner.live.capture import Shot, Shown, draft, shot_of

MAKING = Sentence("screens-making")


class ScanJourney(Journey):
    """Places: "scan", "preview", "corners" here; "pages" in `kept_pages`; the others in `handing_in`."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self.papers = Papers(means.workspace, means.dossiers, means.table)
        self._view: TableView | None = None
        self._scan: ScanShows | None = None
        self._refused = False
        self._preview: PreviewShows | None = None
        self._shot: Shown | None = None
        self._press: HeldPress[Next] = HeldPress()
        self._corners: CornersShows | None = None
        self._kept = KeptPages(self.papers)
        self._handing = HandingIn(means, self.papers)

    def begin(self) -> Destination:
        return self._to_scan()

    def anew(self, there: Destination) -> Destination:
        match there.place:
            case "scan":
                return self._to_scan()
            case "corners":
                return Destination("corners", self._corners)
        return there

    def end(self) -> None:
        self.papers.end()
        self._scan = self._preview = self._corners = self._shot = None

    def opened(self, place: str) -> Next:
        if place == "scan" and self._scan is not None:
            self.wants_light, self._refused = False, False
            self._view = TableView(self._means, self.papers, self._scan.hint)
            if self.papers.card:
                return self._live(self._view.tell(Remark(self._scan.hint, "flip", "ok")))
        elif place == "preview" and self._shot is not None:
            shot, self._shot = self._shot, None
            return self._remake(lambda: self.papers.capture(shot))
        elif place == "ask":
            return self._handing.opened()
        return None

    def closed(self, place: str) -> None:
        self.wants_light = None
        if self._view is not None:
            self._view.close()
            self._view = None

    def tick(self, place: str) -> Next:
        if place == "scan":
            return self._look()
        if place == "pages":
            return self._kept.tick()
        return self._handing.tick(place) if place in ("ask", "receipt") else None

    def answer(self, event: Event) -> Next:
        if event.name == STRAY:
            return self._handing.stray()
        match event.place:
            case "scan":
                return self._at_scan(event)
            case "preview":
                return self._at_preview(event)
            case "corners":
                return self._at_corners(event)
            case "pages":
                answer = self._kept.answer(event)
                return self._after_pages() if answer == "done" else answer
            case "sort":
                if event.name == "look":
                    return self._kept.to(0)
                if event.name in ("more", "back"):
                    self.papers.more()
                    return self._to_scan()
                return self._handing.chosen(event)
            case "ask":
                return self._handing.asked(event)
            case "receipt":
                return self._handing.received(event)
        return None

    # The camera.

    def _to_scan(self) -> Destination:
        self._scan = scan_shows(self.papers)
        return Destination("scan", self._scan)

    def _at_scan(self, event: Event) -> Next:
        papers, busy = self.papers, self._scan is not None and self._scan.busy
        match event.name:
            case "shoot":
                # Whoever presses again after a refusal knows better than the machine.
                return None if busy else self._capture(insisted=self._refused)
            case "page" if event.number is not None:
                return self._kept.to(event.number)
            case "back" if papers.card is None and papers.replacing is None:
                return Home()
            case "back" | "leave_card":
                papers.leave_card() if papers.card is not None else papers.leave_retake()
                return self._to_scan()
            case "card" if not busy:
                papers.begin_card()
                return self._to_scan()
            case "enough" if not busy:
                papers.sort()
                return self._handing.begin()
        return None

    def _live(self, live: LivePicture, *, busy: bool | None = None) -> Changed:
        assert self._scan is not None
        self._scan = replace(self._scan, live=live, busy=self._scan.busy if busy is None else busy)
        return Changed(self._scan)

    def _look(self) -> Next:
        view = self._view
        if view is None or self._scan is None or self._scan.busy:
            return None
        changed = view.look()
        self.wants_light = view.dark
        if view.due():
            return self._capture()
        return self._live(view.live) if changed else None

    def _capture(self, *, insisted: bool = False) -> Next:
        view = self._view
        if view is None:
            return None
        seen = view.newest
        if seen is None:
            return self._live(view.live.saying(Remark(Sentence("journeys-no-picture"), "hourglass_top")))
        busy = self._live(view.live.saying(Remark(Sentence("journeys-taking"), "photo_camera", "ok")), busy=True)

        def shot() -> Shot:
            return shot_of(seen, view.still())

        if self.papers.card is None:
            return Slow(lambda: self._take(shot(), seen.code), self._taken, self._failed, busy.shows)
        return Slow(lambda: self._take_side(shot(), insisted), self._side_taken, self._failed, busy.shows)

    def _take(self, shot: Shot, code: str) -> tuple[Shot, Any]:
        """The picture taken, and its page's draft; None where the villager had better set the corners."""
        unsure = shot.quad is None or code == "unsure"
        return shot, None if unsure else draft(shot, table=self.papers.table)

    def _taken(self, result: tuple[Shot, Any]) -> Next:
        shot, picture = result
        return self._to_corners(shot) if picture is None else self._to_preview(picture, shot)

    def _take_side(self, shot: Shot, insisted: bool) -> tuple[Shot, PageKept | None, Any]:
        if shot.quad is None:
            return shot, None, None
        page = self.papers.capture_side(shot, insisted=insisted)
        return shot, page, None if page is None else picture_of_page(page)

    def _side_taken(self, result: tuple[Shot, PageKept | None, Any]) -> Next:
        shot, page, picture = result
        if shot.quad is None:
            return self._to_corners(shot)
        return self._to_scan() if page is None else self._to_preview(picture)

    def _failed(self, error: BaseException) -> Next:
        self._refused = True
        if self._view is None:
            return None
        said = str(error).rstrip(".") if isinstance(error, LangsoError) else Sentence("journeys-not-taken")
        return self._live(self._view.tell(Remark(said, "warning")), busy=False)

    # A page just taken.

    def _to_preview(self, picture: Any, shot: Shown | None = None) -> Destination:
        """`shot`: still to be made into a page, while its draft `picture` is shown."""
        papers = self.papers
        self._shot = shot
        self._press = HeldPress()
        card = shot is None and papers.fresh is not None and papers.fresh.card
        shows = PreviewShows(
            number=len(papers.pages) + 1 if papers.replacing is None else papers.replacing + 1,
            picture=picture,
            said=Remark(MAKING, "hourglass_top", "plain"),
            card=card,
            replacing=papers.replacing is not None,
            corners=shot is not None or papers.shot is not None,
        )
        self._preview = self._judged(shows) if shot is None else shows
        return Destination("preview", self._preview)

    def _at_preview(self, event: Event) -> Next:
        does: dict[str, Callable[[], Next]] = {
            "again": self._again,
            "back": self._leave,
            "keep": self._keep,
            "enough": self._enough,
            "turn": self._turn,
            "corners": self._set_corners,
        }
        then = does.get(event.name)
        if then is None or self._preview is None:
            return None
        waits = self._press.busy and not self._press.asked
        answer = self._press.press(then)
        if not waits:
            return answer
        # A press is never lost, and none changes the one before it.
        self._preview = replace(self._preview, said=Remark(MAKING, "hourglass_top", "warn"), lit=event.name)
        return Changed(self._preview)

    def _remake(self, what: Callable[[], PageKept]) -> Next:
        """Something that gives another fresh page, off the screen's thread."""
        assert self._preview is not None
        self._press.begin()
        self._preview = replace(self._preview, said=Remark(MAKING, "hourglass_top", "plain"))
        return Slow(lambda: picture_of_page(what()), self._ready, self._not_made, self._preview)

    def _ready(self, picture: Any) -> Next:
        assert self._preview is not None
        corners = self.papers.shot is not None
        self._preview = self._judged(replace(self._preview, picture=picture, lit="", corners=corners))
        return self._press.over() or Changed(self._preview)

    def _not_made(self, error: BaseException) -> Next:
        assert self._preview is not None
        self._press.over(good=False)
        said = str(error) if isinstance(error, LangsoError) else Sentence("journeys-not-made")
        self._preview = replace(self._preview, said=Remark(said, "warning", "bad"), lit="")
        return Changed(self._preview)

    def _judged(self, shows: PreviewShows) -> PreviewShows:
        fresh = self.papers.fresh
        if fresh is None:
            return shows
        if not fresh.remarks:
            return replace(shows, said=Remark(Sentence("journeys-clear"), "check_circle", "ok"), remarks=())
        return replace(shows, said=Remark(fresh.remarks[0], "warning"), remarks=fresh.remarks)

    def _again(self) -> Next:
        if self.papers.fresh is not None:
            self.papers.again()
        return self._to_scan()

    def _leave(self) -> Next:
        if self.papers.fresh is not None:
            self.papers.leave()
        return self._to_scan()

    def _keep(self) -> Next:
        if self.papers.fresh is None:
            return self._again()
        self.papers.keep()
        self._means.in_background(self.papers.compress)
        return self._to_scan()

    def _enough(self) -> Next:
        if self.papers.fresh is None:
            return self._again()
        self.papers.sort()
        self._means.in_background(self.papers.compress)
        return self._handing.begin()

    def _turn(self) -> Next:
        return None if self.papers.fresh is None else self._remake(self.papers.turn)

    def _set_corners(self) -> Next:
        shot = self.papers.shot
        return None if shot is None else self._to_corners(shot)

    # Its corners.

    def _to_corners(self, shot: Shown) -> Destination:
        self._corners = CornersShows(shot.image, _quad(shot.quad), found=shot.quad is not None)
        self._refused = False
        return Destination("corners", self._corners)

    def _at_corners(self, event: Event) -> Next:
        shows = self._corners
        if shows is None or shows.busy:
            return None
        match event.name:
            case "moved" if event.points is not None:
                self._corners = replace(shows, quad=event.points)
                return None
            case "done" if event.points is not None:
                return self._corners_set(replace(shows, quad=event.points, busy=True))
            case "back" if self.papers.fresh is not None:
                return self._to_preview(picture_of_page(self.papers.fresh))
            case "back" | "again":
                return self._again()
        return None

    def _corners_set(self, shows: CornersShows) -> Slow:
        import numpy as np

        self._corners, papers, refused = shows, self.papers, self._refused
        shot = Shot(shows.picture, np.asarray(shows.quad, dtype=np.float64))
        if papers.step == "preview":
            return Slow(
                lambda: picture_of_page(papers.set_corners(shot.quad)), self._to_preview, self._unset, self._corners
            )
        if papers.card is not None:

            def side() -> Any:
                page = papers.capture_side(shot, insisted=refused)
                return None if page is None else picture_of_page(page)

            def made(picture: Any) -> Next:
                return self._to_scan() if picture is None else self._to_preview(picture)

            return Slow(side, made, self._unset, self._corners)
        return Slow(
            lambda: draft(shot, table=papers.table),
            lambda picture: self._to_preview(picture, shot),
            self._unset,
            self._corners,
        )

    def _unset(self, error: BaseException) -> Next:
        assert self._corners is not None
        self._refused = True
        said = str(error) if isinstance(error, LangsoError) else Sentence("journeys-corners-failed")
        self._corners = replace(self._corners, busy=False, refused=said)
        return Changed(self._corners)

    def _after_pages(self) -> Next:
        if self.papers.step == "sort":
            return self._handing.begin()
        if self.papers.step == "look":
            return self._to_scan()
        raise WrongStep(Sentence("journeys-judge-first"))


def _quad(quad: Any) -> CornerPoints | None:
    return None if quad is None else tuple((float(x), float(y)) for x, y in quad)
