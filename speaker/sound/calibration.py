"""The measured delay of a sink and all that comes after it: judged, kept in the state folder, taken back."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from langso.contract.base import Message, Moment
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.settings.model import SpeakerSettings
from langso.words.catalogue import Sentence
from speaker.errors import MeasureRefused

FILE = "speaker-delay.json"
MOST_MS = 2000.0
LEAST_MS = -30.0
"""A server's monitor hears some blocks before they would sound. One that hears far ahead stands before a card with a
large buffer, and knows nothing of when that sounds: then a microphone must listen.
"""
MOST_SPREAD_MS = {"monitor": 2.0, "microphone": 8.0, "hand": 60.0}
"""Standard deviation beyond which something else was heard: walls and wind, or a hand that had lost the beat."""
LEAST_HEARD = 0.7
"""Of the plays, by whatever they are heard with."""
HAND_MS = 80.0
"""People stop some hundredths of a second early or late: a smaller delay is not measured by hand."""
_MOST_BYTES = 4096

By = Literal["monitor", "microphone", "hand"]
_Delay = Annotated[float, Field(ge=LEAST_MS, le=MOST_MS)]


class MeasuredDelay(Message):
    """`delay_ms` of this sink; `spread_ms`: standard deviation of the plays `heard`; `before_ms`: the delay it
    replaces, to which `--undo` goes back.
    """

    sound: str
    sink: str
    delay_ms: _Delay
    before_ms: _Delay = 0.0
    spread_ms: float = 0.0
    heard: int = 0
    by: By = "monitor"
    measured: Moment


def judge_delays(delays_ms: Sequence[float], plays: int, by: By) -> tuple[float, float]:
    """Delay and spread (ms) by what was heard of so many plays. Raises MeasureRefused for what is no measurement."""
    if len(delays_ms) < max(3, LEAST_HEARD * plays):
        raise MeasureRefused(Sentence("calibrate-unheard", heard=len(delays_ms), plays=plays))
    delay, spread = statistics.median(delays_ms), statistics.stdev(delays_ms)
    if spread > MOST_SPREAD_MS[by]:
        raise MeasureRefused(Sentence("calibrate-scatters", spread=f"{spread:.1f}"))
    if not LEAST_MS <= delay <= MOST_MS:
        raise MeasureRefused(Sentence("calibrate-no-delay", delay=f"{delay:.0f}"))
    if by == "hand" and abs(delay) < HAND_MS:
        raise MeasureRefused(Sentence("calibrate-too-small", least=f"{HAND_MS:.0f}"))
    return round(delay, 3), round(spread, 3)


def read_delay(state: Path, speaker: SpeakerSettings) -> MeasuredDelay | None:
    """What was measured of this sink; None where nothing was, or it cannot be read: then starts are as before."""
    try:
        found = MeasuredDelay.model_validate_json(read_limited(state / FILE, _MOST_BYTES, follow=False))
    except (FileRefused, ValidationError):
        return None
    return found if (found.sound, found.sink) == (speaker.sound, speaker.sink) else None


def keep_delay(state: Path, delay: MeasuredDelay) -> None:
    """Durable when it returns. Raises FileRefused."""
    write_atomic(state / FILE, delay.to_json())


def calibration_of(state: Path, speaker: SpeakerSettings) -> float:
    """Milliseconds to add to every start: as the settings file says, else minus what was measured."""
    if "calibration_ms" in speaker.model_fields_set:
        return speaker.calibration_ms
    found = read_delay(state, speaker)
    return 0.0 if found is None else -found.delay_ms
