"""Which commit a package is made from, and the version that says so: a later commit always sorts above."""

from __future__ import annotations

import subprocess
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.packages.errors import CommitUnclear
from deploy.packages.targets import Release
from langso.words.catalogue import Sentence


@dataclass(frozen=True)
class Build:
    """One commit. `base`: pyproject's version; `seconds`: the commit's time; `rebuild`: 0, or counted up to make a
    newer package of the same commit.
    """

    base: str
    seconds: int
    commit: str
    rebuild: int = 0

    @property
    def python(self) -> str:
        """As a Python version: `0.1.0+git20261129204026.g850dd35`, with `.1` for the first rebuild."""
        moment = datetime.fromtimestamp(self.seconds, UTC)
        again = f".{self.rebuild}" if self.rebuild else ""
        return f"{self.base}+git{moment:%Y%m%d%H%M%S}.g{self.commit[:7]}{again}"

    def debian(self, release: Release) -> str:
        """As a package's version; the same commit for a later release sorts above, so that a machine's own upgrade to
        that release takes it.
        """
        return f"{self.python}~deb{release.number}"


def build_of(checkout: Path, *, rebuild: int = 0) -> Build:
    """The checkout's HEAD. Raises CommitUnclear where it is no git checkout."""
    told = _git(checkout, "log", "-1", "--format=%ct %H").split()
    if len(told) != 2:
        raise CommitUnclear(Sentence("packages-no-commit", checkout=checkout))
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return Build(project["version"], int(told[0]), told[1], rebuild)


def require_committed(checkout: Path) -> None:
    """Raises CommitUnclear where a tracked file that goes into packages differs from HEAD: two packages would
    bear one version.
    """
    lines = _git(checkout, "status", "--porcelain", "--untracked-files=no").splitlines()
    changed = [line[3:] for line in lines if not line[3:].startswith(("tests/", "docs/"))]
    if changed:
        raise CommitUnclear(Sentence("packages-uncommitted", count=len(changed), first=changed[0]))


def _git(checkout: Path, *words: str) -> str:
    # Made with sudo from a person's checkout: git would call that dubious ownership.
    command = ["git", "-c", f"safe.directory={checkout}", "-C", str(checkout), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise CommitUnclear(Sentence("packages-no-git")) from error
    if done.returncode:
        raise CommitUnclear(Sentence("packages-no-checkout", checkout=checkout))
    return done.stdout
