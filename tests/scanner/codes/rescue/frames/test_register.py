"""Pictures of one flat thing laid over each other: turned, tilted, in other light; another thing is not."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.codes.rescue.frames.register import Template, product

SIDE = 140
CORNERS = np.array([[[20, 20], [120, 20], [120, 120], [20, 120]]], float)


def texture(seed: int) -> Any:
    """Blocks of random grey, two to three pixels wide, as a code of small modules looks."""
    rng = np.random.default_rng(seed)
    blocks = rng.choice([60.0, 190.0], (80, 80)).astype(np.float32)
    return cv2.GaussianBlur(cv2.resize(blocks, (240, 240), interpolation=cv2.INTER_AREA), (0, 0), 1.2)


def moved(turn: float, tilt: float, size: float, dx: float, dy: float) -> Any:
    """The move about the texture's middle."""
    a = np.radians(turn)
    middle = np.array([[1, 0, 120], [0, 1, 120], [0, 0, 1]], float)
    turned = np.array([[np.cos(a), -np.sin(a), dx], [np.sin(a), np.cos(a), dy], [tilt, -tilt, 1]], float)
    turned[:2, :2] *= size
    return middle @ turned @ np.linalg.inv(middle)


def shot(picture: Any, move: Any, seed: int, noise: float = 6.0, light: float = 1.0, glare: bool = False) -> Any:
    seen = cv2.warpPerspective(picture, move, (240, 240), borderMode=cv2.BORDER_REFLECT) * light
    if glare:
        y, x = np.mgrid[0:240, 0:240]
        seen = seen + 200 * np.exp(-(((x - 90) / 30) ** 2) - ((y - 110) / 20) ** 2)
    return np.clip(seen + np.random.default_rng(seed).normal(0, noise, seen.shape), 0, 255).astype(np.uint8)


def off(picture: Any, move: Any, later: Any) -> float:
    """How far (pixels) the template's corners are put off."""
    template = Template(picture[50 : 50 + SIDE, 50 : 50 + SIDE])
    start = np.array([[1, 0, 50], [0, 1, 50], [0, 0, 1]], float)
    found = template.register(later, start)
    assert found is not None
    return float(np.abs(cv2.perspectiveTransform(CORNERS, found.move) - wanted(move)).max())


def wanted(move: Any) -> Any:
    return cv2.perspectiveTransform(CORNERS + 50, move)


@pytest.mark.parametrize(
    ("turn", "tilt", "size", "dx", "dy"),
    [(0, 0, 1, 0, 0), (0, 0, 1, 7.3, -5.6), (2, 0, 1, 1, 1), (-1.5, 2e-4, 1.02, -3, 2), (1, -3e-4, 0.98, 4, 4)],
)
def test_turned_and_tilted_pictures_lie_on_each_other(
    turn: float, tilt: float, size: float, dx: float, dy: float
) -> None:
    picture, move = texture(1), moved(turn, tilt, size, dx, dy)
    assert off(shot(picture, np.eye(3), 2), move, shot(picture, move, 3)) < 0.5


def test_neither_other_light_nor_glare_moves_a_picture() -> None:
    picture, move = texture(4), moved(0.7, 1e-4, 1.01, 2, -3)
    first = shot(picture, np.eye(3), 5, glare=True)
    assert off(first, move, shot(picture, move, 6, light=0.55)) < 0.8


def test_another_thing_does_not_agree() -> None:
    template = Template(shot(texture(7), np.eye(3), 8)[50:190, 50:190])
    start = np.array([[1, 0, 50], [0, 1, 50], [0, 0, 1]], float)
    same = template.register(shot(texture(7), moved(1, 0, 1, 2, 2), 9), start)
    other = template.register(shot(texture(70), np.eye(3), 9), start)
    assert same is not None
    assert same.agreement > 0.8
    assert other is None or other.agreement < 0.5


@settings(max_examples=25, deadline=None)
@given(st.integers(24, 60), st.integers(24, 60), st.integers(0, 2**16), st.sampled_from(["noise", "flat", "half"]))
def test_no_picture_makes_it_fail(height: int, width: int, seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (height, width), dtype=np.uint8)
    if kind == "flat":
        picture[:] = 255
    if kind == "half":
        picture[:, : width // 2] = 0
    for later in (picture, np.full_like(picture, 7), rng.integers(0, 256, (30, 90), dtype=np.uint8)):
        found = Template(picture).register(later)
        assert found is None or (np.isfinite(found.move).all() and -1.01 <= found.agreement <= 1.01)


def test_a_product_is_a_product() -> None:
    a, b = np.arange(6, dtype=np.float32).reshape(2, 3), np.arange(12, dtype=np.float32).reshape(4, 3)
    np.testing.assert_allclose(product(a, b, transposed=True), a @ b.T)
    np.testing.assert_allclose(product(a, np.ascontiguousarray(b.T)), a @ b.T)
