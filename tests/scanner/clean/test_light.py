"""Light goes, colours stay: measured as a clerk sees them, in Lab."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from scenes import cards, sheets
from scenes.sheets import PAPERS

from scanner.clean.light import PAPER, flatten_light, light_of

WARM = (0.80, 0.93, 1.0)
COLD = (1.0, 0.93, 0.87)


def page(kind: str = "form", paper: str = "white") -> Any:
    rng = np.random.default_rng(3)
    sheet = cards.front(rng) if kind == "card" else sheets.form(rng, paper=paper)
    scale = 1200 / max(sheet.image.shape)
    return cv2.resize(sheet.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def under(image: Any, light: Any, cast: tuple[float, float, float] = (1, 1, 1)) -> Any:
    """The page under light (h, w), its noise included."""
    rng = np.random.default_rng(4)
    lit = image.astype(np.float32) * np.asarray(light, np.float32)[:, :, None] * np.float32(cast)
    return np.clip(lit + rng.normal(0, 2, lit.shape), 0, 255).astype(np.uint8)


def hand(image: Any) -> Any:
    """Light with a sharp-edged shadow reaching in from the lower border, and falling off to the right."""
    height, width = image.shape[:2]
    shadow = np.zeros((height, width), np.float32)
    corners = np.array([(0.45, 1.1), (0.5, 0.45), (0.62, 0.4), (0.75, 0.6), (0.9, 1.1)]) * (width, height)
    cv2.fillPoly(shadow, [corners.astype(np.int32)], 1)
    fall = np.linspace(0.95, 0.65, width, dtype=np.float32)[None]
    return fall * (1 - 0.45 * cv2.GaussianBlur(shadow, (0, 0), 3))


def lab(image: Any) -> Any:
    return cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)


def colour_of(image: Any, mask: Any) -> Any:
    return np.median(lab(image)[mask], axis=0)


def red_of(image: Any) -> Any:
    flat = image.astype(int)
    return (flat[:, :, 2] - flat[:, :, :2].max(axis=2)) > 70


def blue_of(image: Any) -> Any:
    flat = image.astype(int)
    return (flat[:, :, 0] - flat[:, :, 2]) > 70


def test_a_grey_cell_is_print_and_no_shade() -> None:
    clean = page()
    height, width = clean.shape[:2]
    cell = (slice(height // 2, height // 2 + 60), slice(width // 10, width * 9 // 10))
    clean[cell] = 205
    fall = np.repeat(np.linspace(0.95, 0.6, width, dtype=np.float32)[None], height, axis=0)
    done = flatten_light(under(clean, fall))
    assert np.median(done[cell]) == pytest.approx(205 * PAPER / 250, abs=6)


def test_a_sharp_shadow_goes_and_print_stays() -> None:
    clean = page()
    done = flatten_light(under(clean, hand(clean)))
    paper = clean.min(axis=2) > 240
    levels = done[paper].mean(axis=1)
    assert np.median(levels) == pytest.approx(PAPER, abs=3)
    assert np.percentile(levels, 1) > PAPER - 30
    ink = clean.max(axis=2) < 70
    assert np.median(done[ink]) < 110


@pytest.mark.parametrize("cast", [(1.0, 1.0, 1.0), WARM])
def test_seals_stay_red_and_ink_stays_blue(cast: tuple[float, float, float]) -> None:
    clean = page()
    done = flatten_light(under(clean, hand(clean), cast))
    for mask in (red_of(clean), blue_of(clean)):
        before, after = colour_of(clean, mask), colour_of(done, mask)
        assert mask.sum() > 500
        assert np.hypot(*(after - before)[1:]) < 14
        assert abs(np.degrees(np.arctan2(after[2], after[1]) - np.arctan2(before[2], before[1]))) < 12


@pytest.mark.parametrize("paper", ["pink", "yellow", "green"])
def test_coloured_paper_stays_coloured(paper: str) -> None:
    clean = page(paper=paper)
    done = flatten_light(under(clean, hand(clean)))
    mask = np.abs(clean.astype(int) - PAPERS[paper]).max(axis=2) < 12
    assert np.hypot(*(colour_of(done, mask) - colour_of(clean, mask))[1:]) < 5


@pytest.mark.parametrize("cast", [WARM, COLD])
def test_white_paper_is_white_under_any_lamp(cast: tuple[float, float, float]) -> None:
    clean = page()
    done = flatten_light(under(clean, hand(clean), cast))
    assert np.hypot(*colour_of(done, clean.min(axis=2) > 240)[1:]) < 2.5


def test_a_measured_lamp_settles_what_is_paper_and_what_is_light() -> None:
    blue = np.full((600, 400, 3), PAPERS["blue"], np.uint8)
    kept = flatten_light(under(blue, np.ones((600, 400)), WARM), white=tuple(255 * c for c in WARM))
    assert np.hypot(*(colour_of(kept, np.s_[:]) - colour_of(blue, np.s_[:]))[..., 1:].T.ravel()[:2]) < 6


def test_a_portrait_is_not_washed_out_nor_taken_for_shadow() -> None:
    clean = page("card")
    done = flatten_light(under(clean, np.full(clean.shape[:2], 0.7)))
    dark = clean.max(axis=2) < 75
    assert dark.sum() > 3000
    assert np.median(done[dark]) < 95
    assert light_of(under(clean, np.ones(clean.shape[:2]))).fall.min() > 0.85


@pytest.mark.parametrize("shape", [(16, 16), (17, 300), (900, 16)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_any_plain_picture_keeps_its_shape(shape: tuple[int, int], value: int) -> None:
    flat = np.full((*shape, 3), value, np.uint8)
    assert flatten_light(flat).shape == flat.shape


def test_a_dark_corner_is_no_darker_and_no_grainier_than_the_rest() -> None:
    clean = page()
    height, width = clean.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    corner = 1 - 0.72 / (1 + np.exp((np.hypot(x, y - height / 4) - 0.45 * width) / 30))
    lit = clean.astype(np.float32) * corner[:, :, None]
    lit += np.random.default_rng(2).normal(0, 3, lit.shape)
    done = flatten_light(np.clip(lit, 0, 255).astype(np.uint8))
    paper = cv2.erode((clean.min(axis=2) > 240).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    dark, bright = paper & (corner < 0.35), paper & (corner > 0.95)
    assert dark.sum() > 5000
    assert np.median(done[dark]) == pytest.approx(np.median(done[bright]), abs=5)
    before = (np.clip(lit, 0, 255) * (PAPER / 250) / corner[:, :, None])[dark].std()
    assert done[dark].std() < 0.65 * before
    ink = (clean.max(axis=2) < 70) & (corner < 0.35)
    assert np.median(done[ink]) < 110
