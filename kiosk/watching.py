"""The camera on a thread of its own: newest frame, judged, never a queue; the screen asks for what is newest."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from langso.errors import LangsoError
from langso.settings_model import ScannerSettings

log = logging.getLogger(__name__)

Judged = TypeVar("Judged")
EMPTY_WAIT_S = 0.05
RETRY_S = 2.0
NO_CAMERA = "Máy ảnh chưa sẵn sàng, xin gọi cán bộ"


@dataclass(frozen=True)
class Sight(Generic[Judged]):
    """The newest frame and what `look` made of it; `number` grows by one a frame."""

    number: int
    image: Any
    judged: Judged


class Watcher(Generic[Judged]):
    """Reads the camera and judges each frame with `look` (BGR image -> anything) until `stop`.

    A camera that is not there or breaks is tried again; `fault` says so meanwhile. `rate`: frames a second at most.
    """

    def __init__(self, camera: ScannerSettings, look: Callable[[Any], Judged], *, rate: float = 8.0) -> None:
        self._camera = camera
        self._look = look
        self._period = 1.0 / rate
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._newest: Sight[Judged] | None = None
        self._fault = ""
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self, timeout: float = 3.0) -> None:
        """Ends, closes the camera and forgets the newest frame."""
        self._stopping.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        with self._lock:
            self._newest = None

    @property
    def newest(self) -> Sight[Judged] | None:
        """The last frame judged; None before the first."""
        with self._lock:
            return self._newest

    @property
    def fault(self) -> str:
        """Why there is no picture, as a sentence; "" when there is one."""
        return self._fault

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch()
            except LangsoError as error:
                if self._fault != str(error):
                    log.warning("camera: %s", error)
                self._fault = str(error)
            except Exception:
                log.exception("the camera's thread")
                self._fault = "Máy ảnh gặp lỗi; xin gọi cán bộ."
            with self._lock:
                self._newest = None
            self._stopping.wait(RETRY_S)

    def _watch(self) -> None:
        from scanner.cameras import open_camera

        camera = open_camera(self._camera)
        number = 0
        try:
            while not self._stopping.wait(self._period):
                frame = camera.read()
                if frame is None:
                    self._stopping.wait(EMPTY_WAIT_S)
                    continue
                judged = self._look(frame.image)
                number += 1
                with self._lock:
                    if not self._stopping.is_set():
                        self._newest, self._fault = Sight(number, frame.image, judged), ""
        finally:
            camera.close()
