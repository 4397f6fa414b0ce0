"""The pipeline that never stops: silence, a mixer, and the sink. Branches are linked into it and let go again."""

from __future__ import annotations

import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from langso.words.catalogue import t
from speaker.sound.branch import BRANCH, Branch
from speaker.sound.chain import FLOAT_CAPS
from speaker.sound.ears import Played
from speaker.sound.gstreamer import bus_error
from speaker.sound.sink_clock import SinkClock
from speaker.sound.sinks import BLOCK_MS, PCM_CAPS, RATE, PipeWriter, SoundKind, sink_description
from speaker.sound.voice import Block

log = logging.getLogger(__name__)

# How far a sound is decoded ahead of the mixer: at 20 ms a busy processor of a Pi tears holes into what is played.
MIX_LATENCY_MS = 80
_OPEN_S = 5
_STEADY_S = 2.0
UNEVEN_S = 0.6
"""After its opening: a server begins to play after 0.27 s, is put right after 0.37, and holds 0.2 already by then."""
_MOST_BLOCKS = 1000


@dataclass(frozen=True)
class Trouble:
    """An error on the bus: of this branch's, or (None) of what all of them need."""

    branch: Branch | None
    why: str


class Pipeline:
    """Called by the owner of the voices alone, `free` aside. `wake` is called from its threads: there is news, of
    `blocks` (while `heeded`), `released`, or `troubles`. `mixed`: running time up to which it has mixed; `taken_at`:
    monotonic second at which its sink last took something.
    """

    streamed = False

    def __init__(
        self,
        gst: Any,
        kind: SoundKind,
        sink: str,
        writer: PipeWriter | None,
        wake: Callable[[], None],
        played: Played | None = None,
    ) -> None:
        self._gst = gst
        self._kind = kind
        self._sink = sink
        self._writer = writer
        self._wake = wake
        self._played = played
        self._closed = False
        self._leaving: deque[Branch] = deque()
        self.released: deque[Branch] = deque()
        self.blocks: deque[Block] = deque(maxlen=_MOST_BLOCKS)
        self.heeded = False
        self.clock: SinkClock | None = None
        self.mixed = self.taken_at = 0.0
        self._handlers: list[tuple[Any, int]] = []
        self._probes: list[tuple[Any, int]] = []
        self.element: Any = None
        self.mixer: Any = None
        self.base = 0.0
        self.latency = 0.0

    def open(self, *, settle: bool = True) -> str:
        """Lets it play silence; returns why it does not, or "". Clock times: `base` + running time + `latency`.
        `settle`: not before it plays evenly; else what is to be heard at its time is to be `UNEVEN_S` ahead.
        """
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
            self.element = gst.parse_launch(text)
        except Exception as error:  # noqa: BLE001 - GLib.Error exists only once gi is loaded
            return t("sound-part-missing", why=error)
        # The system clock is CLOCK_MONOTONIC, so a running time is a monotonic second minus the base time.
        self.element.use_clock(gst.SystemClock.obtain())
        self.mixer = self.element.get_by_name("mix")
        self._listen()
        self.element.set_state(gst.State.PLAYING)
        result, _, _ = self.element.get_state(_OPEN_S * gst.SECOND)
        if result != gst.StateChangeReturn.SUCCESS:
            return bus_error(gst, self.element) or t("sound-device-silent")
        query = gst.Query.new_latency()
        self.latency = (query.parse_latency()[1] if self.element.query(query) else 0) / 1e9
        self.base = self.element.get_base_time() / 1e9
        if settle:
            self._settle()
        self.taken_at = time.monotonic()
        return ""

    def _settle(self) -> None:
        """Until a card or server plays evenly: what is placed before that is heard whenever it likes."""
        end = time.monotonic() + _STEADY_S
        while not self.even and time.monotonic() < end:
            time.sleep(BLOCK_MS / 1000)

    @property
    def even(self) -> bool:
        """Whether its sink plays at an even speed by now."""
        return self._kind == "pipe" or (self.clock is not None and self.clock.steady)

    def add(self, branch: Branch) -> None:
        """Takes a branch in; it is linked once it has come up and has sound to give."""
        self.element.add(branch.bin)

    def link(self, branch: Branch) -> None:
        """Lets it into the mix."""
        branch.link(self.mixer, time.monotonic() - self.base, lambda: self.mixed)

    def let_go(self, branch: Branch) -> None:
        """Asks the mixer to release the branch's pad; it is in `released` some 10 ms later, unless the sink hangs.

        While audiomixer (1.22, 1.26) mixes a pad it holds neither the pad nor the list that it walks: a pad released
        by another thread in that instant is read after it was freed, and the whole agent dies of it. So its own
        thread does it, between two blocks. The release also wakes a decoder that waits for room in the mixer.
        """
        self._leaving.append(branch)

    def remove(self, branch: Branch) -> None:
        """Takes it out: no state change of the pipeline reaches it any more, and none of its errors the pipeline."""
        branch.bin.set_locked_state(True)
        self.element.remove(branch.bin)

    def close(self, branches: list[Branch]) -> None:
        """It is lost, with these branches in it: out they go, and its sink is heard no more. `free` has to follow."""
        self._closed = True
        self._leaving.clear()
        for branch in branches:
            if branch.pad is not None:
                # The pad itself goes with the mixer.
                branch.end.unlink(branch.pad)
            self.remove(branch)

    def free(self) -> None:
        """Gives the device back. May block as long as its driver does."""
        self.element.set_state(self._gst.State.NULL)
        # What it calls refers to this, and this to it: no collector sees that circle.
        for part, handler in self._handlers:
            part.disconnect(handler)
        for pad, probe in self._probes:
            pad.remove_probe(probe)
        self._handlers, self._probes = [], []
        self.element = self.mixer = self.clock = None

    def troubles(self, branches: list[Branch]) -> Iterator[Trouble]:
        """What the bus has, of these branches or of the pipeline itself. What a branch says that is gone is dropped:
        a decoder that is being cut off complains of its lost mixer, and what goes on playing has nothing of that.
        """
        gst = self._gst
        kinds = gst.MessageType.ERROR | gst.MessageType.WARNING | gst.MessageType.EOS
        while (message := self.element.get_bus().pop_filtered(kinds)) is not None:
            if message.type == gst.MessageType.WARNING:
                log.warning("sound: %s", message.parse_warning()[0].message)
                continue
            ended = message.type == gst.MessageType.EOS
            why = t("sound-stream-stopped") if ended else message.parse_error()[0].message
            around = list(_lineage(message.src))
            branch = next((one for one in branches if any(element is one.bin for element in around)), None)
            gone = self.element not in around or any(element.get_name().startswith(BRANCH) for element in around)
            if branch is not None or not gone:
                yield Trouble(branch, str(why))

    def _listen(self) -> None:
        out = self.element.get_by_name("out")
        if self._kind == "pipe":
            self._handlers.append((out, out.connect("new-sample", self._on_sample)))
        else:
            self._probe(out.get_static_pad("sink"), self._on_device_buffer)
        self._probe(self.mixer.get_static_pad("src"), self._on_mixed)
        bus = self.element.get_bus()
        # Emitted by the thread that complains: it wakes the owner, who reads the bus by himself.
        bus.enable_sync_message_emission()
        for kind in ("error", "eos"):
            self._handlers.append((bus, bus.connect(f"sync-message::{kind}", self._on_trouble)))

    def _probe(self, pad: Any, seen: Callable[[Any, Any], Any]) -> None:
        self._probes.append((pad, pad.add_probe(self._gst.PadProbeType.BUFFER, seen)))

    def _on_trouble(self, _bus: Any, _message: Any) -> None:
        self._wake()

    def _on_sample(self, sink: Any) -> Any:
        sample = sink.emit("pull-sample")
        if sample is not None and self._writer is not None and not self._closed:
            buffer = sample.get_buffer()
            pcm = buffer.extract_dup(0, buffer.get_size())
            self._writer.write(pcm)
            if self._played is not None and self.heeded:
                self._played(time.monotonic(), pcm)
            self._sounded(buffer.pts, buffer.duration, time.monotonic())
        return self._gst.FlowReturn.OK

    def _on_device_buffer(self, _pad: Any, info: Any) -> Any:
        buffer = info.get_buffer()
        if self.clock is None:
            self.clock = SinkClock(self._gst, self.element.get_by_name("out"))
        self.clock.look(idle=not self.heeded)
        # It gets buffers ahead of time and places them by its clock: heard as late as that is, or as they come.
        on_time = buffer.pts / 1e9 + self.base + self.latency
        if self._played is not None and self.heeded:
            self._played(on_time + self.clock.late, buffer.extract_dup(0, buffer.get_size()))
        self._sounded(buffer.pts, buffer.duration, max(time.monotonic(), on_time) + self.clock.late)
        return self._gst.PadProbeReturn.OK

    def _sounded(self, pts: int, duration: int, now: float) -> None:
        self.taken_at = time.monotonic()
        if self.heeded:
            begin, end = pts / 1e9, (pts + duration) / 1e9
            late = now - (begin + self.base + self.latency)
            # A card has it ahead of time; a pipe's block is heard whole as it is taken.
            heard_at = now if self._kind == "pipe" else now + duration / 1e9
            self.blocks.append(Block(begin, end, late, heard_at))

    def _on_mixed(self, _pad: Any, info: Any) -> Any:
        buffer = info.get_buffer()
        self.mixed = (buffer.pts + buffer.duration) / 1e9
        with contextlib.suppress(IndexError):
            while True:
                branch = self._leaving.popleft()
                self.mixer.release_request_pad(branch.pad)
                self.released.append(branch)
                self._wake()
        return self._gst.PadProbeReturn.OK


def _lineage(element: Any) -> Iterator[Any]:
    """An element, the bin it is in, the bin around that ..."""
    while element is not None:
        yield element
        element = element.get_parent()
