"""What was heard: finds a sound file in a recorder's recordings, and the time of its first sample."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.village.instruments.recorder import INDEX_ENTRY
from langso.durable.files import read_limited
from langso.words.catalogue import Sentence
from speaker.errors import RecordingRefused
from speaker.sound.sinks import RATE

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Samples = NDArray[numpy.float32]
    Stamps = NDArray[numpy.int64]

BLOCK = RATE // 100
BEYOND = 2 * BLOCK
"""Samples that a sound may go on beyond a recording's end: whoever stops both stops one of them first."""
_MAX_BYTES = 512 << 20


@dataclass(frozen=True)
class Recording:
    """`samples`: float32 mono 48 kHz; `wall_ns`, `monotonic_ns`: int64, one per 480 samples, when it was read."""

    samples: Samples
    wall_ns: Stamps
    monotonic_ns: Stamps


@dataclass(frozen=True)
class FoundSound:
    """Where a medium was found: wall time of its first sample (ns), monotonic likewise, normalised correlation,
    index of the first sample, and the spread (ms) of the stamps that the time was taken from.
    """

    start_ns: int
    start_monotonic_ns: int
    correlation: float
    sample: int
    spread_ms: float


def read_recording(folder: Path) -> Recording:
    """All pairs of a recorder's folder in order of time. Raises RecordingRefused when there is none.

    A pair cut short by a crash counts as far as both its files go.
    """
    import numpy
    import soundfile

    parts: list[Samples] = []
    stamps: list[Stamps] = []
    for flac in sorted(folder.glob("*.flac")):
        index = flac.with_suffix(".stamps")
        try:
            if flac.stat().st_size + index.stat().st_size > _MAX_BYTES:
                raise RecordingRefused(Sentence("village-recording-large", flac=flac))
            samples, rate = soundfile.read(str(flac), dtype="float32")
            raw = read_limited(index, _MAX_BYTES)
        except FileNotFoundError as error:
            raise RecordingRefused(Sentence("village-recording-no-times", flac=flac, name=index.name)) from error
        except soundfile.LibsndfileError:
            continue
        if rate != RATE or samples.ndim != 1:
            raise RecordingRefused(Sentence("village-recording-kind", flac=flac))
        whole = len(raw) // INDEX_ENTRY.size
        pairs = numpy.frombuffer(raw[: whole * INDEX_ENTRY.size], dtype="<i8").reshape(-1, 2).astype(numpy.int64)
        blocks = min(len(pairs), len(samples) // BLOCK)
        parts.append(samples[: blocks * BLOCK])
        stamps.append(pairs[:blocks])
    if not parts:
        raise RecordingRefused(Sentence("village-no-recording", folder=folder))
    joined = numpy.concatenate(stamps)
    return Recording(numpy.concatenate(parts), joined[:, 0], joined[:, 1])


def read_medium(path: Path) -> Samples:
    """A medium (opus, flac, wav, mp3) decoded to float32 mono 48 kHz; other rates are interpolated linearly."""
    import numpy
    import soundfile

    samples, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    mono: Samples = samples.mean(axis=1).astype(numpy.float32)
    if rate == RATE:
        return mono
    at = numpy.arange(int(len(mono) * RATE / rate)) * (rate / RATE)
    stretched: Samples = numpy.interp(at, numpy.arange(len(mono)), mono).astype(numpy.float32)
    return stretched


def locate(
    recording: Recording, media: Samples, *, after_ns: int | None = None, before_ns: int | None = None
) -> FoundSound:
    """The best match of `media` in the recording (optionally only between two wall times).

    FFT cross-correlation divided by the local energy; its last 20 ms may lie beyond the end. Raises RecordingRefused
    when the window is shorter than it.
    """
    import numpy

    first, last = _window(recording, after_ns, before_ns)
    heard: Any = recording.samples[first * BLOCK : last * BLOCK].astype(numpy.float64)
    wanted: Any = media.astype(numpy.float64)
    if len(wanted) == 0 or len(heard) < len(wanted):
        raise RecordingRefused(Sentence("village-recording-short"))
    heard = numpy.pad(heard, (0, BEYOND))
    size = 1 << int(len(heard) + len(wanted) - 1).bit_length()
    product = numpy.fft.rfft(heard, size) * numpy.conj(numpy.fft.rfft(wanted, size))
    cross = numpy.fft.irfft(product, size)[: len(heard) - len(wanted) + 1]
    energy = numpy.concatenate(([0.0], numpy.cumsum(heard**2)))
    local = energy[len(wanted) :] - energy[: len(heard) - len(wanted) + 1]
    # Quiet stretches would turn rounding errors into perfect matches.
    floor = max(float(local.max()), 1e-12) * 1e-4
    score = cross / numpy.sqrt(numpy.maximum(local, floor) * max(float(numpy.sum(wanted**2)), 1e-12))
    best = int(numpy.argmax(score))
    begin, end = first + best // BLOCK, first + (best + len(wanted)) // BLOCK
    place = numpy.arange(begin, max(end, begin + 1), dtype=numpy.int64)
    place = place[place < len(recording.wall_ns)]
    wall, spread = _line(recording.wall_ns, place)
    monotonic, _ = _line(recording.monotonic_ns, place)
    index = first * BLOCK + best
    at = round(index * 1e9 / RATE)
    return FoundSound(wall + at, monotonic + at, float(score[best]), index, spread)


def _window(recording: Recording, after_ns: int | None, before_ns: int | None) -> tuple[int, int]:
    import numpy

    wall = recording.wall_ns
    first = 0 if after_ns is None else int(numpy.searchsorted(wall, after_ns))
    last = len(wall) if before_ns is None else int(numpy.searchsorted(wall, before_ns))
    return first, last


def _line(stamps: Stamps, place: Any) -> tuple[int, float]:
    """Time of sample 0 by the stamps of these blocks: the median shrugs off blocks the reader fetched late.

    The loudspeaker hands a block over when its first sample is due, so a stamp is the time of that sample.
    """
    import numpy

    origin = stamps[place] - place * (10**9 // 100)
    middle = int(numpy.median(origin))
    return middle, float(numpy.percentile(numpy.abs(origin - middle), 90)) / 1e6
