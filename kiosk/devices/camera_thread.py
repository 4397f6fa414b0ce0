"""The camera on a thread of its own: newest frame, judged, never a queue; the screen asks for what is newest."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from langso.contract.health import Check
from langso.errors import LangsoError
from langso.settings.model import ScannerSettings
from langso.timekeeping.pulse import Pulse
from langso.words.catalogue import Sentence, Words, t
from scanner.live.loop import STILL_S, Loop, Shutter

if TYPE_CHECKING:
    from scanner.arrays import Image
    from scanner.cameras import Camera, Frame, Health

log = logging.getLogger(__name__)

Judged = TypeVar("Judged")
EMPTY_WAIT_S = 0.05
RETRY_S = 2.0
LINGER_S = 20.0
CHECK_NAME = "camera"
MAX_SHOWN = 1280
NO_CAMERA = Sentence("kiosk-no-camera")


@dataclass(frozen=True)
class Sight(Generic[Judged]):
    """The newest frame and what `look` made of it; `number` grows by one a frame; `shown`: for the screen's size."""

    number: int
    image: Image
    judged: Judged
    shown: Image


class CameraHolder:
    """Keeps the camera open between one screen and the next, so that it need not focus anew; one user at a time.

    `fault`: what was wrong with it last, "" for nothing; `seen`: whether it has ever given a picture.
    """

    def __init__(self, *, linger_s: float = LINGER_S) -> None:
        self._linger_s = linger_s
        self._lock = threading.Lock()
        self._camera: Camera | None = None
        self._settings: ScannerSettings | None = None
        self._timer: threading.Timer | None = None
        self._pulse = Pulse()
        self.fault: Words = ""
        self.seen = False

    @property
    def hung(self) -> bool:
        """Whether whoever has the camera comes neither round nor back."""
        return self._pulse.hung

    def turned(self) -> None:
        """Whoever has the camera begins a round."""
        self._pulse.beat()

    def check(self) -> Check:
        """How the camera was when it was last looked through."""
        if not self.fault:
            return Check.good(CHECK_NAME, t("kiosk-camera-good") if self.seen else t("kiosk-camera-unused"))
        return Check.bad(CHECK_NAME, f"{self.fault}.", t("kiosk-camera-fix"))

    @contextlib.contextmanager
    def borrowed(self, settings: ScannerSettings) -> Iterator[Camera]:
        """The open camera; waits for whoever has it. Raises CameraFault."""
        from scanner.cameras import open_camera

        with self._lock, self._pulse.working():
            self._cancel()
            if self._camera is None or settings != self._settings:
                self._close()
                self._camera = open_camera(settings)
                self._settings = settings
            else:
                # A frame that waited meanwhile shows the table as it was.
                self._camera.read()
            try:
                yield self._camera
            except BaseException:
                self._close()
                raise
            finally:
                if self._linger_s <= 0:
                    self._close()
                elif self._camera is not None:
                    self._timer = threading.Timer(self._linger_s, self.close)
                    self._timer.daemon = True
                    self._timer.start()

    def close(self, timeout: float = 0.0) -> None:
        """Lets the camera go, unless somebody has it for longer than `timeout` seconds."""
        if self._lock.acquire(timeout=timeout):
            try:
                self._cancel()
                self._close()
            finally:
                self._lock.release()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        if self._camera is not None:
            camera, self._camera = self._camera, None
            camera.close()


class Watcher(Generic[Judged]):
    """Reads the camera and judges each frame with `look` (Frame -> anything) until `stop`.

    A camera that is not there or breaks is tried again; `fault` says so meanwhile. `rate`: frames a second at most.
    `over` is called on the camera's thread when no frame will be judged any more.
    """

    def __init__(
        self,
        camera: ScannerSettings,
        look: Callable[[Frame], Judged],
        *,
        rate: float = 8.0,
        holder: CameraHolder | None = None,
        over: Callable[[], None] = lambda: None,
    ) -> None:
        self._camera = camera
        self._look = look
        self._period = 1.0 / rate
        self._holder = holder or CameraHolder(linger_s=0)
        self._over = over
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._newest: Sight[Judged] | None = None
        self._fault: Words = ""
        self._shutter = Shutter()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self, timeout: float = 3.0) -> None:
        """Ends, gives the camera back and forgets the newest frame."""
        self._stopping.set()
        self._shutter.close()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        with self._lock:
            self._newest = None

    @property
    def newest(self) -> Sight[Judged] | None:
        """The last frame judged; None before the first, and while the camera gives none."""
        with self._lock:
            return self._newest

    @property
    def fault(self) -> Words:
        """Why there is no picture, or none to be believed, as a sentence; "" when there is one."""
        return self._fault

    def still(self, timeout: float = STILL_S) -> Image | None:
        """The camera's best picture (BGR), taken between two frames; None where it gives none in time or is left.

        Waits: not for the screen's thread.
        """
        return self._shutter.still(timeout)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._watch()
            except LangsoError as error:
                if self._fault != NO_CAMERA:
                    log.warning("camera: %s", error)
                self._fault = self._holder.fault = NO_CAMERA
            except Exception:
                log.exception("the camera's thread")
                self._fault = Sentence("kiosk-camera-fault")
            with self._lock:
                self._newest = None
            self._shutter.press(None)
            self._stopping.wait(RETRY_S)
        # Asked for while waiting to try again: nobody would answer.
        self._shutter.press(None)
        self._over()

    def _watch(self) -> None:
        with self._holder.borrowed(self._camera) as camera:
            loop = Loop(camera, self._look, shutter=self._shutter)
            while not self._stopping.wait(self._period):
                self._holder.turned()
                seen, health = loop.turn(), loop.health
                if seen is None:
                    self._gone(health)
                    continue
                sight = Sight(seen.number, seen.image, seen.judged, for_screen(seen.image))
                self._holder.fault, self._holder.seen = health.sentence, True
                with self._lock:
                    if not self._stopping.is_set():
                        self._newest, self._fault = sight, health.sentence
            self._shutter.press(camera)

    def _gone(self, health: Health) -> None:
        if health.condition in ("away", "frozen"):
            with self._lock:
                self._newest, self._fault = None, health.sentence
            self._holder.fault = health.sentence
        self._stopping.wait(EMPTY_WAIT_S)


def for_screen(image: Image) -> Image:
    """The BGR picture shrunk to what a screen can show; the picture itself where it is small enough."""
    import cv2

    shrink = MAX_SHOWN / max(image.shape[:2])
    return image if shrink >= 1 else cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
