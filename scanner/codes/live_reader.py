"""Codes in live frames: an answer within 40 ms for each frame, better ones a few frames later.

Each frame gets a quick look at once; the newest frame is worked on in full in the background. Where that sees a code
it cannot read, the same place of all following frames is summed (see `stack`) until the sum can be read.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.codes import engines
from scanner.codes.ladder import rungs
from scanner.codes.ladder.changes import resized
from scanner.codes.places import Polygon, cut, polygon, same_place, side
from scanner.codes.reader import Code, Examined, as_code, examine
from scanner.codes.rescue import rescue
from scanner.codes.workers import pool

if TYPE_CHECKING:
    from scanner.arrays import Gray, Picture
    from scanner.codes.rescuing import Follows

_log = logging.getLogger(__name__)

FRESH_S = 1.5
"""Seconds an answer found behind the frames still stands."""

# Seconds a frame's own look may take: 40 ms are an answer's limit.
_LOOK_S = 0.022
# Seconds for one place that was seen before.
_PLACE_S = 0.012
# Seconds for the whole frame behind: the first time or with nothing to follow, and else.
_DEEP_S, _SHORT_S = 0.7, 0.3
# Seconds for laying frames on the sums, and for reading a sum.
_ADD_S, _SUM_S = 0.15, 0.35
# Seconds between two whole looks while a place is followed: the sums need the time.
_EXAMINE_EVERY_S = 0.6
# Pixels of the small look: about full HD on a fast machine, and at the least.
_PIXELS_MOST, _PIXELS_LEAST = 2_000_000, 120_000
# Pixels above which every other one is dropped before anything else.
_FRAME_PIXELS = 5_000_000
# Frames, and bytes of them, that wait for the work behind.
_KEPT_FRAMES, _KEPT_BYTES = 8, 24_000_000
# Places looked at again in every frame.
_MAX_PLACES = 4


@dataclass(frozen=True)
class _Seen:
    code: Code
    at: float


class LiveReader:
    """Reads codes in frames that follow each other. One thread calls `look`; call `close` when done."""

    def __init__(self, examine: Callable[[Picture, float], Examined] = examine) -> None:
        self._examine = examine
        self._pixels = 1_300_000
        self._shape: tuple[int, ...] = ()
        self._frames: list[Gray] = []
        self._seen: list[_Seen] = []
        self._unread: tuple[Polygon, ...] = ()
        self._wanted = threading.Condition()
        self._settled = self._closing = False
        self._examined_at = 0.0
        self._behind: threading.Thread | None = None

    def look(self, frame: Picture) -> list[Code]:
        """Codes of this BGR or gray frame, and those found in the last FRESH_S seconds at places this frame's look
        did not read. Corners of the latter are where the code was then.
        """
        begin = time.monotonic()
        # More pixels than any live stream has take all the time there is to be made grey; every other one is enough.
        step = 2 if frame.shape[0] * frame.shape[1] > _FRAME_PIXELS else 1
        if step > 1:
            frame = cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_NEAREST)
        gray = frame if frame.ndim == 2 else cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        if self._shape != gray.shape:
            self._forget()
            self._shape = gray.shape
        now = self._whole(gray)
        with self._wanted:
            hints: list[Polygon] = [seen.code.polygon for seen in self._seen] + list(self._unread)
        for place in hints[:_MAX_PLACES]:
            if time.monotonic() - begin > _LOOK_S:
                break
            if not any(same_place(place, code.polygon) for code in now):
                now += _at_place(gray, place, time.monotonic() + _PLACE_S)
        self._hand_on(np.array(gray) if gray is frame else gray, now)
        with self._wanted:
            self._seen = [s for s in self._seen if begin - s.at < FRESH_S and not _among(s.code, now)]
            self._seen += [_Seen(code, begin) for code in now]
            seen = [s.code for s in self._seen]
        codes = [replace(code, polygon=polygon(code.polygon, 1 / step)) for code in seen]
        return sorted(codes, key=lambda code: (code.polygon[0][1], code.polygon[0][0]))

    def close(self) -> None:
        """Ends the work in the background and forgets the frames."""
        with self._wanted:
            self._closing = True
            self._wanted.notify_all()
        if self._behind is not None:
            self._behind.join(2.0)
        self._forget()
        pool.forget()

    def _forget(self) -> None:
        with self._wanted:
            _blank(self._frames)
            self._frames, self._seen, self._unread, self._settled = [], [], (), True

    def _whole(self, gray: Gray) -> list[Code]:
        scale = min(1.0, (self._pixels / gray.size) ** 0.5)
        begin = time.monotonic()
        small, scale = resized(gray, round(max(gray.shape) * scale)) if scale < 0.98 else (gray, 1.0)
        found = engines.zxing(small).within(scale).readings
        spent = time.monotonic() - begin
        # A slower machine looks at fewer pixels; one that is fast enough at more.
        wanted = self._pixels * (_LOOK_S * 0.7 / max(spent, 0.001)) ** 0.5
        self._pixels = int(min(_PIXELS_MOST, max(_PIXELS_LEAST, wanted)))
        return [as_code(reading) for reading in found]

    def _hand_on(self, gray: Gray, now: list[Code]) -> None:
        with self._wanted:
            if self._closing:
                return
            self._frames.append(gray)
            kept = max(2, min(_KEPT_FRAMES, _KEPT_BYTES // gray.size))
            if len(now) == 1 and not self._unread:
                # One code read at once and nothing else in view: nothing to do behind it.
                self._settled, kept = True, 0
            over = len(self._frames) - kept
            if over > 0:
                _blank(self._frames[:over])
                del self._frames[:over]
            if self._behind is None:
                self._behind = threading.Thread(target=self._work, name="codes", daemon=True)
                self._behind.start()
            self._wanted.notify_all()

    def _work(self) -> None:
        following = rescue().follow()
        while True:
            with self._wanted:
                while not (self._frames or self._settled or self._closing):
                    self._wanted.wait()
                if self._settled or self._closing:
                    following.forget()
                    self._settled = False
                if self._closing:
                    return
                frames, self._frames = self._frames, []
            if not frames:
                continue
            try:
                self._look_closer(frames, following)
            except Exception as error:  # noqa: BLE001 - the thread is not made anew: the next frame may be read
                # Only its kind: what it says may hold a code's text.
                _log.warning("live frame not examined: %s", type(error).__name__)
                following.forget()
                time.sleep(0.5)
            _blank(frames)

    def _look_closer(self, frames: list[Gray], following: Follows) -> None:
        """The frames since the last time, oldest first: laid on the sums, the newest examined."""
        begin = time.monotonic()
        following.add(frames, begin + _ADD_S)
        self._tell([as_code(reading) for reading in following.read(begin + _ADD_S + _SUM_S)])
        if following and begin < self._examined_at + _EXAMINE_EVERY_S:
            return
        found = self._examine(frames[-1], _SHORT_S if following or not self._examined_at else _DEEP_S)
        self._examined_at = time.monotonic()
        self._tell(list(found.codes))
        with self._wanted:
            self._unread = found.unread[:_MAX_PLACES]
            read = [seen.code.polygon for seen in self._seen]
        following.drop(read)
        unread = [place for place in found.unread if not any(same_place(place, other) for other in read)]
        following.begin(frames[-1], sorted(unread, key=side, reverse=True))
        if unread or read:
            following.drop_unsure()
        else:
            following.begin_anywhere(frames[-1])

    def _tell(self, codes: list[Code]) -> None:
        at = time.monotonic()
        with self._wanted:
            self._seen = [s for s in self._seen if not _among(s.code, codes)] + [_Seen(c, at) for c in codes]


def _blank(frames: list[Gray]) -> None:
    """What was seen does not outlive the seeing."""
    for frame in frames:
        frame.fill(0)


def _at_place(gray: Gray, place: Polygon, until: float) -> list[Code]:
    part, left, top = cut(gray, place)
    if min(part.shape) < 16:
        return []
    for side_, change in rungs.QUICK:
        if time.monotonic() > until:
            break
        small, scale = resized(part, side_)
        look = engines.zxing(change(small), histogram=True).within(scale, left, top)
        if look.readings:
            return [as_code(reading) for reading in look.readings]
    return []


def _among(code: Code, others: list[Code]) -> bool:
    return any(code.text == other.text or same_place(code.polygon, other.polygon) for other in others)
