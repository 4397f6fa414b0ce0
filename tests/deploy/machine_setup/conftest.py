"""A tree that stands for a machine, and the guide run on it as a command or at a terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

PHRASE = "duong ve thon bay mua lua chin"
PASSWORD = "hoa mai trang nở bên suối"


@dataclass
class Tree:
    """One machine's files; `call` runs the guide unattended on it."""

    root: Path

    @property
    def settings(self) -> Path:
        return self.root / "etc/langso/langso.toml"

    @property
    def draft(self) -> Path:
        return self.root / "etc/langso/setup.toml"

    def state(self, role: str) -> Path:
        return self.root / f"var/lib/langso-{role}"

    def words(self, *words: str | Path) -> list[str]:
        return ["--tree", str(self.root), "--no-start", *map(str, words)]

    def call(self, *words: str | Path) -> Result:
        from deploy.machine_setup.command import setup

        return CliRunner().invoke(setup, [*self.words(*words), "--unattended"])


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Tree]:
    """A new machine with the package of a role ("" for none)."""
    from langso.trust.roots.passphrase_cipher import QUICK

    # A second of memory-hard work a key would only make the tests slow; the real cost is tested where it is chosen.
    monkeypatch.setattr("deploy.machine_setup.sitting.NEW_KEYS", QUICK)

    def make(name: str, role: str) -> Tree:
        root = tmp_path / name
        (root / "etc").mkdir(parents=True)
        (root / "etc/hosts").write_text("127.0.0.1\tlocalhost\n127.0.1.1\told\n")
        (root / "run").mkdir()
        if role:
            (root / "usr/lib/langso").mkdir(parents=True)
            (root / "usr/lib/langso/role").write_text(role + "\n")
        return Tree(root)

    return make


@pytest.fixture
def phrase(tmp_path: Path) -> Path:
    file = tmp_path / "phrase"
    file.write_text(PHRASE + "\n")
    return file


@pytest.fixture
def sticks(tmp_path: Path) -> list[Path]:
    made = [tmp_path / f"usb-{number}" for number in (1, 2, 3)]
    for folder in made:
        folder.mkdir()
    return made


OFFICE = ("--commune", "hoa-son", "--commune-name", "Xã Hoa Sơn", "--device", "van-phong")


@pytest.fixture
def root_words(sticks: list[Path], phrase: Path) -> list[str]:
    """Options that answer all about root keys: three sticks, two sign."""
    words = ["--not-a-stick", "--passphrase-file", str(phrase), "--root-count", "3", "--root-threshold", "2"]
    for stick, holder in zip(sticks, ("Chủ tịch xã", "Bí thư xã", "Văn thư xã"), strict=True):
        words += ["--root-stick", str(stick), "--holder", holder]
    return words


@pytest.fixture
def account_words(tmp_path: Path) -> list[str]:
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    return ["--account", "chi-mai", "--account-password-file", str(file)]


@pytest.fixture
def office(machine: Callable[[str, str], Tree], root_words: list[str], account_words: list[str]) -> Tree:
    """An office that the guide has finished."""
    tree = machine("office", "office")
    said = tree.call(*OFFICE, *root_words, *account_words)
    assert said.exit_code == 0, f"{said.output} {said.exception!r}"
    return tree
