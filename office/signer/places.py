"""What the signer reads: its own folder, and of the office's files the list of rights, the root, paired devices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from langso.contract import Message, Threshold
from langso.device.lan import lan_name
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.settings.model import Settings, hosts_of
from langso.trust import MAX_BUNDLE_BYTES, RootKeys
from langso.trust.roots.proposal import KeyHolder
from langso.words.catalogue import Sentence
from office.signer.errors import NotInitialised

ISSUER = "office"
"""The name under which the office's documents are issued; the signer signs for no other."""
MAX_KEY_FILE = 16 << 10


class RootFile(Message):
    """The commune's root as the office knows it: public keys, threshold, version, and who keeps which key."""

    root: Threshold
    version: int = 1
    holders: tuple[KeyHolder, ...] = ()


@dataclass(frozen=True)
class SignerPlaces:
    """Where that lies, under `settings.paths.state`; the signer's own folder may lie apart."""

    settings: Settings

    @property
    def state(self) -> Path:
        """The folder of all that is durable."""
        return self.settings.paths.state

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
    def published(self) -> Path:
        """What was signed last, as files beside the office's database."""
        return self.state / "published"

    @property
    def origins(self) -> tuple[str, ...]:
        """The console's own addresses, as browsers say them: where passkeys may be enrolled and used."""
        office = self.settings.office
        found = [f"http://localhost:{office.port}"]
        if office.https in ("own", "files"):
            port = "" if office.https_port == 443 else f":{office.https_port}"
            found += [f"https://{name}{port}" for name in hosts_of(office.names) or (lan_name(),)]
        if office.public_url is not None:
            parts = urlsplit(office.public_url)
            found.append(f"{parts.scheme}://{parts.netloc}")
        return tuple(found)

    @property
    def devices(self) -> Path:
        """One JSON file a paired device: they outlive a lost database."""
        return self.state / "devices"

    @cached_property
    def roots(self) -> RootKeys:
        """The root as devices pin it at pairing. Raises NotInitialised."""
        found = RootFile.model_validate_json(self.read(self.root_file))
        return RootKeys.of(found.root, found.version)

    def trust_bundle(self) -> bytes:
        """The trust bundle's bytes. Raises NotInitialised."""
        return self.read(self.trust_file, MAX_BUNDLE_BYTES)

    def read(self, path: Path, limit: int = MAX_KEY_FILE) -> bytes:
        """A small file, never through a link. Raises NotInitialised."""
        try:
            # The signer and root read here, where the office's own user could lay links.
            return read_limited(path, limit, follow=False)
        except FileRefused as error:
            if isinstance(error.__cause__, PermissionError) or path.exists():
                raise NotInitialised(Sentence("signer-file-refused", why=error)) from error
            raise NotInitialised(Sentence("signer-file-missing", name=path.name)) from error
