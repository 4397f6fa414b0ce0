"""Devices that are only acted, faked at the seam where the real library begins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from scanner.cameras.camera import Locks


@dataclass
class ActedDevice:
    """A camera device whose mood is set by the test: "ok", "gone", "hung", "frozen", "black" or "absent"."""

    mood: str = "ok"
    level: float = 120.0
    opened: int = 0
    closed: int = 0
    locked: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    rng: Any = field(default_factory=lambda: np.random.default_rng(4))
    last: Any = None
    finer: float = 2.0

    def present(self) -> bool:
        return self.mood != "absent"

    def open(self) -> bool:
        self.opened += 1
        if self.mood == "hung":
            self.released.wait(30)
        return self.mood != "refuses"

    def grab(self) -> Any:
        if self.mood in ("gone", "absent"):
            return None
        if self.mood == "torn":
            raise OSError("the cable was pulled")
        if self.mood == "hung":
            self.released.wait(30)
        if self.mood == "frozen" and self.last is not None:
            return self.last
        if self.mood == "black":
            return np.zeros((64, 96, 3), np.uint8)
        self.last = np.clip(self.level + self.rng.normal(0, 4, (64, 96, 3)), 0, 255).astype(np.uint8)
        return self.last

    def photograph(self) -> Any:
        image = self.grab()
        return None if image is None else np.repeat(np.repeat(image, 2, axis=0), 2, axis=1)

    def lock(self) -> Locks:
        self.locked.append("lock")
        return Locks(focus=True, exposure=True, colour=None)

    def unlock(self) -> Locks:
        self.locked.append("unlock")
        return Locks(focus=False, exposure=False, colour=None)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def acted() -> ActedDevice:
    return ActedDevice()


class Seconds:
    """A clock that goes on only when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def on(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def watch_for(seconds: Seconds) -> Callable[..., list[Any]]:
    """`watch_for(camera, 2.0)`: what `read` gave each tenth of a second."""

    def watch(camera: Any, span: float, every: float = 0.1) -> list[Any]:
        given = []
        for _ in range(round(span / every)):
            seconds.on(every)
            given.append(camera.read())
        return given

    return watch
