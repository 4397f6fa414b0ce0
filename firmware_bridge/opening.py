"""Chooses the switchboard that the settings ask for."""

from __future__ import annotations

from firmware_bridge.errors import BadPort
from firmware_bridge.switchboard import AMPLIFIER, NoSwitchboard, Switchboard
from langso.settings.model import BridgeSettings
from langso.words.catalogue import Sentence

GPIO_PREFIX = "gpio:"


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

    bridge = Bridge(settings.port, settings.baud, settings.lease_ms, rest_on=settings.fm_amplifier)
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
            raise BadPort(Sentence("bridge-port-unclear", port=repr(port[:60])))
        pins[name] = int(number)
    return pins
