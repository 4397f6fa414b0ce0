"""The Raspberry Pi's camera through picamera2 (from apt; OpenCV cannot open libcamera devices).

picamera2 runs in a program of its own, for on Debian 12 it cannot live beside our numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scanner.cameras.camera import Locks
from scanner.cameras.device import OPEN_S, STILL_S, STUCK_S, DeviceCamera
from scanner.cameras.pi_child import PYTHON, Child, probe, put_by, take

if TYPE_CHECKING:
    from scanner.arrays import Image

_SOONER_S = 0.3
"""A program that hangs is ended before its caller is given up for lost."""

# Seconds the camera program has to stop its sensor before it is ended.
_CLOSE_S = 2.0


class PiCamera(DeviceCamera):
    """`source`: camera number; `python`: the interpreter that has picamera2. Raises CameraFault where it has not."""

    def __init__(self, source: str, *, rotate: int = 0, python: Sequence[str] = PYTHON) -> None:
        probe(python)
        number = int(source) if source.isdigit() else 0
        super().__init__(lambda: PiDevice(number, python), rotate=rotate)


class PiDevice:
    """One camera from opening to closing; its program is the one kept from before, or a new one."""

    def __init__(self, number: int, python: Sequence[str] = PYTHON) -> None:
        self._number = number
        self._python = python
        self._child: Child | None = None
        self._finer = 1.0

    def present(self) -> bool:
        """Always true: only the program can tell, which takes its time (see `open`)."""
        return True

    @property
    def finer(self) -> float:
        """Both pictures show the whole sensor."""
        return self._finer

    def open(self) -> bool:
        """Starts the quick stream; False where libcamera lists no such camera."""
        self._child = take(self._python)
        answer = self._child.ask("open", OPEN_S - _SOONER_S, number=self._number)
        self._finer = answer.finer
        return answer.opened

    def grab(self) -> Image:
        """The newest frame."""
        return self._running.picture("grab", STUCK_S - _SOONER_S)

    def photograph(self) -> Image:
        """A picture of the whole sensor."""
        return self._running.picture("photograph", STILL_S - _SOONER_S)

    def lock(self) -> Locks:
        """Holds the controls as they were for the last frame."""
        return self._locks("lock")

    def unlock(self) -> Locks:
        """Automatic exposure and colour, continuous focus where the lens moves."""
        return self._locks("unlock")

    def close(self) -> None:
        """Closes the camera and keeps its program for the next one; a program that cannot close it is ended."""
        if self._child is None:
            return
        child, self._child = self._child, None
        try:
            child.ask("close", _CLOSE_S)
        except OSError:
            child.end()
        else:
            put_by(child)

    @property
    def _running(self) -> Child:
        if self._child is None:
            raise OSError("the camera is not open")
        return self._child

    def _locks(self, do: str) -> Locks:
        held = self._running.ask(do, STUCK_S - _SOONER_S).locks
        return Locks() if held is None else Locks(*held)
