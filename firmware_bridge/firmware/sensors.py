"""Analogue sensors and the switches on the cabinet, in the units telemetry uses."""

from firmware_bridge.firmware import board
from firmware_bridge.wire.codes import INPUT_MUTE, INPUT_TALK, UNKNOWN_TEMPERATURE

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


class Switches:
    """Switches to ground with a pull-up each; a change counts once it has lasted `board.MUTE_DEBOUNCE_MS`.

    `inputs` is the mask of those that are closed; `presses` counts how often the talk key was pressed (0-255).
    """

    def __init__(self, mute: "InputPin", talk: "InputPin | None", ticks_diff: "TicksDiff", now: int) -> None:
        self._mute = _Switch(mute, ticks_diff, now)
        self._talk = None if talk is None else _Switch(talk, ticks_diff, now)
        self.inputs = 0
        self.presses = 0
        # A switch that is closed while the board starts is believed at once: muted is the safe side.
        if self._mute.closed:
            self.inputs = INPUT_MUTE
        # A key that was stuck before anybody listened is no wish to speak: it must have been open once.
        self._armed = False

    def look(self, now: int) -> int:
        """The mask as of `now`."""
        inputs = INPUT_MUTE if self._mute.look(now) else 0
        held = self._talk is not None and self._talk.look(now)
        self._armed = self._armed or not held
        if held and self._armed:
            inputs |= INPUT_TALK
            if not self.inputs & INPUT_TALK:
                self.presses = (self.presses + 1) & 0xFF
        self.inputs = inputs
        return inputs


class _Switch:
    """One pin without its bounces."""

    def __init__(self, pin: "InputPin", ticks_diff: "TicksDiff", now: int) -> None:
        self._pin = pin
        self._ticks_diff = ticks_diff
        self._seen = pin.value()
        self._since = now
        self.closed = not self._seen

    def look(self, now: int) -> bool:
        level = self._pin.value()
        if level != self._seen:
            self._seen = level
            self._since = now
        elif self._ticks_diff(now, self._since) >= board.MUTE_DEBOUNCE_MS:
            self.closed = not level
        return self.closed


def _millivolts(channel: "AnalogueInput") -> int:
    total = 0
    for _ in range(_SAMPLES):
        total += channel.read_u16()
    return int(total // _SAMPLES * board.ADC_FULL_MV // 65535)
