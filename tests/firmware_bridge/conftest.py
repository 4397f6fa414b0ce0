"""A board without MicroPython: the firmware's own classes on CPython, with pins and time under the test's hand."""

import importlib.util
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware_bridge.firmware import board
from firmware_bridge.firmware.outputs import Outputs
from firmware_bridge.firmware.sensors import Sensors, Switches
from firmware_bridge.firmware.session import Session
from firmware_bridge.firmware.sources import Sources
from firmware_bridge.twin.process import Twin
from firmware_bridge.wire import codes
from firmware_bridge.wire.fields import LinkMessage
from firmware_bridge.wire.frames import Decoder
from firmware_bridge.wire.messages import Hello, read_message

WRAP = 1 << 30  # MicroPython's ticks period on a 32-bit board


def ticks_diff(later: int, earlier: int) -> int:
    """MicroPython's definition."""
    return (later - earlier + WRAP // 2) % WRAP - WRAP // 2


class FakePin:
    """An output that remembers its level, or an input the test sets."""

    def __init__(self, level: int = 0) -> None:
        self.level = level

    def value(self, level: int | None = None) -> int:
        if level is not None:
            self.level = level
        return self.level


class FakeAdc:
    """A constant voltage."""

    def __init__(self, millivolts: float) -> None:
        self.raw = round(millivolts * 65535 / board.ADC_FULL_MV)

    def read_u16(self) -> int:
        return self.raw


class Board:
    """The reference firmware's logic, booted at `now` ms; a Line for an Exchange, losing what the test wants."""

    def __init__(self, now: int = WRAP - 2000, boot_id: bytes = b"bootboot") -> None:
        self.now = now
        self.pins = [FakePin(1) for _ in board.OUTPUTS]
        self.mute_pin = FakePin(1)
        names = tuple(name for name, _ in board.OUTPUTS)
        self.outputs = Outputs(names, self.pins, ticks_diff)  # type: ignore[arg-type]
        sensors = Sensors(FakeAdc(12400 / 11), FakeAdc(706), FakeAdc(180))
        self.talk_pin = FakePin(1)
        switches = Switches(self.mute_pin, self.talk_pin, ticks_diff, now)
        self.relays = [None if gpio is None else FakePin(1) for _, gpio in board.SOURCES]
        sources = Sources(tuple(name for name, _ in board.SOURCES), self.relays, ticks_diff)  # type: ignore[arg-type]
        hello = Hello(
            1,
            board.FIRMWARE,
            board.NAME,
            codes.CAUSE_POWER_ON,
            boot_id,
            names,
            board.SENSORS,
            codes.MAX_LEASE_MS,
        )
        self.session = Session(
            outputs=self.outputs,
            sensors=sensors,
            switches=switches,
            sources=sources,
            loudness=None,
            hello=hello,
            telemetry_ms=1000,
            muted_mask=1,
            rest_mask=1,
            ticks_diff=ticks_diff,
            now=now,
        )
        self._decoder = Decoder()

    def levels(self) -> list[int]:
        return [pin.level for pin in self.pins]

    def ask(self, message: LinkMessage, seq: int) -> list[LinkMessage]:
        """Send one whole frame, return the messages that come back at once."""
        return self.heard(self.session.receive(message.frame(seq).to_bytes(), self.now))

    def heard(self, raw: bytes) -> list[LinkMessage]:
        return [read_message(frame) for frame in self._decoder.feed(raw)]

    def after(self, milliseconds: int) -> list[LinkMessage]:
        """Let time pass in one step."""
        self.now = (self.now + milliseconds) % WRAP
        return self.heard(self.session.tick(self.now))


class LossyLine:
    """A line to a Board: loses and damages frames both ways, delivers in pieces. Time is counted, not waited for."""

    def __init__(
        self, board: Board, *, loss: float = 0.0, bit_errors: float = 0.0, piece: int = 4096, seed: int = 1
    ) -> None:
        self.board = board
        self.loss = loss
        self.bit_errors = bit_errors
        self.piece = piece
        self._random = random.Random(seed)
        self._to_host = b""
        self._elapsed_ms = 0

    def write(self, data: bytes) -> None:
        data = self._spoil(data)
        for start in range(0, len(data), self.piece):
            reply = self.board.session.receive(data[start : start + self.piece], self.board.now)
            self._to_host += self._spoil(reply)

    def read(self, timeout: float) -> bytes:
        if not self._to_host:
            step = max(1, min(10, round(timeout * 1000)))
            self._elapsed_ms += step
            self.board.now = (self.board.now + step) % WRAP
            self._to_host += self._spoil(self.board.session.tick(self.board.now))
        piece, self._to_host = self._to_host[: self.piece], self._to_host[self.piece :]
        return piece

    def monotonic(self) -> float:
        """The line's own time in seconds: put this object in the place of the `time` module."""
        return self._elapsed_ms / 1000

    def _spoil(self, data: bytes) -> bytes:
        if data and self._random.random() < self.loss:
            return b""
        spoiled = bytearray(data)
        for position in range(len(spoiled)):
            if self._random.random() < self.bit_errors:
                spoiled[position] ^= 1 << self._random.randrange(8)
        return bytes(spoiled)


@pytest.fixture
def pico() -> Board:
    """A freshly booted board."""
    return Board()


@pytest.fixture(scope="session")
def make_board() -> Callable[..., Board]:
    """Boards with chosen boot time and id."""
    return Board


@pytest.fixture(scope="session")
def make_line() -> Callable[..., LossyLine]:
    """Lines that lose, damage and cut."""
    return LossyLine


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Twin]:
    """A running simulated board: the real firmware under MicroPython."""
    if importlib.util.find_spec("micropython_run") is None:
        pytest.skip("MicroPython's unix port is not installed here (x86_64 only)")
    with Twin(tmp_path / "twin") as running:
        yield running
