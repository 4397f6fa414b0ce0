"""Sound files made here, and a pipe with the village's recorder at its other end."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
import pytest
import soundfile

RATE = 48_000


@pytest.fixture(scope="session")
def noise(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """1.5 s of shaped noise, the same in wav, flac, opus and mp3: nothing correlates with it by chance."""
    folder = tmp_path_factory.mktemp("noise")
    white = numpy.random.default_rng(7).standard_normal(RATE * 3 // 2)
    pink = numpy.convolve(white, numpy.exp(-numpy.arange(32) / 6), mode="same")
    samples = (pink / numpy.abs(pink).max() * 0.5).astype(numpy.float32)
    files = {"wav": folder / "n.wav", "flac": folder / "n.flac"}
    soundfile.write(files["wav"], samples, RATE, subtype="PCM_16")
    soundfile.write(files["flac"], samples, RATE, subtype="PCM_16")
    for name, options in (("opus", ["-b:a", "32k"]), ("mp3", ["-b:a", "64k"])):
        files[name] = folder / f"n.{name}"
        subprocess.run(
            ["ffmpeg", "-loglevel", "error", "-y", "-i", str(files["wav"]), *options, str(files[name])], check=True
        )
    return files


@dataclass
class Ear:
    """A named pipe and the recorder that listens to it."""

    pipe: Path
    out: Path
    stop: threading.Event
    thread: threading.Thread

    @classmethod
    def at(cls, pipe: Path, out: Path, board: Path | None = None) -> Ear:
        """Begins to listen. What it heard is whole once it is closed, or left as a context."""
        from deploy.village.instruments.recorder import Recorder

        stop = threading.Event()
        thread = threading.Thread(target=Recorder(pipe, out, board).run, args=(stop,))
        thread.start()
        return cls(pipe, out, stop, thread)

    def close(self) -> None:
        self.stop.set()
        self.thread.join(60)

    def __enter__(self) -> Ear:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with Ear.at(tmp_path / "sound.pcm", tmp_path / "heard") as ear:
        yield ear
