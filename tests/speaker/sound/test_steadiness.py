"""Starts on a PulseAudio server as a recorder of its own hears them, and a server that dies amid a sound."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
import soundfile
from pulse_server import RATE, SINK, MonitorEar, PulseServer, place_of
from waiting import until

from speaker.sound.pipeline import UNEVEN_S
from speaker.sound.player import GstPlayer
from speaker.sound.sounds import SoundFile

MOST_PLAYS = 20
NOISE_MS = 200
WHOLE = 0.99
QUIET = 0.001


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseServer]:
    with PulseServer(tmp_path) as server:
        for name in ("PULSE_SERVER", "PULSE_COOKIE", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, server.environment[name])
        yield server


@pytest.fixture
def player(server: PulseServer) -> Iterator[GstPlayer]:
    player = GstPlayer("pulse", SINK)
    player.start()
    yield player
    player.stop()


def file_of_noise(path: Path, length_ms: int) -> tuple[Path, Any]:
    samples = numpy.random.default_rng(3).standard_normal(RATE * length_ms // 1000)
    # As loud as any from the first one on.
    samples[0] = abs(samples).max()
    soundfile.write(path, samples / abs(samples).max() * 0.5, RATE, subtype="PCM_16")
    return path, soundfile.read(path)[0]


@pytest.mark.real_time
def test_the_first_twenty_milliseconds_are_heard_at_their_full_level_and_at_their_time(
    server: PulseServer, player: GstPlayer, tmp_path: Path
) -> None:
    file, wanted = file_of_noise(tmp_path / "noise.wav", NOISE_MS)
    with MonitorEar(server) as ear:
        for _ in range(MOST_PLAYS):
            at = player.soonest() + 0.1
            voice = player.play(SoundFile(file, "wav", NOISE_MS), at)
            until(lambda voice=voice: voice.report.over)
            until(lambda at=at: len(ear.heard()[0]) / RATE + ear.heard()[1] > at + NOISE_MS / 1000 + 0.1)
            samples, zero = ear.heard()
            place, fits = place_of(samples, wanted, int((at - zero) * RATE), RATE // 5)
            # On a busy machine the server itself tears holes: what was torn is not judged.
            before = abs(samples[round(place) - RATE // 20 : round(place) - 2]).max()
            if fits > WHOLE and before < QUIET:
                break
    assert fits > WHOLE
    first = samples[round(place) : round(place) + RATE // 50]
    assert numpy.linalg.norm(first) > 0.98 * numpy.linalg.norm(wanted[: RATE // 50])
    # Neither faded in from its first sample, nor announced by a pop.
    assert first[0] > 0.9 * wanted[0]
    assert before < QUIET
    # The recorder hears the server's block before it would sound; more than some blocks of either is a fault.
    assert abs(place / RATE + zero - at) < 0.04


def test_a_server_that_suspends_idle_sinks_never_finds_it_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PulseServer(tmp_path, suspends=True) as server:
        for name in ("PULSE_SERVER", "PULSE_COOKIE", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, server.environment[name])
        until(lambda: server.sink_state() == "SUSPENDED")
        player = GstPlayer("pulse", SINK)
        player.start()
        try:
            until(lambda: server.sink_state() == "RUNNING")
            file, _ = file_of_noise(tmp_path / "noise.wav", NOISE_MS)
            for _ in range(2):
                voice = player.play(SoundFile(file, "wav", NOISE_MS), player.soonest())
                until(lambda voice=voice: voice.report.over)
                # Long after what sounded, and before what comes next, it plays: silence.
                over = time.monotonic() + 0.3
                until(lambda over=over: time.monotonic() > over)
                assert server.sink_state() == "RUNNING"
        finally:
            player.stop()
        until(lambda: server.sink_state() == "SUSPENDED")


def test_a_sound_goes_on_at_its_place_after_its_server_died(
    server: PulseServer, player: GstPlayer, tmp_path: Path
) -> None:
    file, _ = file_of_noise(tmp_path / "noise.wav", 3000)
    sound = player.play(SoundFile(file, "wav", 3000), player.soonest())
    until(lambda: sound.state == "playing")
    server.stop()
    until(lambda: sound.state == "failed")
    assert sound.lost
    assert not player.running
    server.start()
    until(lambda: player.running)
    # What was playing is not kept waiting until the device is even: it is placed where that will be.
    report = player.owner.report
    assert player.soonest() - time.monotonic() <= UNEVEN_S
    assert report.even_at > 0
    for _ in range(MOST_PLAYS):
        # A second more for a busy machine to decode in; one that comes later still hears less.
        again = player.play(SoundFile(file, "wav", 3000, from_ms=1000), player.soonest() + 1)
        until(lambda again=again: again.report.over)
        if again.heard_ms(0) > 500:
            break
    assert again.heard_ms(0) > 500
