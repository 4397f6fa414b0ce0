"""Founding an office: first its own keys, then a list of rights that the commune's root keys sign one after another.

Each step may be cut off by a power cut and be repeated; the list is written last and says that all is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from langso.contract import Caps, Threshold, TrustDocument, VouchedAccount
from langso.device.certificates import Certified, make_ca, make_client_certificate
from langso.durable.errors import FileRefused
from langso.durable.files import make_folder, write_atomic
from langso.durable.ownership import acting_as_owner
from langso.errors import UsageError
from langso.settings.model import Settings
from langso.trust import RootKeys, SigningKey, open_bundle, threshold_of
from langso.trust.issuing import trust_document
from langso.trust.roots.ceremony import keyholders
from langso.trust.roots.errors import ProposalRefused
from langso.trust.roots.key_file import PublicPart, RootKeyFile
from langso.trust.roots.proposal import KeyHolder, Proposal, ReadProposal, build
from langso.words.catalogue import Sentence
from langso.words.os_reasons import os_reason
from office.errors import AlreadyInitialised
from office.places import TRUST_LIFE, OfficeHome, office_rule
from office.signer.errors import NotInitialised
from office.signer.places import ISSUER, RootFile
from office.signer.trust_pin import write_pin

MAX_ROOT_KEYS = 8


def begin(settings: Settings, now: datetime, ca: Certified | None = None) -> OfficeHome:
    """Makes what the office has of its own and lacks: folders, authority (`ca` None: a new one), age identity, the
    signer's key, ca, cert and key of `[link]` where the settings name them. Raises AlreadyInitialised, FileRefused.
    """
    import pyrage

    home = OfficeHome(settings)
    if home.trust_file.exists():
        raise AlreadyInitialised(Sentence("founding-keys-there", folder=home.state))
    make_folders(home)
    with acting_as_owner(home.state):
        if not ((home.ca / "ca.pem").exists() and (home.ca / "ca.key").exists()):
            authority = ca or make_ca(settings.commune.name[:64], now=now)
            write_atomic(home.ca / "ca.key", authority.key)
            write_atomic(home.ca / "ca.pem", authority.certificate, mode=0o644)
        if not (home.age_file.exists() or home.age_sealed.exists()):
            write_atomic(home.age_file, f"{pyrage.x25519.Identity.generate()}\n".encode())
        authority = home.authority()
    _write_link_files(settings, authority, now)
    with acting_as_owner(home.signer):
        if not any(home.signer.glob("*.key")):
            SigningKey.generate().save(home.signer / "1.key")
    return home


def propose(
    home: OfficeHome,
    keys: Sequence[PublicPart | RootKeyFile],
    now: datetime,
    *,
    threshold: int = 1,
    caps: Caps | None = None,
    accounts: Sequence[VouchedAccount] = (),
) -> ReadProposal:
    """The first list of rights, with the commune's `accounts` and the office's age key, for the holders of root keys
    to sign; call `begin` before. Raises UsageError, NotInitialised.
    """
    commune = home.settings.commune
    roots = roots_of(keys, threshold, commune.code)
    with acting_as_owner(home.signer):
        made = sorted(home.signer.glob("*.key"))
        if not made:
            raise NotInitialised(Sentence("founding-no-signing-key"))
        signing = SigningKey.load(made[0])
    trust = trust_document(
        commune.code, [office_rule(signing)], version=1, issued=now, expires=now + TRUST_LIFE, caps=caps
    ).model_copy(update={"accounts": tuple(accounts), "age_recipient": home.age_recipient()})
    return build(
        Proposal(
            commune=commune.code,
            commune_name=commune.name,
            made=now,
            root=roots,
            trust=trust.to_json().decode(),
            holders=keyholders(keys),
        )
    )


def finish(home: OfficeHome, read: ReadProposal) -> TrustDocument:
    """Puts a founding that enough keys have signed in force. A second time it changes nothing.

    Raises ProposalRefused, AlreadyInitialised, NotInitialised.
    """
    if read.proposal.base is not None or read.proposal.commune != home.settings.commune.code:
        raise ProposalRefused(Sentence("founding-other-file"))
    raw = read.bundle()
    trust = open_bundle(raw, read.roots).trust
    if home.trust_file.exists():
        if home.trust().sha256 != read.trust_sha256:
            raise AlreadyInitialised(Sentence("founding-other-list"))
        return trust
    rule = trust.rule(ISSUER)
    with acting_as_owner(home.signer):
        own = {SigningKey.load(path).public.hex() for path in home.signer.glob("*.key")}
        if rule is None or not own & set(rule.signers.keys):
            raise ProposalRefused(Sentence("founding-other-office"))
        write_pin(home.signer, read.roots)
    with acting_as_owner(home.state):
        write_root(home, read.roots, read.proposal.holders)
        # Last, since its presence says that all is there.
        write_atomic(home.trust_file, raw, mode=0o644)
    return trust


def roots_of(keys: Sequence[PublicPart | RootKeyFile], threshold: int, commune: str) -> Threshold:
    """The root made of these keys. Raises UsageError."""
    if not 1 <= len(keys) <= MAX_ROOT_KEYS:
        raise UsageError(Sentence("founding-root-count", most=MAX_ROOT_KEYS))
    if not 1 <= threshold <= len(keys):
        raise UsageError(Sentence("founding-threshold"))
    if any(key.commune != commune for key in keys):
        raise UsageError(Sentence("founding-root-of-another", commune=commune))
    if len({key.public_key for key in keys}) != len(keys):
        raise UsageError(Sentence("founding-root-twice"))
    return threshold_of([bytes.fromhex(key.public_key) for key in keys], threshold)


def advice(count: int, threshold: int) -> Sentence | None:
    """A warning about too few root keys; None where one may be lost and one stolen without harm."""
    if count == 1:
        return Sentence("founding-advice-one-key")
    if threshold == count:
        return Sentence("founding-advice-all-keys", count=count)
    if threshold == 1:
        return Sentence("founding-advice-one-signs")
    return None


def write_root(home: OfficeHome, roots: RootKeys, holders: tuple[KeyHolder, ...]) -> None:
    """Keeps the root's public side, which devices paired from now on begin with. Raises FileRefused."""
    named = tuple(one for one in holders if bytes.fromhex(one.public_key) in roots.keys)
    file = RootFile(root=threshold_of(roots.keys, roots.threshold), version=roots.version, holders=named)
    write_atomic(home.root_file, file.to_json(), mode=0o644)


def make_folders(home: OfficeHome) -> None:
    """Makes the office's folders with their rights. Raises FileRefused."""
    apart = not home.signer.is_relative_to(home.state)
    try:
        with acting_as_owner(home.state):
            make_folder(home.state)
            for folder in (home.ca, home.devices, home.published, home.media, home.desk):
                make_folder(folder)
            # The signer, in the office's group, reads the devices' public keys; all else there stays 0600 or 0700.
            home.devices.chmod(0o750)
            if apart:
                home.state.chmod(0o750)
        with acting_as_owner(home.signer):
            make_folder(home.signer)
            home.signer.chmod(0o700)
    except OSError as error:
        raise FileRefused(Sentence("founding-no-folder", folder=error.filename, why=os_reason(error))) from error


def _write_link_files(settings: Settings, authority: Certified, now: datetime) -> None:
    link = settings.link
    if link.ca is not None and not link.ca.exists():
        _put(link.ca, authority.certificate, 0o644)
    if link.cert is not None and link.key is not None and not link.cert.exists():
        own = make_client_certificate(authority, ISSUER, now=now)
        _put(link.key, own.key, 0o600)
        _put(link.cert, own.certificate, 0o644)


def _put(path: Path, data: bytes, mode: int) -> None:
    with acting_as_owner(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data, mode=mode)
