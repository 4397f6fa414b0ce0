"""A camera watched: reports what changes, and captures pages that lie still, for its caller to use."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.errors import CornersRefused
from scanner.live.capture import take
from scanner.live.eye import Eye
from scanner.live.looking import Looking
from scanner.live.loop import Loop
from scanner.live.new_codes import NewCodes

if TYPE_CHECKING:
    from scanner.cameras import Camera, Health
    from scanner.clean import CleanPage
    from scanner.codes import Code
    from scanner.live.eye import Seen
    from scanner.live.looking import Looked
    from scanner.live.loop import Round
    from scanner.live.table_keeper import TableKeeper

_log = logging.getLogger(__name__)

MOVED = 0.02
"""Share of the picture's width by which a corner must move for the outline to be told again."""


@dataclass(frozen=True)
class CameraSaid:
    """The camera's condition has changed."""

    health: Health


@dataclass(frozen=True)
class PageSaid:
    """The page's outline, or the sentence for the villager, has changed."""

    seen: Seen


@dataclass(frozen=True)
class CodeRead:
    """A code has come into view."""

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
    """Totals: `frames` judged in `seconds`, pages captured, codes read."""

    frames: int = 0
    seconds: float = 0.0
    pages: int = 0
    codes: int = 0


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
        self._met = NewCodes()
        self._health: Health | None = None
        self._said: Seen | None = None
        self._looking = Looking(self._eye, codes=True, clock=clock)

    def events(self, *, frames: int | None = None, seconds: float | None = None) -> Iterator[Event]:
        """Everything that happens, until so many frames or seconds have passed (or for ever)."""
        begin = self._clock()
        loop = Loop(self._camera, self._looking.look, clock=self._clock)
        try:
            while (frames is None or self.tally.frames < frames) and (
                seconds is None or self._clock() - begin < seconds
            ):
                turned = loop.turn()
                self.tally.seconds = loop.now - begin
                if loop.health != self._health:
                    self._health = loop.health
                    yield CameraSaid(self._health)
                if turned is not None:
                    self.tally.frames += 1
                    yield from self._told(turned)
        finally:
            self._looking.close()

    def _eye(self) -> Eye:
        return Eye(fixed=self._table is not None and self._table.measured)

    def _told(self, turned: Round[Looked]) -> Iterator[Event]:
        seen, codes = turned.judged.seen, turned.judged.codes
        if seen is not None and (self._said is None or _changed(self._said, seen)):
            self._said = seen
            yield PageSaid(seen)
        if codes is not None:
            for code, new in zip(codes, self._met.new([code.text for code in codes], turned.at), strict=True):
                if new:
                    self.tally.codes += 1
                    yield CodeRead(code)
        due, self._looking.due = self._looking.due, None
        if due is not None:
            yield from self._taken(due)

    def _taken(self, seen: Seen) -> Iterator[Event]:
        shutter = time.perf_counter()
        try:
            page = take(self._camera, seen, self._table)
        except CornersRefused as refused:
            # The sheet moved between frame and still: it is captured when it lies still again.
            _log.warning("not captured: %s", refused)
            self._looking.again()
            return
        self.tally.pages += 1
        yield PageTaken(page, self.tally.pages, (time.perf_counter() - shutter) * 1000)


def _changed(before: Seen, now: Seen) -> bool:
    import numpy as np

    if before.code != now.code or (before.quad is None) != (now.quad is None):
        return True
    if before.quad is None or now.quad is None:
        return False
    return bool(np.abs(before.quad - now.quad).max() > MOVED * now.image.shape[1])
