"""A library that has every medium, for tests that decide on paper: `from paper_library import PaperLibrary`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any


class PaperLibrary:
    """Has every medium but those in `missing`; `told`: which are played soon."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.missing: set[str] = set()

    def soon(self, media: Iterable[Any]) -> None:
        self.told = [medium.sha256 for medium in media]

    def ready(self, medium: Any) -> bool:
        return medium.sha256 not in self.missing

    def path(self, medium: Any) -> Path:
        return Path(medium.sha256[:1])
