"""What a voice says of itself is what a recorder hears: stalls, silence, a sink that takes nothing."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
import soundfile
from heard_voices import is_heard_on_time, over
from relays import Relay
from waiting import LONG_S, until

from deploy.village.instruments.listening import read_recording
from langso.words.catalogue import t
from speaker.sound import voice_owner
from speaker.sound.player import GstPlayer
from speaker.sound.sinks import PipeWriter
from speaker.sound.sounds import SoundFile, SoundStream

pytestmark = pytest.mark.real_time


@pytest.fixture
def player(ear: Any) -> Iterator[GstPlayer]:
    player = GstPlayer("pipe", str(ear.pipe))
    player.start()
    yield player
    player.stop()


@pytest.fixture
def lets_go() -> Iterator[threading.Event]:
    """What hangs waits for this."""
    event = threading.Event()
    yield event
    event.set()


def test_a_relay_that_stalled_is_heard_on_and_only_what_sounded_is_counted(
    player: GstPlayer, noise: dict[str, Path], tmp_path: Path, ear: Any
) -> None:
    """The mixer drops what comes late: without a new place in time, all that comes after a stall."""
    song = tmp_path / "song.opus"
    command = ["ffmpeg", "-loglevel", "error", "-stream_loop", "2", "-i", str(noise["wav"]), "-b:a", "64k"]
    subprocess.run([*command, "-page_duration", "20000", str(song)], check=True)
    station = Relay("pauses in its song", song.read_bytes())
    stream = over(player.play(SoundStream(station.url), player.soonest()))
    station.close()
    player.stop()
    ear.close()
    heard_ms = stream.heard_ms(time.monotonic())
    assert 4200 <= heard_ms <= 4550
    samples = read_recording(ear.out).samples
    loud = numpy.flatnonzero(numpy.abs(samples[: len(samples) // 480 * 480].reshape(-1, 480)).max(axis=1) > 0.01)
    assert len(loud) * 10 == pytest.approx(heard_ms, abs=100)
    assert (loud[-1] - loud[0]) * 10 > heard_ms + 500, "it stalled"


def test_a_file_of_silence_never_started_and_nothing_of_it_was_heard(
    player: GstPlayer, tmp_path: Path, noise: dict[str, Path]
) -> None:
    soundfile.write(tmp_path / "silent.wav", numpy.zeros(24_000, numpy.int16), 48_000)
    silent = over(player.play(SoundFile(tmp_path / "silent.wav", "wav", 500), player.soonest()))
    assert (silent.state, silent.error_ms, silent.heard_ms(time.monotonic())) == ("done", None, 0)
    quiet = over(player.play(SoundFile(noise["wav"], "wav", 1500, volume=0), player.soonest()))
    assert (quiet.error_ms, quiet.heard_ms(time.monotonic())) == (None, 0)


def test_a_sink_that_takes_nothing_any_more_is_lost_and_said_and_opened_anew(
    player: GstPlayer, noise: dict[str, Path], monkeypatch: pytest.MonkeyPatch, lets_go: threading.Event
) -> None:
    """A suspended sound card, a sound server that hangs: no error, no sound."""
    monkeypatch.setattr(voice_owner, "SILENT_S", 1.0)
    monkeypatch.setattr(voice_owner, "DEVICE_S", 0.1)
    voice = player.play(SoundFile(noise["wav"], "wav", 1500), player.soonest())
    until(lambda: voice.state == "playing")
    with monkeypatch.context() as hanging:
        hanging.setattr(PipeWriter, "write", lambda *_: lets_go.wait(LONG_S))
        until(lambda: voice.report.over)
        assert (voice.state, voice.lost, voice.why) == ("failed", True, t("sound-takes-nothing"))
        assert voice.heard_ms(time.monotonic()) < 1500
    lets_go.set()
    until(lambda: player.running)
    is_heard_on_time(player, noise)
