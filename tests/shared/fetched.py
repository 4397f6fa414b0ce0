"""Tests that draw or serve with fonts and scripts that set-up fetches: `from fetched import FETCHED`."""

from __future__ import annotations

import pytest

from langso.settings import assets

FETCHED = pytest.mark.skipif(
    not (assets.folder() / "node_modules").is_dir(), reason="assets not fetched: run deploy/setup.sh"
)
