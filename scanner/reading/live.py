"""Live frames: an answer within 40 ms each, better ones a few frames later.

Each frame gets a small look at once. The newest frame is worked on in full behind it; where that sees a code it can
not read, the same place of several frames is laid over each other, so that noise, moving glare and moiré fade.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from scanner.reading import engines, ladder, pool
from scanner.reading.changes import resized
from scanner.reading.places import Polygon, cut, polygon, same_place, side
from scanner.reading.reader import Code, Examined, as_code, examine

_log = logging.getLogger(__name__)

FRESH_S = 1.5
"""Seconds an answer found behind the frames still stands."""

_LOOK_S = 0.022
_PLACE_S = 0.012
_DEEP_S = 0.7
_PIXELS_MOST, _PIXELS_LEAST = 2_000_000, 300_000
_KEPT_FRAMES = 5
_MAX_PLACES = 4
_STACK_SIDE = 480


@dataclass(frozen=True)
class _Seen:
    code: Code
    at: float


class LiveReader:
    """Reads codes from frames that follow each other. `look` belongs to one thread; `close` when done."""

    def __init__(self, examine: Callable[[Any, float], Examined] = examine) -> None:
        self._examine = examine
        self._pixels = 1_300_000
        self._frames: deque[Any] = deque(maxlen=_KEPT_FRAMES)
        self._seen: list[_Seen] = []
        self._unread: tuple[Polygon, ...] = ()
        self._wanted = threading.Condition()
        self._newest: Any = None
        self._closing = False
        self._behind: threading.Thread | None = None

    def look(self, frame: Any) -> list[Code]:
        """Codes of this BGR or gray frame, and those found in the last FRESH_S seconds at places this frame's look
        did not read. Corners of the latter are where the code was then.
        """
        begin = time.monotonic()
        gray = frame if frame.ndim == 2 else cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        if self._frames and self._frames[-1].shape != gray.shape:
            self._forget()
        now = self._whole(gray)
        with self._wanted:
            hints = [seen.code.polygon for seen in self._seen] + list(self._unread)
        for place in hints[:_MAX_PLACES]:
            if time.monotonic() - begin > _LOOK_S:
                break
            if not any(same_place(place, code.polygon) for code in now):
                now += _at_place(gray, place, time.monotonic() + _PLACE_S)
        self._hand_on(np.array(gray) if gray is frame else gray, now)
        with self._wanted:
            self._seen = [s for s in self._seen if begin - s.at < FRESH_S and not _among(s.code, now)]
            self._seen += [_Seen(code, begin) for code in now]
            return sorted((s.code for s in self._seen), key=lambda code: (code.polygon[0][1], code.polygon[0][0]))

    def close(self) -> None:
        """End the work behind the frames and forget them."""
        with self._wanted:
            self._closing = True
            self._wanted.notify_all()
        if self._behind is not None:
            self._behind.join(2.0)
        self._forget()
        pool.forget()

    def _forget(self) -> None:
        with self._wanted:
            self._frames.clear()
            self._seen, self._unread, self._newest = [], (), None

    def _whole(self, gray: Any) -> list[Code]:
        scale = min(1.0, (self._pixels / gray.size) ** 0.5)
        begin = time.monotonic()
        small, scale = resized(gray, round(max(gray.shape) * scale)) if scale < 0.98 else (gray, 1.0)
        found = engines.zxing(small).readings
        spent = time.monotonic() - begin
        # A slower machine looks at fewer pixels; one that is fast enough at more.
        wanted = self._pixels * (_LOOK_S * 0.7 / max(spent, 0.001)) ** 0.5
        self._pixels = int(min(_PIXELS_MOST, max(_PIXELS_LEAST, wanted)))
        return [as_code(replace(r, polygon=polygon(r.polygon, scale))) for r in found]

    def _hand_on(self, gray: Any, now: list[Code]) -> None:
        with self._wanted:
            if self._closing:
                return
            self._frames.append(gray)
            # One code read at once and nothing else in view: nothing to do behind it.
            self._newest = None if len(now) == 1 and not self._unread else gray
            if self._behind is None:
                self._behind = threading.Thread(target=self._work, name="codes", daemon=True)
                self._behind.start()
            self._wanted.notify_all()

    def _work(self) -> None:
        while True:
            with self._wanted:
                while self._newest is None and not self._closing:
                    self._wanted.wait()
                if self._closing:
                    return
                gray, self._newest = self._newest, None
                frames = [frame for frame in self._frames if frame.shape == gray.shape]
            try:
                found = self._examine(gray, _DEEP_S)
                codes = [*found.codes, *self._stacked(frames, found.unread)]
            except Exception as error:  # noqa: BLE001 - the thread is not made anew: the next frame may be read
                # Only its kind: what it says may hold a code's text.
                _log.warning("live frame not examined: %s", type(error).__name__)
                time.sleep(0.5)
                continue
            at = time.monotonic()
            with self._wanted:
                self._unread = found.unread[:_MAX_PLACES]
                self._seen = [s for s in self._seen if not _among(s.code, codes)] + [_Seen(c, at) for c in codes]

    def _stacked(self, frames: list[Any], unread: tuple[Polygon, ...]) -> list[Code]:
        """Codes read from several frames laid over each other at the places that stayed unread."""
        found: list[Code] = []
        if len(frames) < 3:
            return found
        for place in sorted(unread, key=side, reverse=True)[:2]:
            if any(same_place(place, code.polygon) for code in found):
                continue
            for stack, scale, left, top in stacks(frames, place):
                for code in self._examine(stack, _DEEP_S / 2).codes:
                    moved = polygon(code.polygon, scale, left, top)
                    found.append(replace(code, polygon=moved, engine=f"{code.engine}+frames"))
                if found:
                    break
        return found


def stacks(frames: list[Any], place: Polygon) -> list[tuple[Any, float, float, float]]:
    """The part around a place from each of the frames (gray, one size), shifted onto the newest's: their mean and
    their darker half; each with scale, left and top against the frame.
    """
    newest, left, top = cut(frames[-1], place)
    if min(newest.shape) < 24:
        return []
    base, scale = resized(newest, min(2 * max(newest.shape), _STACK_SIDE))
    window = cv2.createHanningWindow((base.shape[1], base.shape[0]), cv2.CV_32F)
    layers = [base.astype(np.float32)]
    for frame in frames[:-1]:
        part = frame[top : top + newest.shape[0], left : left + newest.shape[1]]
        layer = cv2.resize(part, (base.shape[1], base.shape[0]), interpolation=cv2.INTER_CUBIC).astype(np.float32)
        # Copies: it multiplies the window into what it is given.
        (dx, dy), sure = cv2.phaseCorrelate(layers[0].copy(), layer.copy(), window)
        if sure < 0.05 or max(abs(dx), abs(dy)) > 0.2 * max(base.shape):
            continue
        back = np.array([[1, 0, -dx], [0, 1, -dy]], np.float32)
        layers.append(cv2.warpAffine(layer, back, (base.shape[1], base.shape[0]), borderMode=cv2.BORDER_REPLICATE))
    if len(layers) < 2:
        return []
    pile = np.stack(layers)
    # Glare and the bright lines of a moiré only ever add light: the darker half of the frames has less of them.
    darker = np.sort(pile, axis=0)[: (len(layers) + 1) // 2].mean(axis=0)
    return [(np.clip(p, 0, 255).astype(np.uint8), scale, left, top) for p in (pile.mean(axis=0), darker)]


def _at_place(gray: Any, place: Any, until: float) -> list[Code]:
    part, left, top = cut(gray, place)
    if min(part.shape) < 16:
        return []
    for side_, change in ladder.QUICK:
        if time.monotonic() > until:
            break
        small, scale = resized(part, side_)
        look = engines.zxing(change(small), histogram=True)
        if look.readings:
            return [as_code(replace(r, polygon=polygon(r.polygon, scale, left, top))) for r in look.readings]
    return []


def _among(code: Code, others: list[Code]) -> bool:
    return any(code.text == other.text or same_place(code.polygon, other.polygon) for other in others)
