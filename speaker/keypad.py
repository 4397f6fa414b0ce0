"""A number pad at the loudspeaker: the PIN and Enter open the talk key, the PIN and `*` play the last announcement.

Any USB number pad will do. It is read as the kernel tells it (`struct input_event`, linux/input.h), from a device
path: a real one, or whatever says the same bytes.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import select
import stat
import struct
import time
from pathlib import Path

from langso.device.clock_pin import LONGEST, check_pin
from langso.device.errors import PinRefused
from langso.durable.errors import FileRefused
from langso.timekeeping.worker_thread import WorkerThread
from speaker.talk_door import TalkDoor

log = logging.getLogger(__name__)

EVENT = struct.Struct("@llHHi")
"""Seconds, microseconds, type, code, value."""
EV_KEY, DOWN = 1, 1
DIGITS = {
    **{code: str(code - 1) for code in range(2, 11)},
    11: "0",
    **dict(zip((79, 80, 81, 75, 76, 77, 71, 72, 73, 82), "1234567890", strict=True)),
}
"""Codes of the digits: the row above the letters, and the pad."""
ENTER, AGAIN, ERASE = (28, 96), (55,), (14, 1, 83)
"""Enter; the pad's star; backspace, escape and the pad's dot, which take back all that was typed."""
FORGET_S = 10.0
"""Between two digits: who went away in the middle leaves nothing to be finished."""
REOPEN_S = 5.0
_EVIOCGRAB = 0x40044590
_LOOK_S = 0.5


class PinTyped:
    """The digits typed so far; `press` says what is asked for, with the PIN, once it is whole. Pure but for `now`."""

    def __init__(self) -> None:
        self._digits = ""
        self._last = float("-inf")

    def press(self, code: int, now: float) -> tuple[str, str] | None:
        """`("open", pin)` or `("again", pin)` where this key ends a PIN; else None."""
        if now - self._last > FORGET_S:
            self._digits = ""
        self._last = now
        if code in DIGITS:
            # Longer than any PIN is no PIN: kept one too long, so that it fails.
            self._digits = (self._digits + DIGITS[code])[: LONGEST + 1]
            return None
        pin, self._digits = self._digits, ""
        if code in ENTER and pin:
            return "open", pin
        return ("again", pin) if code in AGAIN and pin else None


class Keypad:
    """Reads the pad at `device` until stopped; one that is not there, or goes, is looked for again."""

    def __init__(self, device: Path, state: Path, door: TalkDoor) -> None:
        self._device = device
        self._state = state
        self._door = door
        self._typed = PinTyped()
        self._thread = WorkerThread("keypad", self._run)

    def start(self) -> None:
        """Begins to read."""
        self._thread.start()

    def stop(self) -> None:
        """Lets the pad go."""
        self._thread.stop()

    def take(self, raw: bytes, now: float) -> None:
        """Whole events as they were read; whatever else they say is passed over."""
        for _, _, kind, code, value in EVENT.iter_unpack(raw[: len(raw) // EVENT.size * EVENT.size]):
            if kind == EV_KEY and value == DOWN:
                asked = self._typed.press(code, now)
                if asked is not None:
                    self._judge(*asked)

    def _judge(self, what: str, pin: str) -> None:
        try:
            check_pin(self._state, pin)
            self._door.open(again=secrets.token_hex(8) if what == "again" else "")
        except (PinRefused, FileRefused) as refused:
            log.warning("keypad: %s", refused)
        else:
            log.info("keypad: the PIN was right: %s", what)

    def _run(self) -> None:
        while not self._thread.stopping:
            with contextlib.suppress(OSError):
                self._read()
            self._thread.pause(REOPEN_S)

    def _read(self) -> None:
        descriptor = os.open(self._device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if stat.S_ISCHR(os.fstat(descriptor).st_mode):
                # No digit of the PIN reaches a console at which somebody could log in.
                fcntl.ioctl(descriptor, _EVIOCGRAB, 1)
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            while not self._thread.stopping:
                with self._thread.resting():
                    ready = poll.poll(int(_LOOK_S * 1000))
                if ready:
                    raw = os.read(descriptor, EVENT.size * 64)
                    if not raw:
                        return
                    self.take(raw, time.monotonic())
        finally:
            os.close(descriptor)
