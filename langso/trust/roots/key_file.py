"""One root key a file: encrypted under a passphrase (see `passphrase_cipher`), its public side in clear.

The file's own checksum tells a damaged stick from a wrong passphrase; what protects the key is the cipher, which is
bound to every field beside it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Literal

from pydantic import StringConstraints

from langso.contract.base import NO_CONTROLS, Hex128, KeyHex, Message, Moment, Sha256, Slug
from langso.trust import Refused, SigningKey, key_id
from langso.trust.envelope import parse_payload, strict_json
from langso.trust.errors import KeyFileError
from langso.trust.keys import short_code
from langso.trust.roots.errors import RootKeyDamaged
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

FORMAT = 1
MAX_ROOT_KEY_FILE = 8 << 10
Holder = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_CONTROLS)]


class RootKeyFile(Message):
    """The whole file, JSON. `sealed`: the PKCS#8 PEM, encrypted; `sha256`: of all other fields, against damage."""

    kind: Literal["root-key"] = "root-key"
    format: Literal[1] = 1
    commune: Slug
    holder: Holder
    public_key: KeyHex
    made: Moment
    memory_kib: MemoryKib
    passes: Passes
    lanes: Lanes
    salt: Hex128
    nonce: Nonce
    sealed: Annotated[str, StringConstraints(pattern="^([0-9a-f]{2}){17,2048}$")] = "00" * 17
    sha256: Sha256 = "0" * 64

    @property
    def public(self) -> bytes:
        """The raw public key."""
        return bytes.fromhex(self.public_key)

    @property
    def code(self) -> str:
        """Twelve digits by which people name the key."""
        return code_of(self.public)

    def named(self) -> str:
        """Whose key, as a sentence calls it: `Chủ tịch xã (1234 5678 9012)`."""
        return f"{self.holder} ({self.code})"


class PublicPart(Message):
    """What the office needs of a key to found a commune. People compare its code with the one written down."""

    kind: Literal["root-public"] = "root-public"
    format: Literal[1] = 1
    commune: Slug
    holder: Holder
    public_key: KeyHex
    sha256: Sha256 = "0" * 64

    @property
    def code(self) -> str:
        """The key's twelve digits."""
        return code_of(bytes.fromhex(self.public_key))


def code_of(public: bytes) -> str:
    """The twelve digits of a root key's public side."""
    return short_code(key_id(public))


def encrypt(
    key: SigningKey, passphrase: str, *, commune: str, holder: str, now: datetime, cost: Cost = STRONG
) -> RootKeyFile:
    """The file of a key. Raises pydantic's ValidationError for a commune or holder that cannot be one."""
    head = RootKeyFile(
        commune=commune,
        holder=" ".join(holder.split()),
        public_key=key.public.hex(),
        made=now,
        **fresh_fields(cost),
    )
    whole = head.model_copy(update={"sealed": seal_secret(head, passphrase, key.to_pem(), _head(head))})
    return whole.model_copy(update={"sha256": _checksum(whole)})


def read_root_key(raw: bytes) -> RootKeyFile:
    """Parses and checks a file, its key still locked. Raises RootKeyDamaged."""
    damaged = RootKeyDamaged(Sentence("root-file-damaged"))
    if len(raw) > MAX_ROOT_KEY_FILE:
        raise damaged
    try:
        fields = strict_json(raw)
        if isinstance(fields, dict) and isinstance(fields.get("format"), int) and fields["format"] > FORMAT:
            raise RootKeyDamaged(Sentence("root-file-too-new"))
        found = parse_payload(raw, RootKeyFile)
    except Refused as refused:
        raise damaged from refused
    if _checksum(found) != found.sha256:
        raise damaged
    return found


def public_part(key: RootKeyFile) -> PublicPart:
    """To be sent to the office; holds no secret."""
    part = PublicPart(commune=key.commune, holder=key.holder, public_key=key.public_key)
    return part.model_copy(update={"sha256": _checksum(part)})


def read_public_part(raw: bytes) -> PublicPart:
    """Parses and checks a public part. Raises RootKeyDamaged."""
    damaged = RootKeyDamaged(Sentence("root-public-damaged"))
    if len(raw) > MAX_ROOT_KEY_FILE:
        raise damaged
    try:
        found = parse_payload(raw, PublicPart)
    except Refused as refused:
        raise damaged from refused
    if _checksum(found) != found.sha256:
        raise damaged
    return found


def unlock(found: RootKeyFile, passphrase: str) -> SigningKey:
    """The key itself. Raises WrongPassphrase, RootKeyDamaged."""
    wrong = Sentence("root-wrong-passphrase", named=found.named())
    pem = open_secret(found, passphrase, _head(found), wrong=wrong)
    try:
        key = SigningKey.from_pem(pem)
    except KeyFileError as error:
        raise RootKeyDamaged(Sentence("root-not-a-signing-key")) from error
    if key.public != found.public:
        raise RootKeyDamaged(Sentence("root-key-mismatch"))
    return key


def _head(found: RootKeyFile) -> bytes:
    """What the cipher is bound to: every field but the ciphertext and the checksum."""
    return found.model_dump_json(exclude={"sealed", "sha256"}).encode()


def _checksum(found: RootKeyFile | PublicPart) -> str:
    return hashlib.sha256(found.model_dump_json(exclude={"sha256"}).encode()).hexdigest()
