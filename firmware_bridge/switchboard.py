"""What a loudspeaker or kiosk needs from whatever switches its amplifier, and what that may hear and see besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from langso.contract.health import Check
from langso.words.catalogue import t

AMPLIFIER = "amplifier"
IP_SOURCE = "ip"
"""The source that this program plays into, where the board can choose."""
LINE_SOURCE = "line"
"""The source that somebody speaks into: a microphone with its amplifier at the board's line input."""
CHECK_NAME = "bridge"


@dataclass(frozen=True)
class Levels:
    """How loud it was at the horn line and before the microphone, 0 to 1, None = no sensor; oldest first, one for
    each `step_s`; the last ended at monotonic second `ended`.
    """

    ended: float
    step_s: float
    horn: tuple[float | None, ...]
    microphone: tuple[float | None, ...]


class Switchboard(Protocol):
    """Switches outputs by name. Thread-safe. What is not said here by a kind of switchboard, it cannot do."""

    def set_output(self, name: str, on: bool) -> None:
        """Switch `name` on or off; raises BridgeError when that is not certain to have happened."""

    def close(self) -> None:
        """Everything off, then give the hardware back."""

    def health(self) -> Check:
        """Its state as a check, for doctor and console."""

    def is_on(self, name: str) -> bool | None:
        """Whether `name` is really on, as far as is known by now; None where nobody can tell."""
        return None

    def hold_until(self, moment: float) -> None:
        """Whoever wants outputs on lives: hold them until monotonic second `moment`, after that let them fall. Never
        called: they are held for ever.
        """
        return

    def select(self, source: str | None) -> None:
        """Let `source` go to the amplifier as long as this program lives; None: whatever sounds at rest."""
        return

    def sources(self) -> tuple[str, ...]:
        """The sources it can choose from, as far as is known by now; empty where it cannot choose."""
        return ()

    def listen(self, take: Callable[[Levels], None]) -> None:
        """Have `take` called with what the sensors hear, on a thread of the switchboard: it must be short."""
        return

    def talk_held(self) -> bool:
        """Whether the village head's talk key is held now."""
        return False

    def muted(self) -> bool:
        """Whether a switch on the spot holds the amplifier off."""
        return False


class NoSwitchboard(Switchboard):
    """No relay here (the amplifier is always on): accepts everything and says so."""

    def set_output(self, name: str, on: bool) -> None:
        """Nothing to switch."""

    def close(self) -> None:
        """Nothing to give back."""

    def health(self) -> Check:
        """Fine: the settings say that there is none."""
        return Check.good(CHECK_NAME, t("bridge-none-set"))
