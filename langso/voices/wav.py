"""Samples as a WAV file, the same bytes on every machine."""

from __future__ import annotations

import io
import wave
from array import array


def wav_file(samples: array[int], rate: int) -> bytes:
    """Mono, 16 bit, with the shortest header (44 bytes)."""
    assert samples.itemsize == 2
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(samples.itemsize)
        writer.setframerate(rate)
        # `wave` turns the bytes where a machine has the other order.
        writer.writeframes(samples.tobytes())
    return file.getvalue()
