"""The whole way from photograph to clean page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langso.settings import assets
from scanner.clean import CleanPage, finish, rectify
from scanner.clean.process import MAX_DPI
from scanner.errors import CornersRefused
from scanner.papers import SIZES_MM


def test_the_page_is_its_sheet_at_true_size(take: Callable[..., Any]) -> None:
    """Places of the page are places of the sheet within a hundredth of its size."""
    shot = take("form")
    truth = shot.sheets[0]
    page = finish(shot.image, truth.quad)
    assert (page.paper, page.size_mm) == ("A4", SIZES_MM["A4"])
    assert page.image.shape[1] / page.dpi * 25.4 == pytest.approx(210, abs=0.2)
    printed = cv2.resize(truth.placed.sheet.image, page.image.shape[1::-1], interpolation=cv2.INTER_AREA)
    one, other = (cv2.GaussianBlur(cv2.cvtColor(i, cv2.COLOR_BGR2GRAY), (0, 0), 2) for i in (page.image, printed))
    shift, _ = cv2.phaseCorrelate(np.float64(one), np.float64(other))
    assert np.hypot(*shift) / page.dpi * 25.4 < 1.0
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.9


def test_no_more_is_claimed_than_the_camera_saw(take: Callable[..., Any]) -> None:
    shot = take("form")
    truth = shot.sheets[0]
    seen = truth.px_per_mm * 25.4
    assert 0.85 * seen < finish(shot.image, truth.quad).dpi <= 1.02 * seen
    half = cv2.resize(shot.image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert finish(half, truth.quad / 2).dpi < 0.55 * seen


def test_a_near_card_gets_no_more_than_paper_needs_and_no_moire(take: Callable[..., Any]) -> None:
    shot = take("card")
    page = finish(shot.image, shot.sheets[0].quad)
    assert (page.paper, page.dpi) == ("ID-1", MAX_DPI)
    fine = np.zeros((1600, 2400, 3), np.uint8)
    fine[:, ::2] = 255
    quad = np.array([(100, 100), (2239, 100), (2239, 1449), (100, 1449)], dtype=float)
    stripes = rectify(fine, quad, "ID-1").image
    assert stripes[100:-100, 100:-100].std() < 25


@pytest.mark.parametrize("quarters", range(4))
def test_a_sheet_lying_any_way_comes_out_upright(quarters: int, take: Callable[..., Any]) -> None:
    try:
        assets.model("page-upright.onnx")
    except assets.AssetMissing as missing:
        pytest.skip(str(missing))
    shot = take("form")
    turned, corners = shot.image, shot.sheets[0].quad
    for _ in range(quarters):
        corners = np.column_stack([corners[:, 1], turned.shape[1] - 1 - corners[:, 0]])
        turned = cv2.rotate(turned, cv2.ROTATE_90_COUNTERCLOCKWISE)
    page, straight = finish(turned, corners), finish(shot.image, shot.sheets[0].quad)
    assert page.turned == 90 * quarters
    assert page.size_mm == (210.0, 297.0)
    small, same = (cv2.resize(one.image, (210, 297), interpolation=cv2.INTER_AREA) for one in (page, straight))
    assert np.corrcoef(small.ravel(), same.ravel())[0, 1] > 0.97


def test_slivers_of_table_are_covered_with_paper(take: Callable[..., Any]) -> None:
    shot = take("form", paper="pink")
    truth = shot.sheets[0]
    middle = truth.quad.mean(axis=0)
    loose = middle + (truth.quad - middle) * 1.012
    page = finish(shot.image, loose).image.astype(int)
    paper = np.median(page.reshape(-1, 3), axis=0)
    border = np.concatenate([page[:3].reshape(-1, 3), page[-3:].reshape(-1, 3), page[:, :3].reshape(-1, 3)])
    assert np.mean(np.abs(border - paper).max(axis=1) < 30) > 0.99


def test_a_finger_over_the_edge_is_left_to_be_seen(take: Callable[..., Any]) -> None:
    shot = take("form")
    truth = shot.sheets[0]
    picture = shot.image.copy()
    low = ((truth.quad[2] + truth.quad[3]) / 2).astype(int)
    reach = int(14 * truth.px_per_mm)
    cv2.ellipse(picture, tuple(low.tolist()), (reach // 2, reach), 0, 0, 360, (95, 130, 190), -1)
    page = finish(picture, truth.quad).image.astype(int)
    height, width = page.shape[:2]
    part = page[height - height // 40 :, width // 2 - width // 60 : width // 2 + width // 60]
    assert np.median(part[:, :, 2] - part[:, :, 0]) > 50


def test_pages_are_bgr_bytes_and_remember_what_was_done(take: Callable[..., Any]) -> None:
    shot = take("blank")
    page = finish(shot.image, shot.sheets[0].quad)
    assert isinstance(page, CleanPage)
    assert page.image.dtype == np.uint8
    assert page.image.flags.c_contiguous
    assert page.turned % 90 == 0
    assert 0 < page.sure <= 1


_COORDINATE = st.floats(-60, 700, allow_nan=False)


@settings(max_examples=15, deadline=None)
@given(corners=st.lists(st.tuples(_COORDINATE, _COORDINATE), min_size=4, max_size=4), seed=st.integers(0, 3))
def test_corners_marked_anyhow_give_a_page_or_a_clear_no(corners: list[tuple[float, float]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = cv2.GaussianBlur(rng.integers(0, 256, (480, 640, 3), dtype=np.uint8), (0, 0), 1 + seed)
    with contextlib.suppress(CornersRefused):
        page = finish(image, np.array(corners))
        assert min(page.image.shape[:2]) >= 16
        assert max(page.image.shape[:2]) <= 5100
        assert page.dpi >= 1


@pytest.mark.parametrize(
    "corners",
    [
        [(10, 10), (10, 10), (10, 10), (10, 10)],
        [(0, 0), (200, 200), (400, 400), (600, 470)],
        [(100, 100), (400, 100), (200, 150), (100, 400)],
        [(0, 0), (float("nan"), 0), (100, 100), (0, 100)],
        [(0, 0), (1e9, 0), (1e9, 1e9), (0, 1e9)],
        [(-600, 100), (-100, 100), (-100, 400), (-600, 400)],
        [(100, 500), (400, 500), (400, 900), (100, 900)],
    ],
)
def test_corners_of_no_sheet_are_refused(corners: list[tuple[float, float]]) -> None:
    image = np.full((480, 640, 3), 200, np.uint8)
    for way in (finish, rectify):
        with pytest.raises(CornersRefused, match="góc"):
            way(image, np.array(corners, dtype=float))


def test_a_draft_and_its_page_have_the_same_colours(take: Callable[..., Any]) -> None:
    shot = take("form", paper="pink", cast=(0.9, 0.97, 1.0))
    quad = shot.sheets[0].quad
    for white in (None, (211.0, 228.0, 235.0)):
        page, draft = (way(shot.image, quad, white=white).image for way in (finish, rectify))
        one, other = (np.median(image[::9, ::9].reshape(-1, 3), axis=0) for image in (page, draft))
        assert np.abs(one - other).max() < 5
