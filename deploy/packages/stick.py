"""The USB stick: a signed flat apt repository, a suite a release, written beside the old one and read back."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deploy.errors import ProgramMissing
from deploy.packages.cache import cache
from deploy.packages.closure import fetch_closure, index
from deploy.packages.errors import PackagingError, ToolFailed
from deploy.packages.targets import ARCHITECTURES, RELEASES
from langso.words.catalogue import Sentence, t
from langso.words.os_reasons import os_reason

FOLDER = "langso"
KEYRING = "khoa.gpg"
SCRIPT = "cai-dat.sh"
VALID = timedelta(days=2 * 365)
"""A stick lies in a drawer; after this its packages are too old to put on a machine."""

_DEB = re.compile(r"(?P<name>langso-[a-z]+)_(?P<version>[^_]+)_(?P<architecture>[a-z0-9]+)\.deb")
_ROOM_TO_SPARE = 16_000_000


class InstallStickRefused(PackagingError):
    """The stick cannot be written, or does not hold what was written to it."""


@dataclass(frozen=True)
class Ours:
    """One package of ours as a file, with what its name says."""

    file: Path
    name: str
    version: str
    architecture: str


def newest(folder: Path) -> tuple[Ours, ...]:
    """The newest package of each role and architecture among the .deb files of `folder`. Raises ToolFailed."""
    best: dict[tuple[str, str], Ours] = {}
    for file in sorted(folder.glob("langso-*.deb")):
        found = _DEB.fullmatch(file.name)
        if found is None:
            continue
        one = Ours(file, found["name"], found["version"], found["architecture"])
        key = (one.name, one.architecture)
        if key not in best or _later(one.version, best[key].version):
            best[key] = one
    return tuple(best[key] for key in sorted(best))


def stick_name(file: str) -> str:
    """The name of a Debian package on the stick: without the epoch, whose colon FAT does not take."""
    return re.sub(r"_[0-9]+%3a", "_", file)


def assemble(packages: Path, releases: Sequence[str], *, key: str, say: Callable[[str], None]) -> Path:
    """A stick's folder in the cache, signed with `key`. Raises PackagingError; asks for the key's passphrase."""
    fingerprint = fingerprint_of(key)
    folder = cache() / "stick"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in releases:
        ours = newest(packages / name)
        if not ours:
            raise PackagingError(Sentence("packages-none-for", name=name, packages=packages / name))
        suite = folder / name
        suite.mkdir()
        for architecture in sorted({one.architecture for one in ours}):
            say(t("packages-needed", name=name, architecture=architecture))
            debs = [one.file for one in ours if one.architecture == architecture]
            for file in fetch_closure(debs, RELEASES[name], ARCHITECTURES[architecture]):
                _link(file, suite / stick_name(file.name))
        for one in ours:
            _link(one.file, suite / one.file.name)
            say(f"{name}: {one.name} {one.version} {one.architecture}")
        say(t("packages-index", name=name))
        machines = sorted({one.architecture for one in ours})
        index(suite, RELEASES[name], valid=VALID, architectures=machines)
        sign(suite / "Release", suite / "InRelease", fingerprint)
    (folder / KEYRING).write_bytes(_gpg("--export", fingerprint))
    shutil.copyfile(Path(__file__).with_name(SCRIPT), folder / SCRIPT)
    return folder


def fingerprint_of(key: str) -> str:
    """The 40 digits of the one secret signing key that `key` names. Raises PackagingError with what to do."""
    listed = _gpg("--list-secret-keys", "--with-colons", *([key] if key else [])).decode(errors="replace")
    found = [
        after.split(":")[9]
        for line, after in zip(listed.splitlines(), listed.splitlines()[1:], strict=False)
        if line.startswith("sec:") and after.startswith("fpr:")
    ]
    if not found:
        raise PackagingError(Sentence("packages-no-key"))
    if len(found) > 1:
        raise PackagingError(Sentence("packages-several-keys", keys=", ".join(found)))
    return found[0]


def sign(release: Path, signed: Path, fingerprint: str) -> None:
    """Writes `signed`, the text of `release` inside its signature. Raises ToolFailed."""
    signed.unlink(missing_ok=True)
    _gpg("--digest-algo", "SHA512", "--local-user", fingerprint, "--output", str(signed), "--clearsign", str(release))


def sizes(folder: Path) -> int:
    """Bytes of all files under `folder`, each rounded up to a FAT cluster of 32 KiB."""
    return sum(-(-file.stat().st_size // 32768) * 32768 for file in folder.rglob("*") if file.is_file())


def write_stick(folder: Path, stick: Path) -> Path:
    """Copies `folder` to the stick as `langso`: beside what is there, read back, then in its place.

    Raises StickRefused when it does not fit (before anything is written), or came back as other bytes.
    """
    place, fresh, old = stick / FOLDER, stick / f"{FOLDER}.moi", stick / f"{FOLDER}.cu"
    try:
        if not place.exists() and old.exists():
            old.rename(place)
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)
        needed, free = sizes(folder) + _ROOM_TO_SPARE, shutil.disk_usage(stick).free
        if needed > free:
            raise InstallStickRefused(
                Sentence("packages-stick-full", free=free // 1000000, needed=needed // 1000000, folder=FOLDER)
            )
        digests = _copy(folder, fresh)
        _read_back(fresh, digests)
        if place.exists():
            place.rename(old)
        fresh.rename(place)
        _sync(stick)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise InstallStickRefused(Sentence("packages-stick-fails", stick=stick, why=os_reason(error))) from error
    return place


def _copy(folder: Path, into: Path) -> dict[str, str]:
    digests = {}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        place = into / name
        if file.is_dir():
            place.mkdir(parents=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with file.open("rb") as source, place.open("wb") as target:
            while block := source.read(1 << 20):
                digest.update(block)
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        digests[name] = digest.hexdigest()
    return digests


def _read_back(folder: Path, digests: Mapping[str, str]) -> None:
    for name, digest in digests.items():
        with (folder / name).open("rb") as file:
            # From the stick itself, not from what this machine remembers of it.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise InstallStickRefused(Sentence("packages-stick-broken", name=name))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _link(file: Path, place: Path) -> None:
    if place.exists():
        return
    try:
        os.link(file, place)
    except OSError:
        shutil.copyfile(file, place)


def _later(one: str, other: str) -> bool:
    return subprocess.run(["dpkg", "--compare-versions", one, "gt", other], check=False).returncode == 0


def _gpg(*words: str) -> bytes:
    try:
        done = subprocess.run(["gpg", "--quiet", *words], capture_output=True, check=False)
    except FileNotFoundError as error:
        raise ProgramMissing("gpg", "gpg") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        if "--list-secret-keys" in words:
            return b""
        raise ToolFailed(Sentence("packages-not-signed", said=said[-1] if said else Sentence("packages-gpg-silent")))
    return done.stdout
