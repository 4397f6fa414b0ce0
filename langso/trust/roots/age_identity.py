"""The office's age identity under passphrases: one lock for each officer, and one for the root's recovery.

Each lock holds the whole identity, encrypted as a root key is (see `passphrase_cipher`), and opens alone. The
recipient stays in clear: whoever only encrypts needs no officer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from langso.contract.base import Hex128, Message, Moment
from langso.contract.documents import AgeRecipient
from langso.trust.roots.errors import RootKeyDamaged
from langso.trust.roots.key_file import Holder
from langso.trust.roots.passphrase_cipher import (
    STRONG,
    Cost,
    Lanes,
    MemoryKib,
    Nonce,
    Passes,
    fresh_fields,
    open_secret,
    seal_secret,
)
from langso.words.catalogue import Sentence

MAX_FILE = 64 << 10
MAX_LOCKS = 40
LockKind = Literal["officer", "recovery"]


class Lock(Message):
    """The identity, encrypted to one passphrase. `who`: an officer's login; of the recovery, its kind again."""

    kind: LockKind
    who: Holder
    made: Moment
    memory_kib: MemoryKib
    passes: Passes
    lanes: Lanes
    salt: Hex128
    nonce: Nonce
    sealed: Annotated[str, StringConstraints(pattern="^([0-9a-f]{2}){17,512}$")] = "00" * 17


class SealedIdentity(Message):
    """The whole file, JSON."""

    kind: Literal["age-identity"] = "age-identity"
    format: Literal[1] = 1
    recipient: AgeRecipient
    locks: Annotated[tuple[Lock, ...], Field(min_length=1, max_length=MAX_LOCKS)]

    @model_validator(mode="after")
    def _one_each(self) -> Self:
        if len({(lock.kind, lock.who) for lock in self.locks}) != len(self.locks):
            raise ValueError("somebody has two locks")
        return self

    @property
    def officers(self) -> tuple[str, ...]:
        """Whose passphrases open it, the recovery apart."""
        return tuple(lock.who for lock in self.locks if lock.kind == "officer")

    def lock(self, kind: LockKind, who: str = "") -> Lock | None:
        """One person's lock, or the recovery's."""
        name = who or kind
        return next((lock for lock in self.locks if (lock.kind, lock.who) == (kind, name)), None)

    def with_lock(self, lock: Lock) -> SealedIdentity:
        """With this lock in the place of its owner's earlier one."""
        return SealedIdentity(recipient=self.recipient, locks=(*self.without(lock.kind, lock.who), lock))

    def without(self, kind: LockKind, who: str) -> tuple[Lock, ...]:
        """All locks but this one."""
        return tuple(lock for lock in self.locks if (lock.kind, lock.who) != (kind, who))


def read_sealed_identity(raw: bytes) -> SealedIdentity:
    """Parses a file, its identity still locked. Raises RootKeyDamaged."""
    try:
        return SealedIdentity.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise RootKeyDamaged(Sentence("root-identity-damaged")) from error


def make_lock(
    identity: str, passphrase: str, *, kind: LockKind, who: str = "", now: datetime, cost: Cost = STRONG
) -> Lock:
    """A lock that this passphrase opens, in whatever way it is spelt (see `passphrase.canonical`)."""
    head = Lock(kind=kind, who=who or kind, made=now, **fresh_fields(cost))
    bound = _bound(head, recipient_of(identity))
    return head.model_copy(update={"sealed": seal_secret(head, passphrase, identity.encode(), bound)})


def open_lock(lock: Lock, passphrase: str, recipient: str) -> str:
    """The identity, which belongs to that recipient. Raises WrongPassphrase, RootKeyDamaged."""
    wrong = Sentence("root-identity-wrong-passphrase")
    return open_secret(lock, passphrase, _bound(lock, recipient), wrong=wrong).decode()


def recipient_of(identity: str) -> str:
    """The public key of an identity. Raises RootKeyDamaged."""
    import pyrage

    try:
        return str(pyrage.x25519.Identity.from_str(identity).to_public())
    except Exception as error:
        raise RootKeyDamaged(Sentence("root-identity-damaged")) from error


def _bound(lock: Lock, recipient: str) -> bytes:
    """What the cipher is bound to: every field but the ciphertext, and the recipient."""
    return lock.model_dump_json(exclude={"sealed"}).encode() + recipient.encode()
