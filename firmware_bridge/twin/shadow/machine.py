# mypy: ignore-errors
"""The board's `machine` module as the twin sees it: pins, UART, ADC and watchdog live in the process that started us.

Runs on MicroPython's unix port only. File descriptors come in TWIN_UART, TWIN_PINS and TWIN_DOG; TWIN_WORLD names the
file that holds what the sensors see.
"""

import io
import json
import os
import random
import select
import struct
import time

from firmware_bridge.firmware import board

PWRON_RESET = 1
WDT_RESET = 3


def reset_cause() -> int:
    """Why the board started: WDT_RESET after the watchdog bit, otherwise PWRON_RESET."""
    return WDT_RESET if os.getenv("TWIN_CAUSE") == "watchdog" else PWRON_RESET


class Pin:
    """A GPIO pin: outputs are told to the twin, inputs are asked of the world file."""

    IN = 0
    OUT = 1
    PULL_UP = 1

    def __init__(self, number: int, mode: int = -1, pull: int = -1, value: int = -1) -> None:
        self._number = number
        self._output = mode == Pin.OUT
        self._level = -1
        if value >= 0:
            self.value(value)

    def value(self, level: int = -1) -> int:
        """Set the level, or read it."""
        if level < 0:
            return self._level if self._output else _read_input(self._number)
        if level != self._level:
            self._level = level
            _levels[self._number] = level
            _pins.write(b"%d %d\n" % (self._number, level))
        return level


class UART(io.IOBase):
    """The serial port, a socket to the twin's end of the cable."""

    def __init__(
        self,
        number: int,
        baudrate: int = 0,
        tx: "Pin | None" = None,
        rx: "Pin | None" = None,
        txbuf: int = 0,
        rxbuf: int = 0,
        timeout: int = 0,
    ) -> None:
        self._fd = int(os.getenv("TWIN_UART"))
        self._port = open(self._fd, "r+b", 0)
        self._poller = select.poll()
        self._poller.register(self._port, select.POLLIN)

    def any(self) -> int:
        """Some bytes wait or none does; how many is not known, so a full read buffer is promised."""
        return 256 if self._poller.poll(0) else 0

    def read(self, size: int) -> bytes:
        """What waits, at most `size` bytes."""
        return self._port.read(size)

    def write(self, data: bytes) -> int:
        """Send; the twin throws away what the host does not collect, as a wire does."""
        return self._port.write(data)

    def ioctl(self, request: int, argument: int) -> int:
        """Lets `select.poll` wait on the descriptor (10 = MP_STREAM_GET_FILENO)."""
        return self._fd if request == 10 else -1


class ADC:
    """An analogue input, computed from the world file through the board's own dividers."""

    def __init__(self, channel: int) -> None:
        self._channel = channel

    def read_u16(self) -> int:
        """0 to 65535."""
        world = _world()
        if self._channel == board.SUPPLY_ADC:
            millivolts = world["supply_mv"] / board.SUPPLY_RATIO
        elif self._channel == board.HORN_ADC:
            # A horn draws current only while its amplifier is on, and more when something sounds.
            millivolts = world["horn_ma"] * (1 + 8 * _sound()) if _levels.get(_AMPLIFIER) else 0
        elif self._channel == board.MICROPHONE_ADC:
            # Noise of the right loudness around the middle: what is told is its root mean square.
            loud = _sound() if _levels.get(_AMPLIFIER) and world["horn_ma"] and not world["dead_horn"] else 0
            swing = (loud * loud * 0.25 + world["wind"] * world["wind"] + 0.00002) ** 0.5 * 1.732
            return max(0, min(65535, int(32768 * (1 + swing * (2 * random.random() - 1)))))
        else:
            millivolts = 706 - (world["temperature_c"] - 27) * 1.721
        return max(0, min(65535, round(millivolts * 65535 / board.ADC_FULL_MV)))


class WDT:
    """The watchdog: the twin resets the board when no byte has come for `timeout` ms."""

    def __init__(self, timeout: int) -> None:
        self._every = timeout // 8
        self._last = time.ticks_ms()
        _dog.write(b"%d\n" % timeout)

    def feed(self) -> None:
        """Tell the twin that the loop still turns; at most eight times a timeout."""
        now = time.ticks_ms()
        if time.ticks_diff(now, self._last) >= self._every:
            self._last = now
            _dog.write(b".\n")


_pins = open(int(os.getenv("TWIN_PINS")), "wb", 0)
_dog = open(int(os.getenv("TWIN_DOG")), "wb", 0)
_levels = {}
_AMPLIFIER = dict(board.OUTPUTS)["amplifier"]
_IP_RELAY = dict(board.SOURCES)["ip"]
_loud = 0.0
_loud_at = -1
_seen = {}
_seen_at = -1


def _world() -> dict:
    # Read again at most every 20 ms: the mute switch is looked at on every turn of the loop.
    global _seen, _seen_at
    now = time.ticks_ms()
    if _seen_at < 0 or time.ticks_diff(now, _seen_at) >= 20:
        with open(os.getenv("TWIN_WORLD")) as file:
            _seen = json.load(file)
        _seen_at = now
    return _seen


def _sound() -> float:
    # What reaches the amplifier: the host's line, while its relay is closed. Looked at again every 20 ms.
    global _loud, _loud_at
    now = time.ticks_ms()
    if _loud_at < 0 or time.ticks_diff(now, _loud_at) >= 20:
        _loud_at = now
        try:
            with open(os.getenv("TWIN_SOUND"), "rb") as file:
                at, level = struct.unpack("<dd", file.read(16))
            _loud = level if -1 < time.time() - at < 0.2 else 0.0
        except (OSError, ValueError):
            _loud = 0.0
    return _loud if _levels.get(_IP_RELAY) else 0.0


def _read_input(number: int) -> int:
    world = _world()
    closed = world["muted"] if number == board.MUTE_PIN else world["talk"] if number == board.TALK_PIN else False
    return 0 if closed else 1
