"""One sound that plays: a branch of the player's pipeline, whose mixer pad's offset is the start."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from langso.words.catalogue import Sentence
from speaker.errors import SoundFault
from speaker.sound.gstreamer import make_element
from speaker.sound.sinks import RATE
from speaker.sound.sounds import Sound, SoundFile, SoundStream, VoiceState

# How far a sound is decoded ahead of the mixer: at 20 ms a busy processor of a Pi tears holes into what is played.
MIX_LATENCY_MS = 80
FADE_STEPS = 3
FLOAT_CAPS = f"audio/x-raw,format=F32LE,layout=interleaved,rate={RATE},channels=1"
_ANY_JUMP_NS = 1 << 60
_BRANCH = "sound-branch-"
_numbers = itertools.count(1)
_DECODERS: dict[str, tuple[str, ...]] = {
    # Named chains, not decodebin: a medium is only ever read by the decoder of the codec the plan signed.
    "opus": ("oggdemux", "opusdec"),
    "flac": ("flacparse", "flacdec"),
    "wav": ("wavparse",),
    "mp3": ("mpegaudioparse", "mpg123audiodec"),
}


class GstVoice:
    """A branch of the pipeline: source, decoder, converter, mixer pad whose offset is the start.

    `at`: monotonic second it is heard from; `offset`: the same as running time of the pipeline, in seconds; `due`:
    monotonic second by which its first sample has to be decoded. `over` is called once, when it has ended.
    """

    def __init__(
        self, gst: Any, sound: Sound, at: float, offset: float, due: float, over: Callable[[GstVoice], None]
    ) -> None:
        self._gst = gst
        self._sound = sound
        self._at = at
        self._offset = offset
        self._due = due
        self._on_over = over
        self._state: VoiceState = "waiting"
        self._why = ""
        self._error_ms: float | None = None
        self._clipped = 0.0
        self._pushed = 0.0
        self._decoded = False
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
        sound = self._sound
        last = self._stream_chain(sound) if isinstance(sound, SoundStream) else self._file_chain(sound)
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
            (self._decoded and played >= self._pushed) or (limit is not None and played > limit / 1000 + 0.25)
        ):
            self._end("done")

    def cut(self) -> None:
        """Fades over 30 ms and ends it."""
        with contextlib.suppress(AttributeError):  # freed meanwhile
            volume = self._pad.get_property("volume")
            for step in range(1, FADE_STEPS + 1):
                self._pad.set_property("volume", volume * (1 - step / FADE_STEPS))
                if self._state == "playing":
                    time.sleep(0.01)
        self._end("cut")

    def fail(self, why: str) -> None:
        """The branch cannot go on."""
        self._end("failed", why)

    def free(self, release: Callable[[Any], None]) -> None:
        """Takes the branch out of its pipeline; `release` lets go the mixer's pad. Joins the branch's thread."""
        with self._lock:
            branch, pad = self._bin, self._pad
            self._bin = self._pad = None
        # The mixer's pad first: its release wakes a decoder that is blocked on a full mixer.
        if pad is not None:
            release(pad)
        if branch is None:
            return
        # Locked, so that a pipeline that is torn down meanwhile cannot wake it again.
        branch.set_locked_state(True)
        branch.set_state(self._gst.State.NULL)
        parent = branch.get_parent()
        if parent is not None:
            parent.remove(branch)

    def _end(self, state: VoiceState, why: str = "") -> None:
        with self._lock:
            if self._state not in ("waiting", "playing"):
                return
            self._why, self._ended_at, self._state = why, time.monotonic(), state
        self._on_over(self)

    def _on_data(self, _pad: Any, info: Any) -> Any:
        gst = self._gst
        if info.type & gst.PadProbeType.EVENT_DOWNSTREAM:
            self._decoded = self._decoded or info.get_event().type == gst.EventType.EOS
            return gst.PadProbeReturn.OK
        buffer = info.get_buffer()
        end = (buffer.pts + buffer.duration) / 1e9
        first = self._pushed <= self._sound.from_ms / 1000 < end
        self._pushed = max(self._pushed, end)
        if end <= self._sound.from_ms / 1000:
            return gst.PadProbeReturn.DROP
        if first:
            self._clipped = max(0.0, time.monotonic() - self._due)
        return gst.PadProbeReturn.OK

    def _file_chain(self, sound: SoundFile) -> Any:
        if sound.codec not in _DECODERS:
            raise SoundFault(Sentence("sound-no-decoder", codec=sound.codec or "?"))
        source = make_element(self._gst, "filesrc", location=str(sound.path))
        reader, *decoders = (make_element(self._gst, name) for name in _DECODERS[sound.codec])
        # A file's stamps may jump (a lost page, an encoder's slip), go back or begin late. Its samples are heard one
        # after another all the same, first to last, so that a millisecond of the file is a millisecond of sound.
        unbounded = make_element(self._gst, "identity", single_segment=True)
        counted = make_element(self._gst, "audiorate", tolerance=_ANY_JUMP_NS)
        return self._chain([source, reader, unbounded, *decoders, counted])

    def _stream_chain(self, sound: SoundStream) -> Any:
        if not sound.url.startswith(("http://", "https://")):
            raise SoundFault(Sentence("sound-relay-address"))
        return self._chain([make_element(self._gst, "uridecodebin", uri=sound.url)])

    def _chain(self, head: list[Any]) -> Any:
        caps = self._gst.Caps.from_string(FLOAT_CAPS)
        tail = [make_element(self._gst, name) for name in ("audioconvert", "audioresample")]
        elements = [*head, *tail, make_element(self._gst, "capsfilter", caps=caps)]
        for element in elements:
            self._bin.add(element)
        for left, right in itertools.pairwise(elements):
            if left.get_factory().get_name() in ("oggdemux", "uridecodebin"):
                left.connect("pad-added", _link_first, right)
            elif not left.link(right):
                raise SoundFault(Sentence("sound-decoder-not-linked"))
        return elements[-1]


def is_of_a_voice(element: Any) -> bool:
    """Whether this element is, or is inside, the branch of some voice, a freed one too."""
    return any(one.get_name().startswith(_BRANCH) for one in _lineage(element))


def _lineage(element: Any) -> Iterator[Any]:
    """An element, the bin it is in, the bin around that ..."""
    while element is not None:
        yield element
        element = element.get_parent()


def _link_first(_element: Any, pad: Any, target: Any) -> None:
    sink = target.get_static_pad("sink")
    if not sink.is_linked():
        pad.link(sink)
