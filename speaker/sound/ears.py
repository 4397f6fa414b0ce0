"""Keeps what was played and what the sensors heard, moment by moment, until somebody asks what became of it."""

from __future__ import annotations

import math
import threading
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from firmware_bridge.switchboard import AMPLIFIER, Levels, Switchboard
from speaker.sound.heard import LONGEST_S, STEP_S, HeardVerdict, Moments, Sounding, judge

KEEP_S = 600.0
"""Of a programme that is longer, what was heard in its last minutes is judged."""
_THIN = 4
"""Every fourth sample is enough to know how loud it is."""
_FULL = 32768.0


@dataclass
class _Moment:
    """One step: sum of squares and number of samples that left the player, what was heard, whether it was powered."""

    squares: float = 0.0
    samples: int = 0
    horn: float | None = None
    microphone: float | None = None
    powered: bool | None = None


_NOTHING = _Moment()
"""Of steps that nobody said anything of."""


class Ears:
    """`played` is called by the sound's thread, `heard` by the board's; both only put down what they have."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self._lock = threading.Lock()
        self._moments: dict[int, _Moment] = {}
        board.listen(self.heard)

    def played(self, at: float, pcm: bytes) -> None:
        """16-bit samples, the first of which sounds at monotonic second `at`; at most some hundredths of a second."""
        samples = array("h")
        samples.frombytes(pcm[: len(pcm) // 2 * 2])
        thin = samples[::_THIN]
        squares = float(sum(value * value for value in thin))
        with self._lock:
            moment = self._moment(int(at / STEP_S))
            moment.squares += squares
            moment.samples += len(thin)

    def heard(self, levels: Levels) -> None:
        """What the board's sensors heard, and whether the amplifier is on at all."""
        powered = self._board.is_on(AMPLIFIER)
        with self._lock:
            count = len(levels.horn)
            for number, (horn, microphone) in enumerate(zip(levels.horn, levels.microphone, strict=True)):
                middle = levels.ended - (count - number - 0.5) * levels.step_s
                moment = self._moment(int(middle / STEP_S))
                moment.horn, moment.microphone, moment.powered = horn, microphone, powered

    def verdict(self, begin: float, end: float) -> HeardVerdict | None:
        """What became of what was played between two monotonic seconds; None where no sensor said anything.

        A long programme is judged in pieces: heard where most of them were, otherwise what most of them show.
        """
        steps = range(int(begin / STEP_S), int(end / STEP_S) + 1)[-int(KEEP_S / STEP_S) :]
        with self._lock:
            # Not copied: the sound's thread waits for this lock, and nobody adds to a moment that is over.
            moments = [self._moments.get(step, _NOTHING) for step in steps]
        if all(moment.horn is None and moment.microphone is None for moment in moments):
            return None
        pieces = max(1, math.ceil(len(moments) * STEP_S / LONGEST_S))
        size = math.ceil(len(moments) / pieces)
        found = [judge(_of(moments[at : at + size])) for at in range(0, len(moments), size)]
        found = [verdict for verdict in found if verdict.finding is not Sounding.UNSURE] or found[:1]
        counts = {finding: sum(one.finding is finding for one in found) for finding in Sounding}
        most = max(counts, key=lambda finding: counts[finding])
        alike = [verdict for verdict in found if verdict.finding is most]
        return HeardVerdict(most, round(sum(verdict.sure for verdict in alike) / len(alike), 3), alike[0].sensor)

    def _moment(self, step: int) -> _Moment:
        found = self._moments.get(step)
        if found is None:
            found = self._moments[step] = _Moment()
            # Oldest first, as they were put in.
            while len(self._moments) > (KEEP_S + LONGEST_S) / STEP_S:
                del self._moments[next(iter(self._moments))]
        return found


def _of(moments: list[_Moment]) -> Moments:
    return Moments(
        [math.sqrt(one.squares / one.samples) / _FULL if one.samples else 0.0 for one in moments],
        [one.horn for one in moments],
        [one.microphone for one in moments],
        [one.powered for one in moments],
    )


Played = Callable[[float, bytes], None]
"""`Ears.played`, as the player calls it."""
