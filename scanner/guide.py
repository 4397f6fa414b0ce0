"""What the villager is told while the camera looks: one sentence for the worst fault, and when to capture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scanner.pages.finder import shrunk
from scanner.pages.geometry import area

if TYPE_CHECKING:
    from scanner.pages.finder import PageFound
    from scanner.pages.geometry import Quad

DARK = 70.0
GLARE_SHARE = 0.02
BLUR = 60.0
FAR_SHARE = 0.15

SAYS = {
    "dark": "Tối quá, xin bật đèn hoặc quay ra chỗ sáng",
    "glare": "Giấy bị bóng, xin xoay nhẹ",
    "cut_off": "Giấy bị ra ngoài khung, xin kéo vào giữa",
    "far": "Giấy ở xa quá, xin đưa lại gần",
    "blur": "Ảnh bị nhòe, xin giữ yên giấy",
    "none": "Chưa thấy giấy, xin đặt giấy vào giữa khung",
    "unsure": "Mép giấy chưa rõ, xin đặt giấy lên nền khác màu",
    "hold": "Đã thấy giấy. Giữ yên…",
}


@dataclass(frozen=True)
class Guidance:
    """`code`: a key of SAYS; `sentence`: what the villager reads; `good`: the page may be captured."""

    code: str
    sentence: str
    good: bool


def guide(image: Any, found: PageFound) -> Guidance:
    """The one thing to do next for this frame (BGR) and what was found in it."""
    code = _fault(image, found)
    return Guidance(code, SAYS[code], code == "hold")


def brightness(image: Any, quad: Quad) -> float:
    """Median lightness (0-255) of the paper inside the quad."""
    return float(np.median(_inside(image, quad)))


def glare(image: Any, quad: Quad) -> float:
    """Share of the paper that is blown out beside paper that is not."""
    inside = _inside(image, quad)
    return float(np.mean(inside >= 253)) if float(np.median(inside)) < 235 else 0.0


def sharpness(image: Any, quad: Quad) -> float:
    """Variance of the Laplacian inside the quad, at about 1,000 pixels a page, on the blocks that hold text."""
    x, y, w, h = cv2.boundingRect(quad.astype(np.float32))
    crop = image[max(0, y) : y + h, max(0, x) : x + w]
    if crop.size == 0:
        return 0.0
    gray: Any = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    scale = 1000 / max(gray.shape)
    if scale < 1:
        gray = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    edges = cv2.Laplacian(gray, cv2.CV_32F)
    rows, columns = gray.shape[0] // 32, gray.shape[1] // 32
    if rows < 2 or columns < 2:
        return float(edges.var())
    blocks = edges[: rows * 32, : columns * 32].reshape(rows, 32, columns, 32).var(axis=(1, 3))
    return float(np.percentile(blocks, 80))


def _fault(image: Any, found: PageFound) -> str:
    if found.quad is None:
        return "none"
    height, width = image.shape[:2]
    quad, margin = found.quad, 0.004 * max(width, height)
    low, high = quad.min(axis=0), quad.max(axis=0)
    if low.min() < margin or high[0] > width - margin or high[1] > height - margin:
        return "cut_off"
    if area(quad) < FAR_SHARE * width * height:
        return "far"
    if brightness(image, quad) < DARK:
        return "dark"
    if glare(image, quad) > GLARE_SHARE:
        return "glare"
    if sharpness(image, quad) < BLUR:
        return "blur"
    return "unsure" if found.confidence < 0.55 else "hold"


def _inside(image: Any, quad: Quad) -> Any:
    scale = min(1.0, 240 / max(image.shape[:2]))
    small = shrunk(image, scale)
    mask = np.zeros(small.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(quad * scale).astype(np.int32), 255)
    gray: Any = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    inside = gray[mask > 0]
    return inside if inside.size else gray.ravel()


class Steady:
    """Watches frame after frame: capture once when the page has been good and still for `needed` frames.

    After a capture the page must go or move before it captures again: never by surprise, never twice.
    """

    def __init__(self, needed: int = 8, slack: float = 0.012) -> None:
        self._needed = needed
        self._slack = slack
        self._quad: Quad | None = None
        self._count = 0
        self._captured: Quad | None = None

    @property
    def progress(self) -> float:
        """0 to 1: how near the capture is."""
        return min(1.0, self._count / self._needed)

    def see(self, quad: Quad | None, good: bool, width: int) -> bool:
        """Take one frame's quad; True in the one frame in which to capture. `width`: the picture's, in pixels."""
        if quad is None or not good:
            self._count, self._quad = 0, None
            if quad is None:
                self._captured = None
            return False
        if self._captured is not None:
            if self._moved(quad, self._captured, width, 4.0):
                self._captured = None
            else:
                return False
        if self._quad is None or self._moved(quad, self._quad, width):
            self._count, self._quad = 0, quad
            return False
        self._count += 1
        if self._count < self._needed:
            return False
        self._captured, self._count, self._quad = quad, 0, None
        return True

    def _moved(self, quad: Quad, before: Quad, width: int, times: float = 1.0) -> bool:
        return bool(np.abs(quad - before).max() > self._slack * times * width)
