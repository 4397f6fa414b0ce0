"""Prints how soon an emergency is heard over what plays: asked to heard, the gap, and how whole it arrives.

Run it: `.venv/bin/python tests/speaker/bench_cut_in.py [ROUNDS]`. No test: figures depend on the machine.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy
import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))

from listening_ear import Ear
from waiting import until

from deploy.village.instruments.listening import BLOCK, locate, read_medium, read_recording
from speaker.sound.player import GstPlayer
from speaker.sound.sounds import SoundFile

RATE = 48_000
PLAYS_MS = 4000
ALARM_MS = 1500
LOUD = 0.01


def main() -> None:
    """Measures and prints, a line each."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plays, alarm = _noise(folder / "plays.flac", 1, PLAYS_MS), _noise(folder / "alarm.flac", 2, ALARM_MS)
        asked, called, errors = [], [], []
        with Ear.at(folder / "pipe", folder / "heard") as ear:
            player = GstPlayer("pipe", str(ear.pipe))
            player.start()
            for number in range(rounds):
                under = player.play(SoundFile(plays, "flac", PLAYS_MS), player.soonest())
                least_ms = 400 + number * 20
                until(lambda under=under, least=least_ms: under.heard_ms(time.monotonic()) >= least)
                asked.append((time.monotonic(), time.time_ns()))
                under.cut()
                over = player.play(SoundFile(alarm, "flac", ALARM_MS), player.soonest())
                called.append((time.monotonic() - asked[-1][0]) * 1000)
                until(lambda over=over: over.state not in ("waiting", "playing"))
                errors.append(over.error_ms or 0.0)
            player.stop()
        _tell(folder, alarm, asked, called, errors)


def _tell(
    folder: Path, alarm: Path, asked: list[tuple[float, int]], called: list[float], errors: list[float]
) -> None:
    recording, wanted = read_recording(folder / "heard"), read_medium(alarm)
    heard, gaps, correlations = [], [], []
    for monotonic, wall in asked:
        found = locate(recording, wanted, after_ns=wall - 10**8, before_ns=wall + 3 * 10**9)
        heard.append(found.start_monotonic_ns / 1e6 - monotonic * 1e3)
        correlations.append(found.correlation)
        before = recording.samples[max(0, found.sample - RATE) : found.sample - BLOCK // 4]
        gaps.append((found.sample - max(0, found.sample - RATE) - numpy.flatnonzero(abs(before) > LOUD)[-1]) / 48)
    for what, values in (
        ("asked to heard, ms", heard),
        ("silence between, ms", gaps),
        ("cut() and play() take, ms", called),
        ("start error, ms", errors),
        ("correlation", correlations),
    ):
        low, middle, high = min(values), statistics.median(values), max(values)
        print(f"{what:28s} least {low:8.3f}   median {middle:8.3f}   most {high:8.3f}")


def _noise(path: Path, seed: int, length_ms: int) -> Path:
    samples = numpy.random.default_rng(seed).standard_normal(RATE * length_ms // 1000)
    pink = numpy.convolve(samples, numpy.exp(-numpy.arange(32) / 6), mode="same")
    soundfile.write(path, (pink / abs(pink).max() * 0.5).astype(numpy.float32), RATE, subtype="PCM_16")
    return path


if __name__ == "__main__":
    main()
