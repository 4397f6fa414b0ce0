"""Where the office keeps its keys and files, and how they are made for the first time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from langso.certificates import Certified, make_ca, make_client_certificate
from langso.contract import Caps, IssuerRule, Message, Threshold
from langso.errors import FileRefused, os_reason
from langso.paths import give_to_owner, read_limited, write_atomic
from langso.settings_model import Settings
from langso.trust import (
    MAX_BUNDLE_BYTES,
    Opened,
    RootKeys,
    SigningKey,
    make_bundle,
    make_trust,
    open_bundle,
    threshold_of,
)
from office.errors import AlreadyInitialised, NotInitialised
from office.signer.trust_pin import write_pin

log = logging.getLogger(__name__)

ISSUER = "office"
TRUST_LIFE = timedelta(days=730)
MAX_KEY_FILE = 16 << 10


class RootFile(Message):
    """The commune's root as the office knows it: public keys, threshold, version."""

    root: Threshold
    version: int = 1


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

    @cached_property
    def roots(self) -> RootKeys:
        """The root as devices pin it at pairing. Raises NotInitialised."""
        found = RootFile.model_validate_json(self._read(self.root_file))
        return RootKeys.of(found.root, found.version)

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
            return read_limited(path, limit)
        except FileRefused as error:
            raise NotInitialised(f"Văn phòng chưa có {path.name}; hãy chạy langso office init trước.") from error


def initialise(
    settings: Settings,
    root_keys: Sequence[SigningKey],
    ca: Certified | None,
    now: datetime,
    *,
    threshold: int = 1,
    caps: Caps | None = None,
) -> OfficeHome:
    """Makes the office's keys, authority (`ca` None: a new one) and trust document, signed by the root keys.

    Also writes ca, cert and key of `[link]` where the settings name them and they are absent. Run by root, files go
    to the owners of the folders they lie in, and a line in the log says so. Raises AlreadyInitialised, FileRefused.
    """
    import pyrage

    home = OfficeHome(settings)
    if home.trust_file.exists():
        raise AlreadyInitialised(f"Văn phòng đã có khoá ở {home.state}; không tạo lại, kẻo các loa không nghe nữa.")
    make_folders(home)
    authority = ca or make_ca(settings.commune.name[:64], now=now)
    write_atomic(home.ca / "ca.pem", authority.certificate, mode=0o644)
    write_atomic(home.ca / "ca.key", authority.key)
    linked = _write_link_files(settings, authority, now)
    write_atomic(home.age_file, f"{pyrage.x25519.Identity.generate()}\n".encode())
    signing = SigningKey.generate()
    signing.save(home.signer / "1.key")
    root = RootFile(root=threshold_of(root_keys, threshold))
    write_atomic(home.root_file, root.to_json(), mode=0o644)
    write_pin(home.signer, home.roots)
    trust = make_trust(
        settings.commune.code,
        [office_rule(signing)],
        root_keys,
        version=1,
        issued=now,
        expires=now + TRUST_LIFE,
        caps=caps,
    )
    office_user, signer_user = give_to_owner(home.state, linked), give_to_owner(home.signer)
    # Last, since its presence says that all is there.
    write_atomic(home.trust_file, make_bundle(trust), mode=0o644)
    give_to_owner(home.state)
    if office_user is not None:
        log.warning("Chạy bằng root: đã giao %s cho %s.", home.state, office_user)
    if signer_user is not None and _signer_apart(home):
        log.warning("Đã giao khoá người ký ở %s cho %s; người dùng khác không đọc được.", home.signer, signer_user)
    return home


def office_rule(*keys: SigningKey, epoch: int = 0) -> IssuerRule:
    """What the office may: everything but trust, in all classes, everywhere in the commune."""
    return IssuerRule(
        name=ISSUER,
        signers=threshold_of(keys),
        epoch=epoch,
        kinds=("plan", "urgent", "catalogue", "order", "ack"),
        classes=("normal", "priority", "emergency"),
    )


def make_folders(home: OfficeHome) -> None:
    """The office's folders with their rights. Raises FileRefused."""
    try:
        home.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (home.signer, home.ca, home.devices, home.published, home.media, home.desk):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The signer, in the office's group, reads the public keys of devices; all else in there stays 0600 or 0700.
        home.devices.chmod(0o750)
        if _signer_apart(home):
            home.state.chmod(0o750)
            home.signer.chmod(0o700)
    except OSError as error:
        raise FileRefused(
            f"Không tạo được thư mục {error.filename}: {os_reason(error)}; hãy chạy lại bằng quyền root (sudo)."
        ) from error


def _signer_apart(home: OfficeHome) -> bool:
    return not home.signer.is_relative_to(home.state)


def _write_link_files(settings: Settings, authority: Certified, now: datetime) -> list[Path]:
    """The files written."""
    link, written = settings.link, []
    if link.ca is not None and not link.ca.exists():
        link.ca.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(link.ca, authority.certificate, mode=0o644)
        written.append(link.ca)
    if link.cert is not None and link.key is not None and not link.cert.exists():
        own = make_client_certificate(authority, ISSUER, now=now)
        link.cert.parent.mkdir(parents=True, exist_ok=True)
        link.key.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(link.key, own.key)
        write_atomic(link.cert, own.certificate, mode=0o644)
        written += [link.key, link.cert]
    return written
