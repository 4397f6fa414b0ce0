"""Relays that hang on the Raspberry Pi's own pins, through gpiozero (its environment chooses the pin factory)."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from firmware_bridge.errors import BridgeError, UnknownOutput
from firmware_bridge.switchboard import CHECK_NAME, Switchboard
from langso.contract.health import Check
from langso.words.catalogue import Sentence, t

DEBIANS = Path("/usr/lib/python3/dist-packages")


class PinsUnavailable(BridgeError, OSError):
    """gpiozero cannot reach the pins asked for."""


class GpioSwitchboard(Switchboard):
    """Outputs `{name: GPIO number}`: high is on, all are off at the start.

    There is no lease here: when the program is killed, a pin stays as it is. Where that matters, use the
    microcontroller.
    """

    def __init__(self, pins: Mapping[str, int]) -> None:
        import gpiozero

        reach_lgpio()
        self._lock = threading.Lock()
        self._outputs: dict[str, gpiozero.DigitalOutputDevice] = {}
        try:
            for name, number in pins.items():
                self._outputs[name] = gpiozero.DigitalOutputDevice(number, initial_value=False)
        except (gpiozero.GPIOZeroError, OSError, ValueError) as error:
            self.close()
            raise PinsUnavailable(Sentence("bridge-pins-unusable", name=type(error).__name__)) from error

    def set_output(self, name: str, on: bool) -> None:
        """Drive the pin of `name`; raises UnknownOutput."""
        with self._lock:
            if name not in self._outputs:
                raise UnknownOutput(name, tuple(self._outputs))
            self._outputs[name].value = on

    def is_on(self, name: str) -> bool:
        """Whether the pin of `name` is driven high."""
        with self._lock:
            return name in self._outputs and bool(self._outputs[name].value)

    def close(self) -> None:
        """All off, pins given back."""
        with self._lock:
            for output in self._outputs.values():
                output.off()
                output.close()
            self._outputs.clear()

    def health(self) -> Check:
        """Fine while the pins are held."""
        if not self._outputs:
            return Check.bad(CHECK_NAME, t("bridge-pins-released"), t("bridge-restart-service"))
        return Check.good(CHECK_NAME, t("bridge-pins-direct", outputs=", ".join(self._outputs)))


def reach_lgpio(debians: Path = DEBIANS) -> bool:
    """Whether lgpio can be imported: ours, or the system's, which our environment does not see otherwise.

    The system's comes with Raspberry Pi OS, fits the board and needs only Python; gpiozero then finds it loaded.
    """
    if "lgpio" in sys.modules or importlib.util.find_spec("lgpio") is not None:
        return True
    # Last, and for this import alone: nothing else of the system's may take the place of ours.
    sys.path.append(str(debians))
    try:
        importlib.import_module("lgpio")
    except (ImportError, OSError):
        return False
    finally:
        sys.path.remove(str(debians))
    return True
