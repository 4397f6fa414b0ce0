"""The office's side, pure: makes root and trust documents, counts the next version, recognises clones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from langso.contract import (
    Caps,
    IssuerRule,
    RootDocument,
    State,
    Threshold,
    TrustBundle,
    TrustDocument,
)
from langso.trust.chain import MAX_CHAIN_BYTES
from langso.trust.envelope import seal
from langso.trust.errors import Refused
from langso.trust.keys import RootKeys, SigningKey


def root_keys(keys: Sequence[SigningKey], threshold: int = 1, version: int = 1) -> RootKeys:
    """The public side of a root, as a device pins it at pairing."""
    return RootKeys(tuple(key.public for key in keys), threshold, version)


def threshold_of(keys: Sequence[SigningKey] | Sequence[bytes], threshold: int = 1) -> Threshold:
    """Keys (private ones, or raw public ones) and their threshold as the contract writes them."""
    public = (key.public if isinstance(key, SigningKey) else key for key in keys)
    return Threshold(keys=tuple(key.hex() for key in public), threshold=threshold)


def root_document(commune: str, root: RootKeys, *, issued: datetime, expires: datetime) -> RootDocument:
    """The next link of the root chain, unsigned: `root`, its version one above the old."""
    return RootDocument(
        issuer="root",
        audience="*",
        commune=commune,
        epoch=root.version,
        version=root.version,
        issued=issued,
        expires=expires,
        root=threshold_of(root.keys, root.threshold),
    )


def make_root(
    commune: str,
    root: RootKeys,
    *,
    issued: datetime,
    expires: datetime,
    old_keys: Sequence[SigningKey],
    new_keys: Sequence[SigningKey],
) -> bytes:
    """`root_document`, signed by the old and the new keys."""
    signers = {key.key_id: key for key in (*old_keys, *new_keys)}
    return seal(root_document(commune, root, issued=issued, expires=expires), "root", list(signers.values()))


def trust_document(
    commune: str,
    issuers: Sequence[IssuerRule],
    *,
    version: int,
    issued: datetime,
    expires: datetime,
    root_version: int = 1,
    communes: Sequence[str] = (),
    caps: Caps | None = None,
    revoked: Sequence[str] = (),
) -> TrustDocument:
    """The trust document, unsigned. `communes`: all valid codes (default: this one)."""
    return TrustDocument(
        issuer="root",
        audience="*",
        commune=commune,
        epoch=root_version,
        version=version,
        issued=issued,
        expires=expires,
        communes=tuple(communes) or (commune,),
        issuers=tuple(issuers),
        caps=caps or Caps(),
        revoked=tuple(revoked),
    )


def make_trust(
    commune: str,
    issuers: Sequence[IssuerRule],
    keys: Sequence[SigningKey],
    *,
    version: int,
    issued: datetime,
    expires: datetime,
    root_version: int = 1,
    communes: Sequence[str] = (),
    caps: Caps | None = None,
    revoked: Sequence[str] = (),
) -> bytes:
    """`trust_document`'s envelope, signed by root keys."""
    document = trust_document(
        commune,
        issuers,
        version=version,
        issued=issued,
        expires=expires,
        root_version=root_version,
        communes=communes,
        caps=caps,
        revoked=revoked,
    )
    return seal(document, "trust", keys)


def make_bundle(trust: bytes, chain: Sequence[bytes] = ()) -> bytes:
    """What `/trust` carries. Raises Refused("too_large") where the chain is above 64 KiB."""
    if sum(len(link) for link in chain) > MAX_CHAIN_BYTES:
        raise Refused("too_large", "root chain above 64 KiB")
    return TrustBundle(chain=tuple(link.decode() for link in chain), trust=trust.decode()).to_json()


def next_version(own: int, states: Iterable[State], kind: str, issuer: str, epoch: int) -> int:
    """The version to sign next: one above the office's own last and above all that verified states say are held.

    An office restored from a backup thereby passes what it signed before and has forgotten.
    """
    seen = (
        held.version
        for state in states
        for held in state.held
        if (held.kind, held.issuer, held.epoch) == (kind, issuer, epoch)
    )
    return max((own, 0, *seen)) + 1


def same_number_other_bytes(known: bytes | None, received: bytes) -> bool:
    """Whether a number seen before now comes with other bytes: the sign of a cloned device (receipts, states)."""
    return known is not None and hashlib.sha256(known).digest() != hashlib.sha256(received).digest()
