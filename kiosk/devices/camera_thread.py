"""The camera on a thread of its own: its newest frame is for the screen at once, and is judged beside that."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from langso.contract.health import Check
from langso.errors import LangsoError
from langso.settings.model import ScannerSettings
from langso.words.catalogue import Sentence, Words, code_of, t
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
MAX_SHOWN = 960
"""Pixels of a shown picture's longer side: half of full HD, which shrinks three times as fast as by a fraction, and
more than a kiosk's screen has room for beside the words.
"""
JUDGE_S = 1 / 12
"""Seconds from one judging to the next at least."""

NO_CAMERA = Sentence("prompts-camera-none")


@dataclass(frozen=True)
class Sight(Generic[Judged]):
    """The newest frame, and what `look` made of the last one that was judged (None before the first). `number`: rises
    by one a frame; `shown`: the picture in the screen's size.
    """

    number: int
    image: Image
    judged: Judged | None
    shown: Image


class CameraHealth:
    """How the camera was when it was last used. `fault`: what was wrong, "" for nothing; `seen`: whether it has ever
    given a picture.
    """

    def __init__(self) -> None:
        self.fault: Words = ""
        self.seen = False

    def check(self) -> Check:
        """The camera's health, as it was when it was last used."""
        if not self.fault:
            return Check.good(CHECK_NAME, t("camera-good") if self.seen else t("kiosk-camera-unused"))
        # A villager's sentence has no full stop; its code is the sentence, for who reads another language.
        return Check(CHECK_NAME, False, f"{self.fault}.", t("kiosk-camera-fix"), code=code_of(self.fault))


class CameraHolder(CameraHealth):
    """Keeps the camera open between two screens, so that it need not focus again; one user at a time.

    `fresh` is called, on any thread, when there is another frame to show or another judgement of one.
    """

    def __init__(self, *, linger_s: float = LINGER_S, fresh: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._linger_s = linger_s
        self.fresh = fresh
        self._lock = threading.Lock()
        self._camera: Camera | None = None
        self._settings: ScannerSettings | None = None
        self._timer: threading.Timer | None = None

    @contextlib.contextmanager
    def borrowed(self, settings: ScannerSettings) -> Iterator[Camera]:
        """The open camera for the block; waits for whoever has it. Raises CameraFault."""
        from scanner.cameras import open_camera

        with self._lock:
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

    def close(self) -> None:
        """Closes the camera, unless somebody has it."""
        if self._lock.acquire(blocking=False):
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
    """Reads the camera until `stop`: each frame is to be seen at once, and `look` (Frame -> anything) judges the
    newest one on a thread of its own, as often as it can.

    A camera that is not there or breaks is tried again; `fault` says so meanwhile. `over` is called when no frame
    will be judged any more.
    """

    def __init__(
        self,
        camera: ScannerSettings,
        look: Callable[[Frame], Judged],
        *,
        holder: CameraHolder | None = None,
        over: Callable[[], None] = lambda: None,
    ) -> None:
        self._camera = camera
        self._period = 1.0 / camera.frames_per_s
        self._holder = holder or CameraHolder(linger_s=0)
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._newest: Sight[Judged] | None = None
        self._fault: Words = ""
        self._shutter = Shutter()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._judge: _Judge[Judged] = _Judge(look, self._judged, over)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()
        self._judge.start()

    def stop(self, timeout: float = 3.0) -> None:
        """Ends, gives the camera back and forgets the newest frame."""
        self._stopping.set()
        self._shutter.close()
        self._judge.stop()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)
            self._judge.join(timeout)
        with self._lock:
            self._newest = None

    @property
    def newest(self) -> Sight[Judged] | None:
        """The last frame, and what was judged last; None before the first, and while the camera gives none."""
        with self._lock:
            return self._newest

    @property
    def fault(self) -> Words:
        """Why there is no picture, or none to be believed, as a sentence; "" when there is one."""
        return self._fault or self._judge.fault

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
                self._fault = Sentence("prompts-camera-wrong")
            self._forget()
            self._shutter.press(None)
            self._stopping.wait(RETRY_S)
        # Asked for while waiting to try again: nobody would answer.
        self._shutter.press(None)

    def _watch(self) -> None:
        with self._holder.borrowed(self._camera) as camera:
            # The frame itself: judging it here would hold up the next one.
            loop: Loop[Frame] = Loop(camera, lambda frame: frame, shutter=self._shutter)
            due = time.monotonic()
            while not self._stopping.wait(max(0.0, due - time.monotonic())):
                # By the clock: the work is part of the period, not on top of it.
                due = max(due + self._period, time.monotonic())
                seen, health = loop.turn(), loop.health
                if seen is None:
                    self._gone(health)
                    continue
                shown = for_screen(seen.image)
                self._holder.fault, self._holder.seen = health.sentence, True
                with self._lock:
                    if self._stopping.is_set():
                        break
                    judged = None if self._newest is None else self._newest.judged
                    self._newest, self._fault = Sight(seen.number, seen.image, judged, shown), health.sentence
                self._judge.take(seen.judged)
                self._holder.fresh()
            self._shutter.press(camera)

    def _judged(self, frame: Frame, judged: Judged) -> None:
        """What `look` said of a frame: drawn over the frames from now on."""
        with self._lock:
            newest = self._newest
            # Another size is another camera, or the same one turned: its corners mean nothing here.
            if newest is not None and newest.image.shape == frame.image.shape:
                self._newest = replace(newest, judged=judged)
        self._holder.fresh()

    def _gone(self, health: Health) -> None:
        if health.condition in ("away", "frozen"):
            self._forget()
            self._fault = self._holder.fault = health.sentence
        self._stopping.wait(EMPTY_WAIT_S)

    def _forget(self) -> None:
        self._judge.take(None)
        with self._lock:
            self._newest = None


class _Judge(Generic[Judged]):
    """Judges the newest frame whenever it is free; frames that came meanwhile are passed over."""

    def __init__(
        self,
        look: Callable[[Frame], Judged],
        say: Callable[[Frame, Judged], None],
        over: Callable[[], None],
    ) -> None:
        self.fault: Words = ""
        self._look = look
        self._say = say
        self._over = over
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="judge", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def take(self, frame: Frame | None) -> None:
        """The frame to judge next, instead of one that waits; None for none."""
        with self._changed:
            self._frame = frame
            self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._stopping, self._frame = True, None
            self._changed.notify()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def _run(self) -> None:
        while (frame := self._next()) is not None:
            begun = time.monotonic()
            self._one(frame)
            del frame
            with self._changed:
                # More often is of no use to anybody, and on a small computer the frames need the other half of it.
                now = time.monotonic()
                rest = max(begun + JUDGE_S - now, now - begun)
                self._changed.wait_for(lambda: self._stopping, rest)
        self._over()

    def _one(self, frame: Frame) -> None:
        try:
            judged = self._look(frame)
        except Exception:
            log.exception("judging a frame")
            self.fault = Sentence("prompts-camera-wrong")
            with self._changed:
                self._changed.wait_for(lambda: self._stopping, RETRY_S)
        else:
            self.fault = ""
            if not self._stopping:
                self._say(frame, judged)

    def _next(self) -> Frame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._frame is not None)
            frame, self._frame = self._frame, None
            return None if self._stopping else frame


def for_screen(image: Image) -> Image:
    """The BGR picture shrunk to what a screen can show; the picture itself where it is small enough."""
    import cv2

    longest = max(image.shape[:2])
    if longest <= MAX_SHOWN:
        return image
    # Whole steps first, then the rest without averaging: by a fraction that takes six times as long.
    step = longest // MAX_SHOWN
    if step > 1:
        height, width = (length // step for length in image.shape[:2])
        image = image[: height * step, : width * step]
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    shrink = MAX_SHOWN / max(image.shape[:2])
    return image if shrink >= 1 else cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_LINEAR)
