"""What is looked for in each live frame: the page, the codes, or both; and whether there is enough light."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from scanner.arrays import Picture
    from scanner.cameras import Frame
    from scanner.codes import Code
    from scanner.live.eye import Eye, Seen

CODES_EVERY_S = 0.1
"""Seconds between two looks for codes where pages are looked for too."""

CODES_SHARE = 5
"""So many times as long as the last look for codes took there is none: most of the time is the page's, which must be
seen to lie still.
"""

DARK_LEVEL = 35
"""Brightest lightness (0-255) of a frame in which nothing can be read: the lamp is wanted."""

# Per cent of the pixels that may be brighter than what tells the light: a lamp in view.
_BRIGHTEST = 97
# Every so many pixels each way are looked at.
_STEP = 16


@dataclass(frozen=True)
class Looked:
    """A frame as judged. `seen`: the page, None where none is looked for; `codes`: those in view, None where this
    frame was not read; `dark`: there is not enough light to see anything.
    """

    seen: Seen | None = None
    codes: tuple[Code, ...] | None = None
    dark: bool = False


class Looking:
    """Judges the frames of one stream. `eye` makes the part that looks for pages, None: no page is looked for;
    `codes`: whether codes are read. Both are made on the thread that looks, so that loading does not delay others;
    call `close` at the end.
    """

    def __init__(
        self,
        eye: Callable[[], Eye] | None = None,
        *,
        codes: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make_eye = eye
        self._reads_codes = codes
        self._clock = clock
        self._eye: Eye | None = None
        self._reader: Reads | None = None
        self._codes_at = float("-inf")
        self.due: Seen | None = None
        """The page that is to be captured, until somebody takes it from here: not everybody sees every frame."""

    @property
    def fixed(self) -> bool:
        """Whether the eye was told or found out that no paper can come nearer."""
        return self._eye is not None and self._eye.fixed

    def look(self, frame: Frame) -> Looked:
        """Judges the newest frame."""
        now = self._clock()
        seen = self._page(frame, now)
        codes = self._codes(frame.image, now)
        dark = (seen is not None and seen.code == "dark") or is_dark(frame.image)
        return Looked(seen, codes, dark)

    def again(self) -> None:
        """The page was not captured after all: it counts as laid down just now."""
        if self._eye is not None:
            self._eye.again()

    def close(self) -> None:
        """No further frame comes."""
        if self._reader is not None:
            self._reader.close()

    def _page(self, frame: Frame, now: float) -> Seen | None:
        if self._make_eye is None:
            return None
        if self._eye is None:
            self._eye = self._make_eye()
        seen = self._eye.look(frame.image, at=now, finer=frame.finer)
        if seen.capture:
            self.due = seen
        return seen

    def _codes(self, image: Picture, now: float) -> tuple[Code, ...] | None:
        if not self._reads_codes or now < self._codes_at:
            return None
        if self._reader is None:
            self._reader = live_reader()
        codes = tuple(self._reader.look(image))
        if self._make_eye is not None:
            self._codes_at = now + max(CODES_EVERY_S, CODES_SHARE * (self._clock() - now))
        return codes


class Reads(Protocol):
    """A reader of codes in live frames."""

    def look(self, frame: Picture) -> list[Code]:
        """The codes in view, also those of the last frames."""

    def close(self) -> None:
        """No further frame comes."""


def live_reader() -> Reads:
    """A reader for one stream of live frames."""
    from scanner.codes.live_reader import LiveReader

    return LiveReader()


def is_dark(image: Picture) -> bool:
    """Whether nothing in a frame is bright enough to be read."""
    import numpy as np

    return bool(np.percentile(image[::_STEP, ::_STEP], _BRIGHTEST) < DARK_LEVEL)
