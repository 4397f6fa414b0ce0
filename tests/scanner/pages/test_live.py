"""The live outline keeps still, follows movement, and goes when the sheet goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from scanner.pages.geometry import order_corners, overlap
from scanner.pages.live import PageTracker

CORNERS = np.array(((430, 120), (1150, 180), (1230, 1090), (330, 1030)), np.float64)


def _noisy(picture: Any, seed: int) -> Any:
    noise = np.random.default_rng(seed).integers(-7, 8, picture.shape, dtype=np.int16)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def test_a_still_sheet_has_a_still_outline(photo: Callable[..., Any]) -> None:
    picture, tracker = photo(), PageTracker()
    told = [tracker.see(_noisy(picture, seed)) for seed in range(10)]
    assert told[0].quad is None
    quads = np.array([one.quad for one in told[1:]])
    assert np.abs(quads - quads.mean(axis=0)).max() < 0.003 * picture.shape[1]
    assert overlap(quads[-1], order_corners(CORNERS)) > 0.97


def test_a_moving_sheet_is_followed_without_lag(photo: Callable[..., Any]) -> None:
    picture, tracker = photo(), PageTracker()
    for step in range(10):
        by = np.array([9.0 * step, 2.0 * step])
        move = np.array([[1, 0, by[0]], [0, 1, by[1]]])
        size = (picture.shape[1], picture.shape[0])
        found = tracker.see(cv2.warpAffine(picture, move, size, borderMode=cv2.BORDER_REPLICATE))
        if step > 1:
            assert found.quad is not None
            assert np.abs(found.quad - order_corners(CORNERS + by)).max() < 0.01 * picture.shape[1]


def test_a_sheet_taken_away_is_gone_within_a_few_frames(photo: Callable[..., Any]) -> None:
    picture, tracker = photo(), PageTracker()
    for seed in range(4):
        tracker.see(_noisy(picture, seed))
    bare = np.full_like(picture, (60, 95, 135))
    told = [tracker.see(_noisy(bare, seed)).quad is None for seed in range(5)]
    assert told[-1]
    assert not told[0]


def test_one_blind_frame_does_not_make_the_outline_flicker(photo: Callable[..., Any]) -> None:
    picture, tracker = photo(), PageTracker()
    for seed in range(4):
        tracker.see(_noisy(picture, seed))
    assert tracker.see(np.zeros_like(picture)).quad is not None
    assert tracker.see(picture).quad is not None
