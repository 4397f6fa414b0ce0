"""Codes found in the whole picture by their finder patterns, laid flat and read; those that stay unread are hints."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from scanner.reading import changes
from scanner.reading.engines import Look, Reading
from scanner.reading.locate import locate
from scanner.reading.places import Polygon, polygon, same_place
from scanner.reading.sample import symbol_at
from scanner.reading.weave import text_of

_MOST_REGIONS = 24
# Three squares that belong together score far above chance ones.
_LEAST = 0.15
_HINT = 0.4


def look(gray: Any, side: int, skip: Sequence[Polygon], until: float) -> Look:
    """Reads what it can before `until` (monotonic), but for the places in `skip`, on the picture made no longer than
    `side`. `unread`: places whose finder patterns leave little doubt.
    """
    small, scale = changes.resized(gray, min(side, max(gray.shape)))
    readings: list[Reading] = []
    unread: list[Polygon] = []
    for region in locate(small, _MOST_REGIONS):
        if region.score < _LEAST or time.monotonic() > until:
            break
        place = polygon(region.quad, scale)
        if any(same_place(place, read) for read in (*skip, *(reading.polygon for reading in readings))):
            continue
        symbol = symbol_at(small, region, until)
        text = "" if symbol is None else text_of(symbol.modules)
        if symbol is not None and text:
            readings.append(Reading(text, polygon(symbol.corners, scale), "flat"))
        elif region.score > _HINT:
            unread.append(place)
    return Look(tuple(readings), tuple(unread))
