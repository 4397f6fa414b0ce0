"""Every sheet on the table is found once, in reading order."""

from __future__ import annotations

import numpy as np
import pytest
import scenes

from scanner.pages import find_pages
from scanner.pages.geometry import order_corners, overlap


@pytest.mark.parametrize("seed", [0, 1])
def test_both_sides_of_a_card_are_two(seed: int) -> None:
    shot = scenes.sample("both_cards", "easy", seed, size=(1280, 960))
    found = find_pages(shot.image)
    assert len(found) == 2
    for truth in shot.sheets:
        assert max(overlap(page.quad, order_corners(truth.quad)) for page in found if page.quad is not None) > 0.93


def test_an_open_booklet_is_one_sheet() -> None:
    assert len(find_pages(scenes.sample("booklet", "easy", 1, size=(1280, 960)).image)) == 1


def test_an_even_picture_has_none() -> None:
    assert find_pages(np.full((600, 800, 3), 128, np.uint8)) == []
    noise = np.random.default_rng(1).normal(120, 8, (600, 800, 3))
    assert find_pages(np.clip(noise, 0, 255).astype(np.uint8)) == []
