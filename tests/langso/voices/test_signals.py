"""Our own signals: to the last bit the same on every machine, audible, told apart, and known by their hash."""

from __future__ import annotations

import array
import hashlib
import io
import itertools
import math
import wave

import pytest

from langso.voices.signals import RATE, SIGNALS, Signal, signal_file, signal_medium, signal_of


def samples(signal: Signal) -> array.array[int]:
    with wave.open(io.BytesIO(signal_file(signal))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return array.array("h", file.readframes(file.getnframes()))


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_signal_is_the_file_that_plans_name(signal: Signal) -> None:
    medium, raw = signal_medium(signal), signal_file(signal)
    assert (medium.sha256, medium.size) == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert medium.duration_ms == len(samples(signal)) * 1000 / RATE
    assert signal_of(medium.sha256) == signal
    assert signal_of(medium.sha256[::-1]) is None


def test_no_machine_rounds_the_wave_otherwise() -> None:
    """The last bit of a sine differs between mathematical libraries; a whole number's does not."""
    for step in range(1024):
        exact = 16_000 * math.sin(2 * math.pi * step / 1024)
        assert abs(exact - math.floor(exact) - 0.5) > 1e-6


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_signal_is_loud_at_once_never_clipped_and_ends_softly(signal: Signal) -> None:
    sound = samples(signal)
    first = sound[: RATE // 20]
    assert max(map(abs, first)) > 4000, "within 50 ms: who sleeps is to wake"
    assert max(map(abs, sound)) < 32_000
    assert abs(sound[0]) < 100
    assert abs(sound[-1]) < 100


def test_each_is_another_sound() -> None:
    def melody(signal: Signal) -> list[int]:
        """Turns a tenth of a second through nought, which is its pitch."""
        sound = samples(signal)
        blocks = (sound[at : at + RATE // 10] for at in range(0, 2 * RATE, RATE // 10))
        return [sum((a < 0) != (b < 0) for a, b in itertools.pairwise(block)) for block in blocks]

    for one, other in itertools.combinations(SIGNALS, 2):
        apart = sum(abs(a - b) for a, b in zip(melody(one), melody(other), strict=True))
        assert apart > 200, (one, other, apart)
