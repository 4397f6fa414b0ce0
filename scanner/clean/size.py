"""How large a sheet is, from its outline in the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scanner.pages.geometry import sides

if TYPE_CHECKING:
    from scanner.pages.geometry import Quad

SIZES_MM = {
    "A4": (210.0, 297.0),
    "A5": (148.0, 210.0),
    "A3": (297.0, 420.0),
    "ID-1": (53.98, 85.6),
}
_TOLERANCE = 0.06
_RECEIPT = 2.2


def true_proportions(quad: Quad, width: int, height: int) -> tuple[float, float]:
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


def paper_for(aspect: float, known: str | None) -> tuple[str, tuple[float, float]]:
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
