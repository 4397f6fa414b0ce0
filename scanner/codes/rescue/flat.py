"""Codes found by their finder patterns in the whole picture, laid flat and read; those that stay unread are hints."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scanner.codes.engines import EngineLook, Reading
from scanner.codes.ladder import changes
from scanner.codes.places import Polygon, polygon, same_place
from scanner.codes.rescue.locate import Region, locate
from scanner.codes.rescue.sample import Guess, guesses, symbol_of
from scanner.codes.rescue.weave import text_of

if TYPE_CHECKING:
    from scanner.arrays import Gray

# Regions tried, and how many are judged together before the best is mended.
_MOST_REGIONS, _BATCH = 24, 8
# Three squares that belong together score far above chance ones.
_LEAST = 0.15
# Score from which a region that stayed unread is worth being told.
_HINT = 0.4
# Below it nearly nothing is ever mended, at some 20 ms each.
_LEAST_FIT = 0.8


def look(gray: Gray, side: int, skip: Sequence[Polygon], until: float) -> EngineLook:
    """Reads what it can before `until` (monotonic), but for the places in `skip`, on the picture made no longer than
    `side`. `unread`: places whose finder patterns leave little doubt.
    """
    small, scale = changes.resized(gray, min(side, max(gray.shape)))
    readings: list[Reading] = []
    unread: list[Polygon] = []

    def is_read(place: Polygon) -> bool:
        return any(same_place(place, read) for read in (*skip, *(reading.polygon for reading in readings)))

    regions = [region for region in locate(small, _MOST_REGIONS, until) if region.score >= _LEAST]
    for batch in (regions[i : i + _BATCH] for i in range(0, len(regions), _BATCH)):
        # What fits tells more than how sure the patterns are.
        for guess, place in _by_fit(small, scale, [r for r in batch if not is_read(polygon(r.quad, scale))], until):
            if time.monotonic() > until:
                break
            symbol = None if is_read(place) else symbol_of(guess, until)
            text = "" if symbol is None else text_of(symbol.modules)
            if symbol is not None and text:
                readings.append(Reading(text, polygon(symbol.corners, scale), "flat"))
        hints = (polygon(region.quad, scale) for region in batch if region.score > _HINT)
        unread += [place for place in hints if not is_read(place)]
    return EngineLook(tuple(readings), tuple(unread))


def _by_fit(gray: Gray, scale: float, regions: list[Region], until: float) -> list[tuple[Guess, Polygon]]:
    found: list[tuple[Guess, Polygon]] = []
    for region in regions:
        if time.monotonic() > until:
            break
        likely = (guess for guess in guesses(gray, region) if guess.fit > _LEAST_FIT)
        found += [(guess, polygon(region.quad, scale)) for guess in likely]
    return sorted(found, key=lambda each: -each[0].fit)
