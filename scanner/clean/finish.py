"""A photograph and its sheet's corners made into a clean page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scanner.clean.light import flatten_light
from scanner.clean.page import MM_PER_INCH, CleanPage
from scanner.clean.size import paper_for, true_proportions
from scanner.clean.upright import upright
from scanner.pages.geometry import order_corners

if TYPE_CHECKING:
    from scanner.pages.geometry import Quad

MAX_DPI = 300
MAX_SIDE = 4200


def finish(image: Any, quad: Quad, paper: str | None = None) -> CleanPage:
    """Everything in order, from a photograph (BGR uint8) and the sheet's corners to the page a clerk reads."""
    return upright(rectify(image, quad, paper))


def rectify(image: Any, quad: Quad, paper: str | None = None) -> CleanPage:
    """Straighten the sheet and even out its light. `paper`: a name in SIZES_MM where it is known, else guessed from
    the shape. The picture is never enlarged: a far sheet gets a low dpi.
    """
    corners = order_corners(quad)
    width, height = true_proportions(corners, image.shape[1], image.shape[0])
    name, size = paper_for(width / height, paper)
    dpi = min(MAX_DPI, width / size[0] * MM_PER_INCH, height / size[1] * MM_PER_INCH)
    dpi = min(dpi, MAX_SIDE / max(size) * MM_PER_INCH)
    out = (max(8, round(size[0] / MM_PER_INCH * dpi)), max(8, round(size[1] / MM_PER_INCH * dpi)))
    goal = np.array([(0, 0), (out[0], 0), (out[0], out[1]), (0, out[1])], dtype=np.float32)
    move = cv2.getPerspectiveTransform(corners.astype(np.float32), goal)
    flat = cv2.warpPerspective(image, move, out, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return CleanPage(flatten_light(flat), int(dpi), name, size)
