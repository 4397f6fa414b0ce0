"""Where things live on a machine: configuration, durable state, and what vanishes at boot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """The three roots: configuration, durable state, and what vanishes at boot (sockets, locks)."""

    config: Path
    state: Path
    run: Path

    @classmethod
    def system(cls) -> Paths:
        """The places of an installed machine."""
        return cls(Path("/etc/langso"), Path("/var/lib/langso"), Path("/run/langso"))

    @classmethod
    def under(cls, root: Path) -> Paths:
        """The same three under one folder: ``root/etc``, ``root/lib``, ``root/run`` (not created)."""
        return cls(root / "etc", root / "lib", root / "run")

    def create(self) -> Paths:
        """Makes the folders (mode 0700 where new) and returns self."""
        for folder in (self.config, self.state, self.run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self
