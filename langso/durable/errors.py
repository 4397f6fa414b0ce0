"""What durable files, databases and the outbox refuse."""

from __future__ import annotations

from langso.errors import LangsoError
from langso.words.catalogue import Sentence, Words


class AlreadyRunning(LangsoError, RuntimeError):
    """Another copy holds the lock file; ``pid`` is its process where known."""

    def __init__(self, name: Words, pid: int | None) -> None:
        self.pid = pid
        who = Sentence("durable-running-process", pid=pid) if pid else ""
        super().__init__(Sentence("durable-already-running", name=name, who=who))


class FileRefused(LangsoError, OSError):
    """A file could not be read or written, or is too large."""


class CardHangs(LangsoError, TimeoutError):
    """A card takes nothing and says nothing: what was asked of it is not done, or not known to be."""

    def __init__(self) -> None:
        super().__init__(Sentence("durable-card-hangs"))


class StoreError(LangsoError, RuntimeError):
    """Family of errors of the durable database."""


class StoreFull(StoreError, OSError):
    """The disk (or the database's own limit) is full; the change was not made, nothing was lost."""


class StoreBusy(StoreError, TimeoutError):
    """Another process kept the database locked for longer than the busy timeout."""


class StoreCorrupt(StoreError, ValueError):
    """The database file is damaged."""


class StoreTooNew(StoreError, ValueError):
    """A newer version wrote the database: it has migrations that this program does not know."""


class OutboxTooLarge(LangsoError, ValueError):
    """An outbox item, its kind or its key is over the limit."""
