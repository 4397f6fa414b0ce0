"""A camera tried out: what it gives and whether it does as it is told. Findings are sentences for a technician."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scanner.cameras.camera import Locks
from scanner.live.loop import Loop

if TYPE_CHECKING:
    from scanner.arrays import Image
    from scanner.cameras.camera import Camera, Condition
    from scanner.live.loop import Round

Level = Literal["good", "warning", "bad"]

MM_PER_INCH = 25.4
"""Millimetres an inch."""

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
        return int(A4_FILL * min(max(size) / 297, min(size) / 210) * MM_PER_INCH)


@dataclass(frozen=True)
class Finding:
    """One thing about the camera in one sentence."""

    level: Level
    sentence: str


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
        return [Finding("bad", "Máy ảnh không cho hình nào; hãy xem dây cắm và mục [scanner] trong cài đặt.")]
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
        "away": Finding("bad", "Có lúc mất máy ảnh; hãy xem dây, đầu cắm và nguồn."),
        "black": Finding("bad", "Hình đen hết; hãy bỏ nắp ống kính hoặc bật đèn bàn."),
        "frozen": Finding("bad", "Hình bị đứng; hãy rút máy ảnh ra cắm lại, đổi cổng hoặc đổi dây."),
    }
    return [said[name] for name in dict.fromkeys(trial.conditions) if name in said]


def _sizes(trial: Trial) -> list[Finding]:
    assert trial.size is not None
    rate = f"{trial.rate:.1f}".replace(".", ",")
    slow = trial.frames > 1 and trial.rate < LEAST_RATE
    found = [
        Finding(
            "warning" if slow else "good",
            f"Hình xem trước {trial.size[0]}×{trial.size[1]}, {rate} hình một giây"
            + ("; chậm, hãy cắm cổng USB 3 hoặc chỗ sáng hơn." if slow else "."),
        )
    ]
    if trial.still_size is None or trial.still_ms is None:
        return [*found, Finding("bad", "Không chụp được ảnh tĩnh; hãy rút máy ảnh ra cắm lại.")]
    took = f"Ảnh chụp {trial.still_size[0]}×{trial.still_size[1]}, mất {trial.still_ms:.0f} ms"
    if trial.a4_dpi < LEAST_DPI:
        coarse = f"{took}; tờ A4 chỉ được chừng {trial.a4_dpi} dpi, cần từ {LEAST_DPI}: hãy dùng máy ảnh nét hơn."
        return [*found, Finding("warning", coarse)]
    return [*found, Finding("good", f"{took}; tờ A4 được chừng {trial.a4_dpi} dpi.")]


def _light(trial: Trial) -> list[Finding]:
    assert trial.brightness is not None
    assert trial.sharpness is not None
    level = round(trial.brightness)
    if trial.brightness < DARK:
        light = Finding("warning", f"Tối (độ sáng {level} trên 255); hãy bật đèn bàn.")
    elif trial.brightness > BRIGHT:
        light = Finding("warning", f"Sáng quá (độ sáng {level} trên 255); hãy bớt đèn hoặc che nắng.")
    else:
        light = Finding("good", f"Độ sáng vừa ({level} trên 255).")
    sharp = round(trial.sharpness)
    if trial.sharpness < SOFT:
        return [light, Finding("warning", f"Hình mờ (độ nét {sharp}); hãy đặt giấy có chữ, lau ống kính, chỉnh nét.")]
    return [light, Finding("good", f"Hình nét (độ nét {sharp}).")]


def _locks(locks: Locks) -> list[Finding]:
    parts = ((locks.focus, "tiêu cự"), (locks.exposure, "độ sáng"), (locks.colour, "màu"))
    held = [name for value, name in parts if value]
    loose = [name for value, name in parts if value is False]
    found = []
    if held:
        found.append(Finding("good", f"Giữ cố định được {', '.join(held)}."))
    if loose:
        found.append(Finding("warning", f"Chưa giữ cố định {', '.join(loose)}: các trang có thể không đều nhau."))
    return found or [Finding("good", "Máy ảnh không có gì để giữ cố định.")]
