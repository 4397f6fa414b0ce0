"""A package's version: a newer commit is always newer, and it says which commit it is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from packaging.version import Version

from deploy.packages.errors import CommitUnclear
from deploy.packages.targets import RELEASES
from deploy.packages.version import Build, build_of, require_committed

BOOKWORM, TRIXIE = RELEASES["bookworm"], RELEASES["trixie"]
NOON = 1795953600


def newer(one: str, other: str) -> bool:
    if shutil.which("dpkg") is None:
        pytest.skip("dpkg is not installed here")
    return subprocess.run(["dpkg", "--compare-versions", one, "gt", other], check=False).returncode == 0


@pytest.mark.parametrize(
    ("older", "later"),
    [
        (Build("0.1.0", NOON, "f" * 40), Build("0.1.0", NOON + 1, "0" * 40)),
        (Build("0.1.0", NOON, "0" * 40), Build("0.1.0", NOON, "0" * 40, rebuild=1)),
        (Build("0.1.0", NOON, "0" * 40, rebuild=9), Build("0.1.0", NOON, "0" * 40, rebuild=10)),
        (Build("0.1.0", NOON, "0" * 40, rebuild=3), Build("0.1.0", NOON + 1, "0" * 40)),
        (Build("0.1.0", NOON + 9, "f" * 40), Build("0.2.0", NOON, "0" * 40)),
    ],
)
def test_a_later_build_sorts_above_for_apt_and_for_python(older: Build, later: Build) -> None:
    assert newer(later.debian(BOOKWORM), older.debian(BOOKWORM))
    assert not newer(older.debian(BOOKWORM), later.debian(BOOKWORM))
    assert Version(later.python) > Version(older.python)


def test_any_build_sorts_above_the_package_that_never_changed_its_version() -> None:
    assert newer(Build("0.1.0", NOON, "a" * 40).debian(BOOKWORM), "0.1.0")


def test_the_same_commit_for_the_next_debian_replaces_the_one_before() -> None:
    build = Build("0.1.0", NOON, "a" * 40)
    assert newer(build.debian(TRIXIE), build.debian(BOOKWORM))


def test_a_commit_whose_name_begins_with_zeros_keeps_it_in_python_versions_too() -> None:
    build = Build("0.1.0", NOON, "0012345" + "0" * 33)
    assert str(Version(build.python)) == build.python
    assert "0012345" in build.python


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def repository(folder: Path) -> None:
    git(folder, "init", "-q")
    (folder / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1.2.3"\n', encoding="utf-8")
    (folder / "tests").mkdir()
    (folder / "tests/test_x.py").touch()
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")


def test_a_checkout_tells_its_commit_and_must_be_that_commit(tmp_path: Path) -> None:
    repository(tmp_path)
    build = build_of(tmp_path)
    assert build.base == "1.2.3"
    assert build.commit == git(tmp_path, "rev-parse", "HEAD").strip()
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    with pytest.raises(CommitUnclear, match="pyproject"):
        require_committed(tmp_path)


def test_what_no_package_holds_may_differ(tmp_path: Path) -> None:
    repository(tmp_path)
    require_committed(tmp_path)
    (tmp_path / "tests/test_x.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "new.txt").touch()
    require_committed(tmp_path)


def test_what_is_no_checkout_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommitUnclear, match="git"):
        build_of(tmp_path)
