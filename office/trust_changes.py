"""The commune's list of rights signed anew: renewed, a device revoked, the office's key or the root exchanged.

Root keys lie on sticks that are in the machine only for this. Whatever is asked, what devices hold stays valid until
they have heard the new list, and a list that could not be read back is never written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from langso.contract import Caps, IssuerRule, TrustBundle, TrustDocument
from langso.paths import give_to_owner, write_atomic
from langso.trust import (
    RootKeys,
    SigningKey,
    make_bundle,
    make_root,
    make_trust,
    open_bundle,
    parse_payload,
    root_keys,
    threshold_of,
)
from office.errors import TrustChangeRefused
from office.home import ISSUER, TRUST_LIFE, OfficeHome, RootFile


@dataclass(frozen=True)
class Rights:
    """What the next list is to say; what is None stays as it is."""

    revoked: tuple[str, ...] | None = None
    caps: Caps | None = None
    issuers: tuple[IssuerRule, ...] | None = None


def change(
    home: OfficeHome, keys: Sequence[SigningKey], now: datetime, rights: Rights | None = None
) -> TrustDocument:
    """Signs and writes the next list, valid two years from now. Raises TrustChangeRefused, NotInitialised."""
    opened = home.trust()
    return _issue(home, _enough(keys, opened.root), opened.root, _chain(home), now, rights or Rights())


def revoke(home: OfficeHome, device: str, keys: Sequence[SigningKey], now: datetime) -> TrustDocument:
    """The device obeys, reports and hands in no more. Raises TrustChangeRefused where it was revoked before."""
    revoked = home.trust().trust.revoked
    if device in revoked:
        raise TrustChangeRefused(f"{device} đã bị thu hồi từ trước; không phải làm gì thêm.")
    return change(home, keys, now, Rights(revoked=(*revoked, device)))


def restore(home: OfficeHome, device: str, keys: Sequence[SigningKey], now: datetime) -> TrustDocument:
    """Takes a revocation back. Raises TrustChangeRefused where there is none."""
    revoked = home.trust().trust.revoked
    if device not in revoked:
        raise TrustChangeRefused(f"{device} không nằm trong danh sách thu hồi; hãy xem: langso office trust show")
    return change(home, keys, now, Rights(revoked=tuple(one for one in revoked if one != device)))


def exchange_signer(home: OfficeHome, keys: Sequence[SigningKey], now: datetime) -> TrustDocument:
    """A new signing key for the office, in the next epoch: what the old one signs is refused from then on."""
    opened = home.trust()
    signed_by = _enough(keys, opened.root)
    fresh = SigningKey.generate()
    number = max((int(path.stem) for path in home.signer.glob("*.key") if path.stem.isdigit()), default=0) + 1
    # Saved before it is named: a cut between the two leaves a key that nobody asks for.
    fresh.save(home.signer / f"{number}.key")
    give_to_owner(home.signer)
    issuers = tuple(
        rule.model_copy(update={"signers": threshold_of([fresh]), "epoch": rule.epoch + 1})
        if rule.name == ISSUER
        else rule
        for rule in opened.trust.issuers
    )
    trust = _issue(home, signed_by, opened.root, _chain(home), now, Rights(issuers=issuers))
    for path in home.signer.glob("*.key"):
        if path.stem != str(number):
            path.unlink()
    return trust


def exchange_root(
    home: OfficeHome,
    old: Sequence[SigningKey],
    make_new: Callable[[], Sequence[SigningKey]],
    threshold: int,
    now: datetime,
) -> TrustDocument:
    """The next root, signed by the old and the new keys, which are made last; devices follow the chain.

    Raises TrustChangeRefused, and what `make_new` raises.
    """
    opened = home.trust()
    before = _enough(old, opened.root)
    new = make_new()
    root = root_keys(new, threshold, opened.root.version + 1)
    link = make_root(
        home.settings.commune.code, root, issued=now, expires=now + TRUST_LIFE, old_keys=before, new_keys=new
    )
    trust = _issue(home, list(new), root, (*_chain(home), link), now, Rights())
    # Devices paired from now on begin at the new root; the list just written is read by both.
    file = RootFile(root=threshold_of(root.keys, root.threshold), version=root.version)
    write_atomic(home.root_file, file.to_json(), mode=0o644)
    give_to_owner(home.state)
    return trust


def _issue(
    home: OfficeHome,
    keys: Sequence[SigningKey],
    root: RootKeys,
    chain: tuple[bytes, ...],
    now: datetime,
    rights: Rights,
) -> TrustDocument:
    present = home.trust().trust
    raw = make_bundle(
        make_trust(
            present.commune,
            present.issuers if rights.issuers is None else rights.issuers,
            keys,
            version=present.version + 1,
            issued=now,
            expires=now + TRUST_LIFE,
            root_version=root.version,
            communes=present.communes,
            caps=present.caps if rights.caps is None else rights.caps,
            revoked=present.revoked if rights.revoked is None else rights.revoked,
        ),
        chain,
    )
    trust = open_bundle(raw, home.roots).trust
    write_atomic(home.trust_file, raw, mode=0o644)
    give_to_owner(home.state)
    return trust


def _enough(keys: Sequence[SigningKey], root: RootKeys) -> list[SigningKey]:
    ours = [key for key in keys if key.public in root.keys]
    if len(ours) < root.threshold:
        raise TrustChangeRefused(
            f"Cần {root.threshold} khoá gốc của xã, mới có {len(ours)}; hãy cắm thêm USB khoá gốc rồi thử lại."
        )
    return ours


def _chain(home: OfficeHome) -> tuple[bytes, ...]:
    return tuple(link.encode() for link in parse_payload(home.trust_bundle(), TrustBundle).chain)
