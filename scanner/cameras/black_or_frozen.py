"""Whether a camera shows a black or a frozen picture: such frames arrive like any other. No I/O here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scanner.cameras.camera import Condition

if TYPE_CHECKING:
    from scanner.arrays import Gray, Image

BLACK_LEVEL = 28
"""Brightest level (0-255) in a frame that shows nothing; a dim room at night still has a lamp or a window in it."""

BLACK_S = 1.0
"""Seconds of nothing but black before it is said: automatic exposure starts black."""

FROZEN_S = 2.0
"""Seconds of the same noise before it is said: in the dark a camera may give few frames."""

REOPEN_BLACK_S = 10.0
"""Seconds of black without noise before the device is opened anew."""

# Every so many pixels each way are remembered of a frame.
_STEP = 8
# Share of equal pixels that no two exposures have, however still the scene: each has its own noise.
_SAME = 0.9999


@dataclass(frozen=True)
class Glance:
    """The pixels kept of one frame: every eighth each way, unchanged, so that the sensor's noise is still in them."""

    pixels: Gray

    @property
    def brightest(self) -> float:
        """The level above which only half a per cent of the pixels are (dead pixels shine)."""
        return float(np.percentile(self.pixels, 99.5))

    def same(self, other: Glance) -> bool:
        """Whether two frames have the same noise, which two exposures of a sensor never have."""
        if self.pixels.shape != other.pixels.shape:
            return False
        return bool(np.mean(self.pixels == other.pixels) >= _SAME)


def glance(image: Image) -> Glance:
    """The kept pixels of a BGR frame; a copy, since drivers fill the same memory again."""
    return Glance(np.ascontiguousarray(image[::_STEP, ::_STEP, 1]))


class BlackOrFrozen:
    """Judges one frame after another. Black goes before frozen: a covered lens may give the same zeros for ever."""

    def __init__(
        self, *, black_s: float = BLACK_S, frozen_s: float = FROZEN_S, reopen_black_s: float = REOPEN_BLACK_S
    ) -> None:
        self._black_s = black_s
        self._frozen_s = frozen_s
        self._reopen_black_s = reopen_black_s
        self._last: Glance | None = None
        self._black_since: float | None = None
        self._same_since: float | None = None
        self._now = 0.0

    def see(self, seen: Glance, now: float, *, noisy: bool = True) -> Condition:
        """One frame at `now` (monotonic seconds). `noisy`: whether the source has noise (a picture file has none)."""
        self._now = now
        self._black_since = _since(seen.brightest < BLACK_LEVEL, self._black_since, now)
        same = noisy and self._last is not None and seen.same(self._last)
        self._same_since = _since(same, self._same_since, now)
        self._last = seen
        if self._black_since is not None and now - self._black_since >= self._black_s:
            return "black"
        if self._same_since is not None and now - self._same_since >= self._frozen_s:
            return "frozen"
        return "ok"

    @property
    def reopen(self) -> bool:
        """Whether opening the device again may help: it is frozen, or has been black without any noise for long."""
        if self._same_since is None:
            return False
        black = self._black_since is not None
        return self._now - self._same_since >= (self._reopen_black_s if black else self._frozen_s)

    def forget(self) -> None:
        """Begins again, as the device was opened anew. Black stays black until a frame shows something."""
        self._last = self._same_since = None


def _since(true: bool, since: float | None, now: float) -> float | None:
    if not true:
        return None
    return now if since is None else since
