"""Curled sheets are straightened, flat ones left alone, and nothing is done to writing that it is worse for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from scenes.optics import Bend

from scanner.clean import dewarp, finish, process
from scanner.clean.dewarp import FLAT_LINES, Shape, shape_of
from scanner.clean.lines import PX_PER_MM, slopes
from scanner.clean.near import even_grid, near
from scanner.clean.outline import ALONG, Side, straightened, trace

BENT = [Bend(12, 0, "arch"), Bend(12, 0, "curl"), Bend(9, 0, "wave"), Bend(14, 1, "arch")]


def writing(shot: Any, shape: Shape) -> float:
    size = (round(shape.mm[0] * PX_PER_MM), round(shape.mm[1] * PX_PER_MM))
    return slopes(near(shot.image, shape.quad).view(shape.grid(), size)).crooked


def miss(shot: Any, shape: Shape) -> float:
    """Largest distance in mm between where `shape` puts places of the sheet and where the generator put them."""
    truth = shot.sheets[0]
    return float(np.linalg.norm(shape.grid() - true_grid(shot, shape), axis=2).max() / truth.px_per_mm)


def true_grid(shot: Any, shape: Shape) -> Any:
    from scenes import camera
    from scenes.model import Scene
    from scenes.optics import Surface

    truth = shot.sheets[0]
    lens = camera._aim(Scene((truth.placed,)), shot.conditions)
    rows, columns = shape.grid().shape[:2]
    x, y = np.meshgrid(np.linspace(0, truth.size_mm[0], columns), np.linspace(0, truth.size_mm[1], rows))
    surface = Surface(truth.placed, shot.conditions.bend)
    return lens.project(*surface.down(np.column_stack([x.ravel(), y.ravel()]))).reshape(rows, columns, 2)


@pytest.mark.parametrize("bend", BENT, ids=lambda bend: f"{bend.shape}{bend.axis}")
def test_a_curled_sheet_is_straightened(bend: Bend, take: Callable[..., Any]) -> None:
    shot = take("text", bend=bend)
    truth = shot.sheets[0]
    shape = shape_of(near(shot.image, truth.quad), truth.quad, truth.size_mm)
    flat = Shape(truth.quad, truth.size_mm)
    assert shape.bowed
    assert writing(shot, shape) < max(0.45 * writing(shot, flat), 0.003)
    assert miss(shot, shape) < 0.4 * miss(shot, flat)


def test_a_flat_sheet_takes_the_plain_way(take: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "warp_bent", lambda *_: pytest.fail("a flat sheet was bent"))
    for kind in ("text", "form", "blank"):
        shot = take(kind)
        page = finish(shot.image, shot.sheets[0].quad)
        assert page.straightened == ""


def test_flat_sheets_taken_any_way_lie_flat(take: Callable[..., Any]) -> None:
    for changes in ({"tilt": 20.0, "shadow": "hand", "shadow_depth": 0.45}, {"roll": 11.0, "distortion": 0.02}):
        shot = take("text", **changes)
        truth = shot.sheets[0]
        assert shape_of(near(shot.image, truth.quad), truth.quad, truth.size_mm).flat


def test_a_rigid_card_is_never_bent(take: Callable[..., Any]) -> None:
    shot = take("card")
    assert finish(shot.image, shot.sheets[0].quad).straightened == ""


def test_a_shape_that_makes_writing_worse_is_not_taken(
    take: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shot = take("text")
    truth = shot.sheets[0]
    bulge = 6 * np.sin(np.linspace(0, np.pi, ALONG))
    wrong = (Side(bulge, bulge, 1.0), Side(0 * bulge, 0 * bulge, 0.0)) * 2
    monkeypatch.setattr(dewarp, "trace", lambda *_: wrong)
    assert shape_of(near(shot.image, truth.quad), truth.quad, truth.size_mm).how == ""


def test_corners_found_two_millimetres_wrong_are_put_right(take: Callable[..., Any]) -> None:
    shot = take("text")
    truth = shot.sheets[0]
    wrong = truth.quad + np.array([(1.5, -1), (-1.2, -1.5), (1.0, 1.5), (-1.5, 0.8)]) * truth.px_per_mm
    better = straightened(wrong, truth.size_mm, trace(near(shot.image, wrong), wrong, truth.size_mm))
    off = np.linalg.norm(better - truth.quad, axis=1) / truth.px_per_mm
    assert off.max() < 0.6


def test_white_paper_on_a_like_table_is_not_dragged_about() -> None:
    rng = np.random.default_rng(1)
    image = np.clip(rng.normal(225, 3, (1200, 900, 3)), 0, 255).astype(np.uint8)
    quad = np.array([(150, 150), (750, 150), (750, 1000), (150, 1000)], dtype=float)
    sides = trace(near(image, quad), quad, (210, 297))
    assert np.allclose(straightened(quad, (210, 297), sides), quad, atol=0.02 * 850)


@pytest.mark.parametrize("slope", [0.0, 0.02, -0.03])
def test_lines_of_writing_are_measured(slope: float, take: Callable[..., Any]) -> None:
    shot = take("text")
    truth = shot.sheets[0]
    page = near(shot.image, truth.quad).view(even_grid(truth.quad), (840, 1188))
    turned = cv2.warpAffine(page, np.array([[1, 0, 0], [slope, 1, -slope * 420]]), (840, 1188), borderMode=1)
    seen = slopes(turned)
    assert float(np.median(seen.slope)) == pytest.approx(slope, abs=0.003)
    assert seen.crooked < FLAT_LINES


def test_writing_bent_inside_straight_sides_is_straightened_by_its_lines(take: Callable[..., Any]) -> None:
    shot = take("text")
    truth = shot.sheets[0]
    flat = near(shot.image, truth.quad).view(even_grid(truth.quad), (840, 1188))
    x, y = np.meshgrid(np.arange(840, dtype=np.float32), np.arange(1188, dtype=np.float32))
    wave = cv2.remap(flat, x, y + 9 * np.sin(x / 840 * 2 * np.pi), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    table = cv2.copyMakeBorder(wave, 120, 120, 120, 120, cv2.BORDER_CONSTANT, value=(40, 60, 80))
    quad = np.array([(0, 0), (840, 0), (840, 1188), (0, 1188)], dtype=float) + 119.5
    shape = shape_of(near(table, quad), quad, (210.0, 297.0))
    assert "writing" in shape.how
    assert writing(replace(shot, image=table), shape) < 0.3 * writing(
        replace(shot, image=table), Shape(quad, shape.mm)
    )


def test_a_blank_sheet_has_no_writing() -> None:
    assert not slopes(np.full((1188, 840), 240, np.uint8)).known
    assert np.isnan(slopes(np.zeros((300, 20), np.uint8)).crooked)


def test_a_sheet_that_rises_high_is_traced_and_comes_out_flat(take: Callable[..., Any]) -> None:
    shot = take("text", bend=Bend(30, 0, "arch"))
    truth = shot.sheets[0]
    shape = shape_of(near(shot.image, truth.quad), truth.quad, truth.size_mm)
    assert shape.bowed
    assert miss(shot, shape) < 0.25 * miss(shot, Shape(truth.quad, truth.size_mm))
