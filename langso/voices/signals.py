"""Our own signals: a siren and chimes for fire, flood and notice, made here to the last bit on every machine.

What stands in a plan is their hash. Whole numbers only: a loudspeaker that lacks one makes it itself, and has the
very file that was signed.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from functools import cache
from typing import Literal, get_args

from langso.contract.documents import Media
from langso.voices.wav import wav_file

Signal = Literal["siren", "fire", "flood", "notice"]
SIGNALS: tuple[Signal, ...] = get_args(Signal)
RATE = 16_000
_HASHES: dict[Signal, str] = {
    "siren": "574a481b01b1499f2b3b7cd13706a9c74eb8371fe91b4132bd5d998dc70999af",
    "fire": "6f9bafd48bb0cd128962502501cfa9b9cc60702d8cdd19774b2e0a33aa6534b7",
    "flood": "2b30b6ee85940439b98e7471715159f6b47660a38a3ea9b41b727b32d1a05310",
    "notice": "491d4d17f4eca914ebfda00e2c393fa4feb79d4b9c401d725c4bab152324bbcd",
}
_SECONDS: dict[Signal, int] = {"siren": 6, "fire": 4, "flood": 6, "notice": 2}
_LEVEL = 16_000
_STEPS = 1024
_EDGE = RATE // 100
# Each is so far from halfway between two numbers that no machine rounds it otherwise.
_SINE = tuple(round(_LEVEL * math.sin(2 * math.pi * step / _STEPS)) for step in range(_STEPS))


def signal_medium(signal: Signal) -> Media:
    """The signal as a plan names it."""
    seconds = _SECONDS[signal]
    return Media(sha256=_HASHES[signal], size=44 + 2 * RATE * seconds, duration_ms=1000 * seconds, codec="wav")


def signal_of(sha256: str) -> Signal | None:
    """Which of ours this file is; None for any other."""
    return next((signal for signal, known in _HASHES.items() if known == sha256), None)


@cache
def signal_file(signal: Signal) -> bytes:
    """The WAV file: 16 kHz, mono, 16 bit."""
    return wav_file(array("h", _samples(signal)), RATE)


def _samples(signal: Signal) -> Iterator[int]:
    count, phase = RATE * _SECONDS[signal], 0
    for number in range(count):
        hertz, loud = _tone(signal, number)
        # A phase in 1/65536 of a step; the third harmonic carries over wind and engines.
        phase = (phase + hertz * _STEPS * 65536 // RATE) % (_STEPS * 65536)
        step = phase >> 16
        edge = min(_EDGE, number, count - 1 - number)
        yield (_SINE[step] + _SINE[3 * step % _STEPS] // 3) * loud * edge // (1000 * _EDGE)


def _tone(signal: Signal, number: int) -> tuple[int, int]:
    """(hertz, loudness in thousandths) at this sample."""
    ms = number * 1000 // RATE
    if signal == "siren":
        # Up and down between 500 and 1,100 Hz in three seconds.
        place = ms % 3000
        return 500 + 600 * min(place, 3000 - place) // 1500, 1000
    if signal == "fire":
        return (960 if ms // 250 % 2 == 0 else 720), 1000
    if signal == "flood":
        # A long rising tone, twice, with a pause between.
        place = ms % 3000
        return 400 + 500 * min(place, 2200) // 2200, 1000 if place < 2200 else 0
    place = ms % 500
    return (523, 659, 784, 1047)[ms // 500], 700 * min(25 * place, 500 - place) // 500
