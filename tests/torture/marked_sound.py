"""Sounds that say which they are and where in them one is, and what a recording says was heard of them.

A low tone names the sound, a high one rises from its beginning to its end: each 10 ms of a recording, whatever was
cut and resumed, says by itself what it is a piece of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import soundfile

from deploy.village.instruments.listening import BLOCK, Recording
from speaker.sound.sinks import RATE

MARKS = 64
"""So many sounds can be told apart."""
_NAME_HZ, _NAME_STEP = 600.0, 50.0
_PLACE_HZ, _PLACE_STEP = 6_000.0, 1_000.0
_WINDOW = 4 * BLOCK
_LOUD = 0.02
_GAP = 6
"""Blocks: a fade or a seam is no end."""


@dataclass(frozen=True)
class Stretch:
    """What was heard in one piece: of which sound, from where to where in it (ms), from when (ns of wall time) on."""

    mark: int
    from_ms: int
    to_ms: int
    begin_ns: int

    @property
    def ms(self) -> int:
        """How long it is."""
        return self.to_ms - self.from_ms


def write_marked(path: Path, mark: int, ms: int) -> None:
    """A FLAC of so many ms (10,000 at most) with this mark (0 to MARKS - 1)."""
    assert 0 <= mark < MARKS
    assert ms <= 10_000
    at = numpy.arange(RATE * ms // 1000) / RATE
    name = numpy.sin(2 * numpy.pi * (_NAME_HZ + _NAME_STEP * mark) * at)
    # Its frequency at t is _PLACE_HZ + _PLACE_STEP * t.
    place = numpy.sin(2 * numpy.pi * (_PLACE_HZ * at + _PLACE_STEP * at * at / 2))
    soundfile.write(path, (0.3 * name + 0.3 * place).astype("float32"), RATE, subtype="PCM_16")


def stretches(recording: Recording) -> list[Stretch]:
    """All that a recording holds of marked sounds, in the order heard."""
    found: list[Stretch] = []
    begun: tuple[int, int, int, int] | None = None
    for block, mark, ms in _heard(recording):
        if begun is not None:
            first, named, first_ms, last = begun
            expected = first_ms + (block - first) * 10
            if mark == named and block - last <= _GAP and abs(ms - expected) < 60:
                begun = (first, named, first_ms, block)
                continue
            found.append(_stretch(recording, begun))
        begun = (block, mark, ms, block)
    if begun is not None:
        found.append(_stretch(recording, begun))
    return found


def _stretch(recording: Recording, begun: tuple[int, int, int, int]) -> Stretch:
    first, mark, first_ms, last = begun
    return Stretch(mark, first_ms, first_ms + (last - first + 1) * 10, int(recording.wall_ns[first]))


def _heard(recording: Recording) -> Iterator[tuple[int, int, int]]:
    """(block, mark, ms within it) of each block in which a marked sound is loud."""
    count = len(recording.samples) // BLOCK
    window: Any = numpy.hanning(_WINDOW)
    # A minute at a time: an hour's spectra at once would not fit.
    for begin in range(0, count, 6000):
        blocks = numpy.arange(begin, min(begin + 6000, count))
        # Around the block's middle, so that what is told is its own.
        first = blocks * BLOCK + BLOCK // 2 - _WINDOW // 2
        index = numpy.clip(first[:, None] + numpy.arange(_WINDOW), 0, len(recording.samples) - 1)
        loud = numpy.abs(recording.samples[blocks[:, None] * BLOCK + numpy.arange(BLOCK)]).max(axis=1) > _LOUD
        if not loud.any():
            continue
        spectrum = numpy.abs(numpy.fft.rfft(recording.samples[index[loud]] * window, 4 * _WINDOW, axis=1))
        step = RATE / (4 * _WINDOW)
        name = _peak(spectrum, _NAME_HZ - 25, _NAME_HZ + _NAME_STEP * MARKS, step)
        place = _peak(spectrum, _PLACE_HZ - 100, _PLACE_HZ + _PLACE_STEP * 10.2, step)
        marks = numpy.round((name - _NAME_HZ) / _NAME_STEP).astype(int)
        places = ((place - _PLACE_HZ) / _PLACE_STEP * 1000).astype(int)
        for block, mark, ms in zip(blocks[loud], marks, places, strict=True):
            if 0 <= mark < MARKS:
                yield int(block), int(mark), int(ms)


def _peak(spectrum: Any, low: float, high: float, step: float) -> Any:
    """The loudest frequency of each row between two."""
    first, last = int(low / step), int(high / step)
    return (first + numpy.argmax(spectrum[:, first:last], axis=1)) * step
