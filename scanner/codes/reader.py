"""All codes of a picture: one quick look, then more effort only where something unread looks like a code."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from langso import codes
from scanner.codes import engines
from scanner.codes.engines import MAX_CODES, EngineLook, Reading
from scanner.codes.ladder import rungs, wholes
from scanner.codes.ladder.changes import resized
from scanner.codes.places import Polygon, overlap, same_place, side
from scanner.codes.rescue import rescue as own_decoder
from scanner.codes.texts import MAX_TEXT
from scanner.codes.workers.pool import FrameTasks, Pool, shared
from scanner.codes.workers.tasks import ReadingTask

if TYPE_CHECKING:
    from scanner.arrays import Picture
    from scanner.codes.rescuing import Rescue

BUDGET_S = 0.5
"""Seconds for one picture, unless told otherwise."""
__all__ = ["BUDGET_S", "MAX_TEXT", "Code", "Examined", "as_code", "examine", "read_codes", "warm"]

# What is left of the budget is for handing the answer back on a busy machine.
_SHARE = 0.95
# Pixels the first look takes in this process, where nothing can end it; larger pictures are shrunk for it.
_FIRST_PIXELS = 16_000_000
# Places that are worked on in one picture.
_MAX_PLACES = 48
# Pixels a side of a place: a code of 21 modules cannot be read from less.
_LEAST_SIDE = 8
# Overlap from which two outlines are one hint.
_SAME_HINT = 0.5
# Pixels a side the net looks at: a quick look, and one for small codes.
_FIND_SIDE, _FIND_CLOSER_SIDE = 400, 720
# More codes than this were surely all seen by one look.
_SEVERAL = range(2, 13)
# Pixels of the longer side at which finder patterns are sought, at the least.
_FLAT_SIDE = 1100


@dataclass(frozen=True)
class Code:
    """`text` as the code's own character set gives it; `polygon`: four (x, y) in the picture's pixels, clockwise;
    `engine`: what read it; `kind`: emv, url, health_card, citizen_card, dossier_code or unknown.
    """

    text: str
    polygon: Polygon
    engine: str
    kind: str


@dataclass(frozen=True)
class Examined:
    """What a picture holds: the codes read, and outlines of what looks like one."""

    codes: tuple[Code, ...]
    unread: tuple[Polygon, ...]


def warm() -> None:
    """Starts the workers and loads every engine, so that the first picture need not wait for it."""
    import numpy as np

    engines.zxing(np.full((64, 64), 255, np.uint8))
    shared().warm()


def read_codes(
    image: Picture, budget_s: float = BUDGET_S, pool: Pool | None = None, *, rescue: bool = True
) -> list[Code]:
    """All QR and Micro QR codes in a BGR or grey picture, top to bottom, within `budget_s` seconds. No picture makes
    it raise; an engine that crashes or hangs costs only its time limit. `rescue`: our own decoder is used too.
    """
    return list(examine(image, budget_s, pool, rescue=rescue).codes)


def examine(image: Picture, budget_s: float = BUDGET_S, pool: Pool | None = None, *, rescue: bool = True) -> Examined:
    """`read_codes`, with the places that look like a code and stayed unread."""
    pool = pool or shared()
    begin = time.monotonic()
    with pool.frame(image, begin + _SHARE * budget_s) as session:
        return _Reading(session, own_decoder() if rescue else None).run()


class _Reading:
    def __init__(self, session: FrameTasks, rescue: Rescue | None) -> None:
        self._session = session
        self._rescue = rescue
        self._found: list[Reading] = []
        self._places: list[Polygon] = []
        # Places the net vouches for; zxing also takes three chance squares for a code.
        self._sure: list[Polygon] = []
        self._vain: list[Polygon] = []
        # Places given up after the cheap step, because codes were read and nothing vouched for these.
        self._stopped: dict[Polygon, ReadingTask] = {}
        self._several = False

    def run(self) -> Examined:
        self._take(self._first_look(), 3)
        # Where one code was read and nothing else is hinted at there is no other; among several one may be missing.
        self._several = len(self._found) in _SEVERAL
        closer = bool(self._found) and not self._places
        if closer and not self._several:
            return self._examined()
        if self._several:
            self._ask_flat(0.5, max(_FLAT_SIDE, max(self._session.gray.shape) // 2))
        if not closer:
            self._session.add("find", 0, side=_FIND_SIDE)
        if not self._found and not self._places:
            self._session.add("whole", 1, step=0)
        if self._session.gray.size > _FIRST_PIXELS:
            self._session.add("whole", -1, step=wholes.FULL)
        for task, look in self._session.results():
            self._take(look, sure=task.kind in ("find", "flat"))
            self._go_on(task)
            if not closer and (not self._found or self._open()):
                closer = True
                # Other looks at the whole picture come first only where no look has shown a place yet.
                later = 20 if self._sure else 0
                if not self._several:
                    self._ask_flat(2.5, max(self._session.gray.shape))
                self._session.add("find", 3.5 + later / 4, side=_FIND_CLOSER_SIDE)
                if not self._found:
                    for step in range(1, wholes.STEPS):
                        self._session.add("whole", 3.5 + 0.1 * step + later, step=step)
            self._session.drop(self._is_done)
        return self._examined()

    def _first_look(self) -> EngineLook:
        # In this process, where nothing can end it: its pixels are bounded.
        gray = self._session.gray
        if gray.size <= _FIRST_PIXELS:
            return engines.zxing(gray)
        small, scale = resized(gray, round(max(gray.shape) * (_FIRST_PIXELS / gray.size) ** 0.5))
        return engines.zxing(small).within(scale)

    def _go_on(self, task: ReadingTask) -> None:
        """The next means for a place that stayed unread: engines and the grid take turns, so both cores work."""
        if task.place is None or self._is_read(task.place):
            return
        if self._found and task.place not in self._sure:
            self._stopped[task.place] = task
            return
        step = task.step + 1
        if task.kind == "place" and step == 1 and self._rescue is not None:
            self._session.add("solve", 2.4 if task.place in self._sure else 4, place=task.place)
            self._session.add("weave", 5, place=task.place)
        if task.kind == "place" and step < len(rungs.RUNGS):
            self._session.add("place", 6 + 4 * step, step=step, place=task.place)
        if task.kind == "weave" and self._rescue is not None and step < self._rescue.steps:
            self._session.add("weave", 5 + 4 * step, step=step, place=task.place)

    def _ask_flat(self, rank: float, side: int) -> None:
        if self._rescue is None:
            return
        self._session.add("flat", rank, side=side, skip=tuple(reading.polygon for reading in self._found[:MAX_CODES]))

    def _take(self, look: EngineLook, rank: float = 2, sure: bool = False) -> None:
        for reading in look.readings:
            if not any(reading.repeats(other) for other in self._found):
                self._found.append(reading)
        for place in look.unread:
            if len(self._places) < _MAX_PLACES and side(place) >= _LEAST_SIDE and not self._is_read(place):
                self._note(place, rank, sure)

    def _note(self, place: Polygon, rank: float, sure: bool) -> None:
        # A half-seen code often gives a wrong outline: only nearly the same outline is no new hint.
        twin = next((other for other in self._places if overlap(place, other) > _SAME_HINT), None)
        kept = place if twin is None else twin
        if sure and kept not in self._sure:
            self._sure.append(kept)
            # The net's outline holds the whole code; what zxing half saw inside it is the same code.
            others = (hint for hint in self._places if hint not in self._sure)
            self._vain += [hint for hint in others if same_place(hint, place)]
            if kept in self._vain:
                self._vain.remove(kept)
        if twin is None:
            self._places.append(place)
            self._session.add("place", rank + 0.01 * len(self._places), step=0, place=place)
        elif kept in self._stopped:
            self._go_on(self._stopped.pop(kept))

    def _is_read(self, place: Polygon) -> bool:
        return place in self._vain or any(same_place(place, reading.polygon) for reading in self._found)

    def _is_done(self, task: ReadingTask) -> bool:
        if task.place is not None:
            return self._is_read(task.place)
        whole = task.kind == "whole" or (task.kind == "flat" and not self._several)
        return whole and bool(self._found) and not self._open()

    def _open(self) -> bool:
        return any(not self._is_read(place) for place in self._places)

    def _examined(self) -> Examined:
        found = sorted(self._found, key=lambda r: (r.polygon[0][1], r.polygon[0][0]))
        return Examined(
            tuple(as_code(reading) for reading in found),
            tuple(place for place in self._places if not self._is_read(place)),
        )


def as_code(reading: Reading) -> Code:
    """The reading with the kind of its content."""
    return Code(reading.text, reading.polygon, reading.engine, codes.parse(reading.text).kind)
