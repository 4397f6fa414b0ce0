"""Sheets of the generator photographed with known corners, kept for the whole run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import scenes
from scenes import cards, sheets
from scenes.optics import Bend

SIZE = (1512, 2016)


@lru_cache(maxsize=12)
def _photograph(kind: str, paper: str, bend: Bend, changes: tuple[tuple[str, Any], ...]) -> Any:
    rng = np.random.default_rng(7)
    makers: dict[str, Callable[[], Any]] = {
        "text": lambda: sheets.text_page(rng, paper=paper, face="serif", points=13),
        "form": lambda: sheets.form(rng, paper=paper),
        "card": lambda: cards.front(rng),
        "blank": lambda: sheets.blank(rng),
        "receipt": lambda: sheets.receipt(rng),
    }
    sheet = makers[kind]()
    wide = sheet.size_mm[0] > sheet.size_mm[1]
    base = scenes.Conditions(size=SIZE[::-1] if wide else SIZE, tilt=6.0, azimuth=40.0, bend=bend)
    return scenes.shoot(scenes.lay(sheet, table="dark_wood"), replace(base, **dict(changes)), rng)


@pytest.fixture
def take() -> Callable[..., Any]:
    """`take(kind, paper="white", bend=Bend(), **conditions)` -> scenes.Photograph of one sheet on dark wood; the
    same asked twice is the same object, so its pictures are not to be written to.
    """

    def photograph(kind: str, paper: str = "white", bend: Bend | None = None, **changes: Any) -> Any:
        return _photograph(kind, paper, bend or Bend(), tuple(sorted(changes.items())))

    return photograph
