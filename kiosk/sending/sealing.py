"""A scanned document that is handed in is encrypted at once; in a visit's own process, which has no outbox."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kiosk.errors import NotReady
from langso.words.catalogue import Sentence

FOLDER = "outgoing"
MAX_BYTES = 100 << 20


@dataclass(frozen=True)
class HandedIn:
    """What the villager keeps: `dossier`, its id in the office's list; `code` to read aloud; how many pages."""

    dossier: str
    title: str
    pages: int

    @property
    def code(self) -> str:
        """The receipt code in groups: `TN 261122 482 173`."""
        _, day, number = self.dossier.split("-")
        return f"TN {day} {number[:3]} {number[3:]}"


@dataclass(frozen=True)
class SealedDocument:
    """A document as it leaves the visit: `data` is encrypted to the office, `plain_sha256` of what it was before."""

    data: bytes
    title: str
    pages: int
    plain_sha256: str


class TakesDossiers(Protocol):
    """Where a villager's document is handed in."""

    def hand_in(self, pdf: bytes, *, title: str, pages: int, recipient: str | None) -> HandedIn:
        """Durable when it returns. Raises NotReady."""

    def path(self, dossier: str) -> Path:
        """The path of a waiting dossier's encrypted file: it is there until the office has the dossier."""


class DossiersElsewhere:
    """Hands documents in from another process than the outbox's: encrypted here, `keep` only ever sees that."""

    def __init__(self, folder: Path, keep: Callable[[SealedDocument], HandedIn]) -> None:
        self._folder = folder / FOLDER
        self._keep = keep

    def hand_in(self, pdf: bytes, *, title: str, pages: int, recipient: str | None) -> HandedIn:
        """Durable when it returns. Raises as `seal_document` and `Dossiers.keep`."""
        return self._keep(seal_document(pdf, title=title, pages=pages, recipient=recipient))

    def path(self, dossier: str) -> Path:
        """The path of a waiting dossier's encrypted file."""
        return self._folder / f"{dossier}.age"


def seal_document(pdf: bytes, *, title: str, pages: int, recipient: str | None) -> SealedDocument:
    """A document encrypted to the office. Raises NotReady: no office key, a broken one, too large a document."""
    if not recipient:
        raise NotReady(Sentence("sending-no-key"))
    if len(pdf) > MAX_BYTES:
        raise NotReady(Sentence("sending-too-large"))
    return SealedDocument(encrypt(pdf, recipient), title, pages, hashlib.sha256(pdf).hexdigest())


def encrypt(plain: bytes, recipient: str) -> bytes:
    """Encrypts with age (X25519) to the office's public key. Raises NotReady where that is no key."""
    import pyrage

    try:
        to = pyrage.x25519.Recipient.from_str(recipient)
    except Exception as error:
        raise NotReady(Sentence("sending-bad-key")) from error
    return bytes(pyrage.encrypt(plain, [to]))
