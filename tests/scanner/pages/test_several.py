"""Every sheet on the table is found once, in reading order; a bare table has none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scenes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenes.many import bare, many

from scanner.pages import PageFound, find_page, find_pages
from scanner.pages.geometry import is_convex, order_corners, overlap


def _least(found: list[PageFound], shot: Any) -> float:
    """The overlap of the sheet that is found worst."""
    quads = [page.quad for page in found if page.quad is not None]
    return min(max((overlap(quad, order_corners(one.quad)) for quad in quads), default=0.0) for one in shot.sheets)


@pytest.mark.parametrize("seed", [0, 1])
def test_both_sides_of_a_card_are_two(seed: int) -> None:
    shot = scenes.sample("both_cards", "easy", seed, size=(1280, 960))
    found = find_pages(shot.image)
    assert len(found) == 2
    assert _least(found, shot) > 0.93


@pytest.mark.parametrize(
    ("count", "severity", "seed"),
    [(2, "easy", 1001), (4, "easy", 1003), (6, "easy", 1000), (3, "typical", 1001), (5, "typical", 1000)],
)
def test_small_and_large_sheets_together_are_each_found_once(count: int, severity: str, seed: int) -> None:
    shot = many(count, severity, seed)
    found = find_pages(shot.image)
    assert len(found) == count
    assert _least(found, shot) > 0.9


def test_sheets_that_touch_are_found_apart() -> None:
    rng = np.random.default_rng(3)
    items = [scenes.scene_of("form", rng).placed[0].sheet, scenes.scene_of("pink", rng).placed[0].sheet]
    shot = scenes.shoot(scenes.lay(*items, table="dark_wood", gap=0.0), scenes.Conditions(), rng)
    found = find_pages(shot.image)
    assert len(found) == 2
    assert _least(found, shot) > 0.93


def test_sheets_are_told_from_left_to_right() -> None:
    rng = np.random.default_rng(4)
    items = [scenes.scene_of(kind, rng).placed[0].sheet for kind in ("receipt", "form", "card_front")]
    shot = scenes.shoot(scenes.lay(*items, table="black"), scenes.Conditions(), rng)
    quads = [page.quad for page in find_pages(shot.image) if page.quad is not None]
    assert len(quads) == 3
    assert all(overlap(quad, order_corners(one.quad)) > 0.9 for quad, one in zip(quads, shot.sheets, strict=True))


def test_an_open_booklet_is_one_sheet() -> None:
    assert len(find_pages(scenes.sample("booklet", "easy", 1, size=(1280, 960)).image)) == 1


def test_an_even_picture_has_none() -> None:
    assert find_pages(np.full((600, 800, 3), 128, np.uint8)) == []
    noise = np.random.default_rng(1).normal(120, 8, (600, 800, 3))
    assert find_pages(np.clip(noise, 0, 255).astype(np.uint8)) == []


@pytest.mark.parametrize(
    ("table", "severity", "seed"),
    [
        ("checked", "typical", 0),
        ("checked", "hard", 2),
        ("cloth", "easy", 0),
        ("wood", "typical", 1),
        ("tiles", "hard", 0),
    ],
)
def test_a_photographed_bare_table_has_none(table: str, severity: str, seed: int) -> None:
    image = bare(table, severity, seed, size=(1280, 960)).image
    assert find_page(image).quad is None
    assert find_pages(image) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(16, 160), st.integers(16, 160), st.integers(0, 2**32 - 1), st.booleans())
def test_any_picture_is_answered(width: int, height: int, seed: int, blocks: bool) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    if blocks:
        picture = np.repeat(np.repeat(picture[: height // 16 + 1, : width // 16 + 1], 16, 0), 16, 1)
    for page in find_pages(picture):
        assert page.quad is not None
        assert is_convex(page.quad)
        assert 0 <= page.confidence <= 1
