"""Several sheets and cards on one table, near each other, touching or a little over one another; and bare tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from scenes import cards, sheets, tables
from scenes.camera import Photograph, shoot
from scenes.model import A5, Placed, Scene, Sheet, rectangle
from scenes.samples import SEVERITIES, conditions_of
from scenes.wording import pick

COUNTS = (2, 3, 4, 5, 6)
SIZE = (1600, 1200)

# How the sheets lie to each other: least and greatest gap in mm, below 0 one over the other; how often, by severity.
_LAID = {
    "apart": (18.0, 40.0, (0.6, 0.35, 0.2)),
    "near": (2.0, 8.0, (0.4, 0.35, 0.3)),
    "touching": (0.0, 0.8, (0.0, 0.2, 0.3)),
    "over": (-9.0, -2.0, (0.0, 0.1, 0.2)),
}
_TURN = (3.0, 9.0, 20.0)
_WHITE = (0.0, 0.1, 0.2)
_ROOM = 1600


def many(count: int, severity: str, seed: int, *, size: tuple[int, int] = SIZE) -> Photograph:
    """`count` sheets of mixed sizes photographed together; the same arguments give the same pixels."""
    hard = SEVERITIES.index(severity)
    rng = np.random.default_rng([seed, count, hard, 77])
    items = [_item(rng, hard) for _ in range(count)]
    laid = str(rng.choice(list(_LAID), p=[share[2][hard] for share in _LAID.values()]))
    placed = _packed(items, rng, _LAID[laid][:2], _TURN[hard])
    table = pick(rng, ("dark_wood", "wood", "cloth", "black", "tiles", "stone", "mat", "checked")[: 4 + 2 * hard])
    if rng.random() < _WHITE[hard]:
        table = "white"
    conditions = conditions_of(severity, rng, kind="several", size=size)
    if conditions.clutter:
        reach = [np.abs(_corners(one)).max(0) for one in placed]
        around = (float(max(r[0] for r in reach)), float(max(r[1] for r in reach)))
        things = tables.clutter(rng, conditions.clutter, around)
        # A scrap of paper is a sheet to anybody who looks, so none lies about.
        placed = [*(thing for thing in things if thing.sheet.alpha is not None), *placed]
    return shoot(Scene(tuple(placed), table), conditions, rng)


def bare(table: str, severity: str, seed: int, *, clutter: int = 0, size: tuple[int, int] = SIZE) -> Photograph:
    """A table with no sheet on it, only `clutter` things, under the same cameras and lamps."""
    rng = np.random.default_rng([seed, tables.TABLES.index(table), SEVERITIES.index(severity), 78])
    nothing = Sheet(np.zeros((30, 42, 3), np.uint8), (420.0, 300.0), "clutter", alpha=np.zeros((30, 42), np.uint8))
    conditions = replace(conditions_of(severity, rng, kind="several", size=size), fill=0.9)
    things = tables.clutter(rng, clutter, (60.0, 40.0))
    things = [thing for thing in things if thing.sheet.alpha is not None]
    return shoot(Scene((Placed(nothing, clutter=True), *things), table), conditions, rng)


def _item(rng: Any, hard: int) -> Sheet:
    kind = pick(rng, ("form", "text", "table", "a5", "a5", "card", "card", "receipt", "booklet", "coloured", "blank"))
    if kind == "card":
        sheet = cards.front(rng) if rng.random() < 0.5 else cards.back(rng)
    elif kind == "a5":
        sheet = sheets.form(rng, size_mm=A5) if rng.random() < 0.5 else sheets.text_page(rng, size_mm=A5, points=9)
    elif kind == "coloured":
        sheet = sheets.form(rng, paper=pick(rng, ("yellow", "pink", "old")), size_mm=A5)
    elif kind == "booklet":
        sheet = sheets.booklet(rng)
    elif kind == "receipt":
        sheet = sheets.receipt(rng)
    elif kind == "table":
        sheet = sheets.table_page(rng)
    elif kind == "blank":
        sheet = sheets.blank(rng, size_mm=A5, nearly=True)
    else:
        sheet = sheets.form(rng) if kind == "form" else sheets.text_page(rng)
    return sheets.worn(sheet, rng, 0.6) if hard == 2 and kind != "card" and rng.random() < 0.25 else sheet


def _packed(items: list[Sheet], rng: Any, gaps: tuple[float, float], turn: float) -> list[Placed]:
    """Each laid as near the middle as the gap to what lies there already allows; the whole centred on the origin."""
    taken = np.zeros((_ROOM, _ROOM), np.uint8)
    placed: list[Placed] = []
    for sheet in items:
        gap = float(rng.uniform(*gaps))
        angle = float(np.clip(rng.normal(0, turn / 2), -turn, turn)) + 90.0 * int(rng.integers(0, 4) == 1)
        best = Placed(sheet, (0.0, 0.0), angle)
        if placed:
            ways = rng.uniform(0, 2 * np.pi, 12)
            tries = [_nearest(best, gap, way, taken) for way in ways]
            # Pictures are wider than high: so are the tables they show.
            best = min(tries, key=lambda one: np.hypot(one.centre[0] / 1.33, one.centre[1]))
        placed.append(best)
        cv2.fillPoly(taken, [(_corners(best) + _ROOM / 2).astype(np.int32)], 1)
    ends = np.vstack([_corners(one) for one in placed])
    middle = (ends.min(0) + ends.max(0)) / 2
    return [
        replace(one, centre=(float(one.centre[0] - middle[0]), float(one.centre[1] - middle[1]))) for one in placed
    ]


def _nearest(item: Placed, gap: float, way: float, taken: Any) -> Placed:
    """The item moved that way from the middle just so far that it keeps its gap."""
    low, high = 0.0, 600.0
    for _ in range(10):
        far = (low + high) / 2
        moved = replace(item, centre=(far * float(np.cos(way)), far * float(np.sin(way))))
        own = np.zeros_like(taken)
        cv2.fillPoly(own, [(_corners(moved, gap) + _ROOM / 2).astype(np.int32)], 1)
        low, high = (far, high) if (own & taken).any() else (low, far)
    return replace(item, centre=(high * float(np.cos(way)), high * float(np.sin(way))))


def _corners(placed: Placed, more: float = 0.0) -> Any:
    """Where the sheet's corners lie on the table, mm, `more` added all round."""
    width, height = (side + 2 * more for side in placed.sheet.size_mm)
    turn = np.radians(placed.angle)
    turned = np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
    return (rectangle(width, height) - (width / 2, height / 2)) @ turned + placed.centre
