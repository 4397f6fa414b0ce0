"""The desk of an office of its own."""

from __future__ import annotations

from typing import Any

import pytest

from office.desk.dossiers import Desk


@pytest.fixture
def desk(office_world: Any) -> Desk:
    return office_world.office.desk  # type: ignore[no-any-return]
