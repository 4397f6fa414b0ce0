"""A walk through the scan journey, for all who look at one of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stage.walking import Walker, walking


@pytest.fixture
def walker(tmp_path: Path) -> Iterator[Walker]:
    """At the camera; whatever a test does there, nothing has gone wrong."""
    with walking(tmp_path) as made:
        made.do("scan")
        yield made
        assert made.faults == []
