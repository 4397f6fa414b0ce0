"""A camera watched: events when something changes, pages captured when they lie still. What is done with them is
the caller's affair.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from scanner.errors import CornersRefused
from scanner.live.eye import Eye

if TYPE_CHECKING:
    from scanner.cameras import Camera, Frame, Health
    from scanner.cameras.keeping import TableKeeper
    from scanner.clean import CleanPage
    from scanner.codes import Code
    from scanner.live.eye import Seen

_log = logging.getLogger(__name__)

MOVED = 0.02
CODES_EVERY_S = 0.1
AWAY_S, AWAY_LOOKS = 8.0, 3
"""A code out of sight for so long was taken away: shown again it is told again."""


@dataclass(frozen=True)
class CameraSaid:
    """The camera's condition is another."""

    health: Health


@dataclass(frozen=True)
class PageSaid:
    """The page's outline or what to tell the villager has changed."""

    seen: Seen


@dataclass(frozen=True)
class CodeRead:
    """A code that came into view."""

    code: Code


@dataclass(frozen=True)
class PageTaken:
    """A page captured by itself; `ms`: from the shutter to the clean page."""

    page: CleanPage
    number: int
    ms: float


Event = CameraSaid | PageSaid | CodeRead | PageTaken


@dataclass
class Tally:
    """How much was seen: `frames` judged in `seconds`, pages and codes."""

    frames: int = 0
    seconds: float = 0.0
    pages: int = 0
    codes: int = 0


class Met:
    """Which codes lie there: one seen again after `away_s`, and three looks, without it is met anew. No text is kept
    (it may be a citizen's number), only what nobody can turn back into it, and that until it is away.
    """

    def __init__(self, away_s: float = AWAY_S) -> None:
        self._away_s = away_s
        self._salt = secrets.token_bytes(16)
        self._looks = 0
        self._seen: dict[bytes, tuple[float, int]] = {}

    def new(self, texts: Iterable[str], now: float) -> list[bool]:
        """For every code of one look whether it had not been there lately; `now`: seconds that only rise."""
        self._looks += 1
        # A slow computer looks so seldom that a glimpse lost is seconds.
        self._seen = {
            mark: (at, look)
            for mark, (at, look) in self._seen.items()
            if now - at <= self._away_s or self._looks - look <= AWAY_LOOKS
        }
        return [self._is_new(text, now) for text in texts]

    def _is_new(self, text: str, now: float) -> bool:
        mark = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=16).digest()
        met = mark in self._seen
        self._seen[mark] = now, self._looks
        return not met


class Reads(Protocol):
    """What reads codes in live frames."""

    def look(self, frame: Any) -> list[Code]:
        """The codes in view, also those of the last frames."""

    def close(self) -> None:
        """No further frame comes."""


class Watch:
    """Looks through an open camera until told otherwise. `table`: what was measured under it once."""

    def __init__(
        self,
        camera: Camera,
        *,
        table: TableKeeper | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.tally = Tally()
        self._camera = camera
        self._table = table
        self._clock = clock
        self._eye = Eye(fixed=table is not None and table.measured)
        self._reader = live_reader()
        self._met = Met()
        self._health: Health | None = None
        self._said: Seen | None = None
        self._codes_at = float("-inf")

    def events(self, *, frames: int | None = None, seconds: float | None = None) -> Iterator[Event]:
        """Everything that happens, until so many frames or seconds have passed (or for ever)."""
        begin = self._clock()
        try:
            while (frames is None or self.tally.frames < frames) and (
                seconds is None or self._clock() - begin < seconds
            ):
                yield from self._turn(begin)
        finally:
            self._reader.close()

    def _turn(self, begin: float) -> Iterator[Event]:
        frame = self._camera.read()
        now = self._clock()
        self.tally.seconds = now - begin
        if self._camera.health != self._health:
            self._health = self._camera.health
            yield CameraSaid(self._health)
        if frame is not None:
            self.tally.frames += 1
            yield from self._judge(frame, now)

    def _judge(self, frame: Frame, now: float) -> Iterator[Event]:
        image = frame.image
        seen = self._eye.look(image, at=now, finer=frame.finer)
        if self._said is None or _changed(self._said, seen):
            self._said = seen
            yield PageSaid(seen)
        yield from self._read(image, now)
        if seen.capture:
            shutter = time.perf_counter()
            try:
                page = capture(self._camera, seen, self._table)
            except CornersRefused as refused:
                # The sheet moved between frame and still: it is captured when it lies still again.
                _log.warning("not captured: %s", refused)
                self._eye.again()
                return
            self.tally.pages += 1
            yield PageTaken(page, self.tally.pages, (time.perf_counter() - shutter) * 1000)

    def _read(self, image: Any, now: float) -> Iterator[Event]:
        if now < self._codes_at:
            return
        codes = self._reader.look(image)
        # However slow the reader is, most of the time is the page's: it must be seen to lie still.
        self._codes_at = now + max(CODES_EVERY_S, 5 * (self._clock() - now))
        for code, new in zip(codes, self._met.new([code.text for code in codes], now), strict=True):
            if new:
                self.tally.codes += 1
                yield CodeRead(code)


def capture(camera: Camera, seen: Seen, table: TableKeeper | None = None) -> CleanPage:
    """The clean page from the camera's best picture; from the frame that was seen where it gives none now."""
    from scanner.clean import finish

    still = camera.still()
    image = seen.image if still is None else still.image
    quad = corners_in(image, seen)
    if table is None or seen.quad is None:
        return finish(image, quad)
    known = table.at(image, quad)
    table.learn(image, quad)
    return finish(image, quad, px_per_mm=known.px_per_mm, white=known.white)


def corners_in(image: Any, seen: Seen) -> Any:
    """Where the page lies in a picture taken just after `seen`: found anew where that is sure, else carried over.

    Float64 (4, 2); the whole picture where no page was seen.
    """
    import numpy as np

    from scanner.pages import find_page
    from scanner.pages.geometry import frame_of

    if seen.quad is None:
        return frame_of(image)
    if image is seen.image:
        return np.asarray(seen.quad, dtype=np.float64)
    height, width = image.shape[:2]
    carried = np.asarray(seen.quad, dtype=np.float64) * (width / seen.image.shape[1], height / seen.image.shape[0])
    found = find_page(image)
    return found.quad if found.quad is not None and found.confidence >= 0.8 * seen.confidence else carried


def live_reader() -> Reads:
    """A reader for one stream of live frames."""
    from scanner.codes.live import LiveReader

    return LiveReader()


def _changed(before: Seen, now: Seen) -> bool:
    import numpy as np

    if before.code != now.code or (before.quad is None) != (now.quad is None):
        return True
    if now.quad is None:
        return False
    return bool(np.abs(np.asarray(before.quad) - np.asarray(now.quad)).max() > MOVED * now.image.shape[1])
