"""What a loudspeaker or kiosk needs from whatever switches its amplifier: three calls, three implementations."""

from __future__ import annotations

from typing import Protocol

from langso.contract.health import Check
from langso.words.catalogue import t

AMPLIFIER = "amplifier"
CHECK_NAME = "bridge"


class Switchboard(Protocol):
    """Switches outputs by name. Thread-safe."""

    def set_output(self, name: str, on: bool) -> None:
        """Switch `name` on or off; raises BridgeError when that is not certain to have happened."""

    def close(self) -> None:
        """Everything off, then give the hardware back."""

    def health(self) -> Check:
        """How it stands, for doctor and console."""


class NoSwitchboard:
    """No relay here (the amplifier is always on): accepts everything and says so."""

    def set_output(self, name: str, on: bool) -> None:
        """Nothing to switch."""

    def close(self) -> None:
        """Nothing to give back."""

    def health(self) -> Check:
        """Fine: the settings say that there is none."""
        return Check.good(CHECK_NAME, t("bridge-none-set"))
