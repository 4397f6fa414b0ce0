"""Sheets of paper rendered and photographed by the tests themselves, with known corners."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

# `import scenes`, the generator of what villagers bring, works in every test below this folder.
sys.path.insert(0, str(Path(__file__).parent))

A4 = (840, 1188)


def sheet(
    width: int = A4[0], height: int = A4[1], seed: int = 1, tint: tuple[int, int, int] = (246, 248, 250)
) -> Any:
    """A printed page: grey lines of text, a red seal at the lower right. BGR."""
    rng = np.random.default_rng(seed)
    page = np.full((height, width, 3), tint, np.uint8)
    y = height // 12
    while y < height * 0.82:
        x = width // 10
        while x < width * 0.9:
            step = int(rng.integers(width // 40, width // 10))
            cv2.rectangle(page, (x, y), (min(x + step, int(width * 0.9)), y + height // 110), (50, 40, 40), -1)
            x += step + width // 60
        y += height // 38
    cv2.circle(page, (int(width * 0.72), int(height * 0.88)), width // 11, (40, 40, 200), width // 120)
    return page


def photograph(page: Any, corners: Any, size: tuple[int, int] = (1600, 1200), seed: int = 1) -> Any:
    """The page laid on a wooden table, seen so that its corners fall on `corners`; uneven light, noise, blur."""
    rng = np.random.default_rng(seed)
    width, height = size
    grain = cv2.GaussianBlur(rng.normal(0, 30, (height, width)).astype(np.float32), (0, 0), 9, sigmaY=1)
    table = np.stack([60 + grain, 95 + grain, 135 + grain], axis=2)
    h, w = page.shape[:2]
    source = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float32)
    move = cv2.getPerspectiveTransform(source, np.asarray(corners, np.float32))
    warped = cv2.warpPerspective(page, move, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((h, w), 255, np.uint8), move, size)
    scene = np.where(mask[:, :, None] > 127, warped.astype(np.float32), table)
    ramp = np.linspace(0.65, 1.0, width, dtype=np.float32)[None, :, None]
    scene = cv2.GaussianBlur(scene * ramp, (0, 0), 0.8) + rng.normal(0, 3, scene.shape)
    return np.clip(scene, 0, 255).astype(np.uint8)


@lru_cache(maxsize=8)
def usual_photograph(corners: tuple[tuple[float, ...], ...], seed: int) -> Any:
    """Most tests ask for the same few pictures, and each takes a third of a second: to be copied."""
    return photograph(sheet(seed=seed), corners, seed=seed)


CORNERS = ((430, 120), (1150, 180), (1230, 1090), (330, 1030))


@pytest.fixture
def photo() -> Callable[..., Any]:
    """`photo(corners=..., page=...)` -> BGR picture of a sheet on a table."""

    def take(corners: Any = CORNERS, page: Any = None, seed: int = 1) -> Any:
        if page is not None:
            return photograph(page, corners, seed=seed)
        return usual_photograph(tuple(tuple(map(float, corner)) for corner in corners), seed).copy()

    return take
