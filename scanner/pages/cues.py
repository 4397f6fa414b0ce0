"""What in a picture may be the edge of a sheet: regions by lightness and colour, edges, straight lines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scanner.pages.geometry import line_through, meet, order_many

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.arrays import Gray, Image, Numbers, Quad
    from scanner.pages.geometry import Line

    # Four points, in any order.
    Corners = NDArray[np.float32] | NDArray[np.int32] | list[tuple[float, float]]
    # Its length, its line, its direction in degrees.
    _Stretch = tuple[float, Line, float]

MIN_AREA = 0.03
"""Share of the picture below which one sheet is not sought: a card held far."""

# Patches taken from one mask, the largest ones.
_EACH = 3
# Straight lines paired into quads, the longest ones: time grows with the fourth power.
_MAX_LINES = 14
# Cosine of the sharpest corner of a sheet, 40 degrees: seen flatter its print cannot be read.
_STEEP = float(np.cos(np.radians(40)))


@dataclass(frozen=True)
class Views:
    """A small picture seen several ways. `lab`: uint8 (h, w, 3); `planes`: the same as float32 (3, h, w); `gray`,
    `saturation`, `channels`: uint8 (h, w).
    """

    lab: Image
    planes: NDArray[np.float32]
    gray: Gray
    saturation: Gray
    channels: tuple[Gray, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return int(self.gray.shape[0]), int(self.gray.shape[1])


def look(small: Image) -> Views:
    """Prepare a BGR picture of a few hundred pixels."""
    # The text inside must not make edges: an opening in brightness (closing of ink) removes letters first.
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    inkless = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    inkless = cv2.medianBlur(inkless, 5)
    lab = cv2.cvtColor(inkless, cv2.COLOR_BGR2LAB)
    hsv = cv2.cvtColor(inkless, cv2.COLOR_BGR2HSV)
    channels = cv2.split(lab)
    return Views(lab, np.stack(channels).astype(np.float32), channels[0], cv2.extractChannel(hsv, 1), tuple(channels))


def candidates(views: Views) -> list[Quad]:
    """Quads for one sheet, from every cue: convex, large enough, without near copies."""
    height, width = views.shape
    many = np.concatenate([patches(views, _EACH, MIN_AREA), _quads_of_lines(views)])
    return distinct(plausible(many, width, height, MIN_AREA))


def patches(views: Views, each: int, least: float, table: Gray | None = None) -> NDArray[np.float64]:
    """Quads (n, 4, 2) around what is of one colour or enclosed by edges: at most `each` from one mask, none smaller
    than `least` of the picture. `table`: its `table_likeness`; what is not the table is looked at too.
    """
    found: list[Corners] = []
    for mask in itertools.chain(_regions(views), () if table is None else _off_table(table)):
        found += _fours_of_mask(mask, each, least)
    inside_half = len(found)
    for edge in _edge_maps(views):
        closed = cv2.morphologyEx(edge, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        found += _fours_of_mask(closed, each, least, filled=False)
    quads = np.array(found, dtype=np.float64).reshape(-1, 4, 2)
    quads[:inside_half] = 2.0 * quads[:inside_half] + 0.5
    return order_many(quads)


def _regions(views: Views) -> Iterator[Gray]:
    """Masks of half the views' size: what is lighter, paler, unlike the border or like the middle."""
    half = cv2.resize(views.lab, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_LINEAR)
    gray = cv2.resize(views.gray, (half.shape[1], half.shape[0]), interpolation=cv2.INTER_LINEAR)
    saturation = cv2.resize(views.saturation, (half.shape[1], half.shape[0]), interpolation=cv2.INTER_LINEAR)
    _, light = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    _, pale = cv2.threshold(saturation, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    border = np.concatenate([half[:2].reshape(-1, 3), half[-2:].reshape(-1, 3)])
    away8 = _distance(half, np.median(border[::2], axis=0), (1, 1, 1), 2)
    _, foreign = cv2.threshold(away8, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    height, width = gray.shape[:2]
    core = half[int(height * 0.4) : int(height * 0.6), int(width * 0.4) : int(width * 0.6)].reshape(-1, 3)
    near = _distance(half, np.median(core[::3], axis=0), (0.6, 1.5, 1.5), 3)
    _, alike = cv2.threshold(near, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    masks = [light, pale, foreign, alike, light & pale]
    for share in (0.55, 0.7, 0.85):
        masks.append(cv2.inRange(gray, _level(gray, share), 255))
    for mask in masks:
        yield cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        yield cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))


def _off_table(table: Gray) -> Iterator[Gray]:
    """Masks of half size of what lies on the table, ever wider bridges between neighbours cut."""
    half = cv2.resize(table, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_LINEAR)
    for level in (60, 140):
        mask = cv2.inRange(half, 0, level)
        for side in (3, 9, 17):
            yield cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))


def _level(channel: Gray, share: float) -> int:
    """The level (0-255) that `share` of the pixels do not exceed."""
    counts = cv2.calcHist([channel], [0], None, [256], [0, 256]).ravel().cumsum()
    return int(np.searchsorted(counts, share * counts[-1]))


def _distance(lab: Image, to: Numbers, weights: tuple[float, float, float], gain: float) -> Gray:
    """Weighted Lab distance of every pixel from one colour, times `gain`, as uint8."""
    apart = np.subtract(lab, to, dtype=np.float32)
    squares = cv2.transform(cv2.multiply(apart, apart), np.square([weights]).astype(np.float32))
    return cv2.convertScaleAbs(cv2.sqrt(squares), alpha=gain)


def _edge_maps(views: Views) -> Iterator[Gray]:
    for channel in views.channels:
        middle = _level(channel, 0.5)
        for low, high in ((10, 30), (25, 75), (0.5 * middle, 1.0 * middle))[: 3 if channel is views.gray else 2]:
            yield cv2.Canny(channel, low, high)


def _fours_of_mask(mask: Gray, each: int, share: float, *, filled: bool = True) -> list[Corners]:
    """Four points (4, 2), in any order, around each of the largest patches of a mask."""
    mode = cv2.RETR_EXTERNAL if filled else cv2.RETR_LIST
    contours, _ = cv2.findContours(mask, mode, cv2.CHAIN_APPROX_SIMPLE)
    least = share * mask.shape[0] * mask.shape[1]
    found: list[Corners] = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:each]:
        hull = cv2.convexHull(contour)
        if cv2.contourArea(hull) < least:
            continue
        four = _four_of_hull(hull)
        if four is not None:
            found.append(four)
        found.append(cv2.boxPoints(cv2.minAreaRect(hull)))
    return found


def _four_of_hull(hull: NDArray[np.int32]) -> Corners | None:
    """The four points that the hull's longest straight stretches span: torn corners and fingers do not move them."""
    length = cv2.arcLength(hull, True)
    for slack in (0.01, 0.02, 0.035, 0.05):
        few = cv2.approxPolyDP(hull, slack * length, True).reshape(-1, 2)
        if len(few) == 4:
            return few
        if 4 < len(few) <= 8:
            starts = few.tolist()
            edges = list(zip(starts, starts[1:] + starts[:1], strict=True))
            longest = sorted(range(len(edges)), key=lambda i: -math.dist(*edges[i]))[:4]
            lines = [line_through(*edges[i]) for i in sorted(longest)]
            met = [meet(lines[i], lines[(i + 1) % 4]) for i in range(4)]
            corners = [corner for corner in met if corner is not None]
            if len(corners) == 4:
                return corners
    return None


def _quads_of_lines(views: Views) -> NDArray[np.float64]:
    """Quads (n, 4, 2) spanned by two pairs of long straight lines; finds a sheet whose outline is broken."""
    height, width = views.shape
    half = (width // 2, height // 2)
    lines: list[_Stretch] = []
    # At half the size noise makes no lines. Not edge drawing, which writes past its memory on checked cloth.
    detector = cv2.ximgproc.createFastLineDetector(10, 1.0, 10, 30, 3, False)
    for channel in (views.gray, views.saturation):
        segments = detector.detect(cv2.resize(channel, half, interpolation=cv2.INTER_AREA))
        if segments is None:
            continue
        for x1, y1, x2, y2 in (2.0 * segments.reshape(-1, 4) + 0.5).tolist():
            long = math.hypot(x2 - x1, y2 - y1)
            if long > 0.06 * max(height, width):
                angle = math.degrees(math.atan2(y2 - y1, x2 - x1)) % 180
                lines.append((long, line_through((x1, y1), (x2, y2)), angle))
    merged = _merge_lines(lines, width, height)
    fours = _crossing_pairs(np.array([angle for _, _, angle in merged]))
    if not len(fours):
        return np.empty((0, 4, 2))
    equations = np.array([line for _, line, _ in merged])
    first, second = equations[fours], equations[fours[:, (1, 2, 3, 0)]]
    cross = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    safe = np.where(np.abs(cross) < 1e-3, np.nan, cross)
    x = (first[..., 2] * second[..., 1] - first[..., 1] * second[..., 2]) / safe
    y = (first[..., 0] * second[..., 2] - first[..., 2] * second[..., 0]) / safe
    quads = np.stack([x, y], axis=-1)
    slack = 0.06 * max(width, height)
    near = np.all((quads > -slack) & (quads < np.array([width, height]) + slack), axis=(1, 2))
    return order_many(quads[near])


def _crossing_pairs(angles: NDArray[np.float64]) -> NDArray[np.intp]:
    """Indices (n, 4) of every two pairs of roughly parallel lines that cross each other, in turn around a quad."""
    turn = np.abs(angles[:, None] - angles) % 180
    parallel = np.minimum(turn, 180 - turn) < 35
    a, b = np.nonzero(np.triu(parallel, 1))
    one, other = np.triu_indices(len(a), 1)
    fours = np.stack([a[one], a[other], b[one], b[other]], axis=1)
    alone = (fours[:, 0] != fours[:, 1]) & (fours[:, 2] != fours[:, 3])
    alone &= (fours[:, 0] != fours[:, 3]) & (fours[:, 1] != fours[:, 2])
    crossing: NDArray[np.intp] = fours[alone & ~parallel[fours[:, 0], fours[:, 1]]]
    return crossing


def _merge_lines(lines: list[_Stretch], width: int, height: int) -> list[_Stretch]:
    """The longest lines, stretches of one and the same put together."""
    kept: list[_Stretch] = []
    for long, line, angle in sorted(lines, reverse=True):
        for i, (total, other, towards) in enumerate(kept):
            if _turn(towards, angle) < 6 and abs(_gap(other, line, width / 2, height / 2)) < 8:
                kept[i] = (total + long, other, towards)
                break
        else:
            kept.append((long, line, angle))
    return sorted(kept, reverse=True)[:_MAX_LINES]


def _gap(first: Line, second: Line, x: float, y: float) -> float:
    """How far two nearly parallel lines lie apart beside a point."""
    sign = 1.0 if first[0] * second[0] + first[1] * second[1] > 0 else -1.0
    return first[0] * x + first[1] * y - first[2] - sign * (second[0] * x + second[1] * y - second[2])


def _turn(first: float, second: float) -> float:
    between = abs(first - second) % 180
    return min(between, 180 - between)


def plausible(many: NDArray[np.float64], width: int, height: int, least: float) -> NDArray[np.float64]:
    """Those quads that could be a sheet: convex, large enough, hardly beyond the picture, corners of 40-140°."""
    many = many[np.all(np.isfinite(many), axis=(1, 2))]
    edges = many[:, (1, 2, 3, 0)] - many
    following = edges[:, (1, 2, 3, 0)]
    turns = edges[..., 0] * following[..., 1] - edges[..., 1] * following[..., 0]
    lengths = np.maximum(np.linalg.norm(edges, axis=2), 1e-9)
    cosine = -(edges * following).sum(axis=2) / (lengths * lengths[:, (1, 2, 3, 0)])
    x, y, onx, ony = many[..., 0], many[..., 1], many[:, (1, 2, 3, 0), 0], many[:, (1, 2, 3, 0), 1]
    share = np.abs((x * ony - y * onx).sum(axis=1)) / 2 / (width * height)
    slack = 0.06 * max(width, height)
    good = np.all(turns > 0, axis=1) | np.all(turns < 0, axis=1)
    good &= (share > least) & (share < 0.99) & np.all(np.abs(cosine) < _STEEP, axis=1)
    good &= np.all((many > -slack) & (many < np.array([width, height]) + slack), axis=(1, 2))
    return np.asarray(many[good])


def distinct(quads: NDArray[np.float64]) -> list[Quad]:
    """The quads (n, 4, 2) without near copies."""
    kept: dict[bytes, Quad] = {}
    for cell, quad in zip(np.round(quads / 6).astype(np.int32), quads, strict=True):
        kept.setdefault(cell.tobytes(), quad)
    return list(kept.values())
