"""The signal is found to a part of a sample, through noise, reversed, soft; nothing else is taken for it."""

from __future__ import annotations

import io
import random
import wave
from array import array

import pytest

from speaker.sound.clicks import ENOUGH, LENGTH_MS, find_clicks, make_clicks
from speaker.sound.sinks import RATE


@pytest.fixture(scope="module")
def signal() -> array[int]:
    with wave.open(io.BytesIO(make_clicks())) as reader:
        assert reader.getframerate() == RATE
        samples = array("h")
        samples.frombytes(reader.readframes(reader.getnframes()))
    assert len(samples) == RATE * LENGTH_MS // 1000
    return samples


def among(signal: array[int], place: int, share: float, noise: int) -> array[int]:
    chance = random.Random(1)
    heard = array("h", (int(chance.gauss(0, noise)) for _ in range(RATE * 3 // 2)))
    for number, value in enumerate(signal):
        heard[place + number] += int(value * share)
    return heard


@pytest.mark.parametrize("place", [0, 1, 777, 31_234])
@pytest.mark.parametrize(("share", "noise"), [(1.0, 0), (0.25, 300), (-0.25, 300), (0.01, 2)])
def test_it_is_found_where_it_is(signal: array[int], place: int, share: float, noise: int) -> None:
    found = find_clicks(among(signal, place, share, noise))
    assert found is not None
    assert found.place == pytest.approx(place, abs=0.2)
    assert found.likeness > ENOUGH


@pytest.mark.parametrize("heard", [array("h"), array("h", [0] * RATE), array("h", [1000] * RATE)])
def test_silence_is_not_it(heard: array[int]) -> None:
    assert find_clicks(heard) is None


def test_noise_and_a_part_of_it_are_not_it(signal: array[int]) -> None:
    chance = random.Random(2)
    assert find_clicks(array("h", (int(chance.gauss(0, 4000)) for _ in range(RATE)))) is None
    assert find_clicks(signal[: len(signal) // 4] + array("h", [0] * RATE)) is None
