"""Sounds that the card does not take, in memory (a tmpfs): few, the urgent first, until the card takes them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from langso.contract import Media

MOST_BYTES = 32 << 20
_NAME = re.compile(r"[0-9a-f]{64}(\.part)?")


class SpareShelf:
    """Files named by their SHA-256 in `folder`, at most `most` bytes in all. For the library's own thread."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most = most

    def make_room(self, medium: Media, wanted: Mapping[str, Media], urgent: frozenset[str]) -> list[str] | None:
        """Frees what nobody wants, then, for an urgent medium, what is not urgent; returns what was given up, or None
        where there is still no room.
        """
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        gone = self._remove(lambda sha256: sha256 not in wanted)
        if medium.sha256 in urgent and self._used() + medium.size > self._most:
            gone += self._remove(lambda sha256: sha256 not in urgent)
        return gone if self._used() + medium.size <= self._most else None

    def files(self) -> list[Path]:
        """All that are whole, by name."""
        with contextlib.suppress(OSError):
            return sorted(path for path in self.folder.iterdir() if re.fullmatch("[0-9a-f]{64}", path.name))
        return []

    def _remove(self, unneeded: Callable[[str], bool]) -> list[str]:
        gone = []
        for path in self._all():
            if unneeded(path.name[:64]):
                with contextlib.suppress(OSError):
                    path.unlink()
                    gone.append(path.name[:64])
        return gone

    def _used(self) -> int:
        used = 0
        for path in self._all():
            with contextlib.suppress(OSError):
                used += path.stat().st_size
        return used

    def _all(self) -> list[Path]:
        with contextlib.suppress(OSError):
            return [path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)]
        return []
