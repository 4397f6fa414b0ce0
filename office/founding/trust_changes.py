"""The commune's list of rights changed: proposed at the office, signed elsewhere by root keys, applied here.

The office never holds a root key. What devices hold stays valid until they have heard the new list, and a list that
could not be read back is never written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from langso.contract import Caps, IssuerRule, TrustDocument
from langso.durable.files import write_atomic
from langso.durable.ownership import acting_as_owner
from langso.trust import RootKeys, SigningKey, open_bundle, threshold_of
from langso.trust.issuing import root_document
from langso.trust.roots.ceremony import keyholders
from langso.trust.roots.errors import ProposalRefused
from langso.trust.roots.key_file import PublicPart, RootKeyFile
from langso.trust.roots.proposal import KeyHolder, Proposal, ReadProposal, build, merged, read_proposal
from office.errors import TrustChangeRefused
from office.founding.founding import finish, roots_of, write_root
from office.places import TRUST_LIFE, OfficeHome
from office.signer.places import ISSUER


@dataclass(frozen=True)
class Rights:
    """What the next list is to say; what is None stays as it is."""

    revoked: tuple[str, ...] | None = None
    caps: Caps | None = None
    issuers: tuple[IssuerRule, ...] | None = None


def propose(home: OfficeHome, now: datetime, rights: Rights | None = None) -> ReadProposal:
    """The next list, valid two years from now, for root keys to sign. Raises TrustChangeRefused, NotInitialised."""
    return _proposal(home, now, rights or Rights())


def propose_revoking(home: OfficeHome, device: str, now: datetime) -> ReadProposal:
    """The device obeys, reports and hands in no more. Raises TrustChangeRefused where it was revoked before."""
    revoked = home.trust().trust.revoked
    if device in revoked:
        raise TrustChangeRefused(f"{device} đã bị thu hồi từ trước; không phải làm gì thêm.")
    return _proposal(home, now, Rights(revoked=(*revoked, device)))


def propose_restoring(home: OfficeHome, device: str, now: datetime) -> ReadProposal:
    """Takes a revocation back. Raises TrustChangeRefused where there is none."""
    revoked = home.trust().trust.revoked
    if device not in revoked:
        raise TrustChangeRefused(f"{device} không nằm trong danh sách thu hồi; hãy xem: langso office trust show")
    return _proposal(home, now, Rights(revoked=tuple(one for one in revoked if one != device)))


def propose_new_signing_key(home: OfficeHome, now: datetime) -> ReadProposal:
    """A new signing key for the office, in the next epoch: what the old one signs is refused once this is applied.

    The key is made now and kept beside the old one, which signs until then.
    """
    trust = home.trust().trust
    fresh = _unused_key(home, trust)
    issuers = tuple(
        rule.model_copy(update={"signers": threshold_of([fresh]), "epoch": rule.epoch + 1})
        if rule.name == ISSUER
        else rule
        for rule in trust.issuers
    )
    return _proposal(home, now, Rights(issuers=issuers))


def propose_new_root(
    home: OfficeHome, keys: Sequence[PublicPart | RootKeyFile], threshold: int, now: datetime
) -> ReadProposal:
    """The next root, to be signed by the old and the new keys; devices follow the chain. Raises UsageError."""
    present = home.trust().root
    listed = roots_of(keys, threshold, home.settings.commune.code)
    root = RootKeys.of(listed, present.version + 1)
    if set(root.keys) == set(present.keys) and root.threshold == present.threshold:
        raise TrustChangeRefused("Bộ khoá gốc mới giống hệt bộ đang dùng; không phải làm gì thêm.")
    return _proposal(home, now, Rights(), root, keyholders(keys))


def apply(home: OfficeHome, files: Sequence[bytes]) -> TrustDocument:
    """Puts a proposal in force, from one or several copies signed apart; a founding too. Again, it changes nothing.

    Raises ProposalRefused for one that lacks signatures or was made upon an older list.
    """
    read = merged([read_proposal(raw) for raw in files])
    if read.proposal.commune != home.settings.commune.code:
        raise ProposalRefused(f"Đề nghị này của xã {read.proposal.commune}; hãy mang về đúng văn phòng.")
    if read.proposal.base is None:
        return finish(home, read)
    present = home.trust()
    raw = read.bundle()
    if present.sha256 != read.trust_sha256:
        before = read.before()
        assert before is not None
        if before.sha256 != present.sha256:
            raise ProposalRefused(
                f"Đề nghị làm trên danh sách bản {before.trust.version}, nay xã đã dùng bản {present.trust.version};"
                " hãy lập đề nghị mới rồi ký lại."
            )
        _own_key_is_here(home, read.trust)
        # Judged as devices will, from the root they have.
        open_bundle(raw, home.roots)
        with acting_as_owner(home.state):
            write_atomic(home.trust_file, raw, mode=0o644)
    if read.next_root is not None and read.roots_after.version > home.roots.version:
        # Devices paired from now on begin at the new root; the list just written is read by both.
        with acting_as_owner(home.state):
            write_root(home, read.roots_after, (*read.proposal.holders, *home.holders()))
    _drop_old_keys(home, read.trust)
    return read.trust


def _proposal(
    home: OfficeHome,
    now: datetime,
    rights: Rights,
    root: RootKeys | None = None,
    holders: tuple[KeyHolder, ...] = (),
) -> ReadProposal:
    opened = home.trust()
    present, roots = opened.trust, opened.root
    commune = home.settings.commune
    # A copy, so that what no command here changes (accounts, relay hosts) stands in the next list as in this one.
    trust = present.model_copy(
        update={
            "version": present.version + 1,
            "issued": now,
            "expires": now + TRUST_LIFE,
            "epoch": (root or roots).version,
            **{name: value for name, value in vars(rights).items() if value is not None},
        }
    )
    link = None if root is None else root_document(commune.code, root, issued=now, expires=now + TRUST_LIFE)
    known = {one.public_key: one for one in (*home.holders(), *holders)}
    return build(
        Proposal(
            commune=commune.code,
            commune_name=commune.name,
            made=now,
            base=home.trust_bundle().decode(),
            root=threshold_of(roots.keys, roots.threshold),
            root_version=roots.version,
            trust=trust.to_json().decode(),
            next_root=None if link is None else link.to_json().decode(),
            holders=tuple(known.values()),
        )
    )


def _unused_key(home: OfficeHome, trust: TrustDocument) -> SigningKey:
    """A signing key that no list names yet; one left by an earlier proposal serves again."""
    named = {key for rule in trust.issuers for key in rule.signers.keys}
    with acting_as_owner(home.signer):
        for path in sorted(home.signer.glob("*.key")):
            if (key := SigningKey.load(path)).public.hex() not in named:
                return key
        number = max((int(path.stem) for path in home.signer.glob("*.key") if path.stem.isdigit()), default=0) + 1
        fresh = SigningKey.generate()
        # Saved before it is named: a cut between the two leaves a key that nobody asks for.
        fresh.save(home.signer / f"{number}.key")
    return fresh


def _own_key_is_here(home: OfficeHome, trust: TrustDocument) -> None:
    rule = trust.rule(ISSUER)
    present = home.trust().trust.rule(ISSUER)
    if rule is None or (present is not None and present.signers == rule.signers):
        return
    with acting_as_owner(home.signer):
        here = {SigningKey.load(path).public.hex() for path in home.signer.glob("*.key")}
    if not here & set(rule.signers.keys):
        raise ProposalRefused("Khoá ký mới trong đề nghị không còn ở văn phòng này; hãy lập đề nghị mới rồi ký lại.")


def _drop_old_keys(home: OfficeHome, trust: TrustDocument) -> None:
    """Keys whose epoch is over. One made for a later proposal is made again with it."""
    rule = trust.rule(ISSUER)
    if rule is None:
        return
    with acting_as_owner(home.signer):
        for path in home.signer.glob("*.key"):
            if SigningKey.load(path).public.hex() not in rule.signers.keys:
                path.unlink()
