"""Capturing by itself: only when the page lies still, never by surprise, and once each time a page is laid down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scanner.guide.same_page import changed, same_look

if TYPE_CHECKING:
    from scanner.arrays import Quad
    from scanner.guide.same_page import Look

STILL_S = 0.8
"""Seconds a page must lie still: less is a surprise, more is a wait."""

REST_S = 1.0
"""Seconds after a capture in which none follows."""

# Seconds without the page after which the next is another.
_GONE_S = 0.4
# Seconds between two frames that say nothing about what happened meanwhile.
_GAP_S = 1.0
# Frames that must have shown it still, however slow the computer.
_FEWEST = 3
# Times the slack for stillness: a move so large is another page.
_FAR = 4.0


class Steady:
    """Watches frame after frame and says in which one to capture.

    With the frames' times the page must be good and still for `still_s`, and `rest_s` must have passed since it was
    laid down; without times, good and still for `needed` frames. A laying is decided once: captured, or not, because
    the page captured last lies there again or what lies there was refused. The next begins when the page goes, moves
    far, or is covered.
    """

    def __init__(
        self, needed: int = 8, slack: float = 0.012, still_s: float = STILL_S, rest_s: float = REST_S
    ) -> None:
        self._needed = needed
        self._slack = slack
        self._still_s, self._rest_s = still_s, rest_s
        self.reset()

    def leave(self) -> None:
        """What lies there, or is laid down first, was refused: it is not captured until it goes, moves far or is
        covered.
        """
        self._refused = True

    def reset(self) -> None:
        """Forgets everything, the captured page too: what lies there counts as laid down just now (a page to take
        again).
        """
        self._captured: Look | None = None
        self._refused = False
        self._decided: tuple[Quad, Look | None, str] | None = None
        self._quad: Quad | None = None
        self._look: Look | None = None
        self._since: float | None = None
        self._count = 0
        self._progress = 0.0
        self._last: float | None = None
        self._seen_last: float | None = None
        self._laid: float | None = None
        self._code = "none"

    @property
    def progress(self) -> float:
        """How near the capture is, 0 to 1, for the screen to show."""
        return self._progress

    @property
    def code(self) -> str:
        """What to say about movement, a key of SAYS: none, moving, hold, taken (this page was captured), same (it was
        laid down again), left (it was refused).
        """
        return self._code

    def see(
        self, quad: Quad | None, good: bool, width: int, *, at: float | None = None, look: Look | None = None
    ) -> bool:
        """Take one frame's quad; True in the one frame in which to capture.

        `width`: the picture's, in pixels; `at`: the frame's time in seconds (for all frames or for none);
        `look`: what the page holds (`look_at`), for all frames with a quad or for none.
        """
        if at is not None and self._last is not None and not 0 <= at - self._last <= _GAP_S:
            # Nobody knows what happened meanwhile; what was decided is kept, or a slow camera would capture twice.
            self._fresh()
            self._laid = None
        self._last = at
        if quad is None:
            return self._nothing(at)
        self._seen_last = at
        if self._laid is None:
            self._laid = at
        if self._decided is not None:
            if not self._another(quad, look, width):
                self._fresh()
                return False
            self._decided, self._laid = None, at
        if not good:
            self._fresh()
            self._code = "hold"
            return False
        if self._quad is None or self._moved(quad, self._quad, width) or self._covered(look):
            self._code = "hold" if self._quad is None else "moving"
            self._fresh()
            self._quad, self._look, self._since = quad, look, at
            return False
        self._count += 1
        self._progress = self._near(at)
        if self._count > 1:
            self._code = "hold"
        if self._progress < 1 or (at is not None and self._count < _FEWEST):
            return False
        return self._decide(quad, look)

    def _nothing(self, at: float | None) -> bool:
        self._fresh()
        self._code = "none"
        if at is None or self._seen_last is None or at - self._seen_last >= _GONE_S:
            self._decided, self._laid = None, None
            self._refused = self._refused and self._seen_last is None
        return False

    def _decide(self, quad: Quad, look: Look | None) -> bool:
        refused, self._refused = self._refused, False
        again = look is not None and self._captured is not None and same_look(self._captured, look)
        self._code = "left" if refused else "same" if again else "taken"
        self._decided = (quad, look, self._code)
        self._fresh()
        if refused:
            return False
        if not again:
            self._captured = look
        return not again

    def _another(self, quad: Quad, look: Look | None, width: int) -> bool:
        """Whether something happened to the laying that was decided."""
        assert self._decided is not None
        before, remembered, self._code = self._decided
        if self._moved(quad, before, width, _FAR):
            return True
        return look is not None and remembered is not None and changed(remembered, look)

    def _near(self, at: float | None) -> float:
        if at is None or self._since is None or self._laid is None:
            return min(1.0, self._count / self._needed)
        still = (at - self._since) / max(self._still_s, 1e-6)
        rest = (at - self._laid) / max(self._rest_s, 1e-6)
        return float(np.clip(min(still, rest), 0, 1))

    def _covered(self, look: Look | None) -> bool:
        """Whether a hand or another sheet came over the page that lies here."""
        return look is not None and self._look is not None and changed(self._look, look)

    def _fresh(self) -> None:
        self._quad, self._look, self._since = None, None, None
        self._count, self._progress = 0, 0.0

    def _moved(self, quad: Quad, before: Quad, width: int, times: float = 1.0) -> bool:
        # The corner that counts as the first may change from frame to frame where a sheet lies at 45 degrees.
        apart = min(float(np.abs(np.roll(quad, turn, axis=0) - before).max()) for turn in range(4))
        return not apart <= self._slack * times * width
