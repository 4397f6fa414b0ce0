"""Where things are on the machine that is set up, and what is there already."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.errors import NotAdministrator, SetupRefused
from deploy.install.units import ROLES
from langso.durable.errors import FileRefused
from langso.durable.files import read_limited
from langso.settings.reading import Settings, load_settings
from langso.words.catalogue import Sentence

_MAX = 256 << 10


@dataclass(frozen=True)
class MachinePlace:
    """The machine ("/") or a tree that stands for one."""

    root: Path = Path("/")

    @property
    def real(self) -> bool:
        """Whether this is the machine itself, whose services can be started."""
        return self.root == Path("/")

    @property
    def etc(self) -> Path:
        """/etc/langso."""
        return self.root / "etc/langso"

    @property
    def settings(self) -> Path:
        """langso.toml: services begin once it is there."""
        return self.etc / "langso.toml"

    @property
    def draft(self) -> Path:
        """An office's settings until it is founded, so that its services do not start in vain."""
        return self.etc / "setup.toml"

    @property
    def broker(self) -> Path:
        """The broker's folder of certificates and configuration."""
        return self.etc / "broker"

    @property
    def broker_state(self) -> Path:
        """The broker's own folder."""
        return self.root / "var/lib/langso-broker"

    @property
    def lock(self) -> Path:
        """Held while somebody sets the machine up."""
        return self.root / "run/langso-setup.lock"

    @property
    def clock_latch(self) -> Path:
        """Says that a person believed the clock, until the machine starts anew."""
        return self.root / "run/langso-setup.clock"

    def installed_role(self) -> str | None:
        """What the installed package says; None in a checkout or where there is none."""
        try:
            role = read_limited(self.root / "usr/lib/langso/role", 64).decode("ascii", "replace").strip()
        except FileRefused:
            return None
        return role if role in ROLES else None

    def settings_role(self) -> str | None:
        """What the settings there say, draft or not; None where there are none or they cannot be read as TOML."""
        for file in (self.settings, self.draft):
            try:
                found = tomllib.loads(read_limited(file, _MAX).decode("utf-8")).get("device", {}).get("role")
            except (FileRefused, ValueError, AttributeError):
                continue
            if isinstance(found, str):
                return found
        return None

    def present_settings(self) -> tuple[Path, Settings] | None:
        """The settings in force, or the draft. Raises SettingsError for ones with mistakes."""
        for file in (self.settings, self.draft):
            if file.exists():
                return file, load_settings(file)
        return None

    def built(self) -> datetime:
        """No clock can be right that is before the day on which this program was made."""
        return datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)


def role_of(place: MachinePlace, asked: str | None) -> str | None:
    """The role to set up, as far as it is known. Raises SetupRefused where two sources disagree."""
    installed, settled = place.installed_role(), place.settings_role()
    if installed and asked and installed != asked:
        raise SetupRefused(Sentence("installed-other-package", installed=installed, asked=asked))
    known = installed or asked
    if known and settled and settled != known:
        raise SetupRefused(Sentence("installed-other-role", settled=settled, settings=place.settings, known=known))
    return known or settled


def require_root(place: MachinePlace) -> None:
    """Raises NotAdministrator."""
    import os

    if place.real and os.geteuid() != 0:
        raise NotAdministrator(Sentence("installed-needs-root"))
