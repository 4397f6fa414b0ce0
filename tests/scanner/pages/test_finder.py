"""The sheet is found, wherever it lies."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import scenes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenes.tables import table_top

from scanner.guide import SAYS
from scanner.images import load_image
from scanner.pages import find_page
from scanner.pages.geometry import angles, area, order_corners, overlap

LAID = {
    "straight": ((400, 80), (1160, 80), (1160, 1120), (400, 1120)),
    "tilted": ((520, 90), (1250, 300), (1000, 1120), (270, 900)),
    "seen from the side": ((500, 250), (1100, 250), (1350, 1050), (250, 1050)),
    "small": ((650, 350), (1010, 370), (1000, 880), (640, 860)),
}


@pytest.mark.parametrize("corners", LAID.values(), ids=LAID.keys())
def test_the_corners_are_found_on_a_table(photo: Callable[..., Any], corners: Any) -> None:
    found = find_page(photo(corners))
    assert found.quad is not None
    assert overlap(found.quad, order_corners(corners)) > 0.97
    assert found.confidence > 0.6


def test_a_sheet_half_out_of_the_picture_is_told(photo: Callable[..., Any]) -> None:
    found = find_page(photo(((900, 100), (1900, 150), (1900, 1150), (850, 1100))))
    assert found.quad is None or "cut_off" in found.advice


def test_fingers_over_the_edge_do_not_move_the_corners(photo: Callable[..., Any]) -> None:
    picture = photo()
    for x in (560, 610, 660):
        cv2.ellipse(picture, (x, 1070), (22, 70), 0, 0, 360, (120, 150, 205), -1)
    found = find_page(picture)
    assert found.quad is not None
    assert overlap(found.quad, order_corners(((430, 120), (1150, 180), (1230, 1090), (330, 1030)))) > 0.95


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_even_picture_has_no_sheet(level: int) -> None:
    assert find_page(np.full((600, 800, 3), level, np.uint8)).quad is None


@pytest.mark.parametrize("name", ["dark_wood", "wood", "cloth", "black", "tiles", "stone", "checked", "mat"])
def test_a_bare_table_has_no_sheet(name: str) -> None:
    found = find_page(table_top(name, np.random.default_rng(1), 960, 2.4))
    assert found.quad is None
    assert str(SAYS[found.advice[0]]).startswith("Chưa thấy")


def test_white_paper_on_a_white_table_in_hard_light_is_found_at_the_second_look() -> None:
    shot = scenes.sample("white_on_white", "hard", 301, size=(1280, 960))
    found = find_page(shot.image)
    assert found.quad is not None
    assert overlap(found.quad, order_corners(shot.sheets[0].quad)) > 0.9


def test_one_edge_winding_through_the_whole_picture_is_survived() -> None:
    # OpenCV's edge drawing overruns its memory on an edge eight times longer than the picture is wide and high.
    picture = np.full((480, 480, 3), 60, np.uint8)
    for turn, y in enumerate(range(12, 456, 12)):
        cv2.line(picture, (8, y), (472, y), (220, 220, 220), 4)
        x = 8 if turn % 2 else 472
        cv2.line(picture, (x, y), (x, y + 12), (220, 220, 220), 4)
    for _ in range(5):
        assert 0 <= find_page(picture).confidence <= 1


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(16, 120), st.integers(16, 120), st.integers(0, 2**32 - 1))
def test_any_picture_is_answered(width: int, height: int, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    found = find_page(noise)
    assert 0 <= found.confidence <= 1
    assert found.quad is None or found.quad.shape == (4, 2)


def test_real_photographs_are_found(shared_dir: Path) -> None:
    folder = shared_dir / "data" / "pages"
    entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["images"]
    overlaps = []
    for entry in entries:
        found = find_page(load_image(folder / entry["image"]))
        overlaps.append(0.0 if found.quad is None else overlap(found.quad, order_corners(entry["quad"])))
    assert min(overlaps) > 0.8
    assert sum(overlaps) / len(overlaps) > 0.95


def test_corners_are_put_in_order_from_the_top_left() -> None:
    mixed = np.array([(1230, 1090), (430, 120), (330, 1030), (1150, 180)])
    assert order_corners(mixed).tolist() == [[430, 120], [1150, 180], [1230, 1090], [330, 1030]]


def test_geometry_of_a_square() -> None:
    square = order_corners([(0, 0), (10, 0), (10, 10), (0, 10)])
    assert area(square) == 100
    assert np.allclose(angles(square), 90)
    assert overlap(square, square + np.array([5, 0])) == pytest.approx(1 / 3, abs=0.01)


@pytest.mark.parametrize("shape", [(16, 16), (20, 20), (640, 16), (47, 400)])
def test_a_picture_too_small_for_a_sheet_holds_none(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
    for image in (picture, np.full_like(picture, 90)):
        found = find_page(image)
        assert (found.quad, found.confidence) == (None, 0.0)


def test_no_sheet_is_told_with_no_confidence_in_one() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    found = find_page(noise)
    assert (found.quad, found.confidence) == (None, 0.0)
    assert found.advice


@pytest.mark.parametrize(("severity", "seed"), [("typical", 101), ("typical", 104), ("hard", 101), ("hard", 108)])
def test_white_paper_on_a_white_table_is_told_even_in_doubt(severity: str, seed: int) -> None:
    shot = scenes.sample("white_on_white", severity, seed, size=(1280, 960))
    found = find_page(shot.image)
    assert found.quad is not None
    assert overlap(found.quad, order_corners(shot.sheets[0].quad)) > 0.9
