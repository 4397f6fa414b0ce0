"""The Raspberry Pi's camera through picamera2 (from apt; OpenCV cannot open libcamera devices)."""

from __future__ import annotations

from typing import Any

from scanner.cameras.camera import Closing, Frame, turned
from scanner.errors import CameraFault

_SIZE = (2304, 1296)


class PiCamera(Closing):
    """`source`: camera number. Raises CameraFault where picamera2 or the camera is absent."""

    def __init__(self, source: str, *, rotate: int = 0) -> None:
        try:
            from picamera2 import Picamera2
        except ImportError as error:
            raise CameraFault("Thiếu picamera2; hãy cài bằng: apt-get install python3-picamera2") from error
        try:
            self._camera: Any = Picamera2(int(source) if source.isdigit() else 0)
            # "RGB888" is libcamera's name for bytes in the order blue, green, red.
            self._camera.configure(self._camera.create_video_configuration({"size": _SIZE, "format": "RGB888"}))
            self._camera.start()
        except (RuntimeError, IndexError, OSError) as error:
            raise CameraFault("Không mở được máy ảnh; hãy xem cáp máy ảnh rồi khởi động lại.") from error
        self._rotate = rotate
        self._sequence = 0

    def read(self) -> Frame | None:
        """The newest frame; None while the camera gives none."""
        try:
            image = self._camera.capture_array("main")
        except (RuntimeError, OSError, TimeoutError):
            return None
        self._sequence += 1
        return Frame(turned(image, self._rotate), self._sequence)

    def close(self) -> None:
        """Let the device go."""
        self._camera.stop()
        self._camera.close()
