"""From a picture to what is known of its page: remarks, what it holds, where nothing can be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from kiosk.journeys.develop import NO_EDGES, REMARKS, look_of, remarks, side_of
from scanner.live.capture import Shot

IMAGE = np.full((240, 170, 3), 200, np.uint8)
SHEET = np.array([(2, 2), (167, 2), (167, 237), (2, 237)], float)
POINT = np.array([(2, 2), (3, 2), (3, 3), (2, 3)], float)


@dataclass
class Table:
    measured: bool


@dataclass
class Fault:
    code: str


@pytest.mark.parametrize(
    ("table", "fixed", "near"),
    [(None, False, False), (None, True, True), (Table(True), False, True), (Table(False), False, False)],
)
def test_of_a_page_that_cannot_come_nearer_that_is_not_asked(
    table: Any, fixed: bool, near: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []

    def faults(image: Any, found: Any, *, fixed: bool) -> list[Fault]:
        told.append((image, found.quad.tolist(), fixed))
        return [Fault("tilt"), Fault("hold"), Fault("blank")]

    monkeypatch.setattr("scanner.guide.faults", faults)
    assert remarks(Shot(IMAGE, SHEET), table, fixed=fixed) == (REMARKS["tilt"], REMARKS["blank"])
    assert told == [(IMAGE, SHEET.tolist(), near)]


def test_without_edges_a_page_is_kept_whole_and_no_more_is_known_of_it() -> None:
    assert remarks(Shot(IMAGE, None)) == (NO_EDGES,)
    assert look_of(Shot(IMAGE, None)) is None
    assert look_of(Shot(IMAGE, SHEET)) is not None


def test_corners_that_make_no_sheet_tell_nothing() -> None:
    assert (look_of(Shot(IMAGE, POINT)), side_of(Shot(IMAGE, POINT))) == (None, None)
