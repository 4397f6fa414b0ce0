"""Codes laid flat: bits exact under tilt, curl, glare and loss, and never a wrong text."""

from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.codes.rescue import symbol
from scanner.codes.rescue.locate import Region, locate
from scanner.codes.rescue.sample import Symbol, guesses, symbol_of

TEXT = "https://xa.example/ho-so/H29.16-250701-0001"


def code(text: str, version: int | None = None, error: str = "m") -> Any:
    """Modules (n, n) bool, True = dark."""
    made = segno.make_qr(text, error=error, version=version, boost_error=False)
    return np.array([list(row) for row in made.matrix]) > 0


def photographed(modules: Any, pixels: float = 7.0, tilt: float = 0.0, curl: float = 0.0, blur: float = 0.8) -> Any:
    """The code with quiet zone on a gray ground, tilted, rolled round an upright cylinder, blurred."""
    wide = np.pad(np.where(modules, 25.0, 230.0), 4, constant_values=230.0)
    big = np.kron(wide, np.ones((8, 8))).astype(np.float32)
    size = round(len(wide) * pixels)
    line = np.linspace(-1, 1, size, dtype=np.float32)
    x, y = np.meshgrid(line, line)
    if curl:
        x = np.arcsin(np.clip(x * np.sin(curl), -1, 1)) / curl
        y = y + 0.12 * curl * (1 - x * x)
    x = x * (1 + tilt * y)
    at = [((v + 1) / 2 * len(big) - 0.5).astype(np.float32) for v in (x, y)]
    seen = cv2.remap(big, at[0], at[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=150)
    return np.clip(cv2.GaussianBlur(np.pad(seen, 30, constant_values=150.0), (0, 0), blur), 0, 255).astype(np.uint8)


def symbols(picture: Any) -> list[Symbol]:
    """What is mended beyond doubt in the picture's first regions."""
    found = (symbol_of(guess, time.monotonic() + 20) for r in locate(picture)[:3] for guess in guesses(picture, r))
    return [symbol for symbol in found if symbol is not None]


def mended(picture: Any) -> list[Any]:
    """Modules of those."""
    return [symbol.modules for symbol in symbols(picture)]


def same(found: Any, modules: Any) -> bool:
    """Whether all modules are alike but for the few at the end that carry nothing."""
    if found.shape != modules.shape:
        return False
    plan = symbol.plan((len(modules) - 17) // 4)
    told = plan.known >= 0
    told[plan.data[:, 0], plan.data[:, 1]] = True
    return bool((found == modules)[told].all())


@pytest.mark.parametrize("version", [1, 2, 5, 7, 14, 27])
def test_bits_are_exact(version: int) -> None:
    modules = code("LANGSO", version)
    (found,) = mended(photographed(modules, pixels=4.0))[:1]
    assert same(found, modules)


@pytest.mark.parametrize(("tilt", "curl"), [(0.2, 0.0), (0.0, 0.7), (0.1, 0.9)])
def test_tilted_and_curled_codes_are_followed(tilt: float, curl: float) -> None:
    modules = code(TEXT, 6, "m")
    assert any(same(found, modules) for found in mended(photographed(modules, 7.0, tilt, curl)))


def test_small_modules_are_read() -> None:
    modules = code(TEXT)
    assert any(same(found, modules) for found in mended(photographed(modules, 2.5, blur=0.6)))


def test_glare_over_a_part_is_filled_in() -> None:
    modules = code(TEXT, 5, "h")
    picture = photographed(modules).astype(np.float32)
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    middle = picture.shape[0] / 2
    spot = 255 * np.exp(-(((x - middle) / 30) ** 2 + ((y - middle * 1.1) / 30) ** 2))
    glaring = np.clip(picture + spot, 0, 255).astype(np.uint8)
    assert any(same(found, modules) for found in mended(glaring))


def test_a_hidden_finder_pattern_is_drawn_anew() -> None:
    modules = code(TEXT, 4, "q")
    picture = photographed(modules)
    # A thumb over the outer half of the upper right pattern.
    cv2.circle(picture, (picture.shape[1] - 52, 52), 16, 120, -1)
    assert any(same(found, modules) for found in mended(picture))


def test_light_on_dark_comes_back_dark_on_light() -> None:
    modules = code(TEXT)
    assert any(same(found, modules) for found in mended(255 - photographed(modules)))


def test_the_outline_is_where_the_code_is() -> None:
    modules = code(TEXT)
    picture = photographed(modules)
    first = symbols(picture)[0]
    low = 30 + 4 * 7
    high = low + 7 * len(modules)
    wanted = np.array([(low, low), (high, low), (high, high), (low, high)]) - 0.5
    assert np.abs(first.corners - wanted).max() < 4


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), version=st.integers(1, 9))
def test_random_bits_are_never_mended(seed: int, version: int) -> None:
    rng = np.random.default_rng(seed)
    modules = code("0", version, "l")
    noise = rng.random(modules.shape) < 0.5
    side = len(modules)
    spoiled = modules.copy()
    # The patterns stay, what they enclose is chance.
    spoiled[9:-9, 9:-9] = noise[9:-9, 9:-9]
    spoiled[9 : side - 9, :6] = noise[9 : side - 9, :6]
    spoiled[9:, 9:-9] = noise[9:, 9:-9]
    spoiled[9:-9, 9:] = noise[9:-9, 9:]
    for found in mended(photographed(spoiled, 5.0)):
        assert same(found, modules)


@settings(max_examples=10, deadline=None)
@given(values=st.lists(st.floats(-50, 350), min_size=8, max_size=8), version=st.integers(1, 40))
def test_any_region_is_survived(values: list[float], version: int) -> None:
    picture = np.random.default_rng(3).integers(0, 256, (240, 300), dtype=np.uint8)
    quad = np.array(values).reshape(4, 2)
    region = Region(quad, 4.0, version, (None, None, None), False, 0.1)
    for guess in guesses(picture, region):
        assert symbol_of(guess, time.monotonic() + 5, thorough=True) is None
