"""What the agent needs of sound: a sound, a voice (one sound that plays), a player. No audio library here."""

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
        """Always 0: a stream is joined where it is."""
        return 0

    @property
    def duration_ms(self) -> int | None:
        """None: it lasts until it is cut."""
        return None


@dataclass(frozen=True)
class SoundLine:
    """The board's line input for `lasts_ms`: it is let through to the amplifier and never comes through here."""

    lasts_ms: int


Sound = SoundFile | SoundStream
"""What comes out of this machine's own sound device."""
AnySound = Sound | SoundLine


class Voice(Protocol):
    """One sound being played. `error_ms`: first sample as the sink has it minus planned; None until one that can be
    heard has left.
    """

    @property
    def state(self) -> VoiceState: ...

    @property
    def error_ms(self) -> float | None: ...

    @property
    def why(self) -> str: ...

    @property
    def lost(self) -> bool:
        """Whether it failed because the sound device was lost, and not by a fault of its own."""
        ...

    @property
    def placed(self) -> float | None:
        """The monotonic second of its first sample, once that is settled; None before."""
        ...

    @property
    def position_ms(self) -> int | None:
        """The place in it (ms from its beginning) up to which it has sounded; None before it does."""
        ...

    def heard_ms(self, now: float) -> int:
        """Milliseconds of it that have sounded at monotonic time `now`, by its own account."""
        ...

    def cut(self) -> None:
        """Asks for its end and returns at once: silent within 120 ms (30 ms fade, 80 ms already mixed), then freed.
        Harmless when over.
        """
        ...


class Player(Protocol):
    """What the agent needs of sound. Times are seconds of CLOCK_MONOTONIC."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    @property
    def running(self) -> bool:
        """Whether there is a sound device that plays."""
        ...

    @property
    def hung(self) -> bool:
        """Whether only a restart helps."""
        ...

    def play(self, sound: Sound, at: float, *, soon_from: float | None = None) -> Voice:
        """Orders it so that the first sample is heard at monotonic second `at`; returns at once. With `soon_from`, as
        soon as it has sound to give, at that second at the earliest, and whole: `at` is only what is expected.

        What goes wrong later the voice says. Raises SoundFault where nothing can play now.
        """
        ...

    def soonest(self) -> float:
        """The earliest `at` whose first sample is not clipped."""
        ...

    def check(self) -> Check: ...


class AnyPlayer(Protocol):
    """What a performance needs: a player that can let the line input through, too."""

    @property
    def running(self) -> bool: ...

    def play(self, sound: AnySound, at: float, *, soon_from: float | None = None) -> Voice: ...

    def soonest(self) -> float: ...


def codec_of(file: Path) -> str:
    """The codec that a file's name promises: its suffix, longer names of the same as the short one."""
    codec = file.suffix.lower().lstrip(".")
    return {"wave": "wav", "ogg": "opus"}.get(codec, codec)
