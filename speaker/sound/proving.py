"""A program that decodes one sound file to its end and says what is in it: `python -m speaker.sound.proving`.

In a process of its own, the last in the queue for the processor: a decoder that dies of a file, or never ends, is
nobody's but its own.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from speaker.errors import SoundFault
from speaker.sound.chain import first_loud, make_chain
from speaker.sound.gstreamer import bus_error, load_gstreamer, make_element
from speaker.sound.sinks import RATE
from speaker.sound.sounds import SoundFile

SAMPLE_BYTES = 4
_WAIT_S = 10


def decode(file: Path, codec: str) -> dict[str, Any]:
    """`ms` of sound in it, `loud_ms`: where the first that can be heard is (None: nowhere), `why` it broke off or "".

    Raises SoundFault where the machine itself cannot decode.
    """
    gst = load_gstreamer()
    pipeline = gst.Pipeline.new("proof")
    _, last = make_chain(gst, pipeline, SoundFile(file, codec))
    sink = make_element(gst, "appsink", sync=False, max_buffers=20)
    pipeline.add(sink)
    last.link(sink)
    pipeline.set_state(gst.State.PLAYING)
    samples, loud, why = 0, None, ""
    try:
        while not why:
            sample = sink.emit("try-pull-sample", _WAIT_S * gst.SECOND)
            if sample is None:
                why = bus_error(gst, pipeline)
                break
            buffer = sample.get_buffer()
            if loud is None and (at := first_loud(buffer, 0.0, 100)) is not None:
                loud = samples / RATE + at
            samples += buffer.get_size() // SAMPLE_BYTES
    finally:
        pipeline.set_state(gst.State.NULL)
    ms = samples * 1000 // RATE
    return {"ms": ms, "loud_ms": None if loud is None else int(loud * 1000), "why": why}


def main(file: str, codec: str, processor_s: str) -> None:
    """Says it as one line of JSON; ends with 3 where this machine cannot decode at all."""
    os.nice(19)
    resource.setrlimit(resource.RLIMIT_CPU, (int(processor_s), int(processor_s) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = decode(Path(file), codec)
    except SoundFault:
        raise SystemExit(3) from None
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
