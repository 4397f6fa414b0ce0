"""State changes that may block, each in a thread of its own: whose end nobody waits for, counted and bounded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MOST_STREAMS = 8
"""Streams that were ended and are not freed yet; more are not begun. One holds 1-2 MB, a thread and a socket."""
MOST_IN_ALL = 32
"""Files and pipelines counted too: a card that has died."""
STUCK_S = 10.0
"""From then on it is worth a word; a free takes some milliseconds."""


class Freeable(Protocol):
    """What is freed here: a branch or a pipeline. `free` touches nothing but itself."""

    @property
    def streamed(self) -> bool: ...

    def free(self) -> None: ...


class Beginnable(Freeable, Protocol):
    """What comes up here: a branch."""

    def come_up(self) -> None: ...


@dataclass(frozen=True)
class Freed:
    """Told to the owner of the voices: this one is gone."""

    held: Freeable


class StateChanges:
    """The owner of the voices alone calls it. `freed` is called in the thread that freed, and only posts."""

    def __init__(self, freed: Callable[[Freed], None]) -> None:
        self._freed = freed
        self._since: dict[Freeable, float] = {}
        self._coming: dict[Freeable, threading.Thread] = {}

    def begin(self, begun: Beginnable) -> None:
        """Lets a branch come up that is in the pipeline."""
        self._coming[begun] = threading.Thread(target=begun.come_up, name="sound-begin", daemon=True)
        self._coming[begun].start()

    def count(self, held: Freeable) -> None:
        """It has ended and is still to be freed: counted from now on."""
        self._since.setdefault(held, time.monotonic())

    def free(self, held: Freeable) -> None:
        """Frees what is out of the pipeline already."""
        self.count(held)
        coming = self._coming.pop(held, None)
        threading.Thread(target=self._free, args=(held, coming), name="sound-free", daemon=True).start()

    def forget(self, freed: Freed) -> None:
        """It is gone: no longer counted."""
        self._since.pop(freed.held, None)

    def holds(self, held: Freeable) -> bool:
        """Whether this one is not freed yet."""
        return held in self._since

    def room(self, *, streamed: bool) -> bool:
        """Whether one more may be begun."""
        return len(self._since) < MOST_IN_ALL and not (streamed and self._streams() >= MOST_STREAMS)

    @property
    def held(self) -> int:
        """How many are not freed yet."""
        return len(self._since)

    def stuck(self) -> int:
        """How many have not been freed for longer than is well."""
        limit = time.monotonic() - STUCK_S
        return sum(since < limit for since in self._since.values())

    def _streams(self) -> int:
        return sum(held.streamed for held in self._since)

    def _free(self, held: Freeable, coming: threading.Thread | None) -> None:
        if coming is not None:
            # What came up after it was freed would play for itself for ever.
            coming.join()
        held.free()
        self._freed(Freed(held))
