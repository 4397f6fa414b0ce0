"""Which way up a page is, read from its writing, and turning it so."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

import cv2
import numpy as np

from langso.settings import assets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Gray, Image, Plane
    from scanner.papers import CleanPage

LOG = logging.getLogger(__name__)

SURE = 0.95
"""From this probability on a page is turned; below it stays as it lay."""

SURE_OF_SIDE = 0.8
"""From this probability on a page lies on its side, whichever of the two ways."""

LOOK = 768
"""Pixels of the long side of what the net looks at."""

# Ways up that the net tells apart; its fifth answer is writing that runs downwards.
_QUARTERS = 4
_DARK = 0.6
"""Share of a page's brightest that the ground of one printed light on dark stays below."""
_LOCK = Lock()


def upright(page: CleanPage) -> CleanPage:
    """The page turned by 0, 90, 180 or 270 degrees so that its writing is upright; its size turns too.

    It stays as it is without writing, where the net is unsure, and where the trained weights (TrueOCR's orientation
    net) have not been fetched.
    """
    turns = turns_needed(page.image)
    if turns == 0:
        return page
    image = cv2.rotate(
        page.image, (0, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)[turns]
    )
    size = page.size_mm if turns == 2 else (page.size_mm[1], page.size_mm[0])
    return replace(page, image=image, size_mm=size, turned=(page.turned + 90 * turns) % 360)


def turns_needed(image: Image) -> int:
    """Quarter turns clockwise (0 to 3) that put the writing of this BGR page upright, however lit; 0 where unsure."""
    net = _net()
    if net is None:
        return 0
    ink = _writing(image)
    seen = _probabilities(net, ink)
    if seen[:_QUARTERS].max() < SURE:
        # The four views of one page must agree: each is the same question with its answer shifted by one.
        for quarter in range(1, _QUARTERS):
            view = _probabilities(net, np.ascontiguousarray(np.rot90(ink, quarter)))
            seen[:_QUARTERS] += np.roll(view[:_QUARTERS], -quarter)
            seen[_QUARTERS] += view[_QUARTERS]
        seen /= _QUARTERS
    best = int(np.argmax(seen))
    if best == _QUARTERS:
        return 0
    if seen[best] >= SURE:
        return best
    # Lying on its side for certain, be it on the one or the other: the likelier way up is better than neither.
    return best if best % 2 and seen[best] + seen[(best + 2) % _QUARTERS] >= SURE_OF_SIDE else 0


def _writing(image: Image) -> Plane:
    """Writing as 1 on paper as 0, the long side `LOOK` pixels; gold on a dark cover, too."""
    height, width = image.shape[:2]
    scale = LOOK / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    gray = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    ink = _ink(gray)
    if np.median(gray[::4, ::4]) > _DARK * np.percentile(gray[::4, ::4], 99):
        return ink
    # Seen the wrong way round, the ground between letters is ink.
    other = _ink(255 - gray)
    return other if other.mean() < 0.6 * ink.mean() else ink


def _ink(gray: Gray) -> Plane:
    """What is darker than what it stands on, 0 to 1."""
    # Paper, wherever it is lit, is 0: what is wider than a line of writing is not ink but light or a picture.
    quarter = cv2.resize(cv2.dilate(gray, np.ones((3, 3), np.uint8)), None, fx=0.25, fy=0.25)
    paper = cv2.morphologyEx(quarter, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    paper = cv2.resize(cv2.GaussianBlur(paper, (0, 0), 2), gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    even = cv2.divide(gray, np.maximum(paper, 1), scale=250)
    return np.asarray(1 - even.astype(np.float32) / 255, dtype=np.float32)


def _probabilities(net: cv2.dnn.Net, ink: Plane) -> NDArray[np.float64]:
    """Of the page lying turned counter-clockwise by 0, 1, 2, 3 quarters, and of its writing running downwards."""
    canvas = np.zeros((1, 1, LOOK, LOOK), np.float32)
    canvas[0, 0, : ink.shape[0], : ink.shape[1]] = ink
    with _LOCK:
        net.setInput(canvas)
        return np.asarray(net.forward()[0], dtype=np.float64)


@lru_cache(maxsize=1)
def _net() -> cv2.dnn.Net | None:
    try:
        return cv2.dnn.readNetFromONNX(str(assets.model("page-upright.onnx")))
    except (assets.AssetMissing, cv2.error) as error:
        LOG.warning("pages stay as they lie: %s", error)
        return None
