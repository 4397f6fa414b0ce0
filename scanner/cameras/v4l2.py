"""A USB camera through Video4Linux; it may be unplugged and plugged in again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scanner.cameras.camera import Locks
from scanner.cameras.device import DeviceCamera

if TYPE_CHECKING:
    import cv2

    from scanner.arrays import Image

# Pixels asked for in the quick stream: full HD.
_LIVE = (1920, 1080)
# Pixels asked for to learn what the most is: no camera has so many.
_ALL = (10_000, 10_000)
# Times as many pixels a still must have to be worth half a second's switch of modes.
_LARGER = 1.3
_MANUAL, _APERTURE_PRIORITY, _AUTO = 1.0, 3.0, 0.0
"""V4L2's own numbers for exposure (v4l2_exposure_auto_type): most webcams know only 1 and 3."""


class V4l2Camera(DeviceCamera):
    """`source`: device number or path."""

    def __init__(self, source: str, *, rotate: int = 0) -> None:
        path = f"/dev/video{source}" if source.isdigit() else source
        super().__init__(lambda: V4l2Device(path), rotate=rotate)


class V4l2Device:
    """`cv2.VideoCapture` over a device file; MJPG, for raw video does not fit through USB 2 at these sizes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._device: cv2.VideoCapture | None = None
        self._live = self._best = (0, 0)

    def present(self) -> bool:
        """Whether the device file is there."""
        return Path(self._path).exists()

    @property
    def finer(self) -> float:
        """The smaller of the two sides' ratios: one mode may show less of the scene than the other."""
        if not self._larger:
            return 1.0
        return min(self._best[0] / self._live[0], self._best[1] / self._live[1])

    def open(self) -> bool:
        """Opens it at about full HD and asks what its largest picture is."""
        import cv2

        device = cv2.VideoCapture(self._path, cv2.CAP_V4L2)
        if not device.isOpened():
            device.release()
            return False
        self._device = device
        device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        # No list of sizes to be had; a driver asked for too much takes its largest.
        self._best = self._resize(_ALL)
        self._live = self._resize(_LIVE)
        # Old frames waiting in a queue would show the paper where it was.
        device.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self.unlock()
        return True

    def grab(self) -> Image | None:
        """The newest frame, None where the camera is gone."""
        good, image = self._open_device.read()
        return image if good else None

    def photograph(self) -> Image | None:
        """A picture in the largest mode, if that is larger by a third; else a frame exposed after this call."""
        larger = self._larger
        if larger:
            self._resize(self._best)
        # The first one may have been exposed before the call, or be torn by the new mode.
        self._open_device.grab()
        image = self.grab()
        if larger:
            self._resize(self._live)
        return image

    def lock(self) -> Locks:
        """Holds focus, exposure and white balance at what they are."""
        import cv2

        exposure = self._open_device.get(cv2.CAP_PROP_EXPOSURE)
        focus = self._open_device.get(cv2.CAP_PROP_FOCUS)
        held = Locks(
            focus=self._switch(cv2.CAP_PROP_AUTOFOCUS, 0.0),
            exposure=self._switch(cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL),
            colour=self._switch(cv2.CAP_PROP_AUTO_WB, 0.0),
        )
        # Some drivers jump to a value of their own when automatic control ends.
        if held.exposure and exposure > 0:
            self._open_device.set(cv2.CAP_PROP_EXPOSURE, exposure)
        if held.focus and focus >= 0:
            self._open_device.set(cv2.CAP_PROP_FOCUS, focus)
        return held

    def unlock(self) -> Locks:
        """Automatic control of all three."""
        import cv2

        automatic = self._switch(cv2.CAP_PROP_AUTO_EXPOSURE, _APERTURE_PRIORITY)
        if not automatic:
            automatic = self._switch(cv2.CAP_PROP_AUTO_EXPOSURE, _AUTO)
        return Locks(
            focus=_opposite(self._switch(cv2.CAP_PROP_AUTOFOCUS, 1.0)),
            exposure=_opposite(automatic),
            colour=_opposite(self._switch(cv2.CAP_PROP_AUTO_WB, 1.0)),
        )

    def close(self) -> None:
        """Closes the device file."""
        if self._device is not None:
            self._device.release()
            self._device = None

    @property
    def _open_device(self) -> cv2.VideoCapture:
        assert self._device is not None
        return self._device

    @property
    def _larger(self) -> bool:
        """Whether another mode is worth switching to for a still."""
        return min(self._live) > 0 and self._best[0] * self._best[1] > _LARGER * self._live[0] * self._live[1]

    def _resize(self, size: tuple[int, int]) -> tuple[int, int]:
        """Asks for a size; returns the one the driver took."""
        import cv2

        self._open_device.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        self._open_device.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        return (
            int(self._open_device.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(self._open_device.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        )

    def _switch(self, control: int, value: float) -> bool | None:
        """Sets a control; whether it reads back so (a driver's "yes" means little), None where there is none."""
        before = self._open_device.get(control)
        taken = self._open_device.set(control, value)
        after = self._open_device.get(control)
        if not taken and before == after and after != value:
            return None
        return bool(after == value)


def _opposite(value: bool | None) -> bool | None:
    return None if value is None else not value
