"""Analogue sensors and the mute switch, in the units telemetry uses."""

from firmware_bridge.firmware import board
from firmware_bridge.wire.messages import INPUT_MUTE, UNKNOWN_TEMPERATURE

TYPE_CHECKING = False
if TYPE_CHECKING:  # MicroPython has no typing module
    from firmware_bridge.firmware.hardware import AnalogueInput, InputPin, TicksDiff

_SAMPLES = 8


class Sensors:
    """Reads three ADC channels; each has MicroPython's `read_u16()`."""

    def __init__(self, supply: "AnalogueInput", temperature: "AnalogueInput", horn: "AnalogueInput") -> None:
        self._supply = supply
        self._temperature = temperature
        self._horn = horn

    def supply_mv(self) -> int:
        """Supply voltage before the divider, mV."""
        return min(_millivolts(self._supply) * board.SUPPLY_RATIO, 0xFFFE)

    def horn_ma(self) -> int:
        """Current into the horn line, mA."""
        return min(_millivolts(self._horn), 0xFFFE)

    def temperature_dc(self) -> int:
        """Chip temperature in 0.1 °C: 27 °C at 706 mV, 1.721 mV less for each degree (RP2040 data sheet 4.9.5)."""
        tenths = 270 - (_millivolts(self._temperature) - 706) * 10000 // 1721
        return tenths if -1000 < tenths < 2000 else UNKNOWN_TEMPERATURE


class MuteSwitch:
    """A switch to ground with a pull-up; a change counts once it has lasted `board.MUTE_DEBOUNCE_MS`."""

    def __init__(self, pin: "InputPin", ticks_diff: "TicksDiff", now: int) -> None:
        self._pin = pin
        self._ticks_diff = ticks_diff
        self._seen = pin.value()
        self._since = now
        self.inputs = 0 if self._seen else INPUT_MUTE

    def look(self, now: int) -> int:
        """The input mask as of `now`."""
        level = self._pin.value()
        if level != self._seen:
            self._seen = level
            self._since = now
        elif self._ticks_diff(now, self._since) >= board.MUTE_DEBOUNCE_MS:
            self.inputs = 0 if level else INPUT_MUTE
        return self.inputs


def _millivolts(channel: "AnalogueInput") -> int:
    total = 0
    for _ in range(_SAMPLES):
        total += channel.read_u16()
    return int(total // _SAMPLES * board.ADC_FULL_MV // 65535)
