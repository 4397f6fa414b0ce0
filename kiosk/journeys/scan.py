"""Scanning papers: look, capture, preview, choose what it is, hand in, receipt."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kiosk.dossiers import Dossiers, HandedIn
from kiosk.errors import NotReady, WrongStep
from kiosk.privacy import Workspace
from langso.contract import Catalogue

if TYPE_CHECKING:
    from scanner.clean import CleanPage

Step = Literal["look", "preview", "sort", "sending", "done"]

MAX_PAGES = 30
STEADY_FRAMES = 8
FRAME_RATE = 8.0


@dataclass(frozen=True)
class Kind:
    """What a paper can be: name as shown and as the office's list says, procedure code or ""."""

    name: str
    procedure: str = ""
    icon: str = "description"


GENERAL_KINDS = (
    Kind("Giấy khai sinh", icon="child_care"),
    Kind("Căn cước, hộ chiếu", icon="id_card"),
    Kind("Giấy tờ nhà đất", icon="cottage"),
    Kind("Tờ khai, đơn", icon="article"),
    Kind("Giấy tờ khác"),
)


@dataclass(frozen=True)
class Seen:
    """One frame looked at: `quad` in the frame's pixels or None, the sentence, whether it may be captured now,
    how near the capture is (0-1), and `capture`: take it now.
    """

    image: Any
    quad: Any
    sentence: str
    good: bool
    progress: float = 0.0
    capture: bool = False


@dataclass(frozen=True)
class PageKept:
    """A page of this visit: its preview (JPEG in the workspace), true dpi, and its size on paper in mm."""

    path: Path
    dpi: int
    paper: str
    size_mm: tuple[float, float]


class Eye:
    """Looks at frames one after the other (on a worker thread): where is the page, what to say, capture now?"""

    def __init__(self, needed: int = STEADY_FRAMES) -> None:
        from scanner.guide import Steady

        self._steady = Steady(needed)

    def look(self, image: Any) -> Seen:
        """Judges one BGR frame."""
        from scanner.guide import guide
        from scanner.pages.finder import find_page

        found = find_page(image)
        said = guide(image, found)
        capture = self._steady.see(found.quad, said.good, image.shape[1])
        return Seen(image, found.quad, said.sentence, said.good, self._steady.progress, capture)


class ScanJourney:
    """The steps of one visit. Pages lie in the workspace only; nothing else keeps a picture after `end`."""

    def __init__(self, workspace: Workspace, dossiers: Dossiers) -> None:
        self._workspace = workspace
        self._dossiers = dossiers
        self._visit = workspace.visit
        self._lock = threading.Lock()
        self._number = 0
        self.step: Step = "look"
        self.pages: tuple[PageKept, ...] = ()
        self.fresh: PageKept | None = None
        self.receipt: HandedIn | None = None

    def capture(self, seen: Seen) -> PageKept:
        """Straightens what was seen into a page to preview; a frame without a page is kept whole.

        Raises WrongStep outside "look" or when the dossier is full, NotReady where memory is full.
        """
        if self.step != "look":
            raise WrongStep("Đang xem trang vừa chụp; xin chọn giữ hay chụp lại.")
        if len(self.pages) >= MAX_PAGES:
            raise WrongStep(f"Đã đủ {MAX_PAGES} trang; xin gửi rồi quét tiếp lần sau.")
        page = self._keep(straighten(seen))
        self.fresh, self.step = page, "preview"
        return page

    def keep(self) -> None:
        """The fresh page is good: it joins the dossier, and the camera looks for the next."""
        fresh = self._require("preview")
        self.pages = (*self.pages, fresh)
        self.fresh, self.step = None, "look"

    def again(self) -> None:
        """The fresh page is not good: forget it and look again."""
        fresh = self._require("preview")
        self._workspace.drop(fresh.path)
        self.fresh, self.step = None, "look"

    def remove(self, index: int) -> None:
        """Takes a kept page out. Raises WrongStep where there is none."""
        if self.step not in ("look", "preview", "sort") or not 0 <= index < len(self.pages):
            raise WrongStep("Không có trang này.")
        self._workspace.drop(self.pages[index].path)
        self.pages = self.pages[:index] + self.pages[index + 1 :]
        if not self.pages and self.step == "sort":
            self.step = "look"

    def sort(self) -> None:
        """Enough pages: now choose what it is. A fresh page is kept. Raises WrongStep without pages."""
        if self.step == "preview":
            self.keep()
        if self.step != "look" or not self.pages:
            raise WrongStep("Chưa có trang nào; xin chụp ít nhất một trang.")
        self.step = "sort"

    def more(self) -> None:
        """Back to the camera for another page."""
        if self.step != "sort":
            raise WrongStep("Chưa đến bước này.")
        self.step = "look"

    def hand_in(self, kind: Kind, catalogue: Catalogue | None, recipient: str | None) -> HandedIn:
        """PDF, encryption, outbox; durable when it returns, and the pictures are gone. Raises as Dossiers.hand_in.

        After an error the journey is back at "sort" and nothing is lost. Slow: call it on a worker thread.
        """
        with self._lock:
            if self.step != "sort":
                raise WrongStep("Chưa chọn xong trang.")
            self.step = "sending"
        try:
            to = (catalogue.age_recipient if catalogue is not None else None) or recipient
            pdf = self._pdf(kind.name)
            if self._visit != self._workspace.visit:
                raise NotReady("Lượt này đã kết thúc; xin làm lại từ đầu.")
            receipt = self._dossiers.hand_in(
                pdf, title=kind.name, pages=len(self.pages), recipient=to, procedure=kind.procedure
            )
        except BaseException:
            self.step = "sort"
            raise
        for page in self.pages:
            self._workspace.drop(page.path)
        self.pages, self.receipt, self.step = (), receipt, "done"
        return receipt

    def _pdf(self, title: str) -> bytes:
        import cv2

        from scanner.clean import CleanPage
        from scanner.document import make_pdf

        pages = []
        for page in self.pages:
            image = cv2.imread(str(page.path))
            if image is None:
                raise NotReady("Lượt này đã kết thúc; xin làm lại từ đầu.")
            pages.append(CleanPage(image, page.dpi, page.paper, page.size_mm))
        return make_pdf(pages, title)

    def _keep(self, page: CleanPage) -> PageKept:
        from scanner.document import jpeg

        self._number += 1
        try:
            path = self._workspace.write(f"page-{self._number}.jpg", jpeg(page.image), self._visit)
        except OSError as error:
            raise NotReady("Máy hết chỗ nhớ; xin gửi những trang đã chụp trước.") from error
        if path is None:
            raise WrongStep("Lượt này đã kết thúc; xin làm lại từ đầu.")
        return PageKept(path, page.dpi, page.paper, page.size_mm)

    def _require(self, step: Step) -> PageKept:
        if self.step != step or self.fresh is None:
            raise WrongStep("Chưa chụp trang nào.")
        return self.fresh


def straighten(seen: Seen) -> CleanPage:
    """The page in what was seen; where no page was found, the whole frame as it is."""
    import numpy

    from scanner.clean import rectify

    quad = seen.quad
    if quad is None:
        height, width = seen.image.shape[:2]
        quad = numpy.array([(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)], dtype=float)
    return rectify(seen.image, quad)


def kinds_for(catalogue: Catalogue | None) -> tuple[Kind, ...]:
    """What the villager may choose: papers people bring most, then the commune's procedures."""
    if catalogue is None:
        return GENERAL_KINDS
    return GENERAL_KINDS + tuple(
        Kind(procedure.name[:200], procedure.code, "account_balance") for procedure in catalogue.procedures
    )
