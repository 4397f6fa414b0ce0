"""The ends of the office's log that the signer was told, kept where the office's own user cannot write.

Whoever holds the database can build its chain anew or cut off its end, but cannot make the signer forget.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from langso.contract.base import Count, Message, Moment, Sha256
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited, write_atomic
from langso.words.catalogue import Sentence
from office.signer.errors import NotInitialised

FILE = "audit-heads.json"
MAX_FILE = 256 << 10
MOST_LOST = 100


class KeptHead(Message):
    """The last row's number and hash, as they were told at `at`."""

    number: Count
    sha256: Sha256
    at: Moment


class _File(Message):
    """The whole file. `lost`: heads that a later one contradicted by a lower number or another hash, oldest first."""

    newest: KeptHead | None = None
    lost: Annotated[tuple[KeptHead, ...], Field(max_length=MOST_LOST)] = ()


class AuditHeads:
    """In the signer's `folder`, written atomically. Raises NotInitialised for a damaged file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._kept = _File()
        if self._path.exists():
            try:
                self._kept = _File.model_validate_json(read_limited(self._path, MAX_FILE))
            except (FileRefused, ValidationError, ValueError) as error:
                raise NotInitialised(Sentence("signer-heads-damaged", path=self._path)) from error

    def all(self) -> tuple[KeptHead, ...]:
        """Every end that must still be in the log, the newest last."""
        newest = self._kept.newest
        return (*self._kept.lost, *(() if newest is None else (newest,)))

    def keep(self, head: KeptHead) -> None:
        """Keeps a new end. An earlier end that it contradicts is kept too: a log that was cut stays known as cut."""
        before = self._kept.newest
        if before is not None and (before.number, before.sha256) == (head.number, head.sha256):
            return
        lost = self._kept.lost
        if before is not None and before.number >= head.number and len(lost) < MOST_LOST:
            lost = (*lost, before)
        kept = _File(newest=head, lost=lost)
        write_atomic(self._path, kept.to_json())
        self._kept = kept
