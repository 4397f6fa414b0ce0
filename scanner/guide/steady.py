"""Capturing by itself: only when the page lies still, never by surprise, each laying once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scanner.guide.same_page import same_look

if TYPE_CHECKING:
    from scanner.guide.same_page import Look
    from scanner.pages.geometry import Quad

STILL_S = 0.8
REST_S = 1.0
_GONE_S = 0.4
_GAP_S = 0.6
_FEWEST = 3
_FAR = 4.0


class Steady:
    """Watches frame after frame and says in which one to capture.

    With the frames' times the page must be good and still for `still_s`, and `rest_s` must have passed since it was
    laid down; without times, good and still for `needed` frames. After a capture nothing is taken until another page
    lies there: with looks, one that holds something else; without, one that lies elsewhere or was gone between.
    """

    def __init__(
        self, needed: int = 8, slack: float = 0.012, still_s: float = STILL_S, rest_s: float = REST_S
    ) -> None:
        self._needed = needed
        self._slack = slack
        self._still_s, self._rest_s = still_s, rest_s
        self.reset()

    def reset(self) -> None:
        """Forget everything, the captured page too: a page to be taken again counts as newly laid."""
        self._taken: tuple[Quad, Look | None] | None = None
        self._quad: Quad | None = None
        self._look: Look | None = None
        self._since: float | None = None
        self._count = 0
        self._progress = 0.0
        self._last: float | None = None
        self._seen_last: float | None = None
        self._laid: float | None = None
        self._gone = False
        self._code = "none"

    @property
    def progress(self) -> float:
        """0 to 1: how near the capture is, for the screen to show."""
        return self._progress

    @property
    def code(self) -> str:
        """What to say of the movement, a key of SAYS: none, moving, hold, taken (this page is), same (laid again)."""
        return self._code

    def see(
        self, quad: Quad | None, good: bool, width: int, *, at: float | None = None, look: Look | None = None
    ) -> bool:
        """Take one frame's quad; True in the one frame in which to capture.

        `width`: the picture's, in pixels; `at`: the frame's time in seconds (for all frames or for none);
        `look`: what the page holds (`look_at`), for all frames with a quad or for none.
        """
        if at is not None and self._last is not None and not 0 <= at - self._last <= _GAP_S:
            # Nobody knows what happened meanwhile.
            self._fresh()
            self._laid = None
        self._last = at
        if quad is None:
            return self._nothing(at)
        if self._laid is None and at is not None:
            self._laid = at
        self._seen_last = at
        if self._taken is not None and not self._another(quad, look, width, at):
            self._fresh()
            return False
        if not good:
            self._fresh()
            self._code = "hold"
            return False
        if self._quad is None or self._moved(quad, self._quad, width) or self._changed(look):
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
        self._taken, self._gone, self._code = (quad, look), False, "taken"
        self._fresh()
        return True

    def _nothing(self, at: float | None) -> bool:
        self._fresh()
        self._code = "none"
        if at is None or self._seen_last is None or at - self._seen_last >= _GONE_S:
            self._gone, self._laid = True, None
        return False

    def _another(self, quad: Quad, look: Look | None, width: int, at: float | None) -> bool:
        """Whether what lies here is another page than the one taken; if so, that one is forgotten."""
        assert self._taken is not None
        before, remembered = self._taken
        elsewhere = self._gone or self._moved(quad, before, width, _FAR)
        if look is not None and remembered is not None:
            if same_look(remembered, look):
                self._code = "same" if elsewhere else "taken"
                return False
        elif not elsewhere:
            self._code = "taken"
            return False
        self._taken, self._laid = None, at
        return True

    def _near(self, at: float | None) -> float:
        if at is None or self._since is None or self._laid is None:
            return min(1.0, self._count / self._needed)
        still = (at - self._since) / max(self._still_s, 1e-6)
        rest = (at - self._laid) / max(self._rest_s, 1e-6)
        return float(np.clip(min(still, rest), 0, 1))

    def _changed(self, look: Look | None) -> bool:
        """Whether a hand or another sheet came over the page that lies here."""
        return look is not None and self._look is not None and not same_look(self._look, look)

    def _fresh(self) -> None:
        self._quad, self._look, self._since = None, None, None
        self._count, self._progress = 0, 0.0

    def _moved(self, quad: Quad, before: Quad, width: int, times: float = 1.0) -> bool:
        # The corner that counts as the first may change from frame to frame where a sheet lies at 45 degrees.
        apart = min(float(np.abs(np.roll(quad, turn, axis=0) - before).max()) for turn in range(4))
        return not apart <= self._slack * times * width
