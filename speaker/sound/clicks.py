"""A signal that is found again to the sample: clicks at times no two of which are equally far apart. Pure."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from langso.voices.wav import wav_file
from speaker.sound.sinks import RATE

RULER = (0, 1, 4, 9, 15, 22, 32, 34)
"""A Golomb ruler: shifted by anything but nothing, at most one of its marks meets another."""
MARK = RATE // 100
CLICK = 48
"""Samples: a millisecond of 2 kHz, which a horn and a microphone let through."""
LOUD = 20_000
LENGTH_MS = RULER[-1] * 10 + 40
ENOUGH = 0.75
"""Of a perfect likeness: less is somebody talking."""
_STEP = 8


@dataclass(frozen=True)
class FoundClicks:
    """Where the signal begins (samples, parts of one too) and how like it is (1: the very same)."""

    place: float
    likeness: float


def make_clicks() -> bytes:
    """The signal as a WAV file."""
    samples = array("h", bytes(2 * RATE * LENGTH_MS // 1000))
    for mark in RULER:
        for number, value in enumerate(_click()):
            samples[mark * MARK + number] = int(LOUD * value)
    return wav_file(samples, RATE)


def find_clicks(samples: Sequence[int]) -> FoundClicks | None:
    """The signal in 16-bit samples (some seconds at most); None where it is not."""
    steps = len(samples) // _STEP
    energy = [sum(value * value for value in samples[at * _STEP : (at + 1) * _STEP : 2]) for at in range(steps)]
    span, marks = RULER[-1] * MARK // _STEP, [mark * MARK // _STEP for mark in RULER]
    wide = CLICK // _STEP
    if steps <= span + wide:
        return None
    sums = [0]
    for value in energy:
        sums.append(sums[-1] + value)
    clicks = [sums[at + wide] - sums[at] for at in range(steps - wide)]
    coarse = max(range(len(clicks) - span), key=lambda at: min(clicks[at + mark] for mark in marks))
    click = _click()
    first = max(0, coarse * _STEP - 2 * CLICK)
    last = min(len(samples) - RULER[-1] * MARK - CLICK, coarse * _STEP + 2 * CLICK)
    likeness = [_likeness(samples, at, click) for at in range(first, last)]
    if not likeness:
        return None
    # A horn may be wired the other way round.
    best = max(range(len(likeness)), key=lambda at: abs(likeness[at]))
    if abs(likeness[best]) < ENOUGH:
        return None
    part = 0.0
    if 0 < best < len(likeness) - 1:
        left, middle, right = (abs(value) for value in likeness[best - 1 : best + 2])
        bend = left - 2 * middle + right
        part = (left - right) / (2 * bend) if bend else 0.0
    return FoundClicks(first + best + part, abs(likeness[best]))


def _click() -> list[float]:
    """A millisecond: two swings that come and go."""
    return [math.sin(2 * math.pi * 2000 * at / RATE) * math.sin(math.pi * at / CLICK) ** 2 for at in range(CLICK)]


def _likeness(samples: Sequence[int], at: int, click: Sequence[float]) -> float:
    """Correlation with the signal as it would be from this sample on, at its clicks."""
    product = energy = 0.0
    for mark in RULER:
        begin = at + mark * MARK
        heard = samples[begin : begin + CLICK]
        product += sum(one * other for one, other in zip(heard, click, strict=True))
        energy += sum(one * one for one in heard)
    whole = math.sqrt(energy * len(RULER) * sum(value * value for value in click))
    return product / whole if whole else 0.0
