"""A code no engine reads: grid, erasures and Reed-Solomon bring it back whole, or nothing at all."""

from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.codes.engines import zxing
from scanner.codes.places import box
from scanner.codes.rescue import solomon, symbol
from scanner.codes.rescue.soft import mended
from scanner.codes.rescue.weave import text_of, weave

TEXT = "H29.16-250701-0001 Làng Số"


def modules(text: str = TEXT, **how: Any) -> Any:
    qr = segno.make_qr(text, error="m", boost_error=False, encoding="utf-8", mode="byte", **how)
    return np.array([list(row) for row in qr.matrix]).astype(bool)


def drawn(dark: Any, pixels: int = 8, quiet: int = 5) -> Any:
    light = np.where(np.pad(dark, quiet), 20, 235).astype(np.uint8)
    return np.kron(light, np.ones((pixels, pixels), np.uint8))


@pytest.mark.parametrize("version", [1, 2, 6, 7, 14, 21, 32, 40])
def test_the_plan_is_that_of_codes_as_they_are_made(version: int) -> None:
    plan = symbol.plan(version)
    for level, letter in enumerate("mlhq"):
        mask = (version + level) % 8
        qr = segno.make_qr("AB12", version=version, error=letter, boost_error=False, mask=mask)
        made = np.array([list(row) for row in qr.matrix])
        fixed = plan.known >= 0
        assert (made[fixed] == plan.known[fixed]).all()
        for places in plan.formats:
            assert [made[place] for place in places] == symbol.format_words()[level * 8 + mask].tolist()
        rows, columns = plan.data[:, 0], plan.data[:, 1]
        words = np.packbits(made[rows, columns].astype(bool) ^ plan.masks[mask][rows, columns])
        places_of, checks = symbol.blocks(version, level)
        assert sorted(i for block in places_of for i in block) == list(range(len(words)))
        for block in places_of:
            assert not any(solomon.syndromes(words[list(block)], checks))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_errors_and_erasures_within_reach_are_corrected(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places, checks = symbol.blocks(4, 0)
    dark = modules(version=4, mask=3)
    plan = symbol.plan(4)
    rows, columns = plan.data[:, 0], plan.data[:, 1]
    words = np.packbits(dark[rows, columns] ^ plan.masks[3][rows, columns])[list(places[0])]
    erased = int(rng.integers(0, checks + 1))
    errors = int(rng.integers(0, (checks - erased) // 2 + 1))
    where = rng.permutation(len(words))[: erased + errors]
    spoilt = words.copy()
    spoilt[where] ^= rng.integers(1, 256, len(where)).astype(np.uint8)
    fixes = solomon.corrections(solomon.syndromes(spoilt, checks), len(words), where[:erased].tolist())
    assert fixes is not None
    for index, value in fixes.items():
        spoilt[index] ^= value
    assert (spoilt == words).all()


def test_doubtful_modules_are_filled_in() -> None:
    dark = modules()
    rng = np.random.default_rng(4)
    light = np.where(dark, 40.0, 210.0) + rng.normal(0, 12, dark.shape)
    # A stain without print over a fifth of the code, away from the patterns.
    light[10:20, 10:17] = 125 + rng.normal(0, 3, (10, 7))
    found = mended(light)
    assert found is not None
    assert text_of(found) == TEXT


@pytest.mark.parametrize("seed", range(12))
def test_noise_is_never_mended_into_a_code(seed: int) -> None:
    rng = np.random.default_rng(seed)
    dark = symbol.plan(3).known == 1
    open_ = symbol.plan(3).known < 0
    dark[open_] = rng.random(int(open_.sum())) < 0.5
    assert mended(np.where(dark, 30.0, 220.0)) is None


def test_a_module_count_no_code_has_is_refused() -> None:
    assert mended(np.zeros((22, 22))) is None
    assert mended(np.zeros((17, 17))) is None
    assert mended(np.full((21, 21), 128.0)) is None


def bent(picture: Any, amount: float) -> Any:
    """As round a bottle: columns squeezed towards the sides, rows sagging in the middle."""
    height, width = picture.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across = (x / width - 0.5) * 2
    reach = np.float32(np.arcsin(0.8))
    source_x = (np.arcsin(np.clip(across * 0.8, -1, 1)) / reach + 1) / 2 * width
    source_y = y + amount * height * (across**2 - 0.5)
    return cv2.remap(picture, source_x, source_y.astype(np.float32), cv2.INTER_LINEAR, borderValue=235)


def test_a_code_bent_round_a_bottle_is_read() -> None:
    picture = cv2.GaussianBlur(bent(drawn(modules()), 0.06), (0, 0), 1.0)
    height, width = picture.shape
    place = box(width * 0.12, height * 0.08, width * 0.88, height * 0.92)
    assert not zxing(picture).readings, "an engine reads it already: the test shows nothing"
    look = weave(picture, place, 0, time.monotonic() + 20)
    assert [reading.text for reading in look.readings] == [TEXT]
