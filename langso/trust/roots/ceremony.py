"""Signing with one stick: what the stick remembers, what the proposal changes (in words), then the signature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from langso.contract import Threshold
from langso.durable.held_folder import HeldFolder
from langso.errors import UsageError
from langso.trust import SigningKey
from langso.trust.roots import differences
from langso.trust.roots.differences import Weighty
from langso.trust.roots.errors import ProposalRefused
from langso.trust.roots.key_file import PublicPart, RootKeyFile, encrypt, unlock
from langso.trust.roots.passphrase_cipher import STRONG, Cost
from langso.trust.roots.proposal import KeyHolder, ReadProposal, sign
from langso.trust.roots.sticks import StickMemory, keep_key, keep_memory, key_on, read_memory
from langso.words.catalogue import Sentence, t


@dataclass(frozen=True)
class Sitting:
    """One stick and one proposal: whose key it is, what its memory tells, and, in words, what it would sign."""

    stick: Path | HeldFolder
    key: RootKeyFile
    memory: StickMemory | None
    read: ReadProposal
    words: tuple[str, ...]

    @property
    def done(self) -> bool:
        """Whether this key has signed all that it is asked to sign."""
        return not self.read.may_sign(self.key.public)


def make_key(
    stick: Path | HeldFolder, passphrase: str, *, commune: str, holder: str, now: datetime, cost: Cost = STRONG
) -> RootKeyFile:
    """A new root key on an empty stick, read back from it.

    Raises UsageError for a bad holder or commune, StickRefused, FileRefused.
    """
    from pydantic import ValidationError

    try:
        made = encrypt(SigningKey.generate(), passphrase, commune=commune, holder=holder, now=now, cost=cost)
    except ValidationError as error:
        raise UsageError(Sentence("root-names")) from error
    keep_key(stick, made)
    return made


def sit_down(stick: Path | HeldFolder, read: ReadProposal) -> Sitting:
    """Reads the stick and tells what its holder is asked to sign. Raises ProposalRefused, StickRefused,
    RootKeyDamaged.
    """
    key = key_on(stick, read.proposal.commune)
    if not read.concerns(key.public):
        raise ProposalRefused(Sentence("root-not-in-set", named=key.named()))
    memory = read_memory(stick, key)
    return Sitting(stick, key, memory, read, tuple(_words(read, key, memory)))


def sign_with(sitting: Sitting, passphrase: str) -> ReadProposal:
    """The proposal with this key's signatures; the stick remembers what it signed. Raises as unlock and sign."""
    key = unlock(sitting.key, passphrase)
    signed = sign(sitting.read, key)
    after = signed.roots_after
    keep_memory(
        sitting.stick,
        key,
        StickMemory(
            commune=signed.proposal.commune,
            root=Threshold(keys=tuple(public.hex() for public in after.keys), threshold=after.threshold),
            root_version=after.version,
            trust=signed.trust.version,
            sha256=signed.trust_sha256,
        ),
    )
    return signed


def in_words(read: ReadProposal) -> list[str]:
    """What a proposal changes, compared with the list that it names itself: for the office, not for a key holder."""
    named, before = read.proposal.named, read.before()
    if before is None:
        return differences.founding_in_words(read.trust, read.roots_after, named)
    return differences.changes_in_words(before.trust, read.trust, before.root, read.roots_after, named)


def keyholders(keys: Iterable[RootKeyFile | PublicPart]) -> tuple[KeyHolder, ...]:
    """As a proposal lists them."""
    return tuple(KeyHolder(public_key=key.public_key, holder=key.holder) for key in keys)


def _words(read: ReadProposal, key: RootKeyFile, memory: StickMemory | None) -> list[str]:
    named = read.proposal.named
    if read.proposal.base is None:
        if memory is not None and memory.root_version > 1:
            raise ProposalRefused(Sentence("root-newer-set"))
        lines = differences.founding_in_words(read.trust, read.roots_after, named)
        if memory is not None and memory.sha256 != read.trust_sha256:
            lines.insert(0, Weighty(t("root-signed-other-founding")))
        return lines
    warnings: list[str] = []
    if memory is None:
        before = read.before()
        warnings.append(Weighty(t("root-remembers-none")))
        warnings += [f"  · {named(public)}" for public in read.roots.keys]
    else:
        # Judged from what this stick itself has seen, not from what the file says of the present.
        before = read.before(memory.roots) if memory.root_version <= read.roots.version else read.before()
        if memory.root_version > read.roots_after.version:
            raise ProposalRefused(Sentence("root-proposal-old-set"))
        if memory.trust > read.trust.version:
            raise ProposalRefused(Sentence("root-proposal-old", signed=memory.trust, version=read.trust.version))
        if memory.trust == read.trust.version and memory.sha256 != read.trust_sha256:
            warnings.append(Weighty(t("root-signed-same-number", number=memory.trust)))
    assert before is not None
    if memory is not None and memory.trust == before.trust.version and memory.sha256 != before.sha256:
        warnings.append(Weighty(t("root-not-the-list-signed")))
    if before.root.version != read.roots.version:
        raise ProposalRefused(Sentence("root-not-the-set-known"))
    lines = differences.changes_in_words(before.trust, read.trust, before.root, read.roots_after, named)
    return [*warnings, *lines]
