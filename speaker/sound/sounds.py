"""What the agent needs of sound: a sound, a voice that plays it, a player. No audio library in sight."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from langso.contract.health import Check

VoiceState = Literal["waiting", "playing", "done", "cut", "failed"]


@dataclass(frozen=True)
class Sound:
    """What to play: a file with its codec, or `stream` (an http(s) address) without end.

    `from_ms` skips the beginning; `duration_ms` is the length of the whole medium; `volume` 0-100 is linear.
    """

    path: Path | None = None
    codec: str = ""
    duration_ms: int | None = None
    from_ms: int = 0
    volume: int = 100
    stream: str | None = None


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
