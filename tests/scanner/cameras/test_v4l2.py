"""The USB camera over a VideoCapture that is acted: modes, stills, and controls that lie."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from scanner.cameras.camera import Locks
from scanner.cameras.v4l2 import V4l2Camera, V4l2Device

MODES = ((640, 480), (1920, 1080), (3264, 2448))


class ActedCapture:
    """`cv2.VideoCapture` as V4L2 drivers behave: sizes snap to a mode; `stubborn` controls say yes and stay."""

    def __init__(self, *, modes: tuple[tuple[int, int], ...] = MODES, absent: tuple[int, ...] = ()) -> None:
        self.modes = modes
        self.size = modes[0]
        self.wanted = list(modes[0])
        self.absent = set(absent)
        self.stubborn: set[int] = set()
        self.controls: dict[int, float] = {
            cv2.CAP_PROP_AUTOFOCUS: 1.0,
            cv2.CAP_PROP_AUTO_EXPOSURE: 3.0,
            cv2.CAP_PROP_AUTO_WB: 1.0,
            cv2.CAP_PROP_EXPOSURE: 156.0,
            cv2.CAP_PROP_FOCUS: 40.0,
        }
        self.told: list[tuple[int, float]] = []
        self.grabbed = 0
        self.plugged = True
        self.opened = True

    def isOpened(self) -> bool:
        return self.opened

    def release(self) -> None:
        self.opened = False

    def grab(self) -> bool:
        self.grabbed += 1
        return self.plugged

    def read(self) -> tuple[bool, Any]:
        if not self.plugged:
            return False, None
        return True, np.full((self.size[1], self.size[0], 3), 90, np.uint8)

    def get(self, control: int) -> float:
        if control == cv2.CAP_PROP_FRAME_WIDTH:
            return float(self.size[0])
        if control == cv2.CAP_PROP_FRAME_HEIGHT:
            return float(self.size[1])
        return -1.0 if control in self.absent else self.controls.get(control, 0.0)

    def set(self, control: int, value: float) -> bool:
        self.told.append((control, value))
        if control in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT):
            self.wanted[control == cv2.CAP_PROP_FRAME_HEIGHT] = int(value)
            area = self.wanted[0] * self.wanted[1]
            self.size = min(self.modes, key=lambda mode: abs(mode[0] * mode[1] - area))
            return True
        if control in self.absent:
            return False
        if control == cv2.CAP_PROP_AUTO_EXPOSURE and value not in (1.0, 3.0):
            return False
        if control not in self.stubborn:
            self.controls[control] = value
        return True


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[ActedCapture], Path]:
    def plugged(capture: ActedCapture) -> Path:
        path = tmp_path / "video0"
        path.touch()

        def open_capture(_: str, api: int) -> ActedCapture:
            assert api == cv2.CAP_V4L2
            capture.opened = True
            return capture

        monkeypatch.setattr(cv2, "VideoCapture", open_capture)
        return path

    return plugged


@pytest.fixture
def opened(plug: Callable[[ActedCapture], Path]) -> Callable[[ActedCapture], V4l2Device]:
    def make(capture: ActedCapture) -> V4l2Device:
        device = V4l2Device(str(plug(capture)))
        assert device.present()
        assert device.open()
        return device

    return make


Opened = Callable[[ActedCapture], V4l2Device]


def test_it_streams_full_hd_in_mjpg_with_a_short_queue(opened: Opened) -> None:
    capture = ActedCapture()
    assert opened(capture).grab().shape == (1080, 1920, 3)
    assert (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")) in capture.told
    assert (cv2.CAP_PROP_BUFFERSIZE, 1) in capture.told


def test_the_still_is_in_the_largest_mode_and_the_stream_is_as_before(opened: Opened) -> None:
    capture = ActedCapture()
    device = opened(capture)
    assert device.finer == 1.7, "what is true of both sides"
    assert device.photograph().shape == (2448, 3264, 3)
    assert capture.grabbed >= 1, "what was exposed before the call is thrown away"
    assert device.grab().shape == (1080, 1920, 3)


def test_a_camera_whose_largest_mode_is_streamed_already_is_not_switched(opened: Opened) -> None:
    capture = ActedCapture(modes=((640, 480), (1920, 1080)))
    device = opened(capture)
    capture.told.clear()
    assert device.photograph().shape == (1080, 1920, 3)
    assert device.finer == 1.0
    assert capture.told == []


def test_locking_holds_what_automatic_control_had_found(opened: Opened) -> None:
    capture = ActedCapture()
    device = opened(capture)
    assert device.lock() == Locks(focus=True, exposure=True, colour=True)
    assert capture.controls[cv2.CAP_PROP_AUTO_EXPOSURE] == 1.0
    assert (cv2.CAP_PROP_EXPOSURE, 156.0) in capture.told
    assert (cv2.CAP_PROP_FOCUS, 40.0) in capture.told
    assert device.unlock() == Locks(focus=False, exposure=False, colour=False)
    assert capture.controls[cv2.CAP_PROP_AUTO_EXPOSURE] == 3.0


def test_a_driver_that_says_yes_and_does_nothing_is_not_believed(opened: Opened) -> None:
    capture = ActedCapture()
    device = opened(capture)
    capture.stubborn = {cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_AUTOFOCUS}
    capture.told.clear()
    assert device.lock() == Locks(focus=False, exposure=False, colour=True)
    assert (cv2.CAP_PROP_EXPOSURE, 156.0) not in capture.told


def test_a_camera_without_focus_says_that_it_has_none(opened: Opened) -> None:
    device = opened(ActedCapture(absent=(cv2.CAP_PROP_AUTOFOCUS, cv2.CAP_PROP_FOCUS)))
    assert device.lock().focus is None


def test_unplugged_and_plugged_in_again(
    plug: Callable[[ActedCapture], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = ActedCapture()
    path = plug(capture)
    monkeypatch.setattr("scanner.cameras.device.RETRY_S", 0.01)
    with V4l2Camera(str(path)) as camera:
        assert camera.read() is not None
        capture.plugged = False
        path.unlink()
        for _ in range(5):
            assert camera.read() is None
        assert camera.health.condition == "away"
        capture.plugged = True
        path.touch()
        frames = [camera.read() for _ in range(5)]
    assert frames[-1] is not None


def test_an_absent_usb_camera_gives_no_frame_and_no_error() -> None:
    with V4l2Camera("/dev/video-absent") as camera:
        assert camera.read() is None
        assert camera.still() is None
        assert camera.health.condition == "away"
