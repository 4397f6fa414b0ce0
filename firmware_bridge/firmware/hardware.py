"""What the firmware asks of its board, for type checkers and tests; not copied to the microcontroller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

TicksDiff = Callable[[int, int], int]
"""`time.ticks_diff(later, earlier)` in ms, right across the counter's wrap."""


class OutputPin(Protocol):
    """`machine.Pin` as output."""

    def value(self, level: int, /) -> None:
        """Drive the pin low (0) or high (1)."""


class InputPin(Protocol):
    """`machine.Pin` as input."""

    def value(self) -> int:
        """The level, 0 or 1."""


class AnalogueInput(Protocol):
    """`machine.ADC`."""

    def read_u16(self) -> int:
        """0 (ground) to 65535 (reference)."""


class StartNotes(Protocol):
    """A number from 0 to 255 that outlives a restart."""

    def read(self) -> int:
        """What was written last, 0 where nothing was."""

    def write(self, failed: int, /) -> None:
        """Keep it, before returning."""
