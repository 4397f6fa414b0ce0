"""A proposal: the commune's next list of rights, carried from key holder to key holder until enough have signed.

Nobody trusts the file. A holder signs exactly the bytes in it, told in words against the list that the holder's own
stick has seen; the office judges what it applies by the signatures alone.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from langso.contract import RootDocument, Threshold, TrustBundle, TrustDocument
from langso.contract.base import KeyHex, Message, Moment, OneLine, Sha256, Slug
from langso.trust import Opened, Refused, RootKeys, Sealed, SigningKey, key_id, make_bundle, open_bundle, payload_type
from langso.trust.envelope import parse_payload, read_sealed, seal, strict_json
from langso.trust.roots.errors import ProposalRefused
from langso.trust.roots.key_file import Holder, code_of
from langso.words.catalogue import Sentence, t

FORMAT = 1
MAX_PROPOSAL_BYTES = 4 << 20
_DAMAGED = Sentence("root-proposal-damaged")
Part = Literal["trust", "root"]


class KeyHolder(Message):
    """Who keeps which root key, as the key files tell: for people to read; no program relies on it."""

    public_key: KeyHex
    holder: Holder

    def named(self) -> str:
        """As a sentence calls the key."""
        return f"{self.holder} ({code_of(bytes.fromhex(self.public_key))})"


class Signature(Message):
    """One signature over one of the proposal's two documents."""

    part: Part
    key_id: Sha256
    signature: Annotated[str, StringConstraints(pattern="^[0-9a-f]{128}$")]


class Proposal(Message):
    """The whole file, JSON. `base`: the present list's bundle (None: the commune is being founded); `root`: the keys
    that may sign today; `trust`: the next list's exact payload; `next_root`: that of the next root, where it changes.
    """

    kind: Literal["trust-proposal"] = "trust-proposal"
    format: Literal[1] = 1
    commune: Slug
    commune_name: OneLine = ""
    made: Moment
    base: Annotated[str, StringConstraints(max_length=1 << 20)] | None = None
    root: Threshold
    root_version: Annotated[int, Field(ge=1, lt=1 << 53)] = 1
    trust: Annotated[str, StringConstraints(max_length=1 << 20)]
    next_root: Annotated[str, StringConstraints(max_length=32 << 10)] | None = None
    holders: Annotated[tuple[KeyHolder, ...], Field(max_length=32)] = ()
    signatures: Annotated[tuple[Signature, ...], Field(max_length=64)] = ()

    def named(self, public: bytes) -> str:
        """Whose key, as far as the file says."""
        known = {one.public_key: one.named() for one in self.holders}
        return known.get(public.hex(), t("root-key-named", code=code_of(public)))


@dataclass(frozen=True)
class ReadProposal:
    """A proposal whose parts fit together, and the signatures in it that verify."""

    proposal: Proposal
    trust: TrustDocument
    next_root: RootDocument | None

    @property
    def roots(self) -> RootKeys:
        """The root that may sign today, as the file says."""
        return RootKeys.of(self.proposal.root, self.proposal.root_version)

    @property
    def roots_after(self) -> RootKeys:
        """The root once the proposal is applied."""
        return self.roots if self.next_root is None else RootKeys.of(self.next_root.root, self.next_root.version)

    @property
    def trust_sha256(self) -> str:
        """Of the next list's payload."""
        return self._sealed("trust").sha256

    def before(self, pinned: RootKeys | None = None) -> Opened | None:
        """The present list, verified against `pinned` (default: the root the file names); None at a founding.

        Raises ProposalRefused where it is not the commune's own.
        """
        if self.proposal.base is None:
            return None
        try:
            return open_bundle(self.proposal.base.encode(), pinned or self.roots)
        except Refused as refused:
            raise ProposalRefused(Sentence("root-list-not-ours", refused=refused)) from refused

    def signers(self, part: Part, keys: RootKeys) -> frozenset[bytes]:
        """Which of a root's keys have signed a part validly."""
        good = self._sealed(part).signed_by(keys.keys)
        return frozenset(public for public in keys.keys if key_id(public) in good)

    def missing(self) -> list[str]:
        """What is still to be signed, a sentence each; empty when it can be applied."""
        found = []
        after = self.roots_after
        if self.next_root is not None:
            found += self._lacking("root", self.roots, t("root-old-keys"))
            found += self._lacking("root", after, t("root-new-keys"))
        found += self._lacking("trust", after, t("root-keys") if self.next_root is None else t("root-new-keys"))
        return list(dict.fromkeys(found))

    def bundle(self) -> bytes:
        """What `/trust` is to carry. Raises ProposalRefused while signatures are missing."""
        missing = self.missing()
        if missing:
            raise ProposalRefused(" ".join(missing))
        chain: list[bytes] = []
        if self.proposal.base is not None:
            chain = [link.encode() for link in parse_payload(self.proposal.base.encode(), TrustBundle).chain]
        if self.next_root is not None:
            chain.append(self._envelope("root", (*self.roots.keys, *self.roots_after.keys)))
        return make_bundle(self._envelope("trust", self.roots_after.keys), chain)

    def may_sign(self, public: bytes) -> tuple[Part, ...]:
        """Which parts this key is asked to sign and has not yet; empty for a stranger's key, and when all is done."""
        parts: list[Part] = []
        old, new = public in self.roots.keys, public in self.roots_after.keys
        if self.next_root is not None and (old or new) and public not in self.signers("root", _only(public)):
            parts.append("root")
        if new and public not in self.signers("trust", _only(public)):
            parts.append("trust")
        return tuple(parts)

    def concerns(self, public: bytes) -> bool:
        """Whether the key is one of the commune's, today or after."""
        return public in self.roots.keys or public in self.roots_after.keys

    def _lacking(self, part: Part, keys: RootKeys, what: str) -> list[str]:
        done = self.signers(part, keys)
        if len(done) >= keys.threshold:
            return []
        rest = ", ".join(self.proposal.named(public) for public in keys.keys if public not in done)
        return [t("root-lacking", count=keys.threshold - len(done), what=what, rest=rest)]

    def _payload(self, part: Part) -> bytes:
        text = self.proposal.trust if part == "trust" else self.proposal.next_root
        return (text or "").encode()

    def _sealed(self, part: Part) -> Sealed:
        named = {one.key_id: bytes.fromhex(one.signature) for one in self.proposal.signatures if one.part == part}
        return Sealed(self._payload(part), part, tuple(named.items()))

    def _envelope(self, part: Part, keys: Sequence[bytes]) -> bytes:
        """The signed document, with the valid signatures of these keys only."""
        sealed = self._sealed(part)
        good = sealed.signed_by(keys)
        fields = {
            "payload": base64.b64encode(sealed.payload).decode(),
            "payloadType": payload_type(part),
            "signatures": [
                {"keyid": name, "sig": base64.b64encode(signature).decode()}
                for name, signature in sealed.signatures
                if name in good
            ],
        }
        return json.dumps(fields, separators=(",", ":")).encode()


def read_proposal(raw: bytes) -> ReadProposal:
    """Parses a file and checks that its parts fit. Raises ProposalRefused."""
    if len(raw) > MAX_PROPOSAL_BYTES:
        raise ProposalRefused(Sentence("root-proposal-too-large"))
    try:
        fields = strict_json(raw)
        if isinstance(fields, dict) and isinstance(fields.get("format"), int) and fields["format"] > FORMAT:
            raise ProposalRefused(Sentence("root-proposal-too-new"))
        return _checked(parse_payload(raw, Proposal))
    except Refused as refused:
        raise ProposalRefused(_DAMAGED) from refused


def build(proposal: Proposal) -> ReadProposal:
    """A proposal just made, checked as one that was read. Raises ProposalRefused."""
    return read_proposal(proposal.to_json())


def sign(read: ReadProposal, key: SigningKey) -> ReadProposal:
    """With this key's signatures added, each verified. Raises ProposalRefused for a key that is not asked."""
    if not read.concerns(key.public):
        raise ProposalRefused(Sentence("root-key-not-in-set"))
    added = []
    for part in read.may_sign(key.public):
        envelope = read_sealed(seal(read._payload(part), part, [key]), part)
        added += [Signature(part=part, key_id=name, signature=made.hex()) for name, made in envelope.signatures]
    kept = [
        one for one in read.proposal.signatures if (one.part, one.key_id) not in {(a.part, a.key_id) for a in added}
    ]
    return build(read.proposal.model_copy(update={"signatures": (*kept, *added)}))


def merged(files: Iterable[ReadProposal]) -> ReadProposal:
    """One proposal with the signatures of several copies, signed apart. Raises ProposalRefused for different ones."""
    first, *others = files
    signatures = {(one.part, one.key_id, one.signature): one for one in first.proposal.signatures}
    for other in others:
        if first.proposal.model_copy(update={"signatures": ()}) != other.proposal.model_copy(
            update={"signatures": ()}
        ):
            raise ProposalRefused(Sentence("root-proposals-differ"))
        signatures |= {(one.part, one.key_id, one.signature): one for one in other.proposal.signatures}
    # A copy may carry a false signature under a key's name: only those that verify are taken along.
    good = []
    for one in signatures.values():
        alone = build(first.proposal.model_copy(update={"signatures": (one,)}))
        if alone.signers(one.part, alone.roots) or alone.signers(one.part, alone.roots_after):
            good.append(one)
    return build(first.proposal.model_copy(update={"signatures": tuple(good)}))


def _checked(proposal: Proposal) -> ReadProposal:
    try:
        trust = parse_payload(proposal.trust.encode(), TrustDocument)
        root = None if proposal.next_root is None else parse_payload(proposal.next_root.encode(), RootDocument)
        read = ReadProposal(proposal, trust, root)
        after, before = read.roots_after, read.before()
    except (Refused, ValidationError, ValueError) as error:
        if isinstance(error, ProposalRefused):
            raise
        raise ProposalRefused(_DAMAGED) from error
    for part, document in ((proposal.trust, trust), (proposal.next_root, root)):
        if (
            part is not None
            and document is not None
            and _holds_more(json.loads(part), json.loads(document.to_json()))
        ):
            raise ProposalRefused(t("rights-not-understood"))
    fits = trust.issuer == "root" and trust.epoch == after.version and trust.commune == proposal.commune
    if root is not None:
        fits = fits and root.issuer == "root" and root.version == read.roots.version + 1
        fits = fits and root.epoch == root.version and root.commune == proposal.commune
    if before is not None:
        fits = fits and before.root.version == read.roots.version and trust.version == before.trust.version + 1
        fits = fits and set(before.root.keys) == set(read.roots.keys)
        fits = fits and before.root.threshold == read.roots.threshold
    if before is None:
        fits = fits and root is None and trust.version == 1 and read.roots.version == 1
    if not fits or trust.expires <= trust.issued:
        raise ProposalRefused(Sentence("root-proposal-mixed"))
    return read


def _holds_more(raw: object, understood: object) -> bool:
    """Whether the text has a field that these models pass over: nobody signs what could not be told in words."""
    if isinstance(raw, dict) and isinstance(understood, dict):
        said = {name: value for name, value in raw.items() if value is not None}
        return any(name not in understood or _holds_more(value, understood[name]) for name, value in said.items())
    if isinstance(raw, list) and isinstance(understood, list):
        return any(_holds_more(one, other) for one, other in zip(raw, understood, strict=True))
    return False


def _only(public: bytes) -> RootKeys:
    return RootKeys((public,), 1)
