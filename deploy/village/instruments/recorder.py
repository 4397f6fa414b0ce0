"""The village's recorder: PCM from a loudspeaker's pipe, each 10 ms stamped, kept as FLAC by the minute.

`python -m deploy.village.instruments.recorder --pipe PIPE --out FOLDER` records until SIGTERM or Ctrl-C.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from firmware_bridge.switchboard import LINE_SOURCE
from firmware_bridge.twin.world import SoundHeard, WorldFiles
from langso.durable.single_instance import SingleInstance
from langso.errors import LangsoError, UsageError
from langso.terminal.saying import say
from langso.words.catalogue import Sentence, t
from langso.words.language import language_of_environment, use_language
from langso.words.os_reasons import os_reason
from speaker.sound.sinks import BLOCK_BYTES, RATE, make_pipe

INDEX_ENTRY = struct.Struct("<qq")
"""One 10 ms block in a `.stamps` file: wall clock ns since 1970, monotonic ns, when its last sample arrived."""

_POLL_MS = 100
_MINUTE_NS = 60 * 10**9


class Recorder:
    """Reads `pipe` until `stop` is set; writes `OUT/<UTC start>.flac` and `.stamps`, a pair a minute.

    A writer that goes away is waited for. What was written before `stop` is in the files when `run` returns. `board`:
    the folder of the loudspeaker's simulated microcontroller, which is told how loud it is; while that lets its line
    input through, what is said there (`line.wav`) is heard in place of the loudspeaker's own sound.
    """

    def __init__(self, pipe: Path, out: Path, board: Path | None = None) -> None:
        make_pipe(pipe)
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(Sentence("village-no-folder", out=out, why=os_reason(error))) from error
        self._loudness = None if board is None else SoundHeard(WorldFiles(board).sound)
        self._line = None if board is None else _LineIn(WorldFiles(board))
        self._pipe = pipe
        self._out = out
        self._pair: _Pair | None = None
        self._minute = -1
        self.blocks = 0

    def run(self, stop: threading.Event) -> None:
        """Records until `stop`, and what lies in the pipe then; flushes and closes the current pair."""
        descriptor = os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        rest = b""
        try:
            while not stop.is_set():
                events = poll.poll(_POLL_MS)
                if not events:
                    continue
                chunk = os.read(descriptor, BLOCK_BYTES * 32) if events[0][1] & select.POLLIN else b""
                if not chunk:
                    # End of file: the writer left; POLLHUP returns at once, so do not spin. Half a block is noise.
                    rest = b""
                    stop.wait(_POLL_MS / 1000)
                    continue
                rest = self._take(rest + chunk)
            self._take(rest + _left_in(descriptor))
        finally:
            os.close(descriptor)
            self._close()

    def _take(self, data: bytes) -> bytes:
        wall, monotonic = time.time_ns(), time.monotonic_ns()
        whole = len(data) // BLOCK_BYTES * BLOCK_BYTES
        if whole:
            self._rotate(wall)
            assert self._pair is not None
            heard = data[:whole] if self._line is None else self._line.instead_of(data[:whole])
            self._pair.write(heard, wall, monotonic)
            if self._loudness is not None:
                self._loudness.tell(_root_mean_square(heard))
            self.blocks += whole // BLOCK_BYTES
        return data[whole:]

    def _rotate(self, wall: int) -> None:
        if wall // _MINUTE_NS == self._minute and self._pair is not None:
            return
        self._close()
        self._minute = wall // _MINUTE_NS
        name = datetime.fromtimestamp(wall / 1e9, UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        self._pair = _Pair(self._out / name)

    def _close(self) -> None:
        if self._pair is not None:
            self._pair.close()
            self._pair = None


def _left_in(pipe: int) -> bytes:
    """What was written and is not read yet, as a reader may be late by: at most all that a pipe holds."""
    with contextlib.suppress(BlockingIOError):
        return os.read(pipe, fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ))
    return b""


def _root_mean_square(pcm: bytes) -> float:
    import numpy

    samples = numpy.frombuffer(pcm, dtype="<i2").astype(numpy.float64)
    return float(numpy.sqrt(numpy.mean(samples * samples))) / 32768


class _LineIn:
    """What somebody speaks into the line input of a simulated board, over and over."""

    def __init__(self, board: WorldFiles) -> None:
        self._board = board
        self._spoken = b""
        self._place = 0

    def instead_of(self, pcm: bytes) -> bytes:
        """As many samples of it as these, where the board lets it through; else these."""
        if not self._board.read_sources().get(LINE_SOURCE, False):
            self._place = 0
            return pcm
        if not self._spoken and self._board.line.exists():
            import soundfile

            samples, rate = soundfile.read(str(self._board.line), dtype="int16")
            self._spoken = samples.tobytes() if rate == RATE and samples.ndim == 1 else b""
        if not self._spoken:
            return bytes(len(pcm))
        heard = bytearray()
        while len(heard) < len(pcm):
            piece = self._spoken[self._place : self._place + len(pcm) - len(heard)]
            heard += piece
            self._place = (self._place + len(piece)) % len(self._spoken)
        return bytes(heard)


class _Pair:
    """One FLAC file and its stamps."""

    def __init__(self, stem: Path) -> None:
        import soundfile

        self._sound: Any = soundfile.SoundFile(
            str(stem) + ".flac", "w", samplerate=RATE, channels=1, subtype="PCM_16", format="FLAC"
        )
        self._stamps = Path(str(stem) + ".stamps").open("wb")  # noqa: SIM115 - closed in close()

    def write(self, data: bytes, wall: int, monotonic: int) -> None:
        import numpy

        self._sound.write(numpy.frombuffer(data, dtype="<i2"))
        self._stamps.write(INDEX_ENTRY.pack(wall, monotonic) * (len(data) // BLOCK_BYTES))

    def close(self) -> None:
        self._sound.close()
        self._stamps.close()


@click.command()
@click.option("--pipe", type=click.Path(path_type=Path), required=True, help="The loudspeaker's sound pipe.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the recordings."
)
@click.option(
    "--board", type=click.Path(path_type=Path, file_okay=False), help="Folder of the loudspeaker's simulated board."
)
def record(pipe: Path, out: Path, board: Path | None) -> None:
    """Ghi âm thanh từ ống của loa, đóng mốc giờ từng 10 ms, mỗi phút một tệp FLAC."""
    # Known before it waits for sound, which may be long in coming.
    import soundfile  # noqa: F401

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    out.mkdir(parents=True, exist_ok=True)
    try:
        with SingleInstance(out / ".lock", name=Sentence("village-recorder")):
            recorder = Recorder(pipe, out, board)
            recorder.run(stop)
    except LangsoError as error:
        say(str(error), err=True)
        raise SystemExit(error.exit_code) from None
    say(t("village-recorded", seconds=f"{recorder.blocks / 100:.1f}", out=out))


if __name__ == "__main__":
    use_language(language_of_environment(os.environ))
    record()
