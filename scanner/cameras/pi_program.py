"""The Raspberry Pi's camera as a program: /usr/bin/python3 runs this file, with apt's picamera2 and the numpy that
its extensions were built for. Nothing of ours may be imported here, for this interpreter has nothing of ours.

`pi_program.py probe` tells by its exit status whether picamera2 is there. `pi_program.py CHANNEL MEMORY LIFE` (three
file descriptors): one JSON request and one JSON answer a message on CHANNEL, pictures in MEMORY, death with LIFE.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import importlib.util
import json
import mmap
import os
import select
import signal
import socket
import sys
from typing import Any  # picamera2 has no types, and its JSON is checked at the other end

ABSENT = 3
"""Exit status where the system's Python has no picamera2."""

MAX_MESSAGE = 4096
"""Bytes of a request or an answer; both are a few hundred."""

MAX_PIXELS = 16_000_000
"""Of a still, at most: the shared memory holds so many, and a Camera Module 3 has 12 million."""

# Pixels across the quick stream: half a Camera Module 3, which its sensor gives binned.
_LIVE_WIDTH = 2304
_MANUAL, _CONTINUOUS = 0, 2
"""libcamera's AfModeEnum."""

_FORMAT = "RGB888"
"""libcamera's name for bytes in the order blue, green, red."""


class Sensor:
    """One Picamera2 object from opening to closing; `maker` is picamera2's class. What is held is told as three of
    True, False, None: focus, exposure, colour.
    """

    def __init__(self, maker: Any, number: int) -> None:
        self._maker = maker
        self._number = number
        self._camera: Any = None
        self._held: dict[str, Any] = {}
        self._best: Any = None
        self.finer = 1.0

    def open(self) -> bool:
        """Starts the quick stream in the sensor's own proportions: a page lies in the still where it was seen. False
        where libcamera lists no such camera.
        """
        if len(self._maker.global_camera_info()) <= self._number:
            return False
        camera = self._maker(self._number)
        self._camera = camera
        width, height = camera.sensor_resolution
        live = _even(width, height, min(1.0, _LIVE_WIDTH / width))
        camera.configure(camera.create_video_configuration({"size": live, "format": _FORMAT}))
        best = _even(width, height, min(1.0, (MAX_PIXELS / (width * height)) ** 0.5))
        self._best = camera.create_still_configuration({"size": best, "format": _FORMAT}, buffer_count=1)
        self.finer = best[0] / live[0]
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

    def lock(self) -> list[bool | None]:
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
        return ["AfMode" in held if focuses else None, "AeEnable" in held, "AwbEnable" in held]

    def unlock(self) -> list[bool | None]:
        """Automatic exposure and colour, continuous focus where the lens moves."""
        self._held = {}
        focuses = "AfMode" in self._camera.camera_controls
        free = {"AeEnable": True, "AwbEnable": True} | ({"AfMode": _CONTINUOUS} if focuses else {})
        self._camera.set_controls(free)
        return [False if focuses else None, False, False]

    def close(self) -> None:
        """Gives the camera back."""
        if self._camera is not None:
            camera, self._camera = self._camera, None
            try:
                camera.stop()
            finally:
                camera.close()


class Program:
    """Does what is asked, one request after the other; between two cameras picamera2 stays loaded."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory
        self._sensor: Sensor | None = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request; raises whatever the camera raises."""
        do = request["do"]
        if do == "open":
            self._close()
            sensor = Sensor(importlib.import_module("picamera2").Picamera2, request["number"])
            self._sensor = sensor
            return {"opened": sensor.open(), "finer": sensor.finer}
        if do == "close":
            self._close()
            return {}
        if self._sensor is None:
            raise ValueError("no camera is open")
        if do in ("grab", "photograph"):
            return self._picture(self._sensor.grab() if do == "grab" else self._sensor.photograph())
        return {"locks": self._sensor.lock() if do == "lock" else self._sensor.unlock()}

    def _picture(self, image: Any) -> dict[str, Any]:
        import numpy

        if image.dtype != numpy.uint8 or image.shape[2:] != (3,) or image.size > len(self._memory):
            raise ValueError(f"a picture of {image.shape} {image.dtype} was not asked for")
        height, width = image.shape[:2]
        place = numpy.frombuffer(self._memory, numpy.uint8, image.size)
        # Rows of a camera's own buffer may be padded: this copies what is picture.
        place.reshape(image.shape)[:] = image
        return {"size": [int(width), int(height)]}

    def _close(self) -> None:
        if self._sensor is not None:
            sensor, self._sensor = self._sensor, None
            sensor.close()


def serve(channel: socket.socket, memory: mmap.mmap) -> None:
    """Until the other side is gone."""
    program = Program(memory)
    while raw := channel.recv(MAX_MESSAGE):
        try:
            answer = program.answer(json.loads(raw))
        except Exception as error:  # noqa: BLE001 - whatever a driver raises is told to who asked
            answer = {"failed": f"{type(error).__name__}: {error}"[:500]}
        channel.send(json.dumps(answer).encode())


def die_with(life: int) -> None:
    """When the pipe's other end closes the kernel ends this process, even one that hangs in a driver.

    Not PR_SET_PDEATHSIG: that means the parent's thread, and the kiosk's camera threads come and go.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)
    ended = select.poll()
    ended.register(life, select.POLLHUP)
    if ended.poll(0):
        sys.exit(0)


def main(arguments: list[str]) -> int:
    """The exit status."""
    if arguments == ["probe"]:
        return 0 if importlib.util.find_spec("picamera2") else ABSENT
    channel, memory, life = map(int, arguments)
    die_with(life)
    # Ctrl-C in a terminal goes to all: the kiosk says when it is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ConnectionError), socket.socket(fileno=channel) as talk:
        serve(talk, mmap.mmap(memory, os.fstat(memory).st_size))
    return 0


def _even(width: int, height: int, scale: float) -> tuple[int, int]:
    """The size scaled, both sides even as the image processor wants them."""
    return round(width * scale / 2) * 2, round(height * scale / 2) * 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
