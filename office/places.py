"""Where the office keeps its keys and files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from langso.contract import IssuerRule
from langso.device.certificates import Certified
from langso.durable.files import Stamp, stamp_of
from langso.trust import Opened, SigningKey, open_bundle, threshold_of
from langso.trust.roots.age_identity import SealedIdentity, read_sealed_identity, recipient_of
from langso.trust.roots.proposal import KeyHolder
from langso.words.catalogue import Sentence
from office.signer.errors import NotInitialised
from office.signer.places import ISSUER, RootFile, SignerPlaces

TRUST_LIFE = timedelta(days=730)


@dataclass(frozen=True)
class OfficeHome(SignerPlaces):
    """The office's folders and files under `settings.paths.state`; those that the signer reads too are in
    SignerPlaces.
    """

    @property
    def database(self) -> Path:
        """office.db: the source of truth for everything but keys, devices and counters."""
        return self.state / "office.db"

    @property
    def ca(self) -> Path:
        """The folder of the TLS authority: ca.pem, ca.key."""
        return self.state / "ca"

    @property
    def console_ca(self) -> Path:
        """The folder of the console's own authority, apart from the devices': root.pem is what phones install."""
        return self.state / "console"

    @property
    def age_file(self) -> Path:
        """The age identity dossiers are encrypted to."""
        return self.state / "age.identity"

    @property
    def age_sealed(self) -> Path:
        """The same, sealed to its officers' passphrases; `age_file` is then gone."""
        return self.state / "age.sealed.json"

    @property
    def published(self) -> Path:
        """The latest envelope of each kind, kept outside the database in case the database is lost."""
        return self.state / "published"

    @property
    def media(self) -> Path:
        """Sounds by SHA-256."""
        return self.settings.office.media_dir or self.state / "media"

    @property
    def desk(self) -> Path:
        """Dossiers, encrypted, and uploads on their way."""
        return self.state / "desk"

    @property
    def catalogue_file(self) -> Path:
        """What staff put in the catalogue."""
        return self.state / "catalogue.json"

    @property
    def founding_file(self) -> Path:
        """What has been gathered while the commune is being founded."""
        return self.state / "founding.json"

    def holders(self) -> tuple[KeyHolder, ...]:
        """Who keeps which root key, as far as the office was told. Raises NotInitialised."""
        return RootFile.model_validate_json(self.read(self.root_file)).holders

    def trust(self) -> Opened:
        """The trust bundle, verified against the root: once while its file stays the same, since a page asks for it
        again and again. Raises NotInitialised, Refused.
        """
        stamp, known = stamp_of(self.trust_file), self._known_trust
        if (opened := known.get(stamp)) is None:
            opened = open_bundle(self.trust_bundle(), self.roots)
            known.clear()
            known[stamp] = opened
        return opened

    @cached_property
    def _known_trust(self) -> dict[Stamp | None, Opened]:
        return {}

    def rule(self) -> IssuerRule:
        """What trust says of this office. Raises NotInitialised where it says nothing."""
        rule = self.trust().trust.rule(ISSUER)
        if rule is None:
            raise NotInitialised(Sentence("office-not-in-rights"))
        return rule

    def authority(self) -> Certified:
        """The commune's TLS authority. Raises NotInitialised."""
        return Certified(self.read(self.ca / "ca.pem"), self.read(self.ca / "ca.key"))

    def age_identity(self) -> str:
        """The secret age key of an office whose officers have not sealed it yet. Raises NotInitialised."""
        return self.read(self.age_file).decode().strip()

    def age_recipient(self) -> str:
        """The public age key, sealed or not. Raises NotInitialised, RootKeyDamaged."""
        if self.age_sealed.exists():
            return self.sealed_identity().recipient
        return recipient_of(self.age_identity())

    def sealed_identity(self) -> SealedIdentity:
        """The sealed age key. Raises NotInitialised, RootKeyDamaged."""
        return read_sealed_identity(self.read(self.age_sealed))


def office_rule(*keys: SigningKey, epoch: int = 0) -> IssuerRule:
    """What the office may: everything but trust, in all classes, everywhere in the commune."""
    return IssuerRule(
        name=ISSUER,
        signers=threshold_of(keys),
        epoch=epoch,
        kinds=("plan", "urgent", "catalogue", "order", "ack"),
        classes=("normal", "priority", "emergency"),
    )
