"""Small files of a folder that are on the card, or owed to it: a full or failing card keeps none from being used."""

from __future__ import annotations

import contextlib
import errno
import fnmatch
import functools
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from langso.durable.card_hand import CardHand, by_hand
from langso.durable.errors import CardHangs, FileRefused
from langso.durable.files import make_folder, read_limited, remove_cut_off, write_atomic
from langso.durable.reserve import give_up_reserve, keep_reserve
from langso.words.catalogue import Words, sentence_of

Done = TypeVar("Done")
log = logging.getLogger(__name__)

RESERVE = ".reserve"
RESERVE_BYTES = 2 << 20
"""More than any file of a folder takes while it is replaced: given up for that moment where the card is full."""
FULL = (errno.ENOSPC, errno.EDQUOT)


class OwedFiles:
    """Reads and writes by name below `folder`; thread-safe. What the card does not take is in memory, and in `spare`
    (a folder that is no card) for a process after this one, until `catch_up` could write it. `look_only`: to read.
    `hand`: does what is done on the card, so that one that hangs holds up nobody; without it each caller does.
    """

    def __init__(
        self, folder: Path, spare: Path | None = None, *, look_only: bool = False, hand: CardHand | None = None
    ) -> None:
        self._folder = folder
        self._reserve = folder / RESERVE
        self._spare = spare
        self._hand = hand
        self._lock = threading.RLock()
        self._owed: dict[str, bytes] = {}
        self.trouble: Words = ""
        if spare is not None:
            for path in (path for path in sorted(spare.rglob("*")) if path.is_file()):
                with contextlib.suppress(FileRefused):
                    self._owed[str(path.relative_to(spare))] = read_limited(path, RESERVE_BYTES, follow=False)
        if not look_only:
            remove_cut_off(folder)
            keep_reserve(self._reserve, RESERVE_BYTES)

    @property
    def owed(self) -> bool:
        """Whether the card lacks something; `trouble` then says why."""
        return bool(self._owed)

    def read(self, name: str, limit: int) -> bytes:
        """The newest bytes, wherever they are. Raises FileRefused."""
        with self._lock:
            data = self._owed.get(name)
            if data is not None:
                return data
            try:
                return self._do(lambda: read_limited(self._folder / name, limit))
            except CardHangs as error:
                raise FileRefused(*error.args) from error

    def names(self, pattern: str) -> list[str]:
        """Files whose name below the folder fits, sorted."""
        with self._lock:
            found = set(fnmatch.filter(self._owed, pattern))
            with contextlib.suppress(OSError):
                found |= self._do(
                    lambda: {str(path.relative_to(self._folder)) for path in self._folder.glob(pattern)}
                )
            return sorted(found)

    def write(self, name: str, data: bytes, *, last: bool = False) -> None:
        """Replaces a file. `last`: it may come to the card only after all else that is owed."""
        with self._lock:
            if not (last and any(other != name for other in self._owed)):
                try:
                    self._do(lambda: self._put(name, data))
                    self._paid(name)
                    return
                except OSError as error:
                    if not self._owed:
                        log.error("%s: not written, kept in memory: %s", self._folder / name, error)
                    self.trouble = sentence_of(error) or str(error)
            # At the end again, so that what must come last does.
            self._owed.pop(name, None)
            self._owed[name] = data
            if self._spare is not None:
                with contextlib.suppress(OSError):
                    (self._spare / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    write_atomic(self._spare / name, data)

    def catch_up(self) -> bool:
        """Writes what is owed, in its order; True where the card has just taken all of it."""
        with self._lock:
            if not self._owed:
                return False
            for name, data in tuple(self._owed.items()):
                try:
                    self._do(functools.partial(self._put, name, data))
                except OSError as error:
                    self.trouble = sentence_of(error) or str(error)
                    return False
                self._paid(name)
            self.trouble = ""
            with contextlib.suppress(CardHangs):
                self._do(lambda: keep_reserve(self._reserve, RESERVE_BYTES))
            return True

    def _do(self, work: Callable[[], Done]) -> Done:
        return by_hand(self._hand, work)

    def _put(self, name: str, data: bytes) -> None:
        path = self._folder / name
        make_folder(path.parent)
        try:
            write_atomic(path, data)
        except FileRefused as error:
            cause = error.__cause__
            if not isinstance(cause, OSError) or cause.errno not in FULL or not give_up_reserve(self._reserve):
                raise
            write_atomic(path, data)
            keep_reserve(self._reserve, RESERVE_BYTES)

    def _paid(self, name: str) -> None:
        if self._owed.pop(name, None) is not None and self._spare is not None:
            with contextlib.suppress(OSError):
                (self._spare / name).unlink(missing_ok=True)
