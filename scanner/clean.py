"""A found sheet made into a clean page: straight, at its true size, evenly lit, with its colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scanner.pages.geometry import order_corners, sides

if TYPE_CHECKING:
    from scanner.pages.geometry import Quad

MM_PER_INCH = 25.4
MAX_DPI = 300
MAX_SIDE = 4200

SIZES_MM = {
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "A3": (297.0, 420.0),
    "ID-1": (53.98, 85.6),
}
_TOLERANCE = 0.06
_RECEIPT = 2.2


@dataclass(frozen=True)
class CleanPage:
    """`image`: BGR uint8; `dpi`: true dots per inch of what the camera saw, never more; `paper`: its size's name;
    `size_mm`: width and height on paper.
    """

    image: Any
    dpi: int
    paper: str
    size_mm: tuple[float, float]


def rectify(image: Any, quad: Quad, paper: str | None = None) -> CleanPage:
    """Straighten the sheet and even out its light. `paper`: a name in SIZES_MM where it is known, else guessed from
    the shape. The picture is never enlarged: a far sheet gets a low dpi.
    """
    corners = order_corners(quad)
    width, height = _true_proportions(corners, image.shape[1], image.shape[0])
    name, size = _paper(width / height, paper)
    dpi = min(MAX_DPI, width / size[0] * MM_PER_INCH, height / size[1] * MM_PER_INCH)
    dpi = min(dpi, MAX_SIDE / max(size) * MM_PER_INCH)
    out = (max(8, round(size[0] / MM_PER_INCH * dpi)), max(8, round(size[1] / MM_PER_INCH * dpi)))
    goal = np.array([(0, 0), (out[0], 0), (out[0], out[1]), (0, out[1])], dtype=np.float32)
    move = cv2.getPerspectiveTransform(corners.astype(np.float32), goal)
    flat = cv2.warpPerspective(image, move, out, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return CleanPage(flatten_light(flat), int(dpi), name, size)


def flatten_light(image: Any) -> Any:
    """Divide by the light that fell on the sheet: shadows go, ink and seals keep their colour."""
    height, width = image.shape[:2]
    scale = 256 / max(height, width)
    small = cv2.resize(image, None, fx=min(1, scale), fy=min(1, scale), interpolation=cv2.INTER_AREA)
    side = max(3, round(max(small.shape[:2]) * 0.045) | 1)
    # Ink is darker than paper: a closing wider than strokes leaves the paper; the median takes specks.
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    paper = cv2.medianBlur(paper, side)
    # One light for the three channels, in the sheet's own tint: a red seal larger than the closing must not
    # be taken for red light and washed out.
    tint = np.median(paper.reshape(-1, 3), axis=0).astype(np.float32)
    light = (paper.astype(np.float32) / np.maximum(tint, 1)).max(axis=2)
    light = cv2.GaussianBlur(light, (0, 0), side / 2)
    full = cv2.resize(light, (width, height), interpolation=cv2.INTER_CUBIC)
    divided = image.astype(np.float32) / np.maximum(full, 0.08)[:, :, None]
    # White point: paper a little below pure white, coloured paper stays coloured.
    gain = 245.0 / max(float(tint.max()), 1.0)
    return np.clip(divided * gain, 0, 255).astype(np.uint8)


def _true_proportions(quad: Quad, width: int, height: int) -> tuple[float, float]:
    """Width and height in pixels of the sheet seen straight on, its near side's resolution averaged.

    The aspect comes from the vanishing points with the optical axis at the picture's middle (Zhang and He's
    whiteboard relation); where perspective is too weak for that, from the mean sides.
    """
    top, right, bottom, left = sides(quad)
    across, down = (top + bottom) / 2, (left + right) / 2
    middle = np.array([width / 2, height / 2])
    m1, m2, m4, m3 = (np.append(corner - middle, 1.0) for corner in quad)
    denominator2 = float(np.dot(np.cross(m2, m4), m3))
    denominator3 = float(np.dot(np.cross(m3, m4), m2))
    if abs(denominator2) > 1e-6 and abs(denominator3) > 1e-6:
        n2 = float(np.dot(np.cross(m1, m4), m3)) / denominator2 * m2 - m1
        n3 = float(np.dot(np.cross(m1, m4), m2)) / denominator3 * m3 - m1
        if abs(n2[2]) > 5e-2 and abs(n3[2]) > 5e-2:
            focal2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
            if (0.4 * max(width, height)) ** 2 < focal2 < (6 * max(width, height)) ** 2:
                scale = np.array([1 / focal2, 1 / focal2, 1.0])
                aspect = float(np.sqrt(np.dot(n2 * n2, scale) / np.dot(n3 * n3, scale)))
                if 0.3 < aspect < 3.4:
                    pixels = across * down
                    return float(np.sqrt(pixels * aspect)), float(np.sqrt(pixels / aspect))
    return float(across), float(down)


def _paper(aspect: float, known: str | None) -> tuple[str, tuple[float, float]]:
    """The name and size (mm, as it lies) for width/height = `aspect`. ISO sheets share one shape: A4 unless known."""
    upright = min(aspect, 1 / aspect)
    if known in SIZES_MM:
        name = known
    elif 1 / upright > _RECEIPT:
        short = 80.0
        return "receipt", (short, short / upright) if aspect < 1 else (short / upright, short)
    elif abs(upright - 210 / 297) < _TOLERANCE * 2:
        # ID-1 (0.631) and ISO (0.707) are apart by more than the measuring error of a still page.
        name = "ID-1" if abs(upright - 53.98 / 85.6) < abs(upright - 210 / 297) else "A4"
    else:
        long = 297.0
        name = "other"
        size = (long * upright, long)
        return name, size if aspect <= 1 else (size[1], size[0])
    short, long = SIZES_MM[name]
    return name, (short, long) if aspect <= 1 else (long, short)
