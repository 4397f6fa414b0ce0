"""The page in live frames, one after another: where it is, what to say, and when to capture by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langso.words.catalogue import Sentence
    from scanner.arrays import Image, Quad
    from scanner.guide import Guidance
    from scanner.guide.same_page import Look
    from scanner.guide.side import Side
    from scanner.pages import PageFound

STEADY_FRAMES = 8
"""Frames a page must lie still for, where no times are given."""

SLOW_S = 0.5
"""Seconds between two frames that count at most towards lying still."""

INSIST_S = 6.0
"""So long the other side of a card is asked for; then what lies there is taken as it is."""

NEARER_S = 6.0
"""So long a sheet is asked to come nearer; then the camera hangs where it hangs, and nobody is sent in circles."""

INSIST_MORE_S = 25.0
"""The same where the first side was told for sure: the same side twice would be worth nothing."""


@dataclass(frozen=True)
class Seen:
    """One frame as judged: `quad` in its pixels or None, the sentence, whether it may be captured now, how near the
    capture is (0-1), and `capture`: take it now. `code`: a key of `guide.SAYS`.
    """

    image: Image
    quad: Quad | None
    sentence: Sentence
    good: bool
    progress: float = 0.0
    capture: bool = False
    code: str = ""
    confidence: float = 0.0


class Eye:
    """Judges one frame after another. `known`: pages captured before, which are never captured by itself again.

    `lying`: a page that was captured and refused lies there still: it is not captured before it goes or moves.

    `side`: the side of a card that is asked for. The other side is captured only when it stays for `insist_s`
    seconds: the machine may be wrong, and nobody shall stand before it helpless. `fixed`: no paper can come nearer.
    """

    def __init__(
        self,
        needed: int = STEADY_FRAMES,
        *,
        known: Sequence[Look] = (),
        lying: bool = False,
        side: Side | None = None,
        insist_s: float = INSIST_S,
        fixed: bool = False,
    ) -> None:
        from scanner.guide import Steady
        from scanner.pages.live import PageTracker

        self._steady = Steady(needed)
        if lying:
            self._steady.leave()
        self._known = list(known)
        self._side = side
        self._insist_s = insist_s
        self._fixed = fixed
        self._wrong_since: float | None = None
        self._far_since: float | None = None
        self._tracker = PageTracker()
        self._first = True
        self._repeated = False
        self._last: float | None = None
        self._time = 0.0

    @property
    def fixed(self) -> bool:
        """Whether no paper can come nearer: it was told so, or found it out."""
        return self._fixed

    def look(self, image: Image, at: float | None = None, *, finer: float = 1.0) -> Seen:
        """Judges one BGR frame; `at`: its time in seconds (for all frames or for none); `finer`: see `Frame`."""
        from scanner.guide import SAYS, guide
        from scanner.guide.glimpse import glimpse
        from scanner.guide.same_page import look, same_as
        from scanner.guide.stance import usable

        found = self._found(image)
        time = self._on(at)
        quad = found.quad if usable(found.quad) else None
        sheet = None if quad is None else glimpse(image, quad)
        asked = self._asked(time)
        said = guide(image, found, side=asked, seen=sheet, fixed=self._fixed, finer=finer)
        self._mark_wrong(said, asked, time)
        self._mark_far(said, time)
        code = said.code
        holds = None if sheet is None else look(sheet)
        capture = self._steady.see(quad, said.good, image.shape[1], at=time, look=holds)
        if capture:
            self._repeated = same_as(holds, self._known)
            capture = not self._repeated
        if said.good:
            code = self._steady.code
            if code == "taken" and self._repeated:
                code = "same"
        sure = float(found.confidence)
        return Seen(image, found.quad, SAYS[code], said.good, self._steady.progress, capture, code, sure)

    def again(self) -> None:
        """The page was not captured after all: it counts as laid down just now."""
        self._steady.reset()

    def _found(self, image: Image) -> PageFound:
        from scanner.pages import find_page

        if self._first:
            self._first = False
            # The tracker tells a page in the second frame that has it; the first is worth an answer too.
            found = find_page(image)
            if found.quad is not None:
                self._tracker.see(image)
            return found
        return self._tracker.see(image)

    def _asked(self, time: float | None) -> Side | None:
        """The side that is insisted on now."""
        if self._wrong_since is None or time is None or time - self._wrong_since < self._insist_s:
            return self._side
        return None

    def _mark_wrong(self, said: Guidance, asked: Side | None, time: float | None) -> None:
        """Since when the wrong side lies there: until nothing does, or the right one."""
        if said.code == asked:
            self._wrong_since = time if self._wrong_since is None else self._wrong_since
        elif said.code == "none" or (said.good and asked is not None):
            self._wrong_since = None

    def _mark_far(self, said: Guidance, time: float | None) -> None:
        """A sheet that stays far however often it is asked nearer cannot come, nor can the next one."""
        if said.code == "none":
            self._far_since = None
        elif said.code == "far" and time is not None:
            self._far_since = time if self._far_since is None else self._far_since
            self._fixed = self._fixed or time - self._far_since >= NEARER_S

    def _on(self, at: float | None) -> float | None:
        """The frames' own time: a slow computer's frames are as far apart as a gap in which anything may happen, but
        a page that looks the same in each of them has lain still.
        """
        if at is None:
            return None
        self._time += min(max(0.0, at - self._last), SLOW_S) if self._last is not None else 0.0
        self._last = at
        return self._time
