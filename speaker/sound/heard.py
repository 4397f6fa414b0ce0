"""Was it heard? From how loud the programme was, the horn's current and the microphone, moment by moment. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

STEP_S = 0.05
SHORTEST_S = 10.0
"""Less than this has too few syllables to be told from other speech."""
LONGEST_S = 60.0
"""A longer programme is judged in pieces of this length."""
LAGS = range(-2, 13)
"""Steps by which what is heard may come after (before: clocks) the programme: batching, buffers, 100 m of air."""
FLOOR_DB = 40.0
"""Below its loudest, the programme counts as silent: a pause."""
DRIFT_STEPS = 40
"""Changes slower than this (2 s) are wind and traffic as much as speech: they are taken away first."""


class Sounding(StrEnum):
    """What became of the sound. Only HEARD is a proof; UNSURE says that the sensors do not tell."""

    HEARD = "heard"
    FALLEN_RELAY = "fallen_relay"
    CUT_CABLE = "cut_cable"
    DEAD_HORN = "dead_horn"
    NO_SIGNAL = "no_signal"
    WRONG_PROGRAMME = "wrong_programme"
    UNSURE = "unsure"


@dataclass(frozen=True)
class HeardVerdict:
    """`sure` 0-1: how little chance could have made it. `sensor`: what was listened to."""

    finding: Sounding
    sure: float = 0.0
    sensor: str = ""


@dataclass(frozen=True)
class Moments:
    """One value a step of STEP_S, all of one length: loudness of the programme as it left the player (0-1), of the
    horn line and before the microphone (0-1, None = not measured), and whether the amplifier was on (None = unknown).
    """

    programme: Sequence[float]
    horn: Sequence[float | None]
    microphone: Sequence[float | None]
    powered: Sequence[bool | None]


FOLLOWS = 0.6
"""A horn's current that is the programme's is like it by at least this much: nothing else is on its wire."""
STRANGE_DB = 2.5
"""A current that moves more than this, and not with the programme, carries something else."""
NO_CURRENT = 0.006
"""Below this share of the sensor's range (20 mA) nothing flows."""
UNLIKE = 0.2
"""A microphone that hears as little of the programme as this does not hear the horn."""
STILL = 0.005
"""A microphone that hears nothing louder than this hears no horn, whatever chance makes of its own noise."""
LOUD = 0.1
"""A microphone in such noise might not hear the horn if it sounded."""
HORN_ALONE = 0.7
"""Current proves that the horn was driven, not that air moved."""
# Fitted to programmes read by espeak-ng among wind and other speech (`tests/speaker/sound/bench_heard.py`), tried on
# recordings of another making: what is no more like the programme than this may be so by chance.
_CHANCE, _CHANCE_S = 0.38, 1.2


def needed(seconds: float) -> float:
    """How like the programme the microphone must be: chance is likelier in little time."""
    return _CHANCE + _CHANCE_S / seconds


def judge(moments: Moments) -> HeardVerdict:
    """What became of the sound in these moments; UNSURE where they are too few, or the sensors do not tell.

    The horn's own line has the last word: who hears the programme although nothing flows there hears a neighbour's.
    """
    seconds = len(moments.programme) * STEP_S
    if seconds < SHORTEST_S or max(moments.programme) <= 0:
        return HeardVerdict(Sounding.UNSURE)
    if sum(on is False for on in moments.powered) > len(moments.powered) / 2:
        return HeardVerdict(Sounding.FALLEN_RELAY, 1.0, "relay")
    horn = _judge_horn(moments)
    if horn is not None and horn.finding is not Sounding.HEARD:
        return horn
    levels = sorted(level for level in moments.microphone if level is not None)
    if len(levels) * STEP_S < SHORTEST_S:
        return horn or HeardVerdict(Sounding.UNSURE)
    # A microphone that says the same all the time is like nothing.
    alike = likeness(moments.programme, moments.microphone) or 0.0
    if alike >= needed(seconds):
        return HeardVerdict(Sounding.HEARD, _sure(alike, needed(seconds)), "microphone")
    still = levels[len(levels) * 19 // 20] < STILL
    if horn is not None and (still or (alike < UNLIKE and levels[len(levels) // 2] < LOUD)):
        return HeardVerdict(Sounding.DEAD_HORN, 0.95 if still else _sure(UNLIKE - alike, 0.0), "microphone")
    return HeardVerdict(Sounding.UNSURE, 0.0, "microphone")


def _judge_horn(moments: Moments) -> HeardVerdict | None:
    """HEARD: the programme's own current flows; None: nobody measures it."""
    levels = sorted(level for level in moments.horn if level is not None)
    if len(levels) * STEP_S < SHORTEST_S:
        return None
    if levels[len(levels) * 9 // 10] < NO_CURRENT:
        return HeardVerdict(Sounding.CUT_CABLE, 1.0, "horn")
    alike = likeness(moments.programme, moments.horn)
    if alike is not None and alike >= FOLLOWS:
        return HeardVerdict(Sounding.HEARD, HORN_ALONE * _sure(alike, FOLLOWS), "horn")
    low, high = levels[len(levels) // 10], levels[len(levels) * 19 // 20]
    if high <= low * 10 ** (STRANGE_DB / 20):
        return HeardVerdict(Sounding.NO_SIGNAL, 0.9, "horn")
    if alike is not None and alike < needed(len(moments.programme) * STEP_S):
        return HeardVerdict(Sounding.WRONG_PROGRAMME, _sure(FOLLOWS - alike, 0.0), "horn")
    return HeardVerdict(Sounding.UNSURE, 0.0, "horn")


def _sure(alike: float, least: float) -> float:
    return round(min(1.0, 0.5 + 0.5 * (alike - least) / max(0.01, 1 - least)), 3)


def likeness(programme: Sequence[float], heard: Sequence[float | None]) -> float | None:
    """Highest correlation (-1 to 1) of two loudnesses in decibels over the lags that may be; None: nothing to go by.

    Where the programme is silent for long it says nothing; where it has pauses between syllables it says most.
    """
    wanted = _decibels(programme)
    found = _decibels([0.0 if level is None else level for level in heard])
    known = [level is not None for level in heard]
    if sum(known) < SHORTEST_S / STEP_S:
        return None
    wanted, found = _without_drift(wanted), _without_drift(found)
    best = None
    for lag in LAGS:
        begin, end = max(0, -lag), min(len(wanted), len(found) - lag)
        heard_there = zip(
            wanted[begin:end], found[begin + lag : end + lag], known[begin + lag : end + lag], strict=True
        )
        value = _pearson([(one, other) for one, other, measured in heard_there if measured])
        if value is not None and (best is None or value > best):
            best = value
    return best


def _decibels(levels: Sequence[float]) -> list[float]:
    loudest = max(levels, default=0.0)
    if loudest <= 0:
        return [0.0] * len(levels)
    floor = loudest * 10 ** (-FLOOR_DB / 20)
    return [20 * math.log10(max(level, floor) / loudest) for level in levels]


def _without_drift(values: list[float]) -> list[float]:
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    out = []
    for at, value in enumerate(values):
        begin, end = max(0, at - DRIFT_STEPS), min(len(values), at + DRIFT_STEPS + 1)
        out.append(value - (sums[end] - sums[begin]) / (end - begin))
    return out


def _pearson(pairs: list[tuple[float, float]]) -> float | None:
    count = len(pairs)
    if count < 2:
        return None
    a = b = aa = bb = ab = 0.0
    for one, other in pairs:
        a += one
        b += other
        aa += one * one
        bb += other * other
        ab += one * other
    aa -= a * a / count
    bb -= b * b / count
    if aa <= 1e-6 or bb <= 1e-6:
        return None
    return (ab - a * b / count) / math.sqrt(aa * bb)
