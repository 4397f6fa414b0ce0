"""Files whose stamps jump, go back or begin late: the loudspeaker plays their samples one after another."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import numpy
import pytest
import soundfile
from listening_ear import Ear
from waiting import until

from deploy.village.instruments.listening import locate, read_recording
from speaker.sound.player import GstPlayer
from speaker.sound.sounds import SoundFile

pytestmark = pytest.mark.real_time
RATE = 48_000
LENGTH_MS = 3000
SILENT = 0.01
KINDS = {
    "none": "anull",
    "a slip of 55 ms": "asetpts=PTS+gte(T\\,1)*0.055/TB",
    "two slips": "asetpts=PTS+(gte(T\\,0.8)+gte(T\\,1.6))*0.1/TB",
    "a jump of ten hours": "asetpts=PTS+gte(T\\,1)*36000/TB",
    "back by half a second": "asetpts=PTS-gte(T\\,2)*0.5/TB",
    "a late start": "asetpts=PTS+3/TB",
    "a start below zero": "asetpts=PTS-0.7/TB",
}


@pytest.fixture(scope="session")
def roar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3 s of even noise as WAV: never silent, and nothing correlates with it by chance."""
    white = numpy.random.default_rng(11).standard_normal(RATE * LENGTH_MS // 1000)
    pink = numpy.convolve(white, numpy.exp(-numpy.arange(32) / 6), mode="same")
    file = tmp_path_factory.mktemp("roar") / "roar.wav"
    soundfile.write(file, (pink / numpy.abs(pink).max() * 0.6).astype(numpy.float32), RATE, subtype="PCM_16")
    return file


def holed(roar: Path, filters: str, out: Path) -> Path:
    """The noise as Ogg Opus whose granules do what `filters` do to the stamps."""
    command = ["ffmpeg", "-loglevel", "error", "-y", "-i", str(roar), "-af", filters]
    subprocess.run([*command, "-avoid_negative_ts", "disabled", "-b:a", "64k", str(out)], check=True)
    return out


def without_pages(file: Path, lost: range, out: Path) -> Path:
    """An Ogg file some pages of which never arrived."""
    data, pages, at = file.read_bytes(), [], 0
    while at < len(data):
        assert data[at : at + 4] == b"OggS"
        table = data[at + 27 : at + 27 + data[at + 26]]
        end = at + 27 + len(table) + sum(table)
        pages.append(data[at:end])
        at = end
    out.write_bytes(b"".join(page for number, page in enumerate(pages) if number not in lost))
    return out


def longest_silence_ms(samples: Any) -> tuple[int, int]:
    """(ms from the first sound to the last, longest silence between them); (0, 0) where nothing sounds."""
    loud = numpy.flatnonzero(
        numpy.sqrt(numpy.mean(samples[: len(samples) // 48 * 48].reshape(-1, 48) ** 2, axis=1)) > SILENT
    )
    return (int(loud[-1] - loud[0] + 1), int(numpy.diff(loud).max() - 1)) if len(loud) > 1 else (0, 0)


def play(folder: Path, file: Path, wanted: Any = None, *, lasts_ms: int, **more: Any) -> tuple[float, Any, Any]:
    """(when it was due, what was recorded, the voice once it is over), of the first of three plays that is as `file`
    should be: without silence, so long, and the `wanted` samples in it.

    A machine that is busy with other things tears holes of its own, but never at each play; a file's would be.
    """
    for number in range(3):
        at, recording, voice = play_once(folder / str(number), file, **more)
        length, silence = longest_silence_ms(recording.samples)
        whole = silence <= 5 and abs(length - lasts_ms) <= 15 and abs(voice.error_ms) < 20
        if whole and (wanted is None or locate(recording, wanted).correlation > 0.9):
            break
    return at, recording, voice


def play_once(folder: Path, file: Path, **more: Any) -> tuple[float, Any, Any]:
    folder.mkdir()
    with Ear.at(folder / "sound.pcm", folder / "heard") as ear:
        player = GstPlayer("pipe", str(ear.pipe))
        player.start()
        try:
            at = time.monotonic() + 0.8
            voice = player.play(SoundFile(file, "opus", LENGTH_MS, **more), at)
            until(lambda: voice.state not in ("waiting", "playing"))
        finally:
            player.stop()
    return at, read_recording(ear.out), voice


@pytest.mark.parametrize("kind", KINDS)
def test_a_hole_in_a_file_is_played_over_and_nothing_is_lost(kind: str, roar: Path, tmp_path: Path) -> None:
    file = holed(roar, KINDS[kind], tmp_path / "holed.opus")
    wanted, _ = soundfile.read(roar, dtype="float32")
    at, recording, voice = play(tmp_path, file, wanted, lasts_ms=LENGTH_MS)
    assert voice.state == "done", voice.why
    assert voice.heard_ms(time.monotonic()) == pytest.approx(LENGTH_MS, abs=25)
    length, silence = longest_silence_ms(recording.samples)
    assert silence <= 5
    assert length == pytest.approx(LENGTH_MS, abs=15)
    found = locate(recording, wanted)
    assert found.correlation > 0.9
    assert found.start_monotonic_ns / 1e9 == pytest.approx(at, abs=0.02)
    assert abs(voice.error_ms) < 20


def test_what_was_lost_on_the_way_is_no_silence(roar: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.opus"
    command = ["ffmpeg", "-loglevel", "error", "-y", "-i", str(roar), "-page_duration", "200000", str(whole)]
    subprocess.run(command, check=True)
    lost = without_pages(whole, range(6, 8), tmp_path / "lost.opus")
    _, recording, voice = play(tmp_path, lost, lasts_ms=LENGTH_MS - 400)
    assert voice.state == "done", voice.why
    length, silence = longest_silence_ms(recording.samples)
    assert silence <= 5
    assert length == pytest.approx(LENGTH_MS - 400, abs=15)


@pytest.mark.parametrize("kind", ["none", "a slip of 55 ms", "back by half a second", "a late start"])
def test_a_place_in_a_file_with_a_hole_is_counted_in_samples(kind: str, roar: Path, tmp_path: Path) -> None:
    wanted, _ = soundfile.read(roar, dtype="float32", start=RATE * 22 // 10)
    file = holed(roar, KINDS[kind], tmp_path / "holed.opus")
    at, recording, voice = play(tmp_path, file, wanted, lasts_ms=800, from_ms=2200)
    assert voice.state == "done", voice.why
    found = locate(recording, wanted)
    assert found.correlation > 0.9
    assert found.start_monotonic_ns / 1e9 == pytest.approx(at, abs=0.02)
    assert voice.heard_ms(time.monotonic()) == pytest.approx(800, abs=25)
