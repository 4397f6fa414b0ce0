"""Tones, as those of a `test_sound` order, made here: they need neither the office nor a file in the package."""

from __future__ import annotations

import array
import hashlib
import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from langso.contract import Media, Order
from langso.durable.files import write_atomic
from langso.voices.wav import wav_file
from langso.words.catalogue import t
from speaker.programme.shows import Show
from speaker.programme.sources import files
from speaker.sound.sinks import RATE

TONES_HZ = (523.25, 659.25, 783.99)
TONE_MS = 500


def make_test_sound(folder: Path) -> Media:
    """Three rising tones as a WAV in the library's folder, by hash like all else there."""
    return make_tones(folder, TONES_HZ, TONE_MS)


def make_tones(folder: Path, tones_hz: Sequence[float], tone_ms: int) -> Media:
    """Tones of `tone_ms` each, one after another, as a WAV in `folder` by its hash. Raises FileRefused."""
    samples = array.array("h")
    count = RATE * tone_ms // 1000
    for tone in tones_hz:
        for index in range(count):
            fade = min(1.0, index / 960, (count - index) / 960)
            samples.append(int(9000 * fade * math.sin(2 * math.pi * tone * index / RATE)))
    raw = wav_file(samples, RATE)
    sha256 = hashlib.sha256(raw).hexdigest()
    if not (folder / sha256).exists():
        write_atomic(folder / sha256, raw)
    return Media(sha256=sha256, size=len(raw), duration_ms=tone_ms * len(tones_hz), codec="wav")


def sound_test_show(order: Order, id: str, medium: Media, now: datetime, expires: datetime) -> Show:
    """The order as a show, which waits until nothing else plays."""
    return Show(
        id=id,
        title=t("sound-test-title"),
        issuer=order.issuer,
        broadcast_class="normal",
        start=now,
        sources=files((medium,)),
        urgent=True,
        expires=expires,
        kind=order.kind,
        epoch=order.epoch,
        exercise=True,
    )
