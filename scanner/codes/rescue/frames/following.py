"""Places that stay unread, followed from frame to frame until the sum of the frames can be read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.codes.engines import Reading
from scanner.codes.places import Point, Polygon, overlap, same_place
from scanner.codes.rescue.frames import summed_modules
from scanner.codes.rescue.frames.likely_places import likely
from scanner.codes.rescue.frames.stack import Stack

if TYPE_CHECKING:
    from scanner.arrays import Gray

# Places followed; of those nothing vouches for.
_MOST_PLACES, _MOST_UNSURE = 3, 2
# Frames in a row without the place after which it is given up.
_MOST_LOST = 4
# Sums in a row that show no grid after which a guess is given up.
_MOST_VAIN = 2
# Overlap from which a place is the one followed already.
_SAME = 0.35
# Seconds for reading one sum.
_READ_S = 0.5
# Frames before the first try; times as many before the next, sure or not.
_FIRST_TRY, _NEXT_TRY, _NEXT_UNSURE = 3, 1.3, 1.8
# Noise halves with four times the frames: what so many do not show, more will not.
_ENOUGH = 40


@dataclass(eq=False)
class _Followed:
    stack: Stack
    sure: bool
    lost: int = 0
    due: float = _FIRST_TRY
    vain: int = 0


class Following:
    """Up to three unread places. Not for several threads at a time."""

    def __init__(self) -> None:
        self._followed: list[_Followed] = []

    def __bool__(self) -> bool:
        """Whether a place is followed that was surely seen."""
        return any(each.sure for each in self._followed)

    def begin(self, frame: Gray, places: Sequence[Polygon]) -> None:
        """Follow these places of a gray frame, those not followed yet, as far as there is room."""
        self._begin(frame, places, sure=True)

    def begin_anywhere(self, frame: Gray) -> None:
        """Follow what looks most like a code in a gray frame that nothing else hints at."""
        self._begin(frame, likely(frame, _MOST_UNSURE), sure=False)

    def add(self, frames: Sequence[Gray], until: float) -> None:
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
        """A code read from a sum that has grown enough since the last try, its place in the newest frame. No sum is
        begun after `until`, none takes much longer than _READ_S.
        """
        for each in sorted(self._followed, key=lambda each: (not each.sure, each.vain)):
            if each.stack.count < each.due or time.monotonic() > until:
                continue
            each.due = each.stack.count * (_NEXT_TRY if each.sure else _NEXT_UNSURE)
            look = summed_modules.decoded(each.stack.summed(), time.monotonic() + _READ_S, each.stack.contrast())
            found = [Reading(r.text, each.stack.laid_back(r.polygon), r.engine) for r in look.readings]
            each.vain = 0 if look.unread else each.vain + 1
            if look.readings or each.stack.count > _ENOUGH or (not each.sure and each.vain > _MOST_VAIN):
                self._drop(each)
            if found:
                return found
        return []

    def drop_unsure(self) -> None:
        """Follow only what was surely seen."""
        for each in [each for each in self._followed if not each.sure]:
            self._drop(each)

    def drop(self, places: Sequence[Sequence[Point]]) -> None:
        """Follow no place where one of these was read."""
        for each in list(self._followed):
            if any(same_place(place, each.stack.outline()) for place in places):
                self._drop(each)

    def forget(self) -> None:
        """Follow nothing, blank all sums."""
        for each in list(self._followed):
            self._drop(each)

    def _begin(self, frame: Gray, places: Sequence[Polygon], sure: bool) -> None:
        for place in places:
            same = next((e for e in self._followed if overlap(place, e.stack.outline()) > _SAME), None)
            if same is not None and (same.sure or not sure):
                continue
            if same is not None:
                # A guess was about right: begun anew with the better outline.
                self._drop(same)
            if len(self._followed) >= (_MOST_PLACES if sure else _MOST_UNSURE):
                # What was summed several times and shows no grid is hardly a code.
                worst = max(self._followed, key=lambda each: (not each.sure, each.vain))
                if worst.vain < _MOST_VAIN and (worst.sure or not sure):
                    return
                self._drop(worst)
            try:
                self._followed.append(_Followed(Stack(frame, place), sure))
            except ValueError:
                continue

    def _drop(self, each: _Followed) -> None:
        each.stack.forget()
        self._followed.remove(each)
