"""Between card and shelf: what is due soon is copied beside the card, and to the card what is only beside it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from langso.contract import Media
from langso.durable.files import read_limited, write_atomic
from langso.timekeeping.clock import Clock
from speaker.media.fetching import is_medium
from speaker.media.spare_shelf import SpareShelf

NEAR_BYTES = 16 << 20
SETTLE_S = 60.0
"""How often it is tried whether the card takes again what is kept beside it."""


class Shelving:
    """For the library's own thread. `make_room` raises OSError where the card has none; `lies` is told where each
    is to be played from.
    """

    def __init__(
        self,
        folder: Path,
        shelf: SpareShelf,
        clock: Clock,
        *,
        make_room: Callable[[Media], None],
        lies: Callable[[str, Path], None],
    ) -> None:
        self._folder = folder
        self._shelf = shelf
        self._clock = clock
        self._make_room = make_room
        self._lies = lies
        self._not_before = float("-inf")

    def tidy(self, near: Mapping[str, Media], wanted: Mapping[str, Media]) -> bool:
        """One round; `near`: what is due soon and was verified. True where the card took something that it lacked."""
        alone = [path for path in self._shelf.files() if path.name in wanted and not _is_there(self._card(path.name))]
        took = False
        if alone and self._clock.monotonic() >= self._not_before:
            self._not_before = self._clock.monotonic() + SETTLE_S
            settled = [self._settled(path, wanted[path.name]) for path in alone]
            took = any(settled)
        keep = dict(near) | {path.name: wanted[path.name] for path in alone}
        for medium in near.values():
            there = self._shelf.folder / medium.sha256
            if _is_there(there):
                continue
            gone = self._shelf.make_room(medium, keep, frozenset())
            for sha256 in gone or ():
                self._lies(sha256, self._card(sha256))
            if gone is not None and _copied(self._card(medium.sha256), there, medium):
                self._lies(medium.sha256, there)
        return took

    def _settled(self, path: Path, medium: Media) -> bool:
        try:
            self._make_room(medium)
        except OSError:
            return False
        return _copied(path, self._card(path.name), medium)

    def _card(self, sha256: str) -> Path:
        return self._folder / sha256


def first_within(media: Iterable[Media], most: int) -> dict[str, Media]:
    """The first of them, by hash, that are `most` bytes in all; one that is too large is left out."""
    found: dict[str, Media] = {}
    left = most
    for medium in media:
        if medium.sha256 not in found and medium.size <= left:
            found[medium.sha256] = medium
            left -= medium.size
    return found


def _is_there(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return path.exists()
    return False


def _copied(here: Path, there: Path, medium: Media) -> bool:
    try:
        write_atomic(there, read_limited(here, medium.size, follow=False))
        return is_medium(there, medium)
    except OSError:
        return False
