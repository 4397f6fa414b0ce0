"""A serial device opened for this program alone, with a read that another thread can wake."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import termios

import serial

from firmware_bridge.errors import LinkLost
from langso.words.catalogue import Sentence, t

MAX_READ = 4096
UNPLUGGED_WHY = Sentence("bridge-cable-out")


class SerialLine:
    """`port` (a device or the twin's pty) at `baud`, 8N1; raises LinkLost when it cannot be opened."""

    def __init__(self, port: str, baud: int) -> None:
        try:
            # Not serial_for_url: a setting must not be able to open sockets or programs.
            self._serial = serial.Serial(port, baud, timeout=0, write_timeout=0.5, exclusive=True)
            self._serial.reset_input_buffer()
            # The lock above is for those who ask for it; this is for those who do not, such as a modem manager.
            fcntl.ioctl(self._serial.fileno(), termios.TIOCEXCL)
        except (OSError, ValueError, termios.error) as error:
            raise LinkLost(_why(port, error)) from error
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._waker, False)

    def read(self, timeout: float) -> bytes:
        """What has come within `timeout` seconds, at most MAX_READ bytes; returns early after `wake`."""
        ready, _, _ = select.select([self._serial.fileno(), self._woken], [], [], max(0.0, timeout))
        if self._woken in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._woken, 64)
        if self._serial.fileno() not in ready:
            return b""
        data = os.read(self._serial.fileno(), MAX_READ)
        if not data:
            raise LinkLost(UNPLUGGED_WHY)
        return data

    def write(self, data: bytes) -> None:
        """Send all of `data`; raises OSError when the device is gone."""
        self._serial.write(data)

    def wake(self) -> None:
        """Let a waiting `read` return (from any thread)."""
        with contextlib.suppress(OSError):
            os.write(self._waker, b"!")

    def close(self) -> None:
        """Give the device back."""
        with contextlib.suppress(OSError):
            fcntl.ioctl(self._serial.fileno(), termios.TIOCNXCL)
        with contextlib.suppress(OSError):
            self._serial.close()
        os.close(self._woken)
        os.close(self._waker)


def _why(port: str, error: Exception) -> str:
    text = str(error)
    if "exclusively lock" in text:
        return t("bridge-port-busy", port=port)
    if getattr(error, "errno", None) == errno.EBUSY:
        return t("bridge-port-busy", port=port)
    if getattr(error, "errno", None) == 13:
        return t("bridge-port-no-right", port=port)
    if getattr(error, "errno", None) == 2:
        return t("bridge-port-missing", port=port)
    return t("bridge-port-fails", port=port, name=type(error).__name__)
