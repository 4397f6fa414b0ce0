"""What the agent needs of sound: a sound, a voice that plays it, a player. No audio library in sight."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from langso.contract.health import Check

VoiceState = Literal["waiting", "playing", "done", "cut", "failed"]


@dataclass(frozen=True)
class SoundFile:
    """A file with its codec. `from_ms` skips its beginning; `duration_ms`: of the whole; `volume` 0-100, linear."""

    path: Path
    codec: str
    duration_ms: int | None = None
    from_ms: int = 0
    volume: int = 100


@dataclass(frozen=True)
class SoundStream:
    """An http(s) address without an end; `volume` 0-100, linear."""

    url: str
    volume: int = 100

    @property
    def from_ms(self) -> int:
        """It begins where it is."""
        return 0

    @property
    def duration_ms(self) -> int | None:
        """It lasts until it is cut."""
        return None


Sound = SoundFile | SoundStream


class Voice(Protocol):
    """One sound being played. `error_ms`: first sample handed to the sink minus planned; None until then."""

    @property
    def state(self) -> VoiceState: ...

    @property
    def error_ms(self) -> float | None: ...

    @property
    def why(self) -> str: ...

    def heard_ms(self, now: float) -> int:
        """Milliseconds of it that have sounded at monotonic time `now`."""
        ...

    def cut(self) -> None:
        """Silences it within 120 ms (30 ms fade, 80 ms already mixed) and frees it; harmless when over."""
        ...


class Player(Protocol):
    """What the agent needs of sound. Times are seconds of CLOCK_MONOTONIC."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def play(self, sound: Sound, at: float) -> Voice:
        """Plays so that the first sample is heard at monotonic second `at`. Raises SoundFault."""
        ...

    def soonest(self) -> float:
        """The earliest `at` whose first sample is not clipped."""
        ...

    def check(self) -> Check: ...
