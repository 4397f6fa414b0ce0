"""The recorder and the pipe's two ends: writers that come and go, stamps, rotation, locating what was heard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy
import pytest
from waiting import until

from deploy.village.instruments.listening import Recording, locate, read_medium, read_recording
from deploy.village.instruments.recorder import Recorder
from speaker.errors import RecordingRefused
from speaker.sound.sinks import BLOCK_BYTES, PipeWriter

pytestmark = pytest.mark.real_time
RATE = 48_000


def pcm(seconds: float, seed: int = 1) -> numpy.ndarray[Any, Any]:
    return (numpy.random.default_rng(seed).standard_normal(int(RATE * seconds)) * 3000).astype("<i2")


def write_in_time(path: Path, samples: numpy.ndarray[Any, Any]) -> float:
    """Writes as a loudspeaker does, a block each 10 ms; returns the wall time of the first."""
    writer = PipeWriter(path)
    raw = samples.tobytes()
    until(lambda: writer.write(bytes(BLOCK_BYTES)))
    begin = time.monotonic() + 0.01
    wall = time.time() + begin - time.monotonic()
    for number in range(len(raw) // BLOCK_BYTES):
        time.sleep(max(0.0, begin + number * 0.01 - time.monotonic()))
        assert writer.write(raw[number * BLOCK_BYTES : (number + 1) * BLOCK_BYTES])
    writer.close()
    return wall


class Held:
    """A recorder that is kept waiting, as by a busy machine, with the next block in its hand."""

    def __init__(self, recorder: Recorder) -> None:
        self.inside, self.go_on = threading.Event(), threading.Event()
        self._take = recorder._take
        recorder._take = self.take  # type: ignore[method-assign]

    def take(self, data: bytes) -> bytes:
        self.inside.set()
        self.go_on.wait(60)
        return self._take(data)


def test_samples_and_stamps_come_back_and_tell_when(ear: Any) -> None:
    samples = pcm(1.0)
    wall = write_in_time(ear.pipe, samples)
    ear.close()
    recording = read_recording(ear.out)
    assert len(recording.samples) == len(recording.wall_ns) * 480
    found = locate(recording, (samples / 32768).astype("float32"))
    assert found.correlation > 0.999
    assert abs(found.start_ns / 1e9 - wall) < 0.020


def test_a_writer_that_comes_back_is_heard_too(ear: Any) -> None:
    first, second = pcm(0.5, 1), pcm(0.5, 2)
    write_in_time(ear.pipe, first)
    time.sleep(0.5)
    wall = write_in_time(ear.pipe, second)
    ear.close()
    recording = read_recording(ear.out)
    assert locate(recording, (first / 32768).astype("float32")).correlation > 0.999
    found = locate(recording, (second / 32768).astype("float32"))
    assert found.correlation > 0.999
    assert abs(found.start_ns / 1e9 - wall) < 0.020


def test_the_command_flushes_at_sigterm(tmp_path: Path) -> None:
    pipe, out = tmp_path / "p", tmp_path / "out"
    command = [sys.executable, "-m", "deploy.village.instruments.recorder", "--pipe", str(pipe), "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    until(pipe.exists)
    samples = pcm(0.5)
    write_in_time(pipe, samples)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert locate(read_recording(out), (samples / 32768).astype("float32")).correlation > 0.999


def test_what_lies_in_the_pipe_when_it_is_stopped_is_recorded_too(tmp_path: Path) -> None:
    recorder, writer, stop = Recorder(tmp_path / "p", tmp_path / "out"), PipeWriter(tmp_path / "p"), threading.Event()
    thread = threading.Thread(target=recorder.run, args=(stop,))
    thread.start()
    until(lambda: writer.write(bytes(BLOCK_BYTES)))
    until(lambda: recorder.blocks == 1)
    samples = pcm(0.3)
    held = Held(recorder)
    try:
        assert writer.write(bytes(BLOCK_BYTES))
        assert held.inside.wait(60)
        raw = samples.tobytes()
        assert all(writer.write(raw[at : at + BLOCK_BYTES]) for at in range(0, len(raw), BLOCK_BYTES))
        stop.set()
    finally:
        held.go_on.set()
    thread.join(60)
    assert recorder.blocks == 2 + 30
    assert locate(read_recording(tmp_path / "out"), (samples / 32768).astype("float32")).correlation > 0.999


def test_half_a_block_is_no_sound(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    recorder = Recorder(tmp_path / "p", tmp_path / "out")
    reader = os.open(tmp_path / "p", os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(tmp_path / "p", os.O_WRONLY | os.O_NONBLOCK)
    os.write(writer, bytes(BLOCK_BYTES * 2 + 7))
    recorder.run(stop)
    assert recorder.blocks == 2
    recorder.run(stop)
    assert recorder.blocks == 2
    os.close(writer)
    recorder.run(stop)
    assert recorder.blocks == 2
    os.close(reader)


def test_it_rotates_by_the_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(tmp_path / "p", tmp_path / "out")
    monkeypatch.setattr("deploy.village.instruments.recorder._MINUTE_NS", 200_000_000)
    stop = threading.Event()
    thread = threading.Thread(target=recorder.run, args=(stop,))
    thread.start()
    samples = pcm(1.0)
    write_in_time(tmp_path / "p", samples)
    stop.set()
    thread.join(60)
    assert len(list((tmp_path / "out").glob("*.flac"))) >= 4
    found = locate(read_recording(tmp_path / "out"), (samples / 32768).astype("float32"))
    assert found.correlation > 0.999


def test_the_writer_drops_what_a_stalled_reader_does_not_take(tmp_path: Path) -> None:
    writer = PipeWriter(tmp_path / "p")
    assert not writer.write(bytes(BLOCK_BYTES))
    reader = os.open(tmp_path / "p", os.O_RDONLY | os.O_NONBLOCK)
    # It looks for a reader ten times a second.
    until(lambda: writer.write(bytes(BLOCK_BYTES)))
    taken = 1
    begin = time.monotonic()
    while writer.write(bytes(BLOCK_BYTES)):
        taken += 1
    assert time.monotonic() - begin < 10
    assert taken > 10
    os.close(reader)
    assert not writer.write(bytes(BLOCK_BYTES))
    assert not writer.connected
    (tmp_path / "p").unlink()
    until(lambda: not writer.write(bytes(BLOCK_BYTES)) and (tmp_path / "p").exists())
    assert (tmp_path / "p").is_fifo()


def test_late_fetched_blocks_do_not_move_the_start() -> None:
    samples = pcm(2.0).astype("float32") / 32768
    stamps = 10**18 + numpy.arange(200, dtype=numpy.int64) * 10_000_000
    stamps[60:100] += 300_000_000
    found = locate(Recording(samples, stamps, stamps - 10**17), samples[24_000:72_000])
    assert found.sample == 24_000
    assert abs(found.start_ns - 10**18 - 500_000_000) < 1_000_000
    assert abs(found.start_monotonic_ns - (10**18 - 10**17) - 500_000_000) < 1_000_000


@pytest.mark.parametrize(("beyond", "found"), [(0, True), (960, True), (2000, False)])
def test_what_ends_with_the_recording_is_found_though_its_last_moment_is_not_in_it(beyond: int, found: bool) -> None:
    medium = pcm(0.5).astype("float32") / 32768
    samples = numpy.concatenate([numpy.zeros(48_000 + beyond, dtype="float32"), medium])[: 48_000 + 24_000]
    stamps = numpy.arange(len(samples) // 480, dtype=numpy.int64) * 10_000_000
    place = locate(Recording(samples, stamps, stamps), medium)
    assert (place.correlation > 0.95) is found
    assert (place.sample == 48_000 + beyond) is found


def test_a_window_in_time_tells_two_plays_apart() -> None:
    medium = pcm(0.5).astype("float32") / 32768
    silence = numpy.zeros(48_000, dtype="float32")
    samples = numpy.concatenate([silence, medium, silence, medium, silence]).astype("float32")
    stamps = numpy.arange(len(samples) // 480, dtype=numpy.int64) * 10_000_000
    recording = Recording(samples, stamps, stamps)
    assert locate(recording, medium, before_ns=1_600_000_000).sample == 48_000
    assert locate(recording, medium, after_ns=1_600_000_000).sample == 48_000 * 2 + 24_000


def test_silence_does_not_match() -> None:
    silence = numpy.zeros(48_000, dtype="float32")
    stamps = numpy.arange(100, dtype=numpy.int64) * 10_000_000
    assert locate(Recording(silence, stamps, stamps), pcm(0.2).astype("float32")).correlation < 0.1


def test_refusals_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(RecordingRefused, match="máy ghi"):
        read_recording(tmp_path)
    (tmp_path / "x.flac").write_bytes(b"junk")
    with pytest.raises(RecordingRefused):
        read_recording(tmp_path)
    stamps = numpy.arange(10, dtype=numpy.int64)
    with pytest.raises(RecordingRefused, match="ngắn hơn"):
        locate(Recording(numpy.zeros(4800, dtype="float32"), stamps, stamps), pcm(1).astype("float32"))


def test_a_medium_of_another_rate_is_read_at_ours(tmp_path: Path) -> None:
    import soundfile

    tone = numpy.sin(numpy.arange(22_050) / 22_050 * 2 * numpy.pi * 440)
    soundfile.write(tmp_path / "t.wav", tone, 22_050)
    assert len(read_medium(tmp_path / "t.wav")) == 48_000
