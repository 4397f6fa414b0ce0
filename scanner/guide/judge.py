"""All that is wrong with one frame, what to correct first in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.guide.blur import sharpness_of
from scanner.guide.glimpse import glimpse, is_blank
from scanner.guide.light import glare_share, paper_light, washed_out
from scanner.guide.sentences import Guidance, say
from scanner.guide.side import card_side
from scanner.guide.stance import stance, usable

if TYPE_CHECKING:
    from scanner.arrays import Image, Quad
    from scanner.guide.glimpse import Glimpse
    from scanner.guide.side import Side
    from scanner.guide.stance import Stance
    from scanner.pages.finder import PageFound

# What it costs in letters misread by Tesseract, above those of the same page taken well: sharpness 50 nothing,
# 33 1 %, 10 3 %; 150 dpi nothing, 130 1 %, 108 2 %; paper at 50 of 255 nothing yet, 30 half a percent.
DARK = 60.0
GLARE_SHARE = 0.01
"""Share of a sheet under glare from which something is lost."""

BLUR, CARD_BLUR = 40.0, 80.0
"""Sharpness (see `sharpness_of`) below which print is blurred; a card's print is smaller."""

FAR_DPI = 150.0
"""Dots per inch below which small print cannot be read."""

FAR_FILL = 0.7
"""Share of the picture from which a sheet cannot come any nearer."""

FORESHORTENED = 0.5
"""Share of its size that the sheet's far end has at least."""

MAX_TILT = 50.0
"""Degrees a sheet may lean away before its print cannot be made even."""

SURE = 0.55
"""Confidence of the outline below which it is not captured by itself."""


def guide(
    image: Image,
    found: PageFound,
    *,
    side: Side | None = None,
    seen: Glimpse | None = None,
    fixed: bool = False,
    finer: float = 1.0,
) -> Guidance:
    """The one thing to do next for this frame (BGR) and what was found in it; see `faults`."""
    wrong = faults(image, found, side=side, seen=seen, fixed=fixed, finer=finer)
    return wrong[0] if wrong else say("hold")


def faults(
    image: Image,
    found: PageFound,
    *,
    side: Side | None = None,
    seen: Glimpse | None = None,
    fixed: bool = False,
    finer: float = 1.0,
) -> tuple[Guidance, ...]:
    """Everything wrong with this frame, what to mend first in front; empty: capture it. Never raises.

    `side`: the side of an identity card that is asked for; see `side.card_side` for what counts as the other.
    `seen`: the sheet inside the outline where it was sampled already. `fixed`: the camera hangs over a table, no
    paper can come nearer. `finer`: how many times as many pixels across the picture has that will be taken of it.
    """
    quad = found.quad
    if quad is None or not usable(quad):
        return (say("dark"),) if _dark_all_over(image, DARK / 2) else (say("none"),)
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    height, width = image.shape[:2]
    lies = stance(quad, width, height)
    seen = seen or glimpse(image, quad)
    wrong = []
    if paper_light(seen) < DARK and _dark_all_over(image, 1.3 * DARK):
        wrong.append("dark")
    if _cut_off(quad, width, height):
        wrong.append("cut_off")
    if side is not None and card_side(seen) not in (side, None):
        # Before all that lying better would mend: it has to be turned over anyway.
        wrong.append(side)
    if not fixed and _far(lies, finer):
        wrong.append("far")
    if lies.foreshortened < FORESHORTENED or lies.tilt > MAX_TILT:
        wrong.append("tilt")
    if washed_out(seen):
        wrong.append("bright")
    elif glare_share(seen) > GLARE_SHARE:
        wrong.append("glare")
    if is_blank(seen):
        wrong.append("blank")
    else:
        sharp = sharpness_of(image, seen, lies)
        if sharp is not None and sharp < (CARD_BLUR if lies.paper == "ID-1" else BLUR):
            wrong.append("blur")
    if found.confidence < SURE:
        wrong.append("unsure")
    return tuple(say(code) for code in wrong)


def _cut_off(quad: Quad, width: int, height: int) -> bool:
    margin = 0.004 * max(width, height)
    low, high = quad.min(axis=0), quad.max(axis=0)
    return bool(low.min() < margin or high[0] > width - margin or high[1] > height - margin)


def _far(lies: Stance, finer: float) -> bool:
    """Too few dots, and room to come nearer: a sheet that fills the picture of a poor camera cannot."""
    return finer * lies.dpi < FAR_DPI and lies.fill < FAR_FILL


def _dark_all_over(image: Image, level: float) -> bool:
    """Whether the whole picture is darker than `level`: dark paper on a bright table is no want of light."""
    height, width = image.shape[:2]
    few = image[:: max(1, height // 96), :: max(1, width // 96)]
    return bool(np.percentile(few, 95) < level) if few.size else True
