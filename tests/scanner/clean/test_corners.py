"""Corners that are missing are covered with paper, corners that are hidden are left to be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import pytest
import scenes
from scenes import sheets

from scanner.clean import finish
from scanner.clean.corners import torn
from scanner.clean.dewarp import Shape
from scanner.clean.near import near
from scanner.papers import SIZES_MM


@lru_cache(maxsize=4)
def torn_sheet(table: str, corner: int, reach_mm: float = 16.0) -> Any:
    """A form with a piece gone from one corner (0: top left, clockwise), on a table."""
    rng = np.random.default_rng(corner)
    sheet = sheets.form(rng, framed=False)
    height, width = sheet.image.shape[:2]
    reach = reach_mm * sheet.px_per_mm
    cut = np.array([(0, 0), (reach, 0), (reach * 0.5, reach * 0.4), (0, reach * 0.8)])
    if corner in (1, 2):
        cut[:, 0] = width - cut[:, 0]
    if corner in (2, 3):
        cut[:, 1] = height - cut[:, 1]
    alpha = np.full((height, width), 255, np.uint8)
    cv2.fillPoly(alpha, [cut.astype(np.int32)], 0)
    conditions = scenes.Conditions(size=(1512, 2016), tilt=6.0, azimuth=40.0)
    return scenes.shoot(scenes.lay(replace(sheet, alpha=alpha), table=table), conditions, rng)


def piece(page: Any, corner: int, mm: float = 14.0) -> Any:
    """The square of so many mm at a corner of an A4 page."""
    side = round(mm * page.shape[1] / 210)
    rows = slice(None, side) if corner in (0, 1) else slice(-side, None)
    columns = slice(None, side) if corner in (0, 3) else slice(-side, None)
    return page[rows, columns].astype(int)


@pytest.mark.parametrize(("table", "corner"), [("dark_wood", 0), ("wood", 1), ("stone", 2), ("black", 3)])
def test_a_torn_corner_is_covered_with_paper(table: str, corner: int) -> None:
    shot = torn_sheet(table, corner)
    page = finish(shot.image, shot.sheets[0].quad)
    assert page.turned == 0
    here = piece(page.image, corner)
    assert np.mean(here.min(axis=2) > 200) > 0.99


def test_whole_corners_are_left_alone(take: Callable[..., Any]) -> None:
    for kind in ("form", "text", "blank"):
        shot = take(kind)
        truth = shot.sheets[0]
        assert torn(near(shot.image, truth.quad), Shape(truth.quad, truth.size_mm)) == []


def test_a_thumb_over_the_corner_is_left_to_be_seen(take: Callable[..., Any]) -> None:
    shot = take("form")
    truth = shot.sheets[0]
    picture = shot.image.copy()
    reach = int(20 * truth.px_per_mm)
    corner = tuple(truth.quad[2].astype(int).tolist())
    cv2.ellipse(picture, corner, (reach, reach // 2), 45, 0, 360, (95, 130, 190), -1)
    page = finish(picture, truth.quad).image
    here = piece(page, 2, 8.0)
    assert np.median(here[:, :, 2] - here[:, :, 0]) > 50


def test_a_folio_has_a_cards_shape_and_square_corners(take: Callable[..., Any]) -> None:
    sheet = sheets.text_page(np.random.default_rng(1), size_mm=SIZES_MM["F4"])
    conditions = scenes.Conditions(size=(1134, 1512), tilt=5.0, azimuth=50.0)
    folio = scenes.shoot(scenes.lay(sheet, table="wood"), conditions, np.random.default_rng(2))
    page = finish(folio.image, folio.sheets[0].quad)
    assert (page.paper, page.size_mm) == ("F4", SIZES_MM["F4"])
    assert page.dpi < 130
    card = take("card")
    assert finish(card.image, card.sheets[0].quad).paper == "ID-1"


def test_a_card_comes_out_with_round_white_corners(take: Callable[..., Any]) -> None:
    page = finish((shot := take("card")).image, shot.sheets[0].quad).image
    height, width = page.shape[:2]
    tip = round(0.5 * width / 85.6)
    for x in (tip, width - 1 - tip):
        for y in (tip, height - 1 - tip):
            assert (page[y, x] == 255).all()
    assert (page[height // 2, 2 * tip] < 255).any()
