"""Room for sounds on the card: how much of it the library may use, and what goes when that is too little."""

from __future__ import annotations

import contextlib
import logging
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from langso.contract import Media
from langso.words.catalogue import Sentence
from speaker.errors import LibraryFull

log = logging.getLogger(__name__)

RESERVE_BYTES = 64 << 20
URGENT_RESERVE_BYTES = 4 << 20
"""So much of the card stays free even for what is urgent: databases and the journal need it."""
URGENT_SHARE = 8
"""An eighth of the library's own limit is for urgent sounds alone."""
_NAME = re.compile("[0-9a-f]{64}")


class CardRoom:
    """Files named by their SHA-256 in `folder`, at most `most` bytes in all. `goes` is told of each before it is
    removed.
    """

    def __init__(self, folder: Path, most: int, goes: Callable[[str], None]) -> None:
        self._folder = folder
        self._most = most
        self._goes = goes

    def make_room(self, medium: Media, wanted: Mapping[str, Media], urgent: frozenset[str]) -> None:
        """Room for this one: what is not in `wanted` goes first, then what is needed later than it, the last first;
        never what is urgent. Raises LibraryFull.
        """
        first = medium.sha256 in urgent
        if self._lacks(medium, first) is not None:
            self._prune(wanted)
        lacks = self._lacks(medium, first)
        later = self._needed_later(medium, wanted, urgent)
        while lacks is not None and later:
            self._give_up(later.pop())
            lacks = self._lacks(medium, first)
        if lacks is not None:
            raise LibraryFull(lacks)

    def _lacks(self, medium: Media, urgent: bool) -> Sentence | None:
        """Why there is no room; None where there is. What is urgent may use a share and a reserve of its own."""
        most = self._most if urgent else self._most - self._most // URGENT_SHARE
        if self._used() + medium.size > most:
            return Sentence("media-over-limit", most=self._most >> 20)
        reserve = URGENT_RESERVE_BYTES if urgent else RESERVE_BYTES
        if shutil.disk_usage(self._folder).free < medium.size + reserve:
            return Sentence("media-card-full")
        return None

    def _needed_later(self, medium: Media, wanted: Mapping[str, Media], urgent: frozenset[str]) -> list[str]:
        """What lies here and is needed after this one, the last needed at the end; never what is urgent."""
        order = [sha256 for sha256 in wanted if sha256 not in urgent or sha256 == medium.sha256]
        after = order[order.index(medium.sha256) + 1 :] if medium.sha256 in order else []
        return [sha256 for sha256 in after if (self._folder / sha256).exists()]

    def _give_up(self, sha256: str) -> None:
        """It is fetched again when there is room. Who plays it now keeps it open."""
        self._goes(sha256)
        (self._folder / sha256).unlink(missing_ok=True)
        log.warning("medium %s makes room for what is needed sooner", sha256[:12])

    def _prune(self, wanted: Mapping[str, Media]) -> None:
        """Frees what no held document names; what is named is never given up."""
        for path in self._folder.iterdir():
            stem = path.name.removesuffix(".part")
            if _NAME.fullmatch(stem) and stem not in wanted:
                self._goes(stem)
                path.unlink(missing_ok=True)

    def _used(self) -> int:
        used = 0
        for path in self._folder.iterdir():
            # The other thread may have removed it a moment ago.
            with contextlib.suppress(FileNotFoundError):
                used += 0 if path.name.endswith(".part") else path.stat().st_size
        return used
