"""Places that stay unread, followed from frame to frame until the sum of the frames can be read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scanner.reading import stack_modules
from scanner.reading.engines import Reading
from scanner.reading.places import Point, Polygon, overlap, same_place
from scanner.reading.stack import Stack

_MOST_PLACES = 3
_MOST_LOST = 4
_MOST_VAIN = 2
_SAME = 0.35
_FIRST_TRY, _NEXT_TRY = 3, 1.3
# Noise halves with four times the frames: what so many do not show, more will not.
_ENOUGH = 40


@dataclass
class _Followed:
    stack: Stack
    lost: int = 0
    due: float = _FIRST_TRY
    vain: int = 0


class Following:
    """Up to three unread places. Not for several threads at a time."""

    def __init__(self) -> None:
        self._followed: list[_Followed] = []

    def __bool__(self) -> bool:
        return bool(self._followed)

    def begin(self, frame: Any, places: Sequence[Polygon]) -> None:
        """Follow these places of a gray frame, those not followed yet, as far as there is room."""
        for place in places:
            if any(overlap(place, each.stack.outline()) > _SAME for each in self._followed):
                continue
            if len(self._followed) >= _MOST_PLACES:
                # What was summed several times and shows no grid is hardly a code.
                worst = max(self._followed, key=lambda each: each.vain)
                if worst.vain < _MOST_VAIN:
                    return
                self._drop(worst)
            try:
                self._followed.append(_Followed(Stack(frame, place)))
            except ValueError:
                continue

    def add(self, frames: Sequence[Any], until: float) -> None:
        """Lay on what came since, as many frames as there is time for, the newest surely."""
        for number, frame in enumerate(frames):
            if time.monotonic() > until and number < len(frames) - 1:
                continue
            for each in list(self._followed):
                if each.stack.add(frame):
                    each.lost = 0
                else:
                    each.lost += 1
                    if each.lost > _MOST_LOST:
                        self._drop(each)

    def read(self, until: float) -> list[Reading]:
        """Codes read from the sums that have grown enough since the last try; their places in the newest frame."""
        found: list[Reading] = []
        for each in sorted(self._followed, key=lambda each: each.vain):
            if each.stack.count < each.due or time.monotonic() > until:
                continue
            each.due = each.stack.count * _NEXT_TRY
            look = stack_modules.decoded(each.stack.summed(), until, each.stack.contrast())
            for reading in look.readings:
                found.append(Reading(reading.text, each.stack.laid_back(reading.polygon), reading.engine))
            each.vain = 0 if look.unread else each.vain + 1
            if look.readings or each.stack.count > _ENOUGH:
                self._drop(each)
        return found

    def drop(self, places: Sequence[Sequence[Point]]) -> None:
        """Follow no place where one of these was read."""
        for each in list(self._followed):
            if any(same_place(place, each.stack.outline()) for place in places):
                self._drop(each)

    def forget(self) -> None:
        """Follow nothing, blank all sums."""
        for each in list(self._followed):
            self._drop(each)

    def _drop(self, each: _Followed) -> None:
        each.stack.forget()
        self._followed.remove(each)
