"""For what a package is made: role, Debian release, architecture. An environment is bound to its Python."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("office", "speaker", "kiosk")


@dataclass(frozen=True)
class Release:
    """One Debian release: its code name, number, minor Python and the newest manylinux glibc minor it can run."""

    codename: str
    number: int
    python: tuple[int, int]
    glibc: int

    @property
    def python_depends(self) -> str:
        """Exactly this release's minor Python, for whose ABI the environment was made."""
        major, minor = self.python
        return f"python3 (>= {major}.{minor}), python3 (<< {major}.{minor + 1})"


@dataclass(frozen=True)
class Architecture:
    """Debian's name and Python's name of one 64-bit machine."""

    debian: str
    python: str


RELEASES = {
    "bookworm": Release("bookworm", 12, (3, 11), 36),
    "trixie": Release("trixie", 13, (3, 13), 41),
}
ARCHITECTURES = {"amd64": Architecture("amd64", "x86_64"), "arm64": Architecture("arm64", "aarch64")}


@dataclass(frozen=True)
class Target:
    """One package to be made."""

    role: str
    release: Release
    architecture: Architecture

    @property
    def package(self) -> str:
        """`langso-office` and the like."""
        return f"langso-{self.role}"

    @property
    def name(self) -> str:
        """For people and file names: `office-bookworm-amd64`."""
        return f"{self.role}-{self.release.codename}-{self.architecture.debian}"
