"""What a loudspeaker or kiosk needs from whatever switches its amplifier: three calls, three implementations."""

from __future__ import annotations

from typing import Protocol

from firmware_bridge.errors import BadPort
from langso.contract.health import Check
from langso.settings.reading import BridgeSettings

AMPLIFIER = "amplifier"
GPIO_PREFIX = "gpio:"
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
        return Check.good(CHECK_NAME, "Cài đặt không có mạch điều khiển: âm ly phải luôn bật sẵn.")


def open_switchboard(settings: BridgeSettings) -> Switchboard:
    """The one the settings ask for: no `port`, `gpio:17` (or `gpio:amplifier=17,lamp=27`), or a serial device.

    A missing device does not raise: the bridge goes on trying and its `health` says why.
    """
    if settings.port is None:
        return NoSwitchboard()
    if settings.port.startswith(GPIO_PREFIX):
        from firmware_bridge.gpio import GpioSwitchboard

        return GpioSwitchboard(parse_pins(settings.port))
    from firmware_bridge.host.link import Bridge

    bridge = Bridge(settings.port, settings.baud, settings.lease_ms)
    bridge.open()
    return bridge


def parse_pins(port: str) -> dict[str, int]:
    """`gpio:17` -> {"amplifier": 17}; `gpio:amplifier=17,lamp=27` -> both. Raises BadPort."""
    pins: dict[str, int] = {}
    for part in port.removeprefix(GPIO_PREFIX)[:200].split(","):
        name, equals, number = part.rpartition("=")
        name = name if equals else AMPLIFIER
        if (
            not (number.isascii() and number.isdigit() and int(number) <= 27)
            or not (name.isascii() and name.isidentifier())
            or name in pins
            or int(number) in pins.values()
        ):
            raise BadPort(f"Không hiểu cổng {port[:60]!r}; hãy viết như gpio:17 hoặc gpio:amplifier=17,lamp=27.")
        pins[name] = int(number)
    return pins
