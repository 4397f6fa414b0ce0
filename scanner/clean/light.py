"""Light taken off a page: shadows go, paper white or coloured, ink and seals keep their colour.

The page is taken for paper times light times ink. Light comes in over the sheet's border (a hand, an arm, the lamp's
fall-off), print lies inside it: what is dark and shut in by paper is print, however large; what is dark and reaches
the border is shadow. That tells a photograph from a shadow without knowing either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

PAPER = 245.0
"""The value flattened paper comes to: a little below white, so that nothing faint on it is burnt out."""

LOOK = 480
"""Pixels of the long side of the copy that light is looked for on."""

_STROKE = 0.032
"""Share of the long side no line of writing is as high as: about 9 mm on A4."""
_DEEPEST = 0.2
"""Light below this share of the sheet's brightest is not lifted further: it would be noise."""
_COLOURED = 0.13
"""Log distance in colour from the sheet's paper beyond which a spot is print or a finger, never light."""
_LEVELS = 40
_STRIP = 64


@dataclass(frozen=True)
class Light:
    """`fall`: float32 (h, w, 3), light on a small copy of the sheet, 1 where it is usual; `tint`: its paper's BGR."""

    fall: Floats
    tint: Floats


def flatten_light(image: Any, white: tuple[float, float, float] | None = None) -> Any:
    """Divide a page (BGR uint8, the sheet only) by the light that fell on it; new BGR uint8 of the same size.

    `white`: BGR of white paper under this lamp where the camera was calibrated; else a tint a lamp can give is
    taken for the lamp's, and any other for the paper's (see `lamp_share`).
    """
    return take_off(image, light_of(image), white)


def take_off(image: Any, light: Light, white: tuple[float, float, float] | None = None) -> Any:
    """`flatten_light` with a light found before, on any copy of the same sheet laid out alike."""
    tint = np.asarray(light.tint if white is None else white, dtype=np.float64)
    share = 1.0 if white is not None else lamp_share(light.tint)
    # Between neutral (share 1) and the paper's own tint (share 0), in steps of the eye: logarithms.
    neutral = np.exp(share * np.log(tint) + (1 - share) * np.log(tint.max()))
    if white is not None:
        neutral *= float((light.tint / tint).max())
    gain = (PAPER / (light.fall * neutral.astype(np.float32))).astype(np.float32)
    return _times(image, gain)


def lamp_share(tint: Floats) -> float:
    """How much of the paper's tint (BGR) is the lamp's, 0 to 1.

    Lamps and daylight differ along one line in (log R/G, log B/G), from blue sky to warm bulb; pink, green and
    yellow paper lie beside it. Tints near the line are the lamp's up to the strength automatic white balance
    leaves behind; strong blue and strong orange are the paper's.
    """
    blue, green, red = (float(np.log(max(value, 1.0))) for value in tint)
    along = 0.555 * (red - green) - 0.832 * (blue - green)
    aside = abs(0.832 * (red - green) + 0.555 * (blue - green))
    strength = _ramp(along, 0.26, 0.36) if along > 0 else _ramp(-along, 0.16, 0.22)
    return strength * _ramp(aside, 0.04, 0.075)


def light_of(image: Any) -> Light:
    """The light on a page (BGR uint8) and the tint of its paper."""
    height, width = image.shape[:2]
    scale = min(1.0, LOOK / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    stroke = max(3, round(max(size) * _STROKE) | 1)
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (stroke, stroke))
    paper: Any = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, shape), 5)
    paper = np.maximum(paper, 1).astype(np.float32)
    tint = _tint(paper)
    relative = paper / tint
    level = _largest(relative)
    colour = np.log(relative / level[:, :, None])
    usual = np.median(colour[::3, ::3].reshape(-1, 3), axis=0)
    strange = _largest(np.abs(colour - usual)) > _COLOURED
    level = _without_print(level, strange)
    level = cv2.GaussianBlur(cv2.medianBlur(level, 5), (0, 0), 1.5)
    trust = 1.0 - cv2.dilate(strange.astype(np.uint8), shape).astype(np.float32)
    fall = level[:, :, None] * np.exp(_spread(colour, trust, stroke))
    return Light(np.maximum(fall, _DEEPEST).astype(np.float32), tint)


def _tint(paper: Floats) -> Floats:
    """The commonest colour among the brighter half of the sheet, whatever its light."""
    flat = paper[::3, ::3].reshape(-1, 3)
    bright = _largest(flat)
    middle: Any = np.median(flat[bright >= np.median(bright)], axis=0)
    return np.asarray(np.maximum(middle, 1.0), dtype=np.float32)


def _without_print(level: Floats, strange: Any) -> Floats:
    """The level of light, with what is print filled from the paper around it."""
    filled = _filled(level)
    depth = level / filled
    steep = cv2.morphologyEx(level, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) / filled
    count, labels, stats, _ = cv2.connectedComponentsWithStats((depth < 0.95).astype(np.uint8), connectivity=4)
    out = level.copy()
    for index in range(1, count):
        x, y, w, h, _pixels = stats[index]
        box = (slice(y, y + h), slice(x, x + w))
        mine = labels[box] == index
        # A dent or a fold shades softly; print ends at an edge.
        if depth[box][mine].min() < 0.7 or np.percentile(steep[box][mine], 90) > 0.06:
            out[box][mine] = filled[box][mine]
    if strange.any():
        around = np.exp(_spread(np.log(out)[:, :, None], 1.0 - strange.astype(np.float32), 9)[:, :, 0])
        out = np.where(strange, around, out)
    return np.asarray(out, dtype=np.float32)


def _filled(level: Floats) -> Floats:
    """Every dark place shut in by brighter ones raised to the lowest way out of it (holes filled, in grey)."""
    height, width = level.shape
    low, high = float(level.min()), float(level.max())
    if high - low < 1e-3:
        return level
    small = cv2.resize(level, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    raised = np.full(small.shape, low, np.float32)
    sea = np.zeros((small.shape[0] + 2, small.shape[1] + 2), np.uint8)
    for tide in np.geomspace(max(low, 0.02), high, _LEVELS)[1:]:
        sea[:] = 1
        sea[1:-1, 1:-1] = small < tide
        cv2.floodFill(sea, None, (0, 0), 2)
        raised[sea[1:-1, 1:-1] != 2] = tide
    return np.maximum(level, cv2.resize(raised, (width, height), interpolation=cv2.INTER_LINEAR))


def _spread(values: Floats, trust: Floats, reach: float) -> Floats:
    """`values` (h, w, c) averaged over about `reach` pixels by `trust` (h, w); farther where none near is trusted."""
    height, width = trust.shape
    # So smooth a field needs few points.
    size = (max(4, width // 4), max(4, height // 4))
    weight: Any = cv2.resize(trust, size, interpolation=cv2.INTER_AREA)
    sums: Any = cv2.resize(values * trust[:, :, None], size, interpolation=cv2.INTER_AREA).reshape(*size[::-1], -1)
    done = np.zeros(sums.shape, np.float32)
    missing = np.ones(weight.shape, dtype=bool)
    for sigma in (reach / 4, reach * 3 / 4, reach * 9 / 4):
        near = cv2.GaussianBlur(weight, (0, 0), sigma)
        mean = cv2.GaussianBlur(sums, (0, 0), sigma).reshape(sums.shape)
        here = missing & (near > 0.02)
        done[here] = mean[here] / near[here][:, None]
        missing &= ~here
        if not missing.any():
            break
    wide: Any = cv2.resize(done, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide.reshape(values.shape), dtype=np.float32)


def _largest(values: Any) -> Any:
    """The greatest of three channels; numpy's own way along so short an axis is ten times slower."""
    return np.maximum(np.maximum(values[..., 0], values[..., 1]), values[..., 2])


def _ramp(value: float, full: float, none: float) -> float:
    """1 up to `full`, 0 from `none` on, straight between."""
    return float(np.clip((none - value) / (none - full), 0, 1))


def _times(image: Any, gain: Floats) -> Any:
    """The image times a small map of gains stretched over it, strip by strip so that memory stays small."""
    height, width = image.shape[:2]
    across, down = gain.shape[1] / width, gain.shape[0] / height
    out = np.empty_like(image)
    for top in range(0, height, _STRIP):
        rows = min(_STRIP, height - top)
        place = np.array([[across, 0, across / 2 - 0.5], [0, down, (top + 0.5) * down - 0.5]])
        strip = cv2.warpAffine(
            gain, place, (width, rows), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        )
        out[top : top + rows] = cv2.multiply(image[top : top + rows], strip, dtype=cv2.CV_8U)
    return out
