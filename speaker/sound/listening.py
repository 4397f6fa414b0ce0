"""Listens by a microphone, a line input or a server's monitor: samples with the monotonic second of each."""

from __future__ import annotations

import threading
import time
from array import array
from collections import deque
from typing import Any, Literal

from langso.words.catalogue import Sentence, t
from speaker.errors import SoundFault
from speaker.sound.gstreamer import bus_error, load_gstreamer
from speaker.sound.sinks import PCM_CAPS, RATE

SourceKind = Literal["alsa", "pulse"]
KEEP_S = 20
_OPEN_S = 5
_FIRST_S = 5.0


class Listener:
    """Hears as long as it is a context. Raises SoundFault where there is nothing to hear by."""

    def __init__(self, kind: SourceKind, device: str) -> None:
        self._gst = load_gstreamer()
        self._lock = threading.Lock()
        self._pieces: deque[tuple[float, bytes]] = deque()
        named = f' device="{device}"' if device else ""
        text = (
            f"{kind}src{named} provide-clock=false latency-time=10000 buffer-time=100000 ! audioconvert ! "
            f"audioresample ! {PCM_CAPS} ! appsink name=out sync=false emit-signals=true max-buffers=1000"
        )
        try:
            self._pipeline: Any = self._gst.parse_launch(text)
        except Exception as error:  # GLib.Error exists only once gi is loaded
            raise SoundFault(Sentence("sound-part-missing", why=error)) from error
        self._heard = threading.Event()

    def __enter__(self) -> Listener:
        gst = self._gst
        self._pipeline.get_by_name("out").connect("new-sample", self._on_sample)
        self._pipeline.set_state(gst.State.PLAYING)
        self._pipeline.get_state(_OPEN_S * gst.SECOND)
        if not self._heard.wait(_FIRST_S):
            why = bus_error(gst, self._pipeline) or t("sound-device-silent")
            self._pipeline.set_state(gst.State.NULL)
            raise SoundFault(Sentence("calibrate-no-ear", why=why))
        return self

    def __exit__(self, *_: object) -> None:
        self._pipeline.set_state(self._gst.State.NULL)

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

    def _on_sample(self, sink: Any) -> Any:
        now = time.monotonic()
        sample = sink.emit("pull-sample")
        if sample is not None:
            buffer = sample.get_buffer()
            with self._lock:
                self._pieces.append((now, buffer.extract_dup(0, buffer.get_size())))
                while self._pieces[0][0] < now - KEEP_S:
                    self._pieces.popleft()
            self._heard.set()
        return self._gst.FlowReturn.OK


def monitor_of(sink: str) -> str:
    """The source at which a PulseAudio server hears one of its sinks; `default` is the server's own."""
    return "@DEFAULT_MONITOR@" if sink in ("", "default") else f"{sink}.monitor"
