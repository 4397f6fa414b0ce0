"""Where sound goes: a sound card, a PulseAudio server, or PCM into a named pipe for the village's recorder."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from pathlib import Path
from typing import Literal

from langso.words.catalogue import Sentence
from langso.words.os_reasons import os_reason
from speaker.errors import PipeRefused

RATE = 48_000
SAMPLE_BYTES = 2
BLOCK_MS = 10
BLOCK_BYTES = RATE * BLOCK_MS // 1000 * SAMPLE_BYTES
PCM_CAPS = f"audio/x-raw,format=S16LE,layout=interleaved,rate={RATE},channels=1"
_REOPEN_S = 0.1

SoundKind = Literal["alsa", "pulse", "pipe"]


def make_pipe(path: Path) -> None:
    """Makes the named pipe (mode 0660) unless it is there. Raises PipeRefused when something else is."""
    with contextlib.suppress(FileExistsError):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.mkfifo(path, 0o660)
        except FileExistsError:
            raise
        except OSError as error:
            raise PipeRefused(Sentence("sound-no-pipe", path=path, why=os_reason(error))) from error
    if not stat.S_ISFIFO(path.stat().st_mode):
        raise PipeRefused(Sentence("sound-is-no-pipe", path=path))


class PipeWriter:
    """Writes PCM blocks as they sound; like a sound card without listeners, it drops what nobody takes.

    Never blocks: with no reader, or one that has stalled, `write` returns False and the block is gone.
    """

    def __init__(self, path: Path) -> None:
        make_pipe(path)
        self._path = path
        self._descriptor: int | None = None
        self._try_again = 0.0
        self.dropped = 0

    def write(self, block: bytes) -> bool:
        """True when the whole block (<= 4096 bytes, so written whole or not at all) went into the pipe."""
        descriptor = self._open()
        if descriptor is None:
            self.dropped += 1
            return False
        try:
            os.write(descriptor, block)
        except BlockingIOError:
            self.dropped += 1
            return False
        except OSError:
            self.close()
            self.dropped += 1
            return False
        return True

    @property
    def connected(self) -> bool:
        """Whether a reader has the pipe open, as of the last write."""
        return self._descriptor is not None

    def close(self) -> None:
        """Closes the pipe; the next write opens it again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int | None:
        if self._descriptor is not None:
            return self._descriptor
        now = time.monotonic()
        if now < self._try_again:
            return None
        self._try_again = now + _REOPEN_S
        try:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            # ENXIO is the plain "no reader yet"; ENOENT means somebody removed the pipe under us.
            if error.errno == errno.ENOENT:
                with contextlib.suppress(PipeRefused):
                    make_pipe(self._path)
            return None
        return self._descriptor


def sink_description(kind: SoundKind, sink: str) -> str:
    """The end of the pipeline in GStreamer's launch syntax; its last element is named `out`.

    A sound card plays at its own speed and is put at its place in time while nothing plays (`sink_clock`).
    """
    if kind == "pipe":
        return "appsink name=out sync=true emit-signals=true max-buffers=100"
    # Without a level of its own a stream gets the one to which an earlier stream of this program was turned down.
    name = "alsasink" if kind == "alsa" else "pulsesink volume=1.0 mute=false"
    device = f' device="{_escaped(sink)}"' if sink else ""
    return f"{name} name=out{device} provide-clock=true slave-method=none buffer-time=200000 latency-time=10000"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
