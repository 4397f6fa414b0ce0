"""Where the office keeps its keys and files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from langso.contract import IssuerRule, Message, Threshold
from langso.device.certificates import Certified
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.settings.model import Settings
from langso.trust import MAX_BUNDLE_BYTES, Opened, RootKeys, SigningKey, open_bundle, threshold_of
from langso.trust.roots.proposal import KeyHolder
from office.errors import NotInitialised

ISSUER = "office"
TRUST_LIFE = timedelta(days=730)
MAX_KEY_FILE = 16 << 10


class RootFile(Message):
    """The commune's root as the office knows it: public keys, threshold, version, and who keeps which key."""

    root: Threshold
    version: int = 1
    holders: tuple[KeyHolder, ...] = ()


@dataclass(frozen=True)
class OfficeHome:
    """The office's places, under `settings.paths.state`; the signer's own may lie apart."""

    settings: Settings

    @property
    def state(self) -> Path:
        """The folder of all that is durable."""
        return self.settings.paths.state

    @property
    def database(self) -> Path:
        """office.db: the source of truth for everything but keys, devices and counters."""
        return self.state / "office.db"

    @property
    def signer(self) -> Path:
        """The signer's own folder: keys (*.key), counters, pinned root. Of all else it reads trust and devices."""
        return self.settings.signer.state or self.state / "signer"

    @property
    def trust_file(self) -> Path:
        """The signed trust bundle, as published."""
        return self.state / "trust.bundle"

    @property
    def root_file(self) -> Path:
        """The root's public side."""
        return self.state / "root.json"

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
    def devices(self) -> Path:
        """One JSON file a paired device: they outlive a lost database."""
        return self.state / "devices"

    @property
    def published(self) -> Path:
        """The latest envelope of each kind, outside the database, for the day it is lost."""
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
        """What is gathered while the commune is being founded."""
        return self.state / "founding.json"

    @cached_property
    def roots(self) -> RootKeys:
        """The root as devices pin it at pairing. Raises NotInitialised."""
        found = RootFile.model_validate_json(self._read(self.root_file))
        return RootKeys.of(found.root, found.version)

    def holders(self) -> tuple[KeyHolder, ...]:
        """Who keeps which root key, as far as the office was told. Raises NotInitialised."""
        return RootFile.model_validate_json(self._read(self.root_file)).holders

    def trust_bundle(self) -> bytes:
        """The trust bundle's bytes. Raises NotInitialised."""
        return self._read(self.trust_file, MAX_BUNDLE_BYTES)

    def trust(self) -> Opened:
        """The trust bundle, verified against the root. Raises NotInitialised, Refused."""
        return open_bundle(self.trust_bundle(), self.roots)

    def rule(self) -> IssuerRule:
        """What trust says of this office. Raises NotInitialised where it says nothing."""
        rule = self.trust().trust.rule(ISSUER)
        if rule is None:
            raise NotInitialised("Danh sách quyền của xã không có văn phòng này; hãy ký lại danh sách bằng khoá gốc.")
        return rule

    def authority(self) -> Certified:
        """The commune's TLS authority. Raises NotInitialised."""
        return Certified(self._read(self.ca / "ca.pem"), self._read(self.ca / "ca.key"))

    def age_identity(self) -> str:
        """The secret age key. Raises NotInitialised."""
        return self._read(self.age_file).decode().strip()

    def age_recipient(self) -> str:
        """The public age key. Raises NotInitialised."""
        import pyrage

        return str(pyrage.x25519.Identity.from_str(self.age_identity()).to_public())

    def _read(self, path: Path, limit: int = MAX_KEY_FILE) -> bytes:
        try:
            # The signer and root read here, where the office's own user could lay links.
            return read_limited(path, limit, follow=False)
        except FileRefused as error:
            if isinstance(error.__cause__, PermissionError) or path.exists():
                raise NotInitialised(f"{error} Hãy chạy sudo langso doctor.") from error
            raise NotInitialised(f"Văn phòng chưa có {path.name}; hãy chạy langso office init trước.") from error


def office_rule(*keys: SigningKey, epoch: int = 0) -> IssuerRule:
    """What the office may: everything but trust, in all classes, everywhere in the commune."""
    return IssuerRule(
        name=ISSUER,
        signers=threshold_of(keys),
        epoch=epoch,
        kinds=("plan", "urgent", "catalogue", "order", "ack"),
        classes=("normal", "priority", "emergency"),
    )
