"""Places of codes: all of them, tight outlines, whatever the turn, the light and the company."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.codes.places import overlap
from scanner.codes.rescue.locate import locate

SQUARE = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)


def drawn(text: str, module: int = 8) -> tuple[Any, int]:
    """The code without quiet zone, gray, and its side in modules."""
    rows = np.array([list(row) for row in segno.make_qr(text, error="m", boost_error=False).matrix])
    return np.kron(np.where(rows > 0, 20, 235), np.ones((module, module))).astype(np.uint8), len(rows)


def pasted(canvas: Any, text: str, corners: Any) -> None:
    """Put the code with a quiet zone so that its own outline falls on the corners."""
    code, side = drawn(text)
    wide = cv2.copyMakeBorder(code, 32, 32, 32, 32, cv2.BORDER_CONSTANT, value=235)
    square = (SQUARE * side * 8 + 32 - 0.5).astype(np.float32)
    move = cv2.getPerspectiveTransform(square, np.asarray(corners, np.float32))
    size = (canvas.shape[1], canvas.shape[0])
    mask = cv2.warpPerspective(np.full_like(wide, 255), move, size)
    canvas[mask > 127] = cv2.warpPerspective(wide, move, size, flags=cv2.INTER_AREA)[mask > 127]


def turned(middle: tuple[float, float], side: float, degrees: float, tilt: float = 0.0) -> Any:
    """Corners of a square so turned, its lower side shorter by the tilt."""
    corners = (SQUARE - 0.5) * side
    corners[2:, 0] *= 1 - tilt
    a = np.radians(degrees)
    return corners @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) + middle


def best(picture: Any, corners: Any, among: int) -> float:
    wanted = [(float(x), float(y)) for x, y in corners]
    return max((overlap(r.quad.tolist(), wanted) for r in locate(picture)[:among]), default=0.0)


@settings(max_examples=25, deadline=None)
@given(degrees=st.floats(0, 360), tilt=st.floats(0, 0.3), side=st.integers(70, 380), seed=st.integers(0, 9))
def test_a_code_is_outlined_at_any_turn_tilt_and_size(degrees: float, tilt: float, side: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    picture = np.full((600, 800), 210, np.uint8)
    corners = turned((400, 300), side, degrees, tilt)
    pasted(picture, "H29.16-250701-0001", corners)
    noisy = np.clip(cv2.GaussianBlur(picture, (0, 0), 0.6) + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
    assert best(noisy, corners, 1) > 0.85


def test_corners_start_at_the_code_s_own_upper_left() -> None:
    for degrees in (0, 100, 190, 280):
        picture = np.full((500, 500), 210, np.uint8)
        corners = turned((250, 250), 240, degrees)
        pasted(picture, "LANGSO", corners)
        region = locate(picture)[0]
        assert np.linalg.norm(region.quad - corners, axis=1).max() < 6
        assert region.version == 1
        assert all(pattern is not None for pattern in region.patterns)


def test_twenty_neighbours_are_not_mixed_up() -> None:
    picture = np.full((1200, 1500), 220, np.uint8)
    places = [turned((180 + 280 * i, 180 + 270 * j), 150, 17) for j in range(4) for i in range(5)]
    for number, corners in enumerate(places):
        pasted(picture, f"so {number:02d} " + "x" * (number % 4) * 6, corners)
    regions = locate(picture)[: len(places)]
    for corners in places:
        assert max(overlap(r.quad.tolist(), [tuple(p) for p in corners.tolist()]) for r in regions) > 0.85


def test_light_on_dark_is_found_and_said() -> None:
    picture = np.full((400, 400), 210, np.uint8)
    corners = turned((200, 200), 200, 12)
    pasted(picture, "LANGSO", corners)
    region = locate(255 - picture)[0]
    assert region.inverted
    assert overlap(region.quad.tolist(), [tuple(p) for p in corners.tolist()]) > 0.85


def test_a_bright_lamp_beside_a_dark_code_does_not_hide_it() -> None:
    picture = np.full((500, 700), 220, np.uint8)
    corners = turned((250, 250), 240, 8)
    pasted(picture, "Nop le phi ho so", corners)
    dim = picture.astype(np.float32) * 0.2
    dim[:, 480:] = 255
    assert best(dim.astype(np.uint8), corners, 1) > 0.85


def test_a_code_that_lost_one_finder_pattern_is_still_a_place() -> None:
    picture = np.full((500, 700), 220, np.uint8)
    corners = turned((300, 250), 260, 4)
    pasted(picture, "Nop le phi ho so", corners)
    for lost in (1, 3):
        torn = picture.copy()
        cv2.circle(torn, tuple(int(v) for v in corners[lost]), 80, 220, -1)
        assert best(torn, corners, 6) > 0.6


@pytest.mark.parametrize("shape", [(1, 1), (15, 900), (16, 16), (40, 2000)])
def test_small_and_odd_pictures_are_no_trouble(shape: tuple[int, int]) -> None:
    assert isinstance(locate(np.zeros(shape, np.uint8)), list)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 99), height=st.integers(20, 300), width=st.integers(20, 300))
def test_noise_yields_no_sure_place(seed: int, height: int, width: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    assert all(region.score < 0.5 and np.isfinite(region.quad).all() for region in locate(noise))


def test_the_limit_holds() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 400), dtype=np.uint8)
    assert len(locate(noise, 3)) <= 3
