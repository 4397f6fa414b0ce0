"""A sheet's size and what the camera resolved of it, from its corners."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from scanner.clean.size import aspect_of, resolution, size_of
from scanner.papers import SIZES_MM

FRAME = (4032, 3024)


def seen(mm: tuple[float, float], tilt: float, azimuth: float, focal: float = 0.78, fill: float = 0.6) -> Any:
    """Corners in FRAME of a flat sheet under a pinhole camera tilted by degrees; and its distance in mm."""
    a = np.radians(azimuth)
    turn, _ = cv2.Rodrigues(np.array([np.cos(a), np.sin(a), 0.0]) * np.radians(tilt))
    flat = np.array([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)]) * np.array([*mm, 0]) / 2
    f = focal * max(FRAME)
    distance = f * max(mm) / (fill * max(FRAME))
    points = flat @ turn.T + np.array([0, 0, distance])
    return points[:, :2] / points[:, 2:] * f + np.array(FRAME) / 2


@pytest.mark.parametrize("focal", [0.65, 0.78, 0.95])
@pytest.mark.parametrize("azimuth", [0, 35, 70])
@pytest.mark.parametrize("tilt", [0, 4, 12, 25])
def test_a4_is_a4_from_any_side_and_through_any_common_lens(tilt: float, azimuth: float, focal: float) -> None:
    quad = seen((210, 297), tilt, azimuth, focal)
    size = size_of(quad, FRAME)
    assert (size.paper, size.mm) == ("A4", (210.0, 297.0))
    if azimuth == 35 or focal == 0.78:
        # A tilt about one side alone tells nothing of an uncommon focal length.
        assert aspect_of(quad, FRAME)[0] == pytest.approx(210 / 297, rel=0.015 if tilt == 25 else 0.01)


def test_corners_found_a_little_wrong_change_the_shape_a_little() -> None:
    rng = np.random.default_rng(2)
    for _ in range(40):
        quad = seen((210, 297), float(rng.uniform(0, 20)), float(rng.uniform(0, 90)))
        aspect, _ = aspect_of(quad + rng.normal(0, 6, (4, 2)), FRAME)
        assert aspect == pytest.approx(210 / 297, rel=0.05)


@pytest.mark.parametrize("tilt", [0, 10, 20])
def test_a_card_is_told_from_paper_by_its_shape(tilt: float) -> None:
    card = size_of(seen((85.6, 53.98), tilt, 30), FRAME)
    assert (card.paper, card.mm) == ("ID-1", (85.6, 53.98))
    sheet = size_of(seen((210, 297), tilt, 30), FRAME)
    assert (sheet.paper, sheet.mm) == ("A4", (210.0, 297.0))


def test_what_the_caller_knows_is_believed() -> None:
    size = size_of(seen((297, 210), 5, 0), FRAME, "A5")
    assert size.mm == (210.0, 148.0)
    assert size.sure == 1.0


@pytest.mark.parametrize("name", sorted(SIZES_MM))
def test_a_measured_camera_tells_sizes_of_one_shape_apart(name: str) -> None:
    quad = seen(SIZES_MM[name], 0, 0, fill=0.2)
    per_mm = 0.2 * max(FRAME) / max(SIZES_MM[name])
    size = size_of(quad, FRAME, px_per_mm=per_mm)
    assert size.paper == name
    assert size.sure > 0.8


def test_a_measured_camera_gives_unknown_papers_their_true_size() -> None:
    size = size_of(seen((120, 190), 0, 0, fill=0.4), FRAME, px_per_mm=0.4 * max(FRAME) / 190)
    assert size.paper == "other"
    assert size.mm == pytest.approx((120, 190), rel=0.01)
    till = size_of(seen((58, 170), 0, 0, fill=0.4), FRAME, px_per_mm=0.4 * max(FRAME) / 170)
    assert till.paper == "receipt"
    assert till.mm == pytest.approx((58, 170), rel=0.01)


def test_less_is_claimed_where_less_is_known() -> None:
    near, far = (size_of(seen((210, 297), 0, 0, fill=fill), FRAME) for fill in (0.6, 0.3))
    assert near.paper == "A4"
    assert far.paper == "A5"
    assert far.sure < near.sure < 1
    odd = size_of(seen((200, 250), 0, 0), FRAME)
    assert odd.paper == "other"
    assert odd.sure < 0.5


@pytest.mark.parametrize("mm", [(100, 150), (150, 150), (110, 220), (30, 40)])
def test_what_has_no_standard_shape_is_not_squeezed_into_one(mm: tuple[float, float]) -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        quad = seen(mm, float(rng.uniform(0, 12)), float(rng.uniform(0, 90)))
        size = size_of(quad, FRAME)
        assert size.mm[1] / size.mm[0] == pytest.approx(mm[1] / mm[0], rel=0.03)
        assert size.sure <= 0.5


def test_a_receipt_keeps_its_length() -> None:
    size = size_of(seen((80, 260), 8, 20), FRAME)
    assert size.paper == "receipt"
    assert size.mm[1] / size.mm[0] == pytest.approx(260 / 80, rel=0.02)


def test_the_dpi_is_what_a_level_camera_has() -> None:
    assert resolution(seen((210, 297), 0, 0), (210, 297)) == pytest.approx(0.6 * 4032 / 297 * 25.4, rel=0.002)


def test_a_tilted_sheet_has_less_than_its_best_side() -> None:
    quad = seen((210, 297), 35, 0)
    best = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)[[0, 2]].max() / 210 * 25.4
    assert resolution(quad, (210, 297)) < 0.9 * best
