"""The Raspberry Pi's camera through picamera2 (from apt; OpenCV cannot open libcamera devices)."""

from __future__ import annotations

import importlib
from typing import Any

from scanner.cameras.camera import Locks
from scanner.cameras.device import DeviceCamera
from scanner.errors import CameraFault

_LIVE_WIDTH = 2304
_MAX_PIXELS = 16_000_000
_MANUAL, _CONTINUOUS = 0, 2
"""libcamera's AfModeEnum."""

_FORMAT = "RGB888"
"""libcamera's name for bytes in the order blue, green, red."""


class PiCamera(DeviceCamera):
    """`source`: camera number. Raises CameraFault where picamera2 is absent."""

    def __init__(self, source: str, *, rotate: int = 0) -> None:
        try:
            picamera2 = importlib.import_module("picamera2")
        except ImportError as error:
            raise CameraFault("Thiếu picamera2; hãy cài bằng: apt-get install python3-picamera2") from error
        number = int(source) if source.isdigit() else 0
        super().__init__(lambda: PiDevice(picamera2.Picamera2, number), rotate=rotate)


class PiDevice:
    """One Picamera2 object from opening to closing; `maker` is picamera2's class."""

    def __init__(self, maker: Any, number: int) -> None:
        self._maker = maker
        self._number = number
        self._camera: Any = None
        self._held: dict[str, Any] = {}
        self._best: Any = None
        self._finer = 1.0

    def present(self) -> bool:
        """Whether libcamera lists so many cameras."""
        return len(self._maker.global_camera_info()) > self._number

    @property
    def finer(self) -> float:
        """Both pictures show the whole sensor."""
        return self._finer

    def open(self) -> bool:
        """Starts the quick stream in the sensor's own proportions: a page lies in the still where it was seen."""
        camera = self._maker(self._number)
        self._camera = camera
        width, height = camera.sensor_resolution
        live = _even(width, height, min(1.0, _LIVE_WIDTH / width))
        camera.configure(camera.create_video_configuration({"size": live, "format": _FORMAT}))
        best = _even(width, height, min(1.0, (_MAX_PIXELS / (width * height)) ** 0.5))
        self._best = camera.create_still_configuration({"size": best, "format": _FORMAT}, buffer_count=1)
        self._finer = best[0] / live[0]
        camera.start()
        self.unlock()
        return True

    def grab(self) -> Any:
        """The newest frame."""
        return self._camera.capture_array("main")

    def photograph(self) -> Any:
        """A picture of the whole sensor; both configurations would otherwise bring automatic control back."""
        configuration = {**self._best, "controls": {**self._best.get("controls", {}), **self._held}}
        image = self._camera.switch_mode_and_capture_array(configuration, "main")
        if self._held:
            self._camera.set_controls(self._held)
        return image

    def lock(self) -> Locks:
        """Holds what the last frame was taken with."""
        seen = self._camera.capture_metadata()
        held: dict[str, Any] = {}
        if "ExposureTime" in seen and "AnalogueGain" in seen:
            held |= {
                "AeEnable": False,
                "ExposureTime": seen["ExposureTime"],
                "AnalogueGain": seen["AnalogueGain"],
            }
        if "ColourGains" in seen:
            held |= {"AwbEnable": False, "ColourGains": seen["ColourGains"]}
        focuses = "AfMode" in self._camera.camera_controls
        if focuses and "LensPosition" in seen:
            held |= {"AfMode": _MANUAL, "LensPosition": seen["LensPosition"]}
        self._camera.set_controls(held)
        self._held = held
        return Locks("AfMode" in held if focuses else None, "AeEnable" in held, "AwbEnable" in held)

    def unlock(self) -> Locks:
        """Automatic exposure and colour, continuous focus where the lens moves."""
        self._held = {}
        focuses = "AfMode" in self._camera.camera_controls
        free = {"AeEnable": True, "AwbEnable": True} | ({"AfMode": _CONTINUOUS} if focuses else {})
        self._camera.set_controls(free)
        return Locks(False if focuses else None, exposure=False, colour=False)

    def close(self) -> None:
        """Gives the camera back."""
        if self._camera is not None:
            camera, self._camera = self._camera, None
            try:
                camera.stop()
            finally:
                camera.close()


def _even(width: int, height: int, scale: float) -> tuple[int, int]:
    """The size scaled, both sides even as the image processor wants them."""
    return round(width * scale / 2) * 2, round(height * scale / 2) * 2
