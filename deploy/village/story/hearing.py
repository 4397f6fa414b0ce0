"""What the recorders heard: sounds found in the recordings, with the time of the first sample."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.village.running import Village
from deploy.village.story.report import not_seen
from langso.words.catalogue import Sentence

if TYPE_CHECKING:
    from deploy.village.instruments.listening import Recording

AROUND_S = 3.0
AUDIBLE = 0.002


@dataclass(frozen=True)
class Heard:
    """One medium found on one loudspeaker. `start_s`: wall time of its first sample, by the recorder's stamps.

    `flac` and `stamps`: the stretch of the recording around it, and its blocks' stamps as the recorder writes them.
    """

    device: str
    start_s: float
    correlation: float
    spread_ms: float
    flac: bytes
    stamps: bytes


@dataclass
class StartErrors:
    """Raw start errors (ms) of all scheduled plays, by device; the constant part is the sound path's own delay."""

    by_play: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, play: str, device: str, error_ms: float) -> None:
        """Keep one."""
        self.by_play.setdefault(play, {})[device] = error_ms

    @property
    def constant_ms(self) -> float:
        """The delay common to all plays (median)."""
        every = sorted(error for devices in self.by_play.values() for error in devices.values())
        return every[len(every) // 2] if every else 0.0

    @property
    def worst_from_plan_ms(self) -> float:
        """Largest distance from the plan, the constant removed."""
        constant = self.constant_ms
        return max((abs(e - constant) for devices in self.by_play.values() for e in devices.values()), default=0.0)

    @property
    def worst_apart_ms(self) -> float:
        """Largest distance between two loudspeakers in one play."""
        return max((max(d.values()) - min(d.values()) for d in self.by_play.values() if d), default=0.0)


def listen(village: Village, device: str, media: Path, around_s: float, margin_s: float = 12.0) -> Heard:
    """Find `media` in what `device` said around a wall time. The recorder is stopped so that its files are whole, and
    started again.
    """
    from deploy.village.instruments.listening import locate, read_medium, read_recording

    with _recorder_still(village, device):
        samples = read_medium(media)
        recording = read_recording(village.ground.home(device).recording)
        length = len(samples) / 48000
        found = locate(
            recording,
            samples,
            after_ns=int((around_s - margin_s) * 1e9),
            before_ns=int((around_s + length + margin_s) * 1e9),
        )
    flac, stamps = _excerpt(recording, found.sample, len(samples))
    return Heard(device, found.start_ns / 1e9, found.correlation, found.spread_ms, flac, stamps)


def last_sound(village: Village, device: str, from_s: float, to_s: float) -> float | None:
    """Wall time of the last sound of `device` between two wall times; None where it was silent all the while.

    The recorder is stopped and started. Raises NotSeen where nothing was recorded.
    """
    import numpy

    from deploy.village.instruments.listening import BLOCK, read_recording

    with _recorder_still(village, device):
        recording = read_recording(village.ground.home(device).recording)
    blocks = numpy.flatnonzero((recording.wall_ns >= from_s * 1e9) & (recording.wall_ns < to_s * 1e9))
    if not len(blocks):
        raise not_seen(Sentence("story-see-recording", device=device, around=f"{from_s:.1f}"))
    samples = recording.samples[blocks[0] * BLOCK : (blocks[-1] + 1) * BLOCK].astype(numpy.float64)
    loud = numpy.flatnonzero(numpy.sqrt(numpy.mean(samples.reshape(-1, BLOCK) ** 2, axis=1)) > AUDIBLE)
    return float(recording.wall_ns[blocks[loud[-1]]] / 1e9) if len(loud) else None


@contextmanager
def _recorder_still(village: Village, device: str) -> Iterator[None]:
    recorder = f"{device}-recorder"
    if village.processes.running[recorder].process.poll() is None:
        village.processes.stop(recorder)
    try:
        yield
    finally:
        village.processes.restart(recorder)
        time.sleep(0.1)


def _excerpt(recording: Recording, first: int, count: int) -> tuple[bytes, bytes]:
    """FLAC and stamps of the whole blocks from `AROUND_S` before the medium to as long after it."""
    import numpy
    import soundfile

    from deploy.village.instruments.listening import BLOCK

    around = round(AROUND_S * 100)
    begin = max(0, first // BLOCK - around)
    end = min(len(recording.wall_ns), (first + count) // BLOCK + around)
    out = io.BytesIO()
    soundfile.write(out, recording.samples[begin * BLOCK : end * BLOCK], 48000, format="FLAC", subtype="PCM_16")
    pairs = numpy.stack([recording.wall_ns[begin:end], recording.monotonic_ns[begin:end]], axis=1)
    return out.getvalue(), pairs.astype("<i8").tobytes()
