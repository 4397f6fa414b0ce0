"""The Raspberry Pi's camera over a Picamera2 that is acted with its documented calls."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

from scanner.cameras.camera import Locks
from scanner.cameras.pi import PiCamera, PiDevice
from scanner.errors import CameraFault


class Picamera2:
    """The part of picamera2.Picamera2 that is used; a mode switch brings the configuration's own controls back."""

    cameras: ClassVar[list[dict[str, Any]]] = [{"Model": "imx708", "Num": 0}]
    focuses = True
    resolution = (4608, 2592)

    def __init__(self, camera_num: int = 0) -> None:
        if camera_num >= len(self.cameras):
            raise IndexError("list index out of range")
        self.sensor_resolution = self.resolution
        self.camera_controls = {"AeEnable": (False, True, True)} | ({"AfMode": (0, 2, 0)} if self.focuses else {})
        self.controls: dict[str, Any] = {}
        self.still_controls: dict[str, Any] = {}
        self.configuration: dict[str, Any] = {}
        self.running = False
        self.closed = False

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
        width, height = self.configuration[name]["size"]
        return np.zeros((height, width, 3), np.uint8)

    def switch_mode_and_capture_array(self, configuration: dict[str, Any], name: str = "main") -> Any:
        self.still_controls = configuration["controls"]
        self.controls = {}
        width, height = configuration[name]["size"]
        return np.zeros((height, width, 3), np.uint8)


@pytest.fixture
def device() -> Iterator[PiDevice]:
    made = PiDevice(Picamera2, 0)
    assert made.present()
    assert made.open()
    yield made
    made.close()


def test_the_stream_has_the_sensors_own_proportions(device: PiDevice) -> None:
    assert device.grab().shape == (1296, 2304, 3)
    assert device.photograph().shape == (2592, 4608, 3)
    assert device.finer == 2.0


def test_a_very_large_sensor_is_not_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Picamera2, "resolution", (9152, 6944))
    device = PiDevice(Picamera2, 0)
    device.open()
    height, width, _ = device.photograph().shape
    assert width * height <= 16_100_000
    assert width % 2 == height % 2 == 0
    assert abs(width / height - 9152 / 6944) < 0.01


def test_locking_holds_what_the_last_frame_was_taken_with(device: PiDevice) -> None:
    assert device.lock() == Locks(focus=True, exposure=True, colour=True)
    controls = device._camera.controls
    assert (controls["AeEnable"], controls["ExposureTime"], controls["AnalogueGain"]) == (False, 9990, 1.5)
    assert (controls["AwbEnable"], controls["ColourGains"]) == (False, (1.9, 1.4))
    assert (controls["AfMode"], controls["LensPosition"]) == (0, 3.25)
    assert device.unlock() == Locks(focus=False, exposure=False, colour=False)
    assert (controls["AeEnable"], controls["AwbEnable"], controls["AfMode"]) == (True, True, 2)


def test_what_is_held_is_held_in_the_still_and_after_it(device: PiDevice) -> None:
    device.lock()
    device.photograph()
    camera = device._camera
    assert camera.still_controls["ExposureTime"] == 9990
    assert camera.still_controls["NoiseReductionMode"] == 2
    assert camera.controls["ExposureTime"] == 9990, "switching back must not bring automatic control back"


def test_a_camera_with_a_fixed_lens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Picamera2, "focuses", False)
    device = PiDevice(Picamera2, 0)
    device.open()
    assert device.lock().focus is None
    assert "AfMode" not in device._camera.controls
    assert device.unlock().focus is None


def test_no_camera_on_the_cable_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", SimpleNamespace(Picamera2=Picamera2))
    monkeypatch.setattr(Picamera2, "cameras", [])
    with PiCamera("0") as camera:
        assert camera.read() is None
        assert camera.health.condition == "away"


def test_frames_come_through_the_whole_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", SimpleNamespace(Picamera2=Picamera2))
    with PiCamera("0", rotate=180) as camera:
        frame, still = camera.read(), camera.still()
    assert frame is not None
    assert still is not None
    assert still.image.shape == (2592, 4608, 3)


def test_without_picamera2_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CameraFault, match="python3-picamera2"):
        PiCamera("0")
