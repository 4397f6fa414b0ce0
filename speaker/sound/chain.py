"""The chain from a file or a stream to even samples: the same for what is played and for what is proven ahead."""

from __future__ import annotations

import itertools
from typing import Any

from langso.words.catalogue import Sentence
from speaker.errors import SoundFault
from speaker.sound.gstreamer import make_element
from speaker.sound.sinks import RATE
from speaker.sound.sounds import Sound, SoundFile, SoundStream

FLOAT_CAPS = f"audio/x-raw,format=F32LE,layout=interleaved,rate={RATE},channels=1"
AUDIBLE = 0.001
"""60 dB below full: a sample as loud as that is sound, what is softer is an encoder's silence."""
STREAM_TIMEOUT_S = 8
"""A station that says nothing for so long is called anew."""
_ANY_JUMP_NS = 1 << 60
_DECODERS: dict[str, tuple[str, ...]] = {
    # Named chains, not decodebin: a medium is only ever read by the decoder of the codec the plan signed.
    "opus": ("oggdemux", "opusdec"),
    "flac": ("flacparse", "flacdec"),
    "wav": ("wavparse",),
    "mp3": ("mpegaudioparse", "mpg123audiodec"),
}
_TAGGED = {"mp3": "id3demux"}
"""What goes before them is taken off: a cover's bytes look like the beginnings of frames, and are played as such."""


def refuse_unplayable(sound: Sound) -> None:
    """Raises SoundFault where no decoder is named for it, or where a stream is none of the web's."""
    if isinstance(sound, SoundStream):
        if not sound.url.startswith(("http://", "https://")):
            raise SoundFault(Sentence("sound-relay-address"))
    elif sound.codec not in _DECODERS:
        raise SoundFault(Sentence("sound-no-decoder", codec=sound.codec or "?"))


def first_loud(buffer: Any, skip: float, volume: int) -> float | None:
    """Seconds from the buffer's begin to its first sample that can be heard at this volume, `skip` left out."""
    samples = memoryview(buffer.extract_dup(0, buffer.get_size())).cast("f")[int(skip * RATE) :]
    if not samples or max(max(samples), -min(samples)) * volume / 100 < AUDIBLE:
        return None
    number = next(at for at, sample in enumerate(samples) if abs(sample) * volume / 100 >= AUDIBLE)
    return skip + number / RATE


def make_chain(gst: Any, container: Any, sound: Sound) -> tuple[Any, Any]:
    """Puts the linked chain into a bin; returns its converter, before which samples are as they were decoded, and its
    last element. Raises SoundFault.
    """
    refuse_unplayable(sound)
    # A further kind of source (live sound) joins here; what follows is the same for all.
    head = _read_stream(gst, sound) if isinstance(sound, SoundStream) else _read_file(gst, sound)
    tail = [make_element(gst, name) for name in ("audioconvert", "audioresample")]
    elements = [*head, *tail, make_element(gst, "capsfilter", caps=gst.Caps.from_string(FLOAT_CAPS))]
    for element in elements:
        container.add(element)
    for left, right in itertools.pairwise(elements):
        if left.get_static_pad("src") is None:
            left.connect("pad-added", _link_first, right)
        elif not left.link(right):
            raise SoundFault(Sentence("sound-decoder-not-linked"))
    return tail[0], elements[-1]


def _read_stream(gst: Any, sound: SoundStream) -> list[Any]:
    reader = make_element(gst, "uridecodebin", uri=sound.url)
    reader.connect("source-setup", _stay_there)
    return [reader]


def _read_file(gst: Any, sound: SoundFile) -> list[Any]:
    source = make_element(gst, "filesrc", location=str(sound.path))
    reader, *decoders = (make_element(gst, name) for name in _DECODERS[sound.codec])
    # A file's stamps may jump (a lost page, an encoder's slip), go back or begin late. Its samples are heard one
    # after another all the same, first to last, so that a millisecond of the file is a millisecond of sound.
    unbounded = make_element(gst, "identity", single_segment=True)
    counted = make_element(gst, "audiorate", tolerance=_ANY_JUMP_NS)
    tags = [make_element(gst, _TAGGED[sound.codec])] if sound.codec in _TAGGED else []
    return [source, *tags, reader, unbounded, *decoders, counted]


def _stay_there(_reader: Any, source: Any) -> None:
    """A host that is allowed must not hand the loudspeaker on to one that is not, nor be waited for without end."""
    for name, value in (("automatic-redirect", False), ("timeout", STREAM_TIMEOUT_S)):
        if source.find_property(name) is not None:
            source.set_property(name, value)


def _link_first(_element: Any, pad: Any, target: Any) -> None:
    sink = target.get_static_pad("sink")
    if not sink.is_linked():
        pad.link(sink)
