"""One sheet followed from frame to frame, quickly and with a steady outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scanner.pages.cues import look
from scanner.pages.finder import PageFound, advice_for, find_page, shrunk
from scanner.pages.geometry import area, is_convex, order_corners, overlap
from scanner.pages.score import score_many
from scanner.pages.sides import refined

if TYPE_CHECKING:
    from scanner.arrays import Image, Quad

# Pixels of the longer side a frame is looked at.
_SIDE = 480
# Frames an outline is followed before a whole search: once in one to two seconds.
_AGAIN = 15
# Share of the outline that must lie on an edge to be followed.
_KEEP_SUPPORT = 0.45
# The same of its weakest side.
_KEEP_WEAKEST = 0.2
# Searches in a row that must see a page before it is told.
_APPEARS = 2
# Frames without it after which it is gone.
_GONE = 3
# Confidence below which a search's answer is none.
_LEAST = 0.2
# Shares of the picture's width: below STILL a corner's change is noise, above MOVING it is movement.
_STILL = 0.0025
# Share of the width from which a corner's move is followed at once.
_MOVING = 0.012


class PageTracker:
    """Follows one sheet through live frames. It searches in full only when the sheet is lost, and every few frames.

    A sheet is reported after two frames in a row, and given up after three without it.
    """

    def __init__(self) -> None:
        self._quad: Quad | None = None
        self._told: Quad | None = None
        self._confidence = 0.0
        self._size = (0, 0)
        self._seen = 0
        self._missed = 0
        self._since = 0
        self._other: Quad | None = None

    def see(self, image: Image) -> PageFound:
        """The sheet in the next BGR frame."""
        height, width = image.shape[:2]
        if self._size != (width, height):
            self.__init__()  # type: ignore[misc]
            self._size = (width, height)
        scale = min(1.0, _SIDE / max(height, width))
        small = shrunk(image, scale)
        found = self._followed(small, scale)
        self._since += 1
        if found is None or self._since >= _AGAIN:
            found = self._searched(small, scale, found)
        return self._told_now(found, width, height)

    def _followed(self, small: Image, scale: float) -> Quad | None:
        """The last outline moved onto the edges of this frame; None where they are not there any more."""
        if self._quad is None or self._missed:
            return None
        views = look(small)
        before = self._quad * scale
        near, bows = refined(views.planes, before[None], 9, bend=True)
        near, bows = refined(views.planes, near, 4, bows, bend=True)
        score = score_many(views, near, bows)[0]
        quad = near[0]
        if score.support < _KEEP_SUPPORT or score.weakest < _KEEP_WEAKEST or not is_convex(quad):
            return None
        # A side that slid onto something else changes the sheet's size from one frame to the next.
        if not 0.85 < area(quad) / max(area(before), 1.0) < 1.18:
            return None
        return np.asarray(quad / scale, dtype=np.float64)

    def _searched(self, small: Image, scale: float, followed: Quad | None) -> Quad | None:
        self._since = 0
        found = find_page(small)
        if found.quad is None or found.confidence < _LEAST:
            return followed
        quad = np.asarray(found.quad / scale, dtype=np.float64)
        if followed is None or overlap(followed, quad) > 0.9:
            self._confidence, self._other = found.confidence, None
            return quad if followed is None else followed
        # Another sheet than the one followed is believed when a second search says the same.
        if self._other is not None and overlap(self._other, quad) > 0.9:
            self._confidence, self._other = found.confidence, None
            return quad
        self._other = quad
        self._since = _AGAIN - 2
        return followed

    def _told_now(self, found: Quad | None, width: int, height: int) -> PageFound:
        if found is None:
            self._missed += 1
            if self._missed >= _GONE:
                self._quad = self._told = None
                self._seen = 0
        else:
            again = self._quad is None or overlap(self._quad, found) > 0.5
            self._seen = self._seen + 1 if again else 1
            self._missed = 0
            self._quad = found
            if self._seen >= _APPEARS:
                self._told = found if self._told is None else self._smoothed(self._told, found, width)
        if self._told is None:
            return PageFound(None, 0.0, ("none",))
        quad = order_corners(self._told)
        return PageFound(quad, self._confidence, advice_for(quad, self._confidence, width, height))

    @staticmethod
    def _smoothed(before: Quad, now: Quad, width: int) -> Quad:
        """Noise is averaged away; a corner that really moves is followed at once."""
        now = _like(before, now)
        moved = np.linalg.norm(now - before, axis=1) / width
        trust = np.interp(moved, (_STILL, _MOVING), (0.15, 1.0))
        # When all corners go the same way it is movement however small.
        together = float(np.linalg.norm((now - before).mean(axis=0))) / width
        trust = np.maximum(trust, np.interp(together, (_STILL, 2 * _STILL), (0.15, 0.8)))
        return np.asarray(before + (now - before) * trust[:, None], dtype=np.float64)


def _like(before: Quad, now: Quad) -> Quad:
    """`now` with its corners in the order of `before`."""
    turns = [np.roll(now, by, axis=0) for by in range(4)]
    return min(turns, key=lambda quad: float(np.abs(quad - before).sum()))
