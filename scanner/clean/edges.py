"""A page's border: what of the table still shows there is covered with paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.clean.outline import ALONG, MOST

if TYPE_CHECKING:
    from scanner.arrays import Image, Numbers
    from scanner.clean.dewarp import Shape
    from scanner.clean.outline import Side


DEEPEST = 6.0 / 297.0
"""Rags, torn corners and slivers of table are covered this far in (6 mm of A4). What reaches deeper, a finger or a
large tear, is left to be seen: nobody may think that there was empty paper."""

# Millimetres taken off a paper's rim, where table shines through the cut; a card has a clean edge.
_FRAME_MM = 0.35
_ROUND_MM = 3.4
"""Radius of a card's corners: ISO/IEC 7810 has 3.18, and a hair more for where card and table blend."""


def trim(page: Image, shape: Shape, missing: list[Numbers], *, rigid: bool = False) -> None:
    """Cover in place, with the page's own paper colour, what lies outside the traced sides of the sheet that `shape`
    laid out, a hair's breadth of border where edge and table blend, and `missing` corners (polygons in mm). `rigid`:
    a card; its rounded corners come out white and its border stays.
    """
    height, width = page.shape[:2]
    scale = (width / shape.mm[0], height / shape.mm[1])
    outside = np.zeros((height, width), np.uint8)
    for index, side in enumerate(shape.sides):
        if side.sure > 0:
            strip = _strip(shape, index, side, 0.0 if rigid else _FRAME_MM) * scale - 0.5
            cv2.fillPoly(outside, [np.rint(strip * 16).astype(np.int32)], 1, shift=4)
    colour = (255, 255, 255) if rigid else paper_colour(page)
    band = min(round((DEEPEST * max(shape.mm) + 1) * height / shape.mm[1]), height // 3, width // 3)
    for part in (np.s_[:band], np.s_[-band:], np.s_[band:-band, :band], np.s_[band:-band, -band:]):
        page[part][outside[part] > 0] = colour
    for piece in missing:
        cv2.fillPoly(page, [np.rint((piece * scale - 0.5) * 16).astype(np.int32)], colour, cv2.LINE_AA, shift=4)
    if rigid:
        _round_off(page, shape.mm)


def paper_colour(page: Image) -> tuple[int, int, int]:
    """The commonest colour of a flattened page's brighter half (BGR)."""
    step = max(1, min(page.shape[:2]) // 100)
    small = page[step // 2 :: step, step // 2 :: step].reshape(-1, 3)
    bright = small.max(axis=1)
    blue, green, red = np.median(small[bright >= np.median(bright)], axis=0).astype(int).tolist()
    return blue, green, red


def _round_off(card: Image, mm: tuple[float, float]) -> None:
    """White beyond a card's rounded corners, whatever lay under them."""
    height, width = card.shape[:2]
    scale = np.array([width / mm[0], height / mm[1]])
    angles = np.linspace(0, np.pi / 2, 24)
    arc = _ROUND_MM * (1 - np.column_stack([np.cos(angles), np.sin(angles)]))
    wedge = np.vstack([[-1.0, -1.0], [_ROUND_MM, -1.0], arc[::-1], [-1.0, _ROUND_MM]])
    for right in (False, True):
        for low in (False, True):
            at = wedge.copy()
            at[:, 0] = mm[0] - at[:, 0] if right else at[:, 0]
            at[:, 1] = mm[1] - at[:, 1] if low else at[:, 1]
            points = np.rint((at * scale - 0.5) * 16).astype(np.int32)
            cv2.fillPoly(card, [points], (255, 255, 255), cv2.LINE_AA, shift=4)


def _strip(shape: Shape, index: int, side: Side, frame: float) -> Numbers:
    """What lies between one border of the laid-out page and the side as it was seen: a polygon in mm."""
    width, height = shape.mm
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)
    start, end = corners[index], corners[(index + 1) % 4]
    way = (end - start) / np.linalg.norm(end - start)
    inward = np.array([-way[1], way[0]])
    border = start + (end - start) * np.linspace(0, 1, ALONG)[:, None]
    laid = side.smooth if shape.bowed else side.straight(MOST * max(shape.mm))
    depth = laid - side.raw
    for field in shape.writing:
        depth = depth - field.drop(border[None, :, 0], border[None, :, 1])[0] * inward[1]
    depth = np.where(depth > DEEPEST * max(shape.mm), 0, np.maximum(depth, 0)) + frame
    return np.vstack([border - inward, (border + depth[:, None] * inward)[::-1]])
