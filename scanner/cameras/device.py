"""A camera that is a real device: opened, watched, its controls held fixed, opened again. A `Device` only obeys."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from scanner.cameras.black_or_frozen import BlackOrFrozen, glance
from scanner.cameras.camera import Closing, Condition, Frame, Health, Locks, turned
from scanner.cameras.hanging_calls import HangingCalls
from scanner.cameras.settling import Settling, measure

if TYPE_CHECKING:
    from scanner.arrays import Image

Given = TypeVar("Given")

log = logging.getLogger(__name__)

STUCK_S = 3.0
"""Seconds a driver may take for a frame or a lock; more, and it hangs."""

RETRY_S = 1.0
"""Seconds between two tries to open a camera that is not there."""

OPEN_S = 10.0
"""Seconds opening may take before the driver is taken for hung."""

STILL_S = 4.0
"""Seconds a still may take: two switches of mode and an exposure."""

MOST_LEFT = 4
"""Threads that hang in a driver before the camera is tried no more until one of them ends."""

# Seconds between two judgements of the light: it changes no faster, and frames may come at 60 a second.
_JUDGE_S = 0.1
_FAULTS = (OSError, RuntimeError, ValueError, TypeError, LookupError)


class Device(Protocol):
    """What a driver can do. Calls may block or raise OSError, RuntimeError, ValueError, TypeError, LookupError."""

    def present(self) -> bool:
        """Whether it is worth trying to open it."""

    @property
    def finer(self) -> float:
        """How many times as many pixels across `photograph` gives as `grab`; asked while it is open."""

    def open(self) -> bool:
        """Starts the quick stream; False where there is no camera."""

    def grab(self) -> Image | None:
        """The newest BGR frame of the quick stream, None where the camera is gone."""

    def photograph(self) -> Image | None:
        """The best BGR picture; the quick stream runs again when it returns. None where the camera is gone."""

    def lock(self) -> Locks:
        """Holds focus, exposure and colour as they are; returns what it really holds."""

    def unlock(self) -> Locks:
        """Makes the camera's controls automatic again."""

    def close(self) -> None:
        """Closes it; harmless when it is not open."""


class DeviceCamera(Closing):
    """A Camera over devices that `make` makes, a new one each time: one that is unplugged, hangs or is frozen is
    abandoned.
    """

    def __init__(
        self, make: Callable[[], Device], *, rotate: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = make
        self._rotate = rotate
        self._clock = clock
        self._device: Device | None = None
        self._calls: HangingCalls | None = None
        self._left: list[HangingCalls] = []
        self._black_or_frozen = BlackOrFrozen()
        self._settling = Settling()
        self._locks = Locks()
        self._condition: Condition = "starting"
        self._next_try = float("-inf")
        self._waiting_since: float | None = None
        self._judged = float("-inf")
        self._sequence = 0
        self._finer = 1.0
        self._live = (0, 0)

    @property
    def health(self) -> Health:
        """Its condition since the last `read`."""
        return Health(self._condition)

    @property
    def locks(self) -> Locks:
        """What is held fixed since the light was last calm."""
        return self._locks

    def read(self) -> Frame | None:
        """The newest frame; None while the camera is away, stuck or frozen (it is tried again each second)."""
        if self._device is None and not self._open():
            time.sleep(0.05)
            return None
        assert self._device is not None
        image = self._done(self._device.grab, STUCK_S)
        if image is None:
            return None
        now = self._clock()
        if now - self._judged >= _JUDGE_S:
            # Frames in quick succession say nothing more about light that changes in tenths of seconds.
            self._judged = now
            self._judge(image, now)
            if self._device is None:
                return None
        self._sequence += 1
        self._live = image.shape[:2]
        return Frame(turned(image, self._rotate), self._sequence, self._finer)

    def still(self) -> Frame | None:
        """The best picture of the device; where that fails, the newest frame of the quick stream."""
        if self._device is None:
            return None
        image = self._done(self._device.photograph, STILL_S)
        if image is None:
            return self.read()
        # The mode was switched: what the next frames look like says nothing about the light before.
        self._black_or_frozen.forget()
        # Drivers promise sizes that they do not give.
        self._finer = _ratio(image.shape[:2], self._live)
        self._sequence += 1
        return Frame(turned(image, self._rotate), self._sequence)

    def close(self) -> None:
        """Closes the device; one that hangs while closing is abandoned with its thread."""
        self._leave("starting")

    def _open(self) -> bool:
        now = self._clock()
        if now < self._next_try:
            return False
        self._next_try = now + RETRY_S
        self._left = [errands for errands in self._left if not errands.ended]
        if len(self._left) >= MOST_LEFT:
            # Another try would hang as well, and its thread would be one more that never ends.
            return False
        device = self._make()
        if not device.present():
            self._condition = "away"
            return False
        self._calls = HangingCalls()
        self._device = device
        try:
            opened = self._calls.do(device.open, OPEN_S)
        except (*_FAULTS, TimeoutError) as error:
            log.warning("camera not opened: %s", error or type(error).__name__)
            opened = False
        if not opened:
            self._leave("away")
            return False
        self._black_or_frozen.forget()
        self._settling.forget()
        self._locks = Locks()
        if self._condition == "away":
            self._condition = "starting"
        self._finer = device.finer
        return True

    def _done(self, what: Callable[[], Given | None], timeout: float) -> Given | None:
        """The call's answer on the device's thread; None (and the device is left) where it fails or hangs."""
        assert self._calls is not None
        try:
            answer = self._calls.do(what, timeout)
        except TimeoutError:
            log.warning("the camera does not answer; opening it again")
            self._leave("frozen")
            return None
        except _FAULTS as error:
            log.warning("camera: %s", error or type(error).__name__)
            answer = None
        if answer is None:
            self._leave("away")
        return answer

    def _judge(self, image: Image, now: float) -> None:
        self._condition = self._black_or_frozen.see(glance(image), now)
        if self._black_or_frozen.reopen:
            log.warning("the camera's picture is %s; opening it again", self._condition)
            self._leave(self._condition)
            return
        if self._condition != "ok" or self._device is None:
            return
        advice = self._settling.see(measure(image), now)
        if advice is None:
            return
        locks = self._done(self._device.lock if advice == "lock" else self._device.unlock, STUCK_S)
        if locks is not None:
            log.info("camera %s: %s", advice, locks)
            self._locks = locks

    def _leave(self, condition: Condition) -> None:
        if self._calls is not None:
            self._calls.leave(None if self._device is None else self._device.close)
            self._left.append(self._calls)
        self._device = self._calls = None
        self._condition = condition
        self._locks = Locks()
        self._next_try = self._clock() + RETRY_S


def _ratio(still: tuple[int, ...], live: tuple[int, ...]) -> float:
    """How much finer the still is, for sure; 1 before any frame."""
    return min(still[0] / live[0], still[1] / live[1]) if min(live) > 0 else 1.0
