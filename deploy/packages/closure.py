"""Every Debian package that ours need, down to a machine's base, fetched once and kept in the cache."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from deploy.packages.cache import alone, cache
from deploy.packages.errors import PackagingError
from deploy.packages.roots import BUILD_TOOLS, Root, tarball
from deploy.packages.targets import Architecture, Release
from langso.words.catalogue import Sentence

BASE = ("?essential", "?priority(required)", "apt", "systemd-sysv")
"""What every machine has already, in some version: on the stick so that an older point release can be brought along
where ours need a newer one.
"""

_EMPTY = "/var/lib/dpkg/nothing"


def fetch_closure(ours: Iterable[Path], release: Release, architecture: Architecture) -> tuple[Path, ...]:
    """The Debian packages of `ours` and their needs as files of the cache, as apt chooses them today for a machine of
    `release` and `architecture` on which nothing is installed. Needs the network. Raises ToolFailed.
    """
    kept = cache() / "debian" / f"{release.codename}-{architecture.debian}"
    kept.mkdir(parents=True, exist_ok=True)
    with alone(f"debian-{kept.name}"), Root(tarball(release)) as root:
        archives = root.path / "var/cache/apt/archives"
        for file in kept.glob("*.deb"):
            os.link(file, archives / file.name)
        (root.path / _EMPTY.lstrip("/")).touch()
        (root.path / "etc/resolv.conf").write_bytes(Path("/etc/resolv.conf").read_bytes())
        root.run(_apt(architecture, "update"), why=Sentence("packages-do-read-archive"), network=True)
        wanted: set[str] = set()
        for deb in ours:
            inside = root.path / "ours" / deb.name
            inside.parent.mkdir(exist_ok=True)
            inside.write_bytes(deb.read_bytes())
            # One of ours a machine, so each is asked for alone.
            asked = ["install", *BASE, f"/ours/{deb.name}"]
            fetching = _apt(architecture, "--download-only", *asked)
            root.run(fetching, why=Sentence("packages-do-fetch-debian", name=deb.name), network=True)
            told = root.run(
                _apt(architecture, "--simulate", *asked), why=Sentence("packages-do-look-at", name=deb.name)
            )
            wanted |= _chosen(told, archives)
        for file in archives.glob("*.deb"):
            if not (kept / file.name).exists():
                os.link(file, kept / file.name)
    return tuple(sorted(kept / name for name in wanted))


def _chosen(told: str, archives: Path) -> set[str]:
    """Names of the fetched files that `apt-get --simulate` says it would install."""
    chosen = set()
    for line in told.splitlines():
        if line.startswith("Inst "):
            chosen.add((line.split()[1].split(":")[0], line.split("(")[1].split()[0]))
    found = set()
    for file in archives.glob("*.deb"):
        name, version, _ = file.stem.split("_", 2)
        if (name, version.replace("%3a", ":")) in chosen:
            found.add(file.name)
    return found


def _apt(architecture: Architecture, *words: str) -> list[str]:
    options = {
        "APT::Architecture": architecture.debian,
        "APT::Architectures": architecture.debian,
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
        "Dir::State::status": _EMPTY,
        "Debug::NoLocking": "true",
    }
    return ["apt-get", "-qq", "-y", *(f"-o{name}={value}" for name, value in options.items()), *words]


def index(folder: Path, release: Release, *, valid: timedelta, architectures: Iterable[str]) -> None:
    """Writes `Packages` and `Release` of a suite into `folder`, whose .deb files it describes; from now they hold for
    `valid`. Raises ToolFailed.
    """
    with Root(tarball(release, tools=BUILD_TOOLS)) as root:
        place = root.path / "stick" / folder.name
        place.mkdir(parents=True)
        for file in sorted(folder.glob("*.deb")):
            os.link(file, place / file.name)
        fields = {
            "Origin": "Lang So", "Label": "Lang So", "Suite": release.codename, "Codename": release.codename,
            "Architectures": " ".join(sorted(architectures)), "Description": "Lang So installation stick",
            "ValidTime": str(int(valid.total_seconds())),
        }  # fmt: skip
        options = " ".join(f"-o 'APT::FTPArchive::Release::{name}={value}'" for name, value in fields.items())
        scan = "-o APT::FTPArchive::MD5=false -o APT::FTPArchive::SHA1=false -o APT::FTPArchive::SHA512=false"
        command = "\n".join(
            [
                "set -e",
                f"cd /stick && apt-ftparchive {scan} packages {folder.name} > /Packages",
                f"cd {folder.name} && rm -f *.deb && mv /Packages .",
                f"apt-ftparchive {scan} {options} release . > /Release && mv /Release .",
            ]
        )
        root.run(["sh", "-c", command], why=Sentence("packages-do-list"))
        for name in ("Packages", "Release"):
            text = (place / name).read_bytes()
            if not text:
                raise PackagingError(Sentence("packages-empty-list", name=name))
            (folder / name).write_bytes(text)
