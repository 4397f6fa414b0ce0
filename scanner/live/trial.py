"""A camera tried out: what it gives, and whether it obeys. The findings are sentences for a technician."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from langso.words.catalogue import Joined, Sentence, Unit
from langso.words.numbers import decimal
from scanner.cameras.camera import Locks
from scanner.live.loop import Loop
from scanner.papers import MM_PER_INCH, SIZES_MM

if TYPE_CHECKING:
    from scanner.arrays import Image
    from scanner.cameras.camera import Camera, Condition
    from scanner.live.loop import Round

Level = Literal["good", "warning", "bad"]

A4_FILL = 0.8
"""Share of the picture that an A4 sheet under a kiosk's camera takes, along its tighter side."""

LEAST_DPI = 200
"""What a clerk and Tesseract read small print at."""

LEAST_RATE = 10.0
"""Frames a second below which the outline drags behind the paper."""

DARK, BRIGHT = 50.0, 215.0
"""Mean lightness (0-255) of a table too dark or too bright for a good page."""

SOFT = 60.0
"""Variance of the Laplacian below which print is out of focus; printed pages in focus have hundreds."""


@dataclass
class Trial:
    """What was measured. `size`, `still_size`: width, height; `conditions`: all that were seen, in order;
    `sharpness`: variance of the Laplacian in the sharpest fifth of the picture at 1,000 pixels width.
    """

    frames: int = 0
    seconds: float = 0.0
    size: tuple[int, int] | None = None
    conditions: list[Condition] = field(default_factory=list)
    brightness: float | None = None
    sharpness: float | None = None
    locks: Locks = field(default_factory=Locks)
    still_size: tuple[int, int] | None = None
    still_ms: float | None = None
    picture: Image | None = None

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self.frames / self.seconds if self.seconds > 0 else 0.0

    @property
    def a4_dpi(self) -> int:
        """Dots per inch of an A4 sheet that fills four fifths of the best picture; 0 without one."""
        size = self.still_size or self.size
        if size is None:
            return 0
        return int(A4_FILL * min(max(size) / max(SIZES_MM["A4"]), min(size) / min(SIZES_MM["A4"])) * MM_PER_INCH)


@dataclass(frozen=True)
class Finding:
    """One thing about the camera in one sentence."""

    level: Level
    sentence: Sentence


def try_out(camera: Camera, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> Trial:
    """Looks for so many seconds, then takes the best still picture."""
    trial = Trial()
    begin, first = clock(), None
    newest: Round[None] | None = None
    loop = Loop(camera, lambda _: None, clock=clock)
    while clock() - begin < seconds:
        turned = loop.turn()
        condition = loop.health.condition
        if not trial.conditions or trial.conditions[-1] != condition:
            trial.conditions.append(condition)
        if turned is None:
            continue
        newest, first = turned, turned.at if first is None else first
        # The first frame only begins the count.
        trial.frames, trial.seconds = turned.number - 1, turned.at - first
    trial.locks = camera.locks
    if newest is None:
        return trial
    trial.size = (newest.image.shape[1], newest.image.shape[0])
    picture = _best(camera, trial, newest.image)
    trial.picture, trial.brightness, trial.sharpness = picture, brightness(picture), sharpness(picture)
    return trial


def findings(trial: Trial) -> list[Finding]:
    """What the technician should know, the picture's faults in front."""
    if trial.size is None:
        return [Finding("bad", Sentence("camera-no-picture"))]
    return [*_conditions(trial), *_sizes(trial), *_light(trial), *_locks(trial.locks)]


def brightness(image: Image) -> float:
    """Mean lightness 0-255."""
    return float(image[::4, ::4].mean())


def sharpness(image: Image) -> float:
    """Variance of the Laplacian in the sharpest fifth of the picture, shrunk to 1,000 pixels width."""
    import cv2
    import numpy as np

    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, 1000 / gray.shape[1])
    gray = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edges = cv2.Laplacian(gray, cv2.CV_32F)
    rows, columns = max(1, gray.shape[0] // 32), max(1, gray.shape[1] // 32)
    blocks = [
        block.var() for strip in np.array_split(edges, rows) for block in np.array_split(strip, columns, axis=1)
    ]
    return float(np.percentile(blocks, 80))


def _best(camera: Camera, trial: Trial, newest: Image) -> Image:
    """The camera's still, measured; the newest frame where it gives none."""
    begin = time.perf_counter()
    still = camera.still()
    if still is None:
        return newest
    trial.still_ms = (time.perf_counter() - begin) * 1000
    trial.still_size = (still.image.shape[1], still.image.shape[0])
    return still.image


def _conditions(trial: Trial) -> list[Finding]:
    said = {
        "away": Finding("bad", Sentence("camera-lost")),
        "black": Finding("bad", Sentence("camera-black")),
        "frozen": Finding("bad", Sentence("camera-frozen")),
    }
    return [said[name] for name in dict.fromkeys(trial.conditions) if name in said]


def _sizes(trial: Trial) -> list[Finding]:
    assert trial.size is not None
    rate = Unit(decimal, trial.rate)
    slow = trial.frames > 1 and trial.rate < LEAST_RATE
    if slow:
        preview = Finding("warning", Sentence("camera-preview-slow", size=_by(trial.size), rate=rate))
    else:
        preview = Finding("good", Sentence("camera-preview", size=_by(trial.size), rate=rate))
    if trial.still_size is None or trial.still_ms is None:
        return [preview, Finding("bad", Sentence("camera-no-still"))]
    size, ms, dpi = _by(trial.still_size), f"{trial.still_ms:.0f}", trial.a4_dpi
    if dpi < LEAST_DPI:
        coarse = Sentence("camera-still-coarse", size=size, ms=ms, dpi=dpi, least=LEAST_DPI)
        return [preview, Finding("warning", coarse)]
    return [preview, Finding("good", Sentence("camera-still", size=size, ms=ms, dpi=dpi))]


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"


def _light(trial: Trial) -> list[Finding]:
    assert trial.brightness is not None
    assert trial.sharpness is not None
    level = round(trial.brightness)
    if trial.brightness < DARK:
        light = Finding("warning", Sentence("camera-dark", level=level))
    elif trial.brightness > BRIGHT:
        light = Finding("warning", Sentence("camera-bright", level=level))
    else:
        light = Finding("good", Sentence("camera-light-good", level=level))
    sharp = round(trial.sharpness)
    if trial.sharpness < SOFT:
        return [light, Finding("warning", Sentence("camera-soft", sharpness=sharp))]
    return [light, Finding("good", Sentence("camera-sharp", sharpness=sharp))]


def _locks(locks: Locks) -> list[Finding]:
    parts = (
        (locks.focus, Sentence("camera-focus")),
        (locks.exposure, Sentence("camera-exposure")),
        (locks.colour, Sentence("camera-colour")),
    )
    held = [name for value, name in parts if value]
    loose = [name for value, name in parts if value is False]
    found = []
    if held:
        found.append(Finding("good", Sentence("camera-held", what=Joined(", ", held))))
    if loose:
        found.append(Finding("warning", Sentence("camera-loose", what=Joined(", ", loose))))
    return found or [Finding("good", Sentence("camera-nothing-to-hold"))]
