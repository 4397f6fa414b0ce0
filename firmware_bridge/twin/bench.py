"""The bench a simulated board stands on: power, watchdog, cord (a pty) and the probe that records its pins."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import IO

from firmware_bridge.errors import TwinError, TwinUnavailable
from firmware_bridge.firmware import board
from firmware_bridge.host.image import write_image
from firmware_bridge.twin.chip import die_with_parent
from firmware_bridge.twin.world import Cord, PinEvent, World, WorldFiles
from langso.words.catalogue import Sentence

HEAP = "192k"
"""About what MicroPython has on a Pico."""

TIOCGEXCL = 0x80045440
"""Linux's question whether a terminal is held by one program alone; Python's termios has no name for it."""
_LOOK_S = 0.05
_BOOT_S = 10.0


class Bench:
    """One board in one folder; `run` serves it until a signal or the end of the parent process."""

    def __init__(self, folder: Path, ready: Callable[[str], None]) -> None:
        if importlib.util.find_spec("micropython_run") is None:
            raise TwinUnavailable
        self._files = WorldFiles(folder)
        self._ready = ready
        self._parent = os.getppid()
        self._stopping = False
        self._names = {pin: name for name, pin in board.OUTPUTS}
        self._levels = {name: False for name, _ in board.OUTPUTS}
        self._relays = {pin: name for name, pin in board.SOURCES if pin is not None}
        self._sources = dict.fromkeys(self._relays.values(), False)
        self._collapsed = False
        self._cord: Cord = "unplugged"
        self._pty: tuple[int, int] | None = None
        self._chip: _Chip | None = None
        self._announced = False
        self._selector = selectors.DefaultSelector()
        self._pin_log: IO[str]

    def run(self) -> None:
        """Give the board power and serve it; returns when told to stop."""
        # A thread of the parent may end before the parent does, so the signal only wakes; _look decides.
        signal.signal(signal.SIGUSR2, lambda _number, _frame: None)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        die_with_parent(signal.SIGUSR2)
        files = self._files
        files.folder.mkdir(parents=True, exist_ok=True)
        if not files.world.exists():
            files.write_world(World())
        files.reset.unlink(missing_ok=True)
        boot = write_image(files.flash)
        with files.pin_log.open("a") as self._pin_log:
            files.write_pins(self._levels)
            files.write_sources(self._sources)
            try:
                self._power_up(boot, "power_on")
                while not self._stopping:
                    self._turn(boot)
            finally:
                self._power_down("power")
                self._unplug()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _turn(self, boot: Path) -> None:
        for key, _ in self._selector.select(_LOOK_S):
            key.data()
        if os.getppid() != self._parent:
            self._stopping = True
            return
        chip = self._chip
        assert chip is not None
        if self._files.reset.exists():
            self._files.reset.unlink(missing_ok=True)
            self._power_down("reset")
            self._power_up(boot, "power_on")
        elif self._collapsed:
            self._collapsed = False
            self._power_down("power")
            self._power_up(boot, "power_on")
        elif chip.bitten():
            if not chip.booted:
                raise TwinError(Sentence("bridge-twin-fails", log=self._files.log))
            self._power_down("reset")
            self._power_up(boot, "watchdog")
        elif chip.booted and not self._announced:
            self._announced = True
            self._set_cord(self._files.read_cord())
            self._ready(os.ttyname(self._pty[1]) if self._pty else "")
        elif chip.booted:
            self._set_cord(self._files.read_cord())
            self._forget_dead_host()

    def _power_up(self, boot: Path, cause: str) -> None:
        chip = _Chip(self._files, boot, cause)
        self._chip = chip
        self._selector.register(chip.uart, selectors.EVENT_READ, self._from_chip)
        self._selector.register(chip.pins, selectors.EVENT_READ, self._from_pins)
        self._selector.register(chip.dog, selectors.EVENT_READ, self._from_dog)

    def _power_down(self, cause: str) -> None:
        chip, self._chip = self._chip, None
        if chip is None:
            return
        for end in (chip.uart, chip.pins, chip.dog):
            with contextlib.suppress(KeyError):
                self._selector.unregister(end)
        chip.end()
        # Without the chip the pins float and the drivers' pull-downs let the relays fall.
        for pin, name in self._names.items():
            if self._levels[name]:
                self._record(pin, 0, cause)
        for pin in self._relays:
            self._close_relay(pin, 0)

    def _from_pins(self) -> None:
        chip = self._chip
        if chip is None:
            return
        for line in chip.pin_lines():
            pin, level = line.split()
            if int(pin) in self._names:
                self._record(int(pin), int(level), "firmware")
                if self._names[int(pin)] in board.GUARDED_OUTPUTS and int(level):
                    self._collapsed = self._files.read_world().brown_out
            elif int(pin) in self._relays:
                self._close_relay(int(pin), int(level))

    def _close_relay(self, pin: int, level: int) -> None:
        self._sources[self._relays[pin]] = bool(level)
        self._files.write_sources(self._sources)

    def _from_dog(self) -> None:
        if self._chip is not None:
            self._chip.feed()

    def _from_chip(self) -> None:
        chip = self._chip
        if chip is None:
            return
        data = chip.receive()
        if data and self._pty and self._cord == "plugged":
            # Nobody collects: a wire loses what it carries, it never makes the sender wait.
            with contextlib.suppress(BlockingIOError):
                os.write(self._pty[0], data)

    def _from_host(self) -> None:
        if self._pty is None:
            return
        with contextlib.suppress(BlockingIOError, OSError):
            data = os.read(self._pty[0], 4096)
            if self._chip is not None and self._cord == "plugged":
                self._chip.send(data)

    def _set_cord(self, cord: Cord) -> None:
        if cord == self._cord:
            return
        if cord == "unplugged":
            self._unplug()
        elif self._pty is None:
            self._plug()
        self._cord = cord

    def _plug(self) -> None:
        master, slave = os.openpty()
        # The slave stays open here, or the master would report a hang-up whenever no host has it open.
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._pty = (master, slave)
        self._selector.register(master, selectors.EVENT_READ, self._from_host)
        fresh = self._files.serial.with_name("serial.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(slave))
        fresh.replace(self._files.serial)

    def _unplug(self) -> None:
        if self._pty is None:
            return
        master, slave = self._pty
        self._pty = None
        self._files.serial.unlink(missing_ok=True)
        self._selector.unregister(master)
        os.close(slave)
        os.close(master)

    def _forget_dead_host(self) -> None:
        """A real port is closed when its last program has died, and with it the claim to have it alone. Ours is never
        closed, since this end holds it open.
        """
        if self._pty is None:
            return
        slave = self._pty[1]
        if not struct.unpack("i", fcntl.ioctl(slave, TIOCGEXCL, bytes(4)))[0]:
            return
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(slave, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.ioctl(slave, termios.TIOCNXCL)
            fcntl.flock(slave, fcntl.LOCK_UN)

    def _record(self, pin: int, level: int, cause: str) -> None:
        name = self._names[pin]
        self._levels[name] = bool(level)
        event = PinEvent.model_validate(
            {
                "wall": time.time(),
                "monotonic": time.monotonic(),
                "pin": pin,
                "name": name,
                "level": level,
                "cause": cause,
            }
        )
        self._pin_log.write(event.model_dump_json() + "\n")
        self._pin_log.flush()
        self._files.write_pins(self._levels)


class _Chip:
    """The firmware's process and our ends of its UART, pins and watchdog."""

    def __init__(self, files: WorldFiles, boot: Path, cause: str) -> None:
        ours, uart = socket.socketpair()
        self.pins, pins = os.pipe()
        self.dog, dog = os.pipe()
        self.uart = ours
        ours.setblocking(False)
        # MicroPython's read(n) waits for all n bytes on a blocking descriptor.
        uart.setblocking(False)
        os.set_blocking(self.pins, False)
        os.set_blocking(self.dog, False)
        self._timeout = _BOOT_S
        self._fed = time.monotonic()
        self.booted = False
        self._line = b""
        shadow = Path(__file__).parent / "shadow"
        environment = {
            **os.environ,
            "MICROPYPATH": f"{shadow}:{files.flash}:.frozen",
            "TWIN_UART": str(uart.fileno()),
            "TWIN_PINS": str(pins),
            "TWIN_DOG": str(dog),
            "TWIN_WORLD": str(files.world),
            "TWIN_SOUND": str(files.sound),
            "TWIN_FLASH": str(files.flash),
            "TWIN_CAUSE": cause,
        }
        command = [sys.executable, "-m", "firmware_bridge.twin.chip", str(os.getpid())]
        with files.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "-X", f"heapsize={HEAP}", str(boot)],
                pass_fds=(uart.fileno(), pins, dog),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        uart.close()
        os.close(pins)
        os.close(dog)

    def bitten(self) -> bool:
        """Whether the watchdog's time is over (or the board never came up)."""
        if not self.booted and self._process.poll() is not None:
            return True
        return time.monotonic() - self._fed > self._timeout

    def feed(self) -> None:
        """Read what the firmware wrote for its watchdog."""
        for line in _read(self.dog).split():
            if not self.booted:
                self.booted = True
                self._timeout = int(line) / 1000
            self._fed = time.monotonic()

    def pin_lines(self) -> list[bytes]:
        """Whole lines `GPIO LEVEL` written since the last call."""
        *lines, self._line = (self._line + _read(self.pins)).split(b"\n")
        return lines

    def receive(self) -> bytes:
        """What the firmware sent."""
        try:
            return self.uart.recv(4096)
        except (BlockingIOError, ConnectionError):
            return b""

    def send(self, data: bytes) -> None:
        """Bytes to the firmware's UART; an overrun is lost as in the chip."""
        with contextlib.suppress(BlockingIOError, OSError):
            self.uart.send(data)

    def end(self) -> None:
        """Take the power away."""
        self._process.kill()
        self._process.wait()
        self.uart.close()
        os.close(self.pins)
        os.close(self.dog)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except BlockingIOError:
        return b""
