"""Listens by a microphone, a line input or a server's monitor: samples with the monotonic second of each."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from array import array
from collections import deque
from typing import Any, Literal

from langso.words.catalogue import Sentence, t
from langso.words.harmless import harmless
from langso.words.os_reasons import os_reason
from speaker.errors import SoundFault
from speaker.sound.gstreamer import bus_error, load_gstreamer
from speaker.sound.sinks import PCM_CAPS, RATE, SAMPLE_BYTES

SourceKind = Literal["alsa", "pulse"]
KEEP_S = 20
BLOCK_MS = 10
"""What a server is asked to hand over at once. It mixes so far ahead of what sounds, and its monitor hears it then: a
recorder that asks for as much hears the same.
"""
_OPEN_S = 5
_FIRST_S = 5.0
_MOST_SAID = 300


class Listener(ABC):
    """Hears as long as it is a context. Raises SoundFault where there is nothing to hear by."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pieces: deque[tuple[float, bytes]] = deque()
        self._heard = threading.Event()

    def __enter__(self) -> Listener:
        self._open()
        self._heard.wait(_FIRST_S)
        if not self._pieces:
            why = self._trouble() or t("sound-device-silent")
            self._close()
            raise SoundFault(Sentence("calibrate-no-ear", why=why))
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def between(self, begin: float, end: float) -> tuple[array[int], float]:
        """Samples of that stretch (monotonic seconds, as far as they were heard), and the second of the first one.

        No sample is read before it was there; those who read the most promptly say when that was.
        """
        with self._lock:
            pieces = [one for one in self._pieces if begin - 1.0 <= one[0] <= end + 1.0]
        samples = array("h")
        zero = float("inf")
        for at, pcm in pieces:
            samples.frombytes(pcm)
            zero = min(zero, at - len(samples) / RATE)
        if not pieces:
            return samples, begin
        first = max(0, int((begin - zero) * RATE))
        return samples[first : int((end - zero) * RATE)], zero + first / RATE

    def _take(self, at: float, pcm: bytes) -> None:
        """Whole samples that were there at this second."""
        with self._lock:
            self._pieces.append((at, pcm))
            while self._pieces[0][0] < at - KEEP_S:
                self._pieces.popleft()
        self._heard.set()

    @abstractmethod
    def _open(self) -> None: ...

    @abstractmethod
    def _close(self) -> None: ...

    @abstractmethod
    def _trouble(self) -> str:
        """Why nothing is heard; "" where it is not known."""


class CardListener(Listener):
    """At an input of a sound card."""

    def __init__(self, device: str) -> None:
        super().__init__()
        self._gst = load_gstreamer()
        named = f' device="{device}"' if device else ""
        text = (
            f"alsasrc{named} provide-clock=false latency-time={BLOCK_MS * 1000} buffer-time=100000 ! audioconvert ! "
            f"audioresample ! {PCM_CAPS} ! appsink name=out sync=false emit-signals=true max-buffers=1000"
        )
        try:
            self._pipeline: Any = self._gst.parse_launch(text)
        except Exception as error:  # GLib.Error exists only once gi is loaded
            raise SoundFault(Sentence("sound-part-missing", why=error)) from error

    def _open(self) -> None:
        self._pipeline.get_by_name("out").connect("new-sample", self._on_sample)
        self._pipeline.set_state(self._gst.State.PLAYING)
        self._pipeline.get_state(_OPEN_S * self._gst.SECOND)

    def _close(self) -> None:
        self._pipeline.set_state(self._gst.State.NULL)

    def _trouble(self) -> str:
        return bus_error(self._gst, self._pipeline)

    def _on_sample(self, sink: Any) -> Any:
        now = time.monotonic()
        sample = sink.emit("pull-sample")
        if sample is not None:
            buffer = sample.get_buffer()
            self._take(now, buffer.extract_dup(0, buffer.get_size()))
        return self._gst.FlowReturn.OK


class ServerListener(Listener):
    """At a source of a sound server, by its own `parec`.

    GStreamer's source hands over whole blocks of its own count, which begin where the server's do not: it was late by
    anything up to a block, another one at each opening, and what was calibrated by it was wrong by that.
    """

    def __init__(self, device: str) -> None:
        super().__init__()
        self._command = ["parec", "--raw", "--format=s16le", f"--rate={RATE}", "--channels=1"]
        self._command += [f"--device={device}"] if device else []
        self._command += [f"--latency-msec={BLOCK_MS}"]
        self._process: subprocess.Popen[bytes] | None = None
        self._said = b""
        self._threads: list[threading.Thread] = []

    def _open(self) -> None:
        pipe, none = subprocess.PIPE, subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(self._command, stdin=none, stdout=pipe, stderr=pipe, bufsize=0)
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            why = t("calibrate-no-parec") if missing else f"parec: {os_reason(error)}"
            raise SoundFault(Sentence("calibrate-no-ear", why=why)) from error
        self._threads = [
            threading.Thread(target=read, args=(self._process,), name="listener", daemon=True)
            for read in (self._hear, self._read_said)
        ]
        for thread in self._threads:
            thread.start()

    def _close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for thread in self._threads:
                thread.join()
            for file in (self._process.stdout, self._process.stderr):
                if file is not None:
                    file.close()
            self._process = None

    def _trouble(self) -> str:
        self._close()
        return harmless(" ".join(self._said.decode("utf-8", "replace").split()))

    def _hear(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        part = b""
        while piece := os.read(process.stdout.fileno(), 1 << 16):
            at = time.monotonic()
            part += piece
            whole = len(part) // SAMPLE_BYTES * SAMPLE_BYTES
            if whole:
                self._take(at, part[:whole])
            part = part[whole:]
        # It has ended: nobody need wait for what it will not hear.
        self._heard.set()

    def _read_said(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        while piece := os.read(process.stderr.fileno(), 1 << 12):
            self._said = (self._said + piece)[-_MOST_SAID:]


def open_listener(kind: SourceKind, device: str) -> Listener:
    """Of a sound card's input, or of a sound server's source; "" names the usual one. Raises SoundFault."""
    return CardListener(device) if kind == "alsa" else ServerListener(device)


def monitor_of(sink: str) -> str:
    """The source at which a PulseAudio server hears one of its sinks; `default` is the server's own."""
    return "@DEFAULT_MONITOR@" if sink in ("", "default") else f"{sink}.monitor"
