"""Plays sounds at exact times through one GStreamer pipeline that never stops: silence, a mixer, and the sink."""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from langso.health import Check
from speaker.errors import SoundFault
from speaker.gstreamer import bus_error, load_gstreamer, make_element
from speaker.sinks import BLOCK_MS, PCM_CAPS, RATE, PipeWriter, SoundKind, sink_description
from speaker.sounds import Sound, VoiceState

log = logging.getLogger(__name__)

# How far a sound is decoded ahead of the mixer: at 20 ms a busy processor of a Pi tears holes into what is played.
MIX_LATENCY_MS = 80
START_MARGIN_S = 0.15
FADE_STEPS = 3
_ANY_JUMP_NS = 1 << 60
_RETRY_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_BRANCH = "sound-branch-"
_numbers = itertools.count(1)
_FLOAT_CAPS = f"audio/x-raw,format=F32LE,layout=interleaved,rate={RATE},channels=1"
_DECODERS: dict[str, tuple[str, ...]] = {
    # Named chains, not decodebin: a medium is only ever read by the decoder of the codec the plan signed.
    "opus": ("oggdemux", "opusdec"),
    "flac": ("flacparse", "flacdec"),
    "wav": ("wavparse",),
    "mp3": ("mpegaudioparse", "mpg123audiodec"),
}


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
        self._voices: list[_GstVoice] = []
        self._pipeline: Any = None
        self._mixer: Any = None
        self._base = 0.0
        self._latency = 0.0
        self._why = "chưa chạy"
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
        self._tear_down("dừng")
        if self._writer is not None:
            self._writer.close()

    @property
    def running(self) -> bool:
        """Whether the pipeline plays (silence at least)."""
        return self._pipeline is not None and not self._broken.is_set()

    def soonest(self) -> float:
        """Monotonic second from which a new sound starts unclipped."""
        return time.monotonic() + self._latency + START_MARGIN_S

    def play(self, sound: Sound, at: float) -> _GstVoice:
        """Adds a branch that is heard from `at` on. Raises SoundFault when no sound device runs."""
        with self._lock:
            if not self.running:
                raise SoundFault(f"Loa chưa phát được ({self._why}); hãy kiểm tra dây và thiết bị âm thanh.")
            offset = at - self._base - self._latency + self._calibration
            voice = _GstVoice(self, sound, at, offset)
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
                f"Không phát được âm thanh: {self._why}.",
                "Kiểm tra dây, thiết bị âm thanh và mục speaker.sink.",
            )
        if self._writer is not None and not self._writer.connected:
            return Check.warning("sound", "Chưa có ai nghe ống âm thanh.", "Chạy langso speaker record.")
        return Check.good("sound", "Âm thanh chạy tốt.")

    def _build(self) -> bool:
        gst = self._gst
        # Blocks of 10 ms are for the recorder's stamps; a sound card is as exact with half as many.
        block_ms = BLOCK_MS if self._kind == "pipe" else 2 * BLOCK_MS
        text = (
            f"audiotestsrc is-live=true wave=silence samplesperbuffer={RATE * block_ms // 1000} ! {_FLOAT_CAPS} ! "
            f"audiomixer name=mix latency={MIX_LATENCY_MS * 1_000_000} "
            f"output-buffer-duration={block_ms * 1_000_000} ! "
            f"audioconvert ! {PCM_CAPS} ! {sink_description(self._kind, self._sink)}"
        )
        try:
            pipeline = gst.parse_launch(text)
        except Exception as error:  # noqa: BLE001 - GLib.Error exists only once gi is loaded
            self._why = f"thiếu thành phần GStreamer ({error})"
            return False
        clock = gst.SystemClock.obtain()
        # The system clock is CLOCK_MONOTONIC, so a running time is a monotonic second minus the base time.
        pipeline.use_clock(clock)
        out = pipeline.get_by_name("out")
        if self._kind == "pipe":
            out.connect("new-sample", self._on_sample)
        else:
            out.get_static_pad("sink").add_probe(gst.PadProbeType.BUFFER, self._on_device_buffer)
        pipeline.set_state(gst.State.PLAYING)
        result, _, _ = pipeline.get_state(5 * gst.SECOND)
        if result != gst.StateChangeReturn.SUCCESS:
            self._why = bus_error(gst, pipeline) or "thiết bị âm thanh không trả lời"
            pipeline.set_state(gst.State.NULL)
            return False
        query = gst.Query.new_latency()
        latency = query.parse_latency()[1] if pipeline.query(query) else 0
        with self._lock:
            self._pipeline, self._mixer = pipeline, pipeline.get_by_name("mix")
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
        why = message.parse_error()[0].message if message.type == gst.MessageType.ERROR else "luồng âm thanh dừng"
        with self._lock:
            voice = next((voice for voice in self._voices if voice.owns(message.src)), None)
        if voice is not None:
            log.warning("a sound failed: %s", why)
            voice.fail(why)
            return
        if any(one.get_name().startswith(_BRANCH) for one in _lineage(message.src)):
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

    def _forget(self, voice: _GstVoice) -> None:
        with self._lock, contextlib.suppress(ValueError):
            self._voices.remove(voice)


class _GstVoice:
    """A branch of the pipeline: source, decoder, converter, mixer pad whose offset is the start."""

    def __init__(self, player: GstPlayer, sound: Sound, at: float, offset: float) -> None:
        self._player = player
        self._gst = player._gst
        self._sound = sound
        self._at = at
        self._offset = offset
        self._state: VoiceState = "waiting"
        self._why = ""
        self._error_ms: float | None = None
        self._clipped = 0.0
        self._pushed = 0.0
        self._over = False
        self._ended_at: float | None = None
        self._lock = threading.Lock()
        self._bin: Any = None
        self._pad: Any = None

    @property
    def state(self) -> VoiceState:
        """Where it is in its life; `done` once its last sample has been mixed."""
        return self._state

    @property
    def error_ms(self) -> float | None:
        """First sample handed to the sink minus planned, in ms, by the pipeline's clock."""
        return self._error_ms

    @property
    def why(self) -> str:
        """Why it failed; empty otherwise."""
        return self._why

    def heard_ms(self, now: float) -> int:
        """Sound heard so far; never more than was decoded."""
        until = now if self._ended_at is None else min(now, self._ended_at)
        return max(0, int(min(until - self._at, self._pushed - self._sound.from_ms / 1000) * 1000))

    def attach(self, pipeline: Any, mixer: Any) -> None:
        """Builds the branch and lets it decode up to the mixer."""
        gst = self._gst
        self._bin = gst.Bin.new(f"{_BRANCH}{next(_numbers)}")
        last = self._stream_chain() if self._sound.stream else self._file_chain()
        ghost = gst.GhostPad.new("src", last.get_static_pad("src"))
        self._bin.add_pad(ghost)
        pipeline.add(self._bin)
        self._pad = mixer.request_pad_simple("sink_%u")
        self._pad.set_property("volume", max(0, min(100, self._sound.volume)) / 100)
        self._pad.set_offset(int((self._offset - self._sound.from_ms / 1000) * 1e9))
        ghost.add_probe(gst.PadProbeType.BUFFER | gst.PadProbeType.EVENT_DOWNSTREAM, self._on_data)
        ghost.link(self._pad)
        self._bin.sync_state_with_parent()

    def owns(self, element: Any) -> bool:
        """Whether a bus message of this element is about this voice."""
        return any(one is self._bin for one in _lineage(element))

    def rendered(self, begin: float, end: float, late: float) -> None:
        """The sink took the block [begin, end) seconds of running time, `late` seconds after its time."""
        if self._state == "waiting" and begin <= self._offset < end:
            self._error_ms = round((late + self._clipped) * 1000, 3)
            self._state = "playing"
        elif self._state == "waiting" and begin > self._offset:
            self._error_ms = round((begin - self._offset + late) * 1000, 3)
            self._state = "playing"
        limit = self._sound.duration_ms
        played = end - self._offset + self._sound.from_ms / 1000
        if self._state == "playing" and (
            (self._over and played >= self._pushed) or (limit is not None and played > limit / 1000 + 0.25)
        ):
            self._ended_at = time.monotonic()
            self._state = "done"
            # Freeing joins the branch's thread; never from inside the sink's.
            threading.Thread(target=self._detach, name="sound-free", daemon=True).start()

    def cut(self) -> None:
        """Fades over 30 ms and frees the branch."""
        if self._state not in ("waiting", "playing"):
            return
        if self._state == "playing":
            with contextlib.suppress(AttributeError):
                volume = self._pad.get_property("volume")
                for step in range(1, FADE_STEPS + 1):
                    self._pad.set_property("volume", volume * (1 - step / FADE_STEPS))
                    time.sleep(0.01)
        self._ended_at = time.monotonic()
        self._state = "cut"
        self._detach()

    def fail(self, why: str) -> None:
        """The branch cannot go on."""
        if self._state in ("waiting", "playing"):
            self._why, self._ended_at, self._state = why, time.monotonic(), "failed"
        self._detach()

    def _on_data(self, _pad: Any, info: Any) -> Any:
        gst = self._gst
        if info.type & gst.PadProbeType.EVENT_DOWNSTREAM:
            self._over = self._over or info.get_event().type == gst.EventType.EOS
            return gst.PadProbeReturn.OK
        buffer = info.get_buffer()
        end = (buffer.pts + buffer.duration) / 1e9
        first = self._pushed <= self._sound.from_ms / 1000 < end
        self._pushed = max(self._pushed, end)
        if end <= self._sound.from_ms / 1000:
            return gst.PadProbeReturn.DROP
        if first:
            due = self._at + self._player._calibration - self._player._latency + MIX_LATENCY_MS / 1000
            self._clipped = max(0.0, time.monotonic() - due)
        return gst.PadProbeReturn.OK

    def _file_chain(self) -> Any:
        if self._sound.path is None or self._sound.codec not in _DECODERS:
            raise SoundFault(f"Không có bộ giải mã cho âm thanh loại {self._sound.codec or '?'}; hãy xuất lại tệp.")
        source = make_element(self._gst, "filesrc", location=str(self._sound.path))
        reader, *decoders = (make_element(self._gst, name) for name in _DECODERS[self._sound.codec])
        # A file's stamps may jump (a lost page, an encoder's slip), go back or begin late. Its samples are heard one
        # after another all the same, first to last, so that a millisecond of the file is a millisecond of sound.
        unbounded = make_element(self._gst, "identity", single_segment=True)
        counted = make_element(self._gst, "audiorate", tolerance=_ANY_JUMP_NS)
        return self._chain([source, reader, unbounded, *decoders, counted])

    def _stream_chain(self) -> Any:
        if not (self._sound.stream or "").startswith(("http://", "https://")):
            raise SoundFault("Chỉ tiếp âm được luồng http hoặc https; hãy sửa địa chỉ luồng.")
        return self._chain([make_element(self._gst, "uridecodebin", uri=self._sound.stream)])

    def _chain(self, head: list[Any]) -> Any:
        caps = self._gst.Caps.from_string(_FLOAT_CAPS)
        tail = [make_element(self._gst, name) for name in ("audioconvert", "audioresample")]
        elements = [*head, *tail, make_element(self._gst, "capsfilter", caps=caps)]
        for element in elements:
            self._bin.add(element)
        for left, right in itertools.pairwise(elements):
            if left.get_factory().get_name() in ("oggdemux", "uridecodebin"):
                left.connect("pad-added", _link_first, right)
            elif not left.link(right):
                raise SoundFault("Không nối được bộ giải mã âm thanh; hãy cài lại GStreamer.")
        return elements[-1]

    def _detach(self) -> None:
        with self._lock:
            branch, pad = self._bin, self._pad
            self._bin = self._pad = None
        self._player._forget(self)
        if branch is None:
            return
        # The mixer's pad first: its release wakes a decoder that is blocked on a full mixer.
        if pad is not None:
            mixer = pad.get_parent_element()
            if mixer is not None:
                mixer.release_request_pad(pad)
        # Locked, so that a pipeline that is torn down meanwhile cannot wake it again.
        branch.set_locked_state(True)
        branch.set_state(self._gst.State.NULL)
        parent = branch.get_parent()
        if parent is not None:
            parent.remove(branch)


def _lineage(element: Any) -> Iterator[Any]:
    """An element, the bin it is in, the bin around that ..."""
    while element is not None:
        yield element
        element = element.get_parent()


def _link_first(_element: Any, pad: Any, target: Any) -> None:
    sink = target.get_static_pad("sink")
    if not sink.is_linked():
        pad.link(sink)
