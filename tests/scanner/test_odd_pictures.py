"""Pictures that are sound files and nothing else: flat, black, noise, a strip, a speck. Every part of the scanner
answers them; none falls over.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scanner.clean import finish
from scanner.codes import read_codes
from scanner.guide import SAYS, guide
from scanner.pages import find_page

SIZES = ((16, 16), (16, 640), (1500, 40), (480, 641))


def filled(what: str, size: tuple[int, int]) -> Any:
    """A BGR picture of (height, width)."""
    rng = np.random.default_rng(1)
    height, width = size
    rows, columns = np.indices(size)
    plane = {
        "black": lambda: np.zeros(size),
        "white": lambda: np.full(size, 255),
        "noise": lambda: rng.integers(0, 256, size),
        "ramp": lambda: columns * 255 // max(1, width - 1),
        "checks": lambda: (rows + columns) % 2 * 255,
        "one dot": lambda: (rows == height // 2) * (columns == width // 2) * 255,
    }[what]()
    return np.repeat(np.asarray(plane, np.uint8)[:, :, None], 3, axis=2).copy()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[1]}x{size[0]}")
@pytest.mark.parametrize("what", ["black", "white", "noise", "ramp", "one dot"])
def test_every_part_answers(what: str, size: tuple[int, int]) -> None:
    image = filled(what, size)
    before = image.copy()
    found = find_page(image)
    assert 0 <= found.confidence <= 1
    if found.quad is not None:
        assert np.isfinite(found.quad).all()
    told = guide(image, found)
    assert told.sentence == SAYS[told.code]
    corners = np.array([(0, 0), (size[1] - 1, 0), (size[1] - 1, size[0] - 1), (0, size[0] - 1)], np.float64)
    page = finish(image, corners)
    assert page.image.ndim == 3
    assert page.dpi >= 1
    assert np.array_equal(image, before)


@pytest.mark.parametrize("size", SIZES[:3], ids=lambda size: f"{size[1]}x{size[0]}")
@pytest.mark.parametrize("what", ["black", "checks"])
def test_reading_codes_answers(what: str, size: tuple[int, int]) -> None:
    assert read_codes(filled(what, size), 0.2) == []


@pytest.mark.parametrize(
    "quad",
    [
        [(10, 10), (10, 10), (10, 10), (10, 10)],
        [(0, 0), (300, 0), (600, 0), (900, 0)],
        [(-5000, -5000), (9000, -5000), (9000, 9000), (-5000, 9000)],
        [(10, 10), (400, 300), (400, 10), (10, 300)],
        [(10, 10), (18, 10), (18, 400), (10, 400)],
    ],
)
def test_corners_set_by_hand_to_nonsense_give_a_page_or_a_refusal(quad: list[tuple[int, int]]) -> None:
    from scanner.errors import ScannerError

    try:
        page = finish(filled("ramp", (480, 641)), np.array(quad, np.float64))
    except ScannerError:
        return
    assert page.image.size < 60_000_000
    assert min(page.image.shape[:2]) >= 1
