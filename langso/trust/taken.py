"""A document that a device has accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from langso.contract import Document, Message


@dataclass(frozen=True)
class Taken:
    """An accepted document. `fresh` is False where it is the one already held: same version, same bytes."""

    document: Message
    sha256: str
    fresh: bool


def issuer_of(taken: Taken) -> str:
    """Whose it is; "" of what has no head."""
    return taken.document.issuer if isinstance(taken.document, Document) else ""


def issued_of(taken: Taken) -> datetime:
    """When it was signed."""
    assert isinstance(taken.document, Document)
    return taken.document.issued
