"""A branch of the player's pipeline: source, decoder, converter, and the mixer's pad whose offset is the start."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from speaker.sound.chain import first_loud, make_chain
from speaker.sound.sounds import SoundStream
from speaker.sound.voice import Decoded, GstVoice, Stretch

REJOIN_S = 0.5
"""How far ahead a stream that had stalled is put: what it holds back then is heard in one stretch."""
SOON_S = 0.025
"""How far ahead of the mixer one is put that is to be heard at once: the block that it mixes, and what converts."""
BRANCH = "sound-branch-"
_numbers = itertools.count(1)


class Branch:
    """Built and linked by the owner of the voices, who alone calls it; two state changes are made aside, by one
    thread each, since both may block: `come_up` (a card that does not answer) and `free` (a socket that is dead).

    `offset`: running time of the pipeline in seconds at which it is heard. `ready` is called in the branch's thread,
    which then waits for `link`: there is sound, or its end. Raises SoundFault where a part of GStreamer is missing.
    """

    def __init__(self, gst: Any, voice: GstVoice, offset: float, ready: Callable[[Branch], None]) -> None:
        self._gst = gst
        self.voice = voice
        self.offset = offset
        self.moved = 0.0
        self._ready = ready
        self._mixed: Callable[[], float] = float
        self.bin: Any = gst.Bin.new(f"{BRANCH}{next(_numbers)}")
        # A relay that never connects must not make a waiting pipeline of the whole one.
        self.bin.set_property("async-handling", True)
        converter, last = make_chain(gst, self.bin, voice.sound)
        self._gate: Any = converter.get_static_pad("sink")
        self.end: Any = gst.GhostPad.new("src", last.get_static_pad("src"))
        self.bin.add_pad(self.end)
        kinds = gst.PadProbeType.BUFFER | gst.PadProbeType.EVENT_DOWNSTREAM
        self._data = self.end.add_probe(kinds, self._on_data)
        self._first = self._gate.add_probe(gst.PadProbeType.BLOCK | kinds, self._on_first)
        self.pad: Any = None

    @property
    def streamed(self) -> bool:
        """Whether somebody else's server feeds it."""
        return isinstance(self.voice.sound, SoundStream)

    def link(self, mixer: Any, running: float, mixed: Callable[[], float]) -> None:
        """To a pad of its own at the mixer; its bin is in the pipeline already. `running`: running time now; `mixed`:
        up to which running time the mixer has mixed.

        Not before there is sound: a mixer with a pad that cannot tell its latency yet, as a relay's that has not
        connected, waits for it for ever once another one comes, and nothing is heard any more (audiomixer 1.22).
        """
        if self.streamed and running > self.offset:
            # What it sends now is what it sends now: later than hoped, but all of it.
            self.moved, self.offset = self.moved + running - self.offset, running
        self._mixed = mixed
        if self.voice.soon_from is not None:
            self._place_soon(max(running, mixed()) + SOON_S)
        self.pad = mixer.request_pad_simple("sink_%u")
        self.pad.set_offset(int((self.offset - self.voice.sound.from_ms / 1000) * 1e9))
        self.turn_down(0.0)
        self.end.link(self.pad)
        self._gate.remove_probe(self._first)
        self._first = 0

    def _place_soon(self, possible: float) -> None:
        """At the first running time at which all of it can be heard, or as soon as it may be."""
        voice = self.voice
        allowed = self.offset - (voice.at - (voice.soon_from or 0.0))
        moved = max(possible, allowed) - self.offset
        self.offset += moved
        voice.at += moved
        voice.placed = voice.at

    def turn_down(self, share: float) -> None:
        """Its volume less this share of it (0: as ordered, 1: silent)."""
        self.pad.set_property("volume", max(0, min(100, self.voice.sound.volume)) / 100 * (1 - share))

    def come_up(self) -> None:
        """Lets it decode up to the mixer. Blocks as long as its source does to open."""
        self.bin.set_state(self._gst.State.PLAYING)

    def free(self) -> None:
        """Joins its threads and gives back what it holds, once it is out of the pipeline. May block for ever."""
        self.bin.set_state(self._gst.State.NULL)
        # The probe refers to the branch and the branch to the bin: no collector sees that circle.
        self.end.remove_probe(self._data)
        if self._first:
            self._gate.remove_probe(self._first)
        self.bin = self.end = self.pad = self._gate = None

    def _on_first(self, _pad: Any, info: Any) -> Any:
        """In the branch's own thread, until it is linked: holds the first sample that is to be heard.

        It does so before what converts it, which asks the mixer for memory once it is linked: asked after the first
        block, the mixer answers when it has played that, and the second comes too late.
        """
        gst = self._gst
        if info.type & gst.PadProbeType.EVENT_DOWNSTREAM:
            if info.get_event().type != gst.EventType.EOS:
                return gst.PadProbeReturn.PASS
        elif self._skipped(info.get_buffer()):
            return gst.PadProbeReturn.DROP
        self._ready(self)
        return gst.PadProbeReturn.OK

    def _skipped(self, buffer: Any) -> bool:
        return bool((buffer.pts + buffer.duration) / 1e9 <= self.voice.sound.from_ms / 1000)

    def _on_data(self, _pad: Any, info: Any) -> Any:
        """In the branch's own thread."""
        gst, known = self._gst, self.voice.decoded
        if info.type & gst.PadProbeType.EVENT_DOWNSTREAM:
            if info.get_event().type == gst.EventType.EOS:
                self.voice.decoded = Decoded(known.until, whole=True)
            return gst.PadProbeReturn.OK
        buffer = info.get_buffer()
        begin, end = buffer.pts / 1e9, (buffer.pts + buffer.duration) / 1e9
        self.voice.decoded = Decoded(max(known.until, end), known.whole)
        return gst.PadProbeReturn.OK if self._given(buffer, begin, end) else gst.PadProbeReturn.DROP

    def _given(self, buffer: Any, begin: float, end: float) -> bool:
        """Notes what of these samples comes in time to be heard; False where a stream's came too late altogether."""
        voice, from_s = self.voice, self.voice.sound.from_ms / 1000
        to_running, mixed = self.offset - from_s, self._mixed()
        place = max(begin, from_s, mixed - to_running)
        if place >= end:
            if self.streamed and end > from_s:
                # It had stalled. What it sends from now on is heard from now on, not dropped as late for ever.
                shift = mixed + REJOIN_S - (to_running + end)
                self.moved, self.offset = self.moved + shift, self.offset + shift
                self.end.set_offset(self.end.get_offset() + int(shift * 1e9))
                return False
            return True
        if voice.loud_from is None:
            at = first_loud(buffer, place - begin, voice.sound.volume)
            voice.loud_from = None if at is None else to_running + begin + at
        voice.stretches.append(Stretch(to_running + place, to_running + end, place))
        return True
