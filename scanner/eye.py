"""Live frames looked at one after the other: where the page is, what to say, and when to capture by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner.guide.same_page import Look

STEADY_FRAMES = 8
SLOW_S = 0.5


@dataclass(frozen=True)
class Seen:
    """One frame looked at: `quad` in the frame's pixels or None, the sentence, whether it may be captured now,
    how near the capture is (0-1), and `capture`: take it now. `code`: a key of `guide.SAYS`.
    """

    image: Any
    quad: Any
    sentence: str
    good: bool
    progress: float = 0.0
    capture: bool = False
    code: str = ""
    confidence: float = 0.0


class Eye:
    """Looks at frames of one laying after another. `known`: pages captured before, never captured by itself again."""

    def __init__(self, needed: int = STEADY_FRAMES, *, known: Sequence[Look] = ()) -> None:
        from scanner.guide import Steady
        from scanner.pages.live import PageTracker

        self._steady = Steady(needed)
        self._known = list(known)
        self._tracker = PageTracker()
        self._first = True
        self._repeated = False
        self._last: float | None = None
        self._time = 0.0

    def look(self, image: Any, at: float | None = None) -> Seen:
        """Judges one BGR frame; `at`: its time in seconds (for all frames or for none)."""
        from scanner.guide import SAYS, guide
        from scanner.guide.same_page import look_at, same_as
        from scanner.guide.stance import usable
        from scanner.pages import find_page

        found = self._tracker.see(image)
        if self._first and found.quad is None:
            # The tracker tells a page in the second frame that has it; the first is worth an answer too.
            found = find_page(image)
        self._first = False
        said = guide(image, found)
        code = said.code
        quad = found.quad if usable(found.quad) else None
        holds = None if quad is None else look_at(image, quad)
        capture = self._steady.see(quad, said.good, image.shape[1], at=self._on(at), look=holds)
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
        """What lies there was not captured after all: it counts as newly laid."""
        self._steady.reset()

    def _on(self, at: float | None) -> float | None:
        """The frames' own time: a slow computer's frames are as far apart as a gap in which anything may happen, but
        a page that looks the same in each of them has lain still.
        """
        if at is None:
            return None
        self._time += min(max(0.0, at - self._last), SLOW_S) if self._last is not None else 0.0
        self._last = at
        return self._time
