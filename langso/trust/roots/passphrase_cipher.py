"""How a passphrase locks a secret in a file: Argon2id makes a key of it, ChaCha20-Poly1305 encrypts under that key.

The file says what it costs, its salt and its nonce; what it binds the secret to is each kind of file's own affair.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated, Protocol, TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from pydantic import Field, StringConstraints

from langso.trust.roots.errors import RootKeyDamaged, WrongPassphrase
from langso.trust.roots.passphrase import canonical
from langso.words.catalogue import Sentence

MemoryKib = Annotated[int, Field(ge=8, le=1 << 20)]
Passes = Annotated[int, Field(ge=1, le=16)]
Lanes = Annotated[int, Field(ge=1, le=16)]
Nonce = Annotated[str, StringConstraints(pattern="^[0-9a-f]{24}$")]


@dataclass(frozen=True)
class Cost:
    """What one guess of a passphrase costs: Argon2id's memory, passes and lanes."""

    memory_kib: int
    passes: int
    lanes: int


STRONG = Cost(256 << 10, 3, 4)
"""One to three seconds on a Pi 4, and a quarter of a gigabyte for each guess."""
QUICK = Cost(8, 1, 1)
"""For a village in a box, whose keys guard nothing."""


class Locked(Protocol):
    """A file, or a part of one, whose secret a passphrase opens."""

    @property
    def memory_kib(self) -> int: ...
    @property
    def passes(self) -> int: ...
    @property
    def lanes(self) -> int: ...
    @property
    def salt(self) -> str: ...
    @property
    def nonce(self) -> str: ...
    @property
    def sealed(self) -> str: ...


class FreshFields(TypedDict):
    """The fields of a new `Locked` but for what it seals."""

    memory_kib: int
    passes: int
    lanes: int
    salt: str
    nonce: str


def fresh_fields(cost: Cost) -> FreshFields:
    """These costs, with a salt and a nonce never used before."""
    return {
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "salt": secrets.token_hex(16),
        "nonce": secrets.token_hex(12),
    }


def seal_secret(head: Locked, passphrase: str, secret: bytes, bound: bytes) -> str:
    """The secret in hex as `sealed` holds it: encrypted, and bound to these bytes."""
    return _cipher(head, passphrase).encrypt(bytes.fromhex(head.nonce), secret, bound).hex()


def open_secret(locked: Locked, passphrase: str, bound: bytes, *, wrong: Sentence) -> bytes:
    """What it seals. Raises WrongPassphrase in the words of `wrong`, RootKeyDamaged where memory does not suffice."""
    try:
        cipher = _cipher(locked, passphrase)
        return cipher.decrypt(bytes.fromhex(locked.nonce), bytes.fromhex(locked.sealed), bound)
    except InvalidTag as error:
        raise WrongPassphrase(wrong) from error
    except MemoryError as error:
        raise RootKeyDamaged(Sentence("root-not-enough-memory")) from error


def _cipher(head: Locked, passphrase: str) -> ChaCha20Poly1305:
    """Under these costs, of the passphrase's canonical form. May raise MemoryError."""
    derive = Argon2id(
        salt=bytes.fromhex(head.salt),
        length=32,
        iterations=head.passes,
        lanes=head.lanes,
        memory_cost=max(head.memory_kib, 8 * head.lanes),
    )
    return ChaCha20Poly1305(derive.derive(canonical(passphrase).encode()))
