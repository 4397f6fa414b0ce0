"""The one live loop: judges an open camera's frames one after another, and takes a still between two of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from scanner.arrays import Image
    from scanner.cameras import Camera, Frame, Health

Judged = TypeVar("Judged")

STILL_S = 8.0
"""Seconds after which nobody waits for a still any more: what a slow camera takes to switch modes, and more."""


@dataclass(frozen=True)
class Round(Generic[Judged]):
    """One round of the loop: a frame and what was made of it; `number` rises by one a round, `at`: seconds of the
    loop's clock.
    """

    number: int
    image: Image
    judged: Judged
    at: float


class Loop(Generic[Judged]):
    """The loop over an open camera; `look` judges each frame. One thread calls `turn`; `shutter` is for the other
    threads.
    """

    def __init__(
        self,
        camera: Camera,
        look: Callable[[Frame], Judged],
        *,
        shutter: Shutter | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._camera = camera
        self._look = look
        self._shutter = shutter
        self._clock = clock
        self._number = 0
        self.now = clock()
        """When the newest frame came, or none did."""

    @property
    def health(self) -> Health:
        """How the camera is since the last round."""
        return self._camera.health

    def turn(self) -> Round[Judged] | None:
        """One round: takes the still that somebody waits for, then judges the newest frame. None where the camera
        gives none.
        """
        if self._shutter is not None:
            self._shutter.press(self._camera)
        frame = self._camera.read()
        self.now = self._clock()
        if frame is None:
            return None
        judged = self._look(frame)
        self._number += 1
        return Round(self._number, frame.image, judged, self.now)


class Shutter:
    """Gets the camera's best picture for another thread than the loop's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: _Wanted | None = None
        self._closed = False

    def still(self, timeout: float = STILL_S) -> Image | None:
        """The best picture (BGR), taken between two frames; None where none comes in time, or the loop has ended.

        It waits: never call it on the loop's thread.
        """
        wanted = _Wanted()
        with self._lock:
            if self._closed:
                return None
            self._wanted = wanted
        wanted.done.wait(timeout)
        return wanted.image

    def press(self, camera: Camera | None) -> None:
        """Answers the threads that wait: with the camera's still, or with None where there is no camera."""
        with self._lock:
            wanted, self._wanted = self._wanted, None
        if wanted is None:
            return
        try:
            frame = None if camera is None else camera.still()
            wanted.image = None if frame is None else frame.image
        finally:
            wanted.done.set()

    def close(self) -> None:
        """The loop has ended: whoever asks from now on is answered at once."""
        with self._lock:
            self._closed = True


class _Wanted:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.image: Image | None = None
