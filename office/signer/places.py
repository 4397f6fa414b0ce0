"""What the signer reads: its own folder, and of the office's files the list of rights, the root, paired devices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from langso.contract import Message, Threshold
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.settings.model import Settings
from langso.trust import MAX_BUNDLE_BYTES, RootKeys
from langso.trust.roots.proposal import KeyHolder
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
                raise NotInitialised(f"{error} Hãy chạy sudo langso doctor.") from error
            raise NotInitialised(f"Văn phòng chưa có {path.name}; hãy chạy langso office init trước.") from error
