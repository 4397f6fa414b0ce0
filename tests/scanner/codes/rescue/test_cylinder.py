"""Symbols round a bottle: where every module lies follows from three finder patterns and one alignment pattern."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.codes.rescue import cylinder

SIDE = 29.0
SQUARE = np.array([(0.0, 0.0), (7.0, 0.0), (7.0, 7.0), (0.0, 7.0)])
FAR = SIDE - 7
KNOWN = np.concatenate([SQUARE + np.array(start) for start in ((0, 0), (FAR, 0), (0, FAR))] + [[(FAR + 0.5,) * 2]])


def round_a_bottle(places: Any, axis: float, angle: float, tilt: float) -> Any:
    """The places as a camera sees them, about as large as before."""
    u = 2 * places / SIDE - 1
    along, round_ = u @ (-np.sin(axis), np.cos(axis)), u @ (np.cos(axis), np.sin(axis))
    x, z = np.sin(angle * round_) / angle, (np.cos(angle * round_) - 1) / angle
    y, z = along * np.cos(tilt) + z * np.sin(tilt), z * np.cos(tilt) - along * np.sin(tilt)
    far = 6.0
    return (np.stack([x, y], axis=1) * (far / (far - z))[:, None] + 1) * SIDE / 2


@pytest.mark.parametrize("axis", [0.0, 0.3, np.pi / 2])
@pytest.mark.parametrize("angle", [0.4, 0.8])
def test_modules_far_from_every_pattern_are_placed(axis: float, angle: float) -> None:
    middles = np.stack(np.meshgrid(np.arange(SIDE) + 0.5, np.arange(SIDE) + 0.5), axis=-1).reshape(-1, 2)
    truth = round_a_bottle(middles, axis, angle, 0.4)
    views = cylinder.fitted(KNOWN, round_a_bottle(KNOWN, axis, angle, 0.4), SIDE)
    off = [float(np.abs(places - truth).max()) for places in cylinder.placed(views, middles)]
    assert min(off) < 0.6


def test_a_flat_symbol_stays_flat() -> None:
    views = cylinder.fitted(KNOWN, KNOWN, SIDE)
    corner = np.array([(SIDE, SIDE)])
    assert min(float(np.abs(places - corner).max()) for places in cylinder.placed(views, corner)) < 0.3


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e4, 1e4), min_size=26, max_size=26))
def test_whatever_is_seen_gives_finite_places_or_none(values: list[float]) -> None:
    seen = np.array(values).reshape(13, 2)
    for places in cylinder.placed(cylinder.fitted(KNOWN, seen, SIDE), KNOWN):
        assert np.isfinite(places).all()
