"""Cameras behind one interface, chosen by settings: picamera2, v4l2, replay."""

from __future__ import annotations

from pathlib import Path

from langso.settings.reading import ScannerSettings
from scanner.cameras.camera import Camera, Frame, Health, Locks

__all__ = ["Camera", "Frame", "Health", "Locks", "open_camera"]


def open_camera(settings: ScannerSettings) -> Camera:
    """The camera that the settings name. Raises CameraFault where it cannot exist here; one that is unplugged later
    does not raise.
    """
    if settings.camera == "replay":
        from scanner.cameras.replay import ReplayCamera

        return ReplayCamera(Path(settings.source), rotate=settings.rotate)
    if settings.camera == "picamera2":
        from scanner.cameras.pi import PiCamera

        return PiCamera(settings.source, rotate=settings.rotate)
    from scanner.cameras.v4l2 import V4l2Camera

    return V4l2Camera(settings.source, rotate=settings.rotate)
