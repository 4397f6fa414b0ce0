"""What in a picture may be the edge of a sheet: regions by lightness and colour, edges, straight lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scanner.pages.geometry import line_through, meet, order_corners, order_many

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scanner.pages.geometry import Quad

MIN_AREA = 0.03
_EACH = 3
_MAX_LINES = 14
_STEEP = float(np.cos(np.radians(40)))


@dataclass(frozen=True)
class Views:
    """A small picture seen several ways. `lab`: float32 (h, w, 3); `gray`, `saturation`, `channels`: uint8 (h, w)."""

    lab: NDArray[np.float32]
    gray: Any
    saturation: Any
    channels: tuple[Any, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return int(self.gray.shape[0]), int(self.gray.shape[1])


def look(small: Any) -> Views:
    """Prepare a BGR picture of a few hundred pixels."""
    # The text inside must not make edges: an opening in brightness (closing of ink) removes letters first.
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    inkless = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    inkless = cv2.medianBlur(inkless, 5)
    lab = cv2.cvtColor(inkless, cv2.COLOR_BGR2LAB)
    hsv = cv2.cvtColor(inkless, cv2.COLOR_BGR2HSV)
    return Views(lab.astype(np.float32), lab[:, :, 0], hsv[:, :, 1], (lab[:, :, 0], lab[:, :, 1], lab[:, :, 2]))


def candidates(views: Views, each: int = _EACH) -> list[Quad]:
    """Quads from every cue, convex, large enough, without near copies; at most `each` from one mask."""
    height, width = views.shape
    found: list[Quad] = []
    for mask in _regions(views):
        found += [2.0 * quad + 0.5 for quad in _quads_of_mask(mask, each)]
    edges = list(_edge_maps(views))
    for edge in edges:
        closed = cv2.morphologyEx(edge, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        found += _quads_of_mask(closed, each, filled=False)
    found += _quads_of_lines(views)
    return _distinct(_plausible(found, width, height))


def _regions(views: Views) -> Iterator[Any]:
    """Masks of half the views' size: what is lighter, paler, unlike the border or like the middle."""
    light: Any
    pale: Any
    foreign: Any
    alike: Any
    half: Any = cv2.resize(views.lab, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_LINEAR)
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
    masks: list[Any] = [light, pale, foreign, alike, light & pale]
    for level in np.quantile(gray[::2, ::2], (0.55, 0.7, 0.85)):
        masks.append(np.where(gray >= level, 255, 0).astype(np.uint8))
    for mask in masks:
        yield cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        yield cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))


def _distance(lab: NDArray[np.float32], to: Any, weights: tuple[float, float, float], gain: float) -> Any:
    """Weighted Lab distance of every pixel from one colour, times `gain`, as uint8."""
    apart = lab - np.asarray(to, np.float32)
    squares = cv2.transform(cv2.multiply(apart, apart), np.square([weights]).astype(np.float32))
    return cv2.convertScaleAbs(cv2.sqrt(squares), alpha=gain)


def _edge_maps(views: Views) -> Iterator[Any]:
    for channel in views.channels:
        middle = float(np.median(channel[::4, ::4]))
        for low, high in ((10, 30), (25, 75), (0.5 * middle, 1.0 * middle))[: 3 if channel is views.gray else 2]:
            yield cv2.Canny(channel, low, high)


def _quads_of_mask(mask: Any, each: int, *, filled: bool = True) -> list[Quad]:
    mode = cv2.RETR_EXTERNAL if filled else cv2.RETR_LIST
    contours, _ = cv2.findContours(mask, mode, cv2.CHAIN_APPROX_SIMPLE)
    least = MIN_AREA * mask.shape[0] * mask.shape[1]
    found: list[Quad] = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:each]:
        hull = cv2.convexHull(contour)
        if cv2.contourArea(hull) < least:
            continue
        four = _four_of_hull(hull.reshape(-1, 2).astype(np.float64))
        if four is not None:
            found.append(four)
        rectangle = cv2.boxPoints(cv2.minAreaRect(hull))
        found.append(order_corners(rectangle))
    return found


def _four_of_hull(hull: NDArray[np.float64]) -> Quad | None:
    """The quad that the hull's four longest straight stretches span: torn corners and fingers do not move it."""
    length = float(cv2.arcLength(hull.astype(np.float32), True))
    for slack in (0.01, 0.02, 0.035, 0.05):
        few = cv2.approxPolyDP(hull.astype(np.float32), slack * length, True).reshape(-1, 2).astype(np.float64)
        if len(few) == 4:
            return order_corners(few)
        if 4 < len(few) <= 8:
            edges = [(few[i], few[(i + 1) % len(few)]) for i in range(len(few))]
            longest = sorted(range(len(few)), key=lambda i: -float(np.linalg.norm(edges[i][0] - edges[i][1])))[:4]
            lines = [line_through(*edges[i]) for i in sorted(longest)]
            corners = [meet(lines[i], lines[(i + 1) % 4]) for i in range(4)]
            if all(corner is not None for corner in corners):
                return order_corners(np.array(corners))
    return None


def _quads_of_lines(views: Views) -> list[Quad]:
    """Quads spanned by two pairs of long straight lines; finds a sheet whose outline is broken."""
    height, width = views.shape
    lines: list[tuple[float, NDArray[np.float64], float]] = []
    detector = cv2.ximgproc.createEdgeDrawing()
    for channel in (views.gray, views.saturation):
        # Edge drawing finds the same long lines as LSD in a third of the time.
        detector.detectEdges(channel)
        segments = detector.detectLines()
        if segments is None:
            continue
        for x1, y1, x2, y2 in segments.reshape(-1, 4):
            long = float(np.hypot(x2 - x1, y2 - y1))
            if long > 0.06 * max(height, width):
                a, b = np.array([x1, y1], dtype=np.float64), np.array([x2, y2], dtype=np.float64)
                lines.append((long, line_through(a, b), float(np.degrees(np.arctan2(y2 - y1, x2 - x1)) % 180)))
    merged = _merge_lines(lines, width, height)
    pairs = [(i, j) for i, j in combinations(range(len(merged)), 2) if _turn(merged[i][1], merged[j][1]) < 35]
    fours = np.array(
        [
            (a, c, b, d)
            for (a, b), (c, d) in combinations(pairs, 2)
            if len({a, b, c, d}) == 4 and _turn(merged[a][1], merged[c][1]) >= 35
        ],
        dtype=np.intp,
    )
    if not len(fours):
        return []
    equations = np.array([line for line, _ in merged])
    first, second = equations[fours], equations[fours[:, (1, 2, 3, 0)]]
    cross = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    safe = np.where(np.abs(cross) < 1e-3, np.nan, cross)
    x = (first[..., 2] * second[..., 1] - first[..., 1] * second[..., 2]) / safe
    y = (first[..., 0] * second[..., 2] - first[..., 2] * second[..., 0]) / safe
    quads = np.stack([x, y], axis=-1)
    slack = 0.06 * max(width, height)
    near = np.all((quads > -slack) & (quads < np.array([width, height]) + slack), axis=(1, 2))
    return list(order_many(quads[near]))


def _merge_lines(
    lines: list[tuple[float, NDArray[np.float64], float]], width: int, height: int
) -> list[tuple[NDArray[np.float64], float]]:
    middle = np.array([width / 2, height / 2])
    kept: list[list[Any]] = []
    for long, line, angle in sorted(lines, key=lambda item: -item[0]):
        for entry in kept:
            if _turn(entry[2], angle) < 6 and abs(_offset(entry[1], middle) - _offset(line, middle, entry[1])) < 8:
                entry[0] += long
                break
        else:
            kept.append([long, line, angle])
    kept.sort(key=lambda entry: -entry[0])
    return [(entry[1], entry[2]) for entry in kept[:_MAX_LINES]]


def _offset(line: NDArray[np.float64], middle: NDArray[np.float64], like: NDArray[np.float64] | None = None) -> float:
    distance = float(line[:2] @ middle - line[2])
    return -distance if like is not None and float(line[:2] @ like[:2]) < 0 else distance


def _turn(first: float, second: float) -> float:
    apart = abs(first - second) % 180
    return min(apart, 180 - apart)


def _plausible(quads: list[Quad], width: int, height: int) -> list[Quad]:
    """Those that could be a sheet: convex, large enough, hardly beyond the picture, corners of 40 to 140 degrees."""
    if not quads:
        return []
    many = np.array(quads)
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
    good &= (share > MIN_AREA) & (share < 0.99) & np.all(np.abs(cosine) < _STEEP, axis=1)
    good &= np.all((many > -slack) & (many < np.array([width, height]) + slack), axis=(1, 2))
    return list(many[good])


def _distinct(quads: list[Quad]) -> list[Quad]:
    kept: dict[tuple[int, ...], Quad] = {}
    for quad in quads:
        kept.setdefault(tuple(np.round(quad / 6).astype(int).ravel()), quad)
    return list(kept.values())
