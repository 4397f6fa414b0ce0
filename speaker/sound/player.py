"""Plays sounds at exact times through one GStreamer pipeline that never stops: silence, a mixer, and the sink."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from langso.contract.health import Check
from langso.words.catalogue import Sentence, t
from speaker.errors import SoundFault
from speaker.sound.gstreamer import bus_error, load_gstreamer
from speaker.sound.sinks import BLOCK_MS, PCM_CAPS, RATE, PipeWriter, SoundKind, sink_description
from speaker.sound.sounds import Sound
from speaker.sound.voice import FLOAT_CAPS, MIX_LATENCY_MS, GstVoice, is_of_a_voice

log = logging.getLogger(__name__)

START_MARGIN_S = 0.15
_RETRY_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_FREE_S = 2.0


class GstPlayer:
    """The real player. One pipeline: `audiotestsrc(silence) -> audiomixer -> out`; a voice is a branch into it.

    `calibration_ms` is added to every start: minus the constant delay of what comes after the sink.
    A lost sound device ends the voices as `failed`; the pipeline is then rebuilt until it runs again.
    """

    def __init__(self, kind: SoundKind, sink: str, *, calibration_ms: float = 0.0) -> None:
        self._gst = load_gstreamer()
        self._kind: SoundKind = kind
        self._sink = sink
        self._calibration = calibration_ms / 1000
        self._writer = PipeWriter(Path(sink)) if kind == "pipe" else None
        self._lock = threading.RLock()
        self._voices: list[GstVoice] = []
        self._leaving: deque[tuple[Any, threading.Event]] = deque()
        self._freeing: set[threading.Thread] = set()
        self._mixing = False
        self._pipeline: Any = None
        self._mixer: Any = None
        self._base = 0.0
        self._latency = 0.0
        self._why = t("sound-not-running")
        self._stopping = threading.Event()
        self._broken = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts the pipeline and its watch; returns when sound runs or has failed once (it is then retried)."""
        self._stopping.clear()
        if not self._build():
            self._broken.set()
        self._thread = threading.Thread(target=self._watch, name="sound", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Cuts everything and frees the device."""
        self._stopping.set()
        self._broken.set()
        if self._thread is not None:
            self._thread.join(5)
        self._tear_down(t("sound-stopped"))
        if self._writer is not None:
            self._writer.close()

    @property
    def running(self) -> bool:
        """Whether the pipeline plays (silence at least)."""
        return self._pipeline is not None and not self._broken.is_set()

    def soonest(self) -> float:
        """Monotonic second from which a new sound starts unclipped."""
        return time.monotonic() + self._latency + START_MARGIN_S

    def play(self, sound: Sound, at: float) -> GstVoice:
        """Adds a branch that is heard from `at` on. Raises SoundFault when no sound device runs."""
        with self._lock:
            if not self.running:
                raise SoundFault(Sentence("sound-cannot-play", why=self._why))
            heard = at - self._latency + self._calibration
            due = heard + MIX_LATENCY_MS / 1000
            voice = GstVoice(self._gst, sound, at, heard - self._base, due, self._over)
            self._voices.append(voice)
            try:
                voice.attach(self._pipeline, self._mixer)
            except SoundFault:
                self._voices.remove(voice)
                raise
            return voice

    def check(self) -> Check:
        """Health line `sound`."""
        if not self.running:
            return Check.bad(
                "sound",
                t("sound-cannot-sound", why=self._why),
                t("sound-check-device"),
            )
        if self._writer is not None and not self._writer.connected:
            return Check.warning("sound", t("sound-pipe-unheard"), t("sound-start-recorder"))
        return Check.good("sound", t("sound-good"))

    def _build(self) -> bool:
        gst = self._gst
        # Blocks of 10 ms are for the recorder's stamps; a sound card is as exact with half as many.
        block_ms = BLOCK_MS if self._kind == "pipe" else 2 * BLOCK_MS
        text = (
            f"audiotestsrc is-live=true wave=silence samplesperbuffer={RATE * block_ms // 1000} ! {FLOAT_CAPS} ! "
            f"audiomixer name=mix latency={MIX_LATENCY_MS * 1_000_000} "
            f"output-buffer-duration={block_ms * 1_000_000} ! "
            f"audioconvert ! {PCM_CAPS} ! {sink_description(self._kind, self._sink)}"
        )
        try:
            pipeline = gst.parse_launch(text)
        except Exception as error:  # noqa: BLE001 - GLib.Error exists only once gi is loaded
            self._why = t("sound-part-missing", why=error)
            return False
        clock = gst.SystemClock.obtain()
        # The system clock is CLOCK_MONOTONIC, so a running time is a monotonic second minus the base time.
        pipeline.use_clock(clock)
        out = pipeline.get_by_name("out")
        if self._kind == "pipe":
            out.connect("new-sample", self._on_sample)
        else:
            out.get_static_pad("sink").add_probe(gst.PadProbeType.BUFFER, self._on_device_buffer)
        mixer = pipeline.get_by_name("mix")
        mixer.get_static_pad("src").add_probe(gst.PadProbeType.BUFFER, self._on_mixed)
        pipeline.set_state(gst.State.PLAYING)
        result, _, _ = pipeline.get_state(5 * gst.SECOND)
        if result != gst.StateChangeReturn.SUCCESS:
            self._why = bus_error(gst, pipeline) or t("sound-device-silent")
            pipeline.set_state(gst.State.NULL)
            return False
        query = gst.Query.new_latency()
        latency = query.parse_latency()[1] if pipeline.query(query) else 0
        with self._lock:
            self._pipeline, self._mixer = pipeline, mixer
            self._mixing = True
            self._base = pipeline.get_base_time() / 1e9
            self._latency = latency / 1e9
            self._why = ""
            self._broken.clear()
        log.info("sound runs, %s, pipeline latency %.0f ms", self._kind, latency / 1e6)
        return True

    def _watch(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            if self._broken.is_set():
                self._tear_down(self._why)
                self._stopping.wait(_RETRY_S[min(failures, len(_RETRY_S) - 1)])
                if self._stopping.is_set():
                    return
                failures = 0 if self._build() else failures + 1
                continue
            self._read_bus()

    def _read_bus(self) -> None:
        gst = self._gst
        kinds = gst.MessageType.ERROR | gst.MessageType.WARNING | gst.MessageType.EOS
        message = self._pipeline.get_bus().timed_pop_filtered(gst.SECOND // 5, kinds)
        if message is None:
            return
        if message.type == gst.MessageType.WARNING:
            log.warning("sound: %s", message.parse_warning()[0].message)
            return
        why = message.parse_error()[0].message if message.type == gst.MessageType.ERROR else t("sound-stream-stopped")
        with self._lock:
            voice = next((voice for voice in self._voices if voice.owns(message.src)), None)
        if voice is not None:
            log.warning("a sound failed: %s", why)
            voice.fail(why)
            return
        if is_of_a_voice(message.src):
            # A decoder that is being cut off complains of its lost mixer; what goes on playing has nothing of that.
            return
        log.error("sound pipeline failed: %s", why)
        self._why = why
        self._broken.set()

    def _tear_down(self, why: str) -> None:
        with self._lock:
            voices, pipeline = list(self._voices), self._pipeline
            self._pipeline = self._mixer = None
        for voice in voices:
            voice.fail(why)
        if pipeline is not None:
            pipeline.set_state(self._gst.State.NULL)
            self._mixing = False
            self._release_leaving()
        for thread in tuple(self._freeing):
            thread.join(_FREE_S)

    def _on_sample(self, sink: Any) -> Any:
        sample = sink.emit("pull-sample")
        if sample is not None and self._writer is not None:
            buffer = sample.get_buffer()
            self._writer.write(buffer.extract_dup(0, buffer.get_size()))
            self._rendered(buffer.pts, buffer.duration, time.monotonic())
        return self._gst.FlowReturn.OK

    def _on_device_buffer(self, _pad: Any, info: Any) -> Any:
        buffer = info.get_buffer()
        # A device sink gets buffers ahead of time and places them by the clock: only lateness is an error.
        on_time = buffer.pts / 1e9 + self._base + self._latency
        self._rendered(buffer.pts, buffer.duration, max(time.monotonic(), on_time))
        return self._gst.PadProbeReturn.OK

    def _rendered(self, pts: int, duration: int, now: float) -> None:
        begin, end = pts / 1e9, (pts + duration) / 1e9
        late = now - (begin + self._base + self._latency)
        for voice in tuple(self._voices):
            voice.rendered(begin, end, late)

    def _over(self, voice: GstVoice) -> None:
        with self._lock, contextlib.suppress(ValueError):
            self._voices.remove(voice)
        # Freeing joins the branch's thread; never from inside the sink's, nor while somebody waits for silence.
        thread = threading.Thread(target=self._free, args=(voice,), name="sound-free", daemon=True)
        self._freeing.add(thread)
        thread.start()

    def _free(self, voice: GstVoice) -> None:
        voice.free(self._release)
        self._freeing.discard(threading.current_thread())

    def _release(self, pad: Any) -> None:
        """Lets the mixer's pad go, between two blocks; returns when it is gone.

        While audiomixer (1.22, 1.26) mixes a pad it holds neither the pad nor the list that it walks: a pad released
        by another thread in that instant is read after it was freed, and the whole agent dies of it.
        """
        gone = threading.Event()
        self._leaving.append((pad, gone))
        while not gone.wait(0.1):
            if not self._mixing:
                self._release_leaving()

    def _on_mixed(self, _pad: Any, _info: Any) -> Any:
        self._release_leaving()  # the mixer's own thread, done with its pads for this block
        return self._gst.PadProbeReturn.OK

    def _release_leaving(self) -> None:
        with contextlib.suppress(IndexError):
            while True:
                pad, gone = self._leaving.popleft()
                mixer = pad.get_parent_element()
                if mixer is not None:
                    mixer.release_request_pad(pad)
                gone.set()
