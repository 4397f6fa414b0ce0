"""Stands in for apt's picamera2: the calls that are used, as documented, over frames that a real extension makes.

Camera 0 is good; 1 hangs when it is asked for a frame, 2 dies with it, 3 raises, 4 gives a picture of another kind,
5 is slow to open.
"""

from __future__ import annotations

import os
import time
from typing import Any, ClassVar

import cv2
import numpy as np

NUMPY = int(np.__version__.split(".")[0])
"""Tells in every frame's first byte with which numpy it was made."""


class Picamera2:
    """A mode switch brings the configuration's own controls back."""

    cameras: ClassVar[list[dict[str, Any]]] = [{"Model": "imx708", "Num": number} for number in range(6)]
    focuses = True
    resolution = (4608, 2592)

    def __init__(self, camera_num: int = 0) -> None:
        if camera_num >= len(self.cameras):
            raise IndexError("list index out of range")
        self.number = camera_num
        self.sensor_resolution = self.resolution
        self.camera_controls = {"AeEnable": (False, True, True)} | ({"AfMode": (0, 2, 0)} if self.focuses else {})
        self.controls: dict[str, Any] = {}
        self.still_controls: dict[str, Any] = {}
        self.configuration: dict[str, Any] = {}
        self.running = False
        self.closed = False
        self.frames: dict[tuple[int, int], Any] = {}
        self.count = 0

    @staticmethod
    def global_camera_info() -> list[dict[str, Any]]:
        return Picamera2.cameras

    def create_video_configuration(self, main: dict[str, Any]) -> dict[str, Any]:
        return {"use_case": "video", "main": main, "controls": {}}

    def create_still_configuration(self, main: dict[str, Any], buffer_count: int = 1) -> dict[str, Any]:
        del buffer_count
        return {"use_case": "still", "main": main, "controls": {"NoiseReductionMode": 2}}

    def configure(self, configuration: dict[str, Any]) -> None:
        assert not self.running
        self.configuration = configuration

    def start(self) -> None:
        if self.number == 5:
            time.sleep(1.0)
        self.running = True

    def stop(self) -> None:
        self.running = False

    def close(self) -> None:
        self.closed = True

    def set_controls(self, controls: dict[str, Any]) -> None:
        self.controls |= controls

    def capture_metadata(self) -> dict[str, Any]:
        lens = {"LensPosition": 3.25} if self.focuses else {}
        return {"ExposureTime": 9990, "AnalogueGain": 1.5, "ColourGains": (1.9, 1.4), "Lux": 300.0, **lens}

    def capture_array(self, name: str = "main") -> Any:
        if self.number == 1:
            time.sleep(60)
        if self.number == 2:
            os._exit(1)
        if self.number == 3:
            raise RuntimeError("the driver is not in the mood")
        return self._frame(self.configuration[name]["size"])

    def switch_mode_and_capture_array(self, configuration: dict[str, Any], name: str = "main") -> Any:
        self.still_controls = configuration["controls"]
        self.controls = {}
        return self._frame(configuration[name]["size"])

    def _frame(self, size: tuple[int, int]) -> Any:
        """Noise in rows that are padded as a camera's are; the second byte counts frames."""
        width, height = size
        if self.number == 4:
            live = self.configuration["main"]["size"] == size
            return np.zeros((height, width, 4), np.uint8) if live else np.zeros((height, width, 3), np.uint16)
        if size not in self.frames:
            self.frames[size] = np.full((height, width + 16, 3), 120, np.uint8)
        self.count += 1
        padded = self.frames[size]
        strip = padded[: min(64, height)]
        cv2.randn(strip, (120, 120, 120), (9, 9, 9))
        padded[0, 0] = (NUMPY, self.count % 256, 77)
        return padded[:, :width]
