"""The order in which one place is tried: cheap and likely first. Each step is a size, a change and an engine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scanner.codes.engines import EngineLook, Reading, WeChat, zbar, zxing
from scanner.codes.ladder import changes
from scanner.codes.places import Polygon, cut, polygon, same_place

if TYPE_CHECKING:
    from scanner.arrays import Gray

Engine = Literal["zxing", "histogram", "wechat", "zbar"]


@dataclass(frozen=True)
class Rung:
    """One step: the longer side of the part that is looked at (pixels), what is changed in it, which engine reads;
    only for parts that need not be enlarged more than `most` times.
    """

    side: int
    change: changes.Change
    engine: Engine
    most: float = 4.0


RUNGS: tuple[tuple[Rung, ...], ...] = (
    (
        # zxing on a small part takes a millisecond or less; its one threshold for all suits a part evened before.
        Rung(160, changes.thresholded, "histogram"),
        Rung(200, changes.crisped, "histogram"),
        Rung(200, changes.widely_thresholded, "histogram"),
        Rung(290, changes.sharpened, "histogram"),
        Rung(200, changes.softly_thresholded, "histogram"),
        Rung(340, changes.as_is, "histogram"),
        Rung(240, changes.softened, "histogram"),
        Rung(160, changes.crisped, "zxing"),
        Rung(290, changes.evened, "histogram"),
        Rung(200, changes.evened_sharpened, "zbar"),
        Rung(200, changes.clipped, "zxing"),
        Rung(290, changes.softened, "histogram"),
        Rung(340, changes.sharpened, "histogram"),
        Rung(200, changes.evened_sharpened, "histogram"),
        Rung(200, changes.widely_thresholded, "zbar"),
        Rung(340, changes.finely_thresholded, "histogram"),
        Rung(290, changes.strongly_sharpened, "zxing"),
        Rung(240, changes.sharpened, "zbar"),
        Rung(480, changes.crisped, "zxing"),
        Rung(400, changes.evened, "zxing"),
        Rung(240, changes.as_is, "zbar"),
    ),
    (
        # The largest symbols have 177 modules a side.
        Rung(1300, changes.finely_sharpened, "zxing", 2.2),
        Rung(240, changes.evened_sharpened, "wechat"),
        Rung(700, changes.sharpened, "zxing"),
        Rung(400, changes.as_is, "zbar"),
        Rung(240, changes.as_is, "wechat"),
    ),
    (
        Rung(240, changes.clipped, "wechat"),
        Rung(1500, changes.as_is, "zxing", 2.2),
        Rung(480, changes.strongly_sharpened, "zxing"),
        Rung(480, changes.thresholded, "zbar"),
        Rung(700, changes.evened_sharpened, "histogram"),
        Rung(400, changes.evened, "wechat"),
    ),
)
"""Steps of growing cost; every place goes through one step before any goes through the next."""

QUICK = tuple((rung.side, rung.change) for rung in RUNGS[0] if rung.engine == "histogram")
"""The cheapest rungs on their own: size and change, for zxing with one threshold."""

# Pixels of the longer side of the one copy that most rungs are made from.
_MIDDLE = 700


def climb(gray: Gray, place: Polygon, step: int, wechat: WeChat | None, until: float) -> EngineLook:
    """Try one step's rungs on one place of the picture, until a code is read there or the time (monotonic) is up.

    Codes beside it that come into view are given too.
    """
    part, left, top = cut(gray, place)
    if min(part.shape) < 16:
        return EngineLook()
    found: list[Reading] = []
    sizes: dict[int, tuple[Gray, float]] = {}
    # Most rungs are small: they are made from one middle size, not each from the camera's twelve megapixels.
    middle, shrunk = changes.resized(part, min(_MIDDLE, max(part.shape)))
    for rung in RUNGS[step]:
        if time.monotonic() > until:
            break
        if rung.side > max(part.shape) * rung.most:
            continue
        if rung.side not in sizes:
            resized, by = changes.resized(middle if rung.side <= _MIDDLE else part, rung.side)
            sizes[rung.side] = resized, by * shrunk if rung.side <= _MIDDLE else by
        small, scale = sizes[rung.side]
        changed = rung.change(small)
        look = _look(changed, rung.engine, wechat)
        for reading in look.readings:
            name = reading.engine if rung.change is changes.as_is else f"{reading.engine}+{rung.change.__name__}"
            moved = Reading(reading.text, polygon(reading.polygon, scale, left, top), name)
            if not any(moved.repeats(other) for other in found):
                found.append(moved)
        if any(same_place(reading.polygon, place) for reading in found):
            break
    return EngineLook(tuple(found))


def _look(gray: Gray, engine: Engine, wechat: WeChat | None) -> EngineLook:
    if engine == "wechat":
        return wechat.read(gray) if wechat is not None else zxing(gray)
    if engine == "zbar":
        return zbar(gray)
    return zxing(gray, histogram=engine == "histogram")
