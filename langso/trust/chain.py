"""From the root keys pinned at pairing, along the chain of new roots, to the trust document. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from langso.contract import MAX_DOCUMENT_BYTES, RootDocument, TrustBundle, TrustDocument
from langso.trust.envelope import parse_payload, read_sealed, strict_json
from langso.trust.errors import Refused
from langso.trust.keys import RootKeys

MAX_CHAIN_BYTES = 64 << 10
MAX_BUNDLE_BYTES = MAX_DOCUMENT_BYTES
MOST_PARTS = 4096
"""Braces in a bundle, and commas: its 65 envelopes have 18 and 34 each at most, what a later v1 adds has room."""


@dataclass(frozen=True)
class Opened:
    """A verified bundle: the newest root, the links that led to it, the trust document and its payload's SHA-256."""

    root: RootKeys
    links: tuple[RootDocument, ...]
    trust: TrustDocument
    sha256: str


def open_bundle(raw: bytes, pinned: RootKeys) -> Opened:
    """Verifies what `/trust` carries against the pinned root. Raises Refused.

    Expiry, versions and whom it concerns are judged by the Keeper, which knows time and marks.
    """
    if len(raw) > MAX_BUNDLE_BYTES:
        raise Refused("too_large", f"bundle of {len(raw)} bytes")
    # Nobody is known to have signed it yet, and reading a million objects takes its time.
    if not raw.isascii() or max(raw.count(b"{"), raw.count(b",")) > MOST_PARTS:
        raise Refused("malformed", "not a bundle of envelopes")
    strict_json(raw)
    bundle = parse_payload(raw, TrustBundle)
    root, links, skipped = walk_chain(bundle.chain, pinned)
    sealed = read_sealed(bundle.trust.encode(), "trust")
    try:
        sealed.require(root.keys, root.threshold)
    except Refused as refused:
        if skipped:
            raise Refused(
                "bad_chain", f"no way from root {root.version} to the signer: {refused.detail}"
            ) from refused
        raise
    trust = parse_payload(sealed.payload, TrustDocument)
    if trust.issuer != "root":
        raise Refused("wrong_role", f"a trust document of {trust.issuer}")
    if trust.epoch != root.version:
        raise Refused("bad_chain", f"trust of epoch {trust.epoch} under root {root.version}")
    if any(link.commune not in trust.communes for link in links):
        raise Refused("wrong_commune", "a root link of another commune")
    return Opened(root, links, trust, hashlib.sha256(sealed.payload).hexdigest())


def walk_chain(chain: tuple[str, ...], pinned: RootKeys) -> tuple[RootKeys, tuple[RootDocument, ...], int]:
    """The newest root, the links taken, and how many leading links were passed over.

    Links from before this device's pairing cannot be verified by it, so leading ones that its root has not signed
    are passed over unread; after the first that fits, every link must fit (Refused "bad_chain").
    """
    size = sum(len(link.encode()) for link in chain)
    if size > MAX_CHAIN_BYTES:
        raise Refused("too_large", f"root chain of {size} bytes, at most {MAX_CHAIN_BYTES}")
    root, skipped = pinned, 0
    links: list[RootDocument] = []
    for text in chain:
        try:
            link = _open_link(text, root)
        except Refused as refused:
            if links or refused.reason == "malformed":
                raise Refused("bad_chain", f"after root {root.version}: {refused.detail}") from refused
            skipped += 1
            continue
        if link is None:
            continue
        links.append(link)
        root = RootKeys.of(link.root, link.version)
    return root, tuple(links), skipped


def _open_link(text: str, root: RootKeys) -> RootDocument | None:
    """The next root, signed by the old and its own threshold; None for the pinned root's own document."""
    sealed = read_sealed(text.encode(), "root")
    sealed.require(root.keys, root.threshold)
    link = parse_payload(sealed.payload, RootDocument)
    sealed.require((bytes.fromhex(key) for key in link.root.keys), link.root.threshold)
    if link.issuer != "root":
        raise Refused("wrong_role", f"a root of {link.issuer}")
    if link.version == root.version and _same_keys(link, root):
        return None
    if link.version != root.version + 1:
        raise Refused("bad_chain", f"root {link.version} after root {root.version}")
    return link


def _same_keys(link: RootDocument, root: RootKeys) -> bool:
    return {bytes.fromhex(key) for key in link.root.keys} == set(root.keys) and link.root.threshold == root.threshold
