"""The locked wheels of one target, fetched on this machine for another Python and another architecture."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from packaging.markers import Marker

from deploy.packages.cache import alone, cache
from deploy.packages.errors import PackagingError
from deploy.packages.roots import run
from deploy.packages.targets import Architecture, Release
from langso.words.catalogue import Sentence

_STANZA = re.compile(
    r"^(?P<pin>[A-Za-z0-9._-]+==[^ ;\\]+)(?: ; (?P<marker>[^\\\n]+?))?(?P<hashes>(?: \\\n +--hash=\S+)+)", re.M
)
_OLDEST_GLIBC = 5


def fetch(lock: Path, release: Release, architecture: Architecture) -> Path:
    """A folder with exactly the wheels that `lock` names for this target, each checked by its hash.

    Raises ToolFailed where one is not to be had as a wheel for this target, or there is no network.
    """
    folder = cache() / "wheels" / f"{release.codename}-{architecture.debian}"
    folder.mkdir(parents=True, exist_ok=True)
    with alone(f"wheels-{folder.name}"):
        _fetch_into(folder, lock, release, architecture)
    return folder


def _fetch_into(folder: Path, lock: Path, release: Release, architecture: Architecture) -> None:
    major, minor = release.python
    asked = folder / f"{lock.stem}.asked.txt"
    asked.write_text(for_target(lock.read_text(encoding="utf-8"), release, architecture), encoding="utf-8")
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps",
        "--require-hashes", "--only-binary=:all:", "--implementation=cp", f"--python-version={major}.{minor}",
        f"--abi=cp{major}{minor}", "--abi=abi3", "--abi=none",
        *(f"--platform={name}" for name in platforms(release, architecture)),
        "--find-links", str(folder), "-r", str(asked), "-d", str(folder),
    ]  # fmt: skip
    run(
        command,
        why=Sentence(
            "packages-do-fetch-python", name=lock.name, number=release.number, architecture=architecture.debian
        ),
    )


def for_target(lock: str, release: Release, architecture: Architecture) -> str:
    """Those pins of a lock that this target needs, without markers: pip judges markers by the machine it runs on.

    Raises PackagingError for a line that is no pin with hashes.
    """
    left = _STANZA.sub("", lock)
    strange = [line for line in left.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if strange:
        raise PackagingError(Sentence("packages-strange-line", line=strange[0][:80]))
    major, minor = release.python
    environment = {
        "python_version": f"{major}.{minor}",
        "python_full_version": f"{major}.{minor}.0",
        "platform_machine": architecture.python,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    kept = [
        found["pin"] + found["hashes"]
        for found in _STANZA.finditer(lock)
        if found["marker"] is None or Marker(found["marker"]).evaluate(environment)
    ]
    return "\n".join([*kept, ""])


def platforms(release: Release, architecture: Architecture) -> tuple[str, ...]:
    """Wheel platforms that run there, the newest first."""
    machine = architecture.python
    names = [f"manylinux_2_{minor}_{machine}" for minor in range(release.glibc, _OLDEST_GLIBC - 1, -1)]
    older = ("manylinux2014", "manylinux2010", "manylinux1") if machine == "x86_64" else ("manylinux2014",)
    return (*names, *(f"{name}_{machine}" for name in older), f"linux_{machine}")
