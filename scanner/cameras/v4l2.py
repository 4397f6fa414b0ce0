"""A USB camera through Video4Linux; pulling and plugging it again is survived."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from scanner.cameras.camera import Closing, Frame, turned

_WANTED = (1920, 1080)
_RETRY_S = 1.0


class V4l2Camera(Closing):
    """`source`: device number or path."""

    def __init__(self, source: str, *, rotate: int = 0) -> None:
        self._path = f"/dev/video{source}" if source.isdigit() else source
        self._rotate = rotate
        self._device: Any = None
        self._next_try = 0.0
        self._sequence = 0

    def read(self) -> Frame | None:
        """The newest frame; None while the camera is away (it is tried again each second)."""
        if self._device is None and not self._open():
            time.sleep(0.05)
            return None
        good, image = self._device.read()
        if not good or image is None:
            self.close()
            return None
        self._sequence += 1
        return Frame(turned(image, self._rotate), self._sequence)

    def close(self) -> None:
        """Let the device go."""
        if self._device is not None:
            self._device.release()
            self._device = None

    def _open(self) -> bool:
        import cv2

        if time.monotonic() < self._next_try:
            return False
        self._next_try = time.monotonic() + _RETRY_S
        if not Path(self._path).exists():
            return False
        device = cv2.VideoCapture(self._path, cv2.CAP_V4L2)
        if not device.isOpened():
            device.release()
            return False
        device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        device.set(cv2.CAP_PROP_FRAME_WIDTH, _WANTED[0])
        device.set(cv2.CAP_PROP_FRAME_HEIGHT, _WANTED[1])
        # Old frames waiting in a queue would show the paper where it was.
        device.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._device = device
        return True
