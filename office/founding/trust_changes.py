"""Changes of the commune's list of rights: proposed at the office, signed elsewhere by root keys, applied here.

The office never holds a root key. What devices hold stays valid until they get the new list, and a list that cannot
be read back is never written.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from langso.contract import Account, Caps, IssuerRule, TrustDocument, VouchedAccount
from langso.contract.vouched import FEES, strangers
from langso.durable.files import write_atomic
from langso.durable.ownership import acting_as_owner
from langso.trust import RootKeys, SigningKey, open_bundle, threshold_of
from langso.trust.issuing import root_document
from langso.trust.roots.ceremony import keyholders
from langso.trust.roots.errors import ProposalRefused
from langso.trust.roots.key_file import PublicPart, RootKeyFile
from langso.trust.roots.proposal import KeyHolder, Proposal, ReadProposal, build, merged, read_proposal
from langso.words.catalogue import Sentence
from office.errors import TrustChangeRefused
from office.founding.founding import finish, roots_of, write_root
from office.places import TRUST_LIFE, OfficeHome
from office.signer.places import ISSUER

MAX_ACCOUNTS = 100


@dataclass(frozen=True)
class Rights:
    """What the next list is to say; a field that is None stays as it is."""

    revoked: tuple[str, ...] | None = None
    caps: Caps | None = None
    issuers: tuple[IssuerRule, ...] | None = None
    accounts: tuple[VouchedAccount, ...] | None = None
    age_recipient: str | None = None
    relay_hosts: tuple[str, ...] | None = None


def propose(home: OfficeHome, now: datetime, rights: Rights | None = None) -> ReadProposal:
    """The next list, valid two years from now, for root keys to sign. Raises TrustChangeRefused, NotInitialised."""
    return _proposal(home, now, rights or Rights())


def propose_revoking(home: OfficeHome, device: str, now: datetime) -> ReadProposal:
    """The device is to be obeyed and heard no more. Raises TrustChangeRefused where it is revoked already."""
    revoked = home.trust().trust.revoked
    if device in revoked:
        raise TrustChangeRefused(Sentence("founding-revoked-before", device=device))
    return _proposal(home, now, Rights(revoked=(*revoked, device)))


def propose_restoring(home: OfficeHome, device: str, now: datetime) -> ReadProposal:
    """Takes a revocation back. Raises TrustChangeRefused where there is none."""
    revoked = home.trust().trust.revoked
    if device not in revoked:
        raise TrustChangeRefused(Sentence("founding-not-revoked", device=device))
    return _proposal(home, now, Rights(revoked=tuple(one for one in revoked if one != device)))


def propose_vouching(home: OfficeHome, entered: Sequence[Account], now: datetime) -> ReadProposal:
    """What earlier releases kept elsewhere comes under the root keys: accounts that staff `entered`, for fees of the
    whole commune, and the key that kiosks encrypt to. Raises TrustChangeRefused where it is there already.
    """
    trust = home.trust().trust
    new = strangers(entered, trust, now)
    recipient = home.age_recipient()
    if not new and trust.age_recipient == recipient:
        raise TrustChangeRefused(Sentence("founding-vouched-before"))
    taken = {account.id for account in trust.accounts}
    ids = (id for number in itertools.count(1) if (id := f"{FEES}-{number}") not in taken)
    added = tuple(VouchedAccount(**one.model_dump(), id=next(ids), purpose=FEES) for one in new)
    return _proposal(home, now, Rights(accounts=(*trust.accounts, *added), age_recipient=recipient))


def propose_account(home: OfficeHome, account: VouchedAccount, now: datetime) -> ReadProposal:
    """Adds one of the commune's accounts, or replaces that of this id. Raises TrustChangeRefused: it is so already,
    or there are too many.
    """
    accounts = home.trust().trust.accounts
    if account in accounts:
        raise TrustChangeRefused(Sentence("founding-vouched-before"))
    kept = tuple(one for one in accounts if one.id != account.id)
    if len(kept) >= MAX_ACCOUNTS:
        raise TrustChangeRefused(Sentence("founding-accounts-full", most=MAX_ACCOUNTS))
    return _proposal(home, now, Rights(accounts=(*kept, account)))


def propose_account_gone(home: OfficeHome, id: str, now: datetime) -> ReadProposal:
    """The account is the commune's no longer. Raises TrustChangeRefused where there is none of this id."""
    accounts = home.trust().trust.accounts
    kept = tuple(one for one in accounts if one.id != id)
    if kept == accounts:
        raise TrustChangeRefused(Sentence("founding-no-account", id=id))
    return _proposal(home, now, Rights(accounts=kept))


def propose_relays(home: OfficeHome, hosts: Sequence[str], now: datetime) -> ReadProposal:
    """These hosts' streams, and no others, may be relayed. Raises TrustChangeRefused: it is so already, or one is
    no host.
    """
    wanted = tuple(dict.fromkeys(host.strip().lower() for host in hosts))
    try:
        TrustDocument.model_validate(home.trust().trust.model_dump() | {"relay_hosts": wanted})
    except ValidationError as error:
        raise TrustChangeRefused(Sentence("founding-relay-host")) from error
    if set(wanted) == set(home.trust().trust.relay_hosts):
        raise TrustChangeRefused(Sentence("founding-vouched-before"))
    return _proposal(home, now, Rights(relay_hosts=wanted))


def propose_new_signing_key(home: OfficeHome, now: datetime) -> ReadProposal:
    """A new signing key for the office in the next epoch; once applied, what the old key signs is refused.

    The new key is made now and kept beside the old one, which signs until then.
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
        raise TrustChangeRefused(Sentence("founding-same-roots"))
    return _proposal(home, now, Rights(), root, keyholders(keys))


def apply(home: OfficeHome, files: Sequence[bytes]) -> TrustDocument:
    """Puts a proposal in force, from one or several copies that were signed apart; also a founding. Again: no change.

    Raises ProposalRefused for one that lacks signatures or was made from an older list.
    """
    read = merged([read_proposal(raw) for raw in files])
    if read.proposal.commune != home.settings.commune.code:
        raise ProposalRefused(Sentence("founding-other-commune", commune=read.proposal.commune))
    if read.proposal.base is None:
        return finish(home, read)
    present = home.trust()
    raw = read.bundle()
    if present.sha256 != read.trust_sha256:
        before = read.before()
        assert before is not None
        if before.sha256 != present.sha256:
            raise ProposalRefused(
                Sentence("founding-older-list", theirs=before.trust.version, ours=present.trust.version)
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
        raise ProposalRefused(Sentence("founding-new-key-gone"))


def _drop_old_keys(home: OfficeHome, trust: TrustDocument) -> None:
    """Keys whose epoch is over. One made for a later proposal is made again with it."""
    rule = trust.rule(ISSUER)
    if rule is None:
        return
    with acting_as_owner(home.signer):
        for path in home.signer.glob("*.key"):
            if SigningKey.load(path).public.hex() not in rule.signers.keys:
                path.unlink()
