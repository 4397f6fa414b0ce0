"""Each lock, installed where every package also exists in newer versions, gives exactly the locked ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from tests.deploy.conftest import Maker, StandIns

pytestmark = pytest.mark.timeout(600)  # many small processes: slow beside other work
ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(path.name for path in (ROOT / "requirements").glob("*.txt"))
ENVIRONMENTS = ["dev.txt", "gobject-build.txt"]
"""One is made of each; a loudspeaker's is made from an index. What the other roles' locks name, dev's names too."""
ROLES = ["kiosk.txt", "office.txt", "scanner.txt", "speaker.txt"]


def pins(lock: str) -> list[Requirement]:
    lines = (ROOT / "requirements" / lock).read_text(encoding="utf-8").splitlines()
    return [Requirement(re.split(r" *\\$| --hash", line)[0]) for line in lines if re.match(r"[A-Za-z0-9]", line)]


@pytest.mark.parametrize("lock", ENVIRONMENTS)
def test_an_empty_environment_gets_exactly_what_the_lock_names(
    lock: str, maker: Maker, stand_ins: StandIns, tmp_path: Path, installed_in: Callable[[Path], set[tuple[str, str]]]
) -> None:
    wanted = stand_ins.lock(lock)
    made = maker.run("--lock", stand_ins.locks / lock, "--into", tmp_path / "env", "--wheels", stand_ins.flat)
    assert made.returncode == 0, made.stdout + made.stderr
    assert installed_in(tmp_path / "env") == set(wanted)


@pytest.mark.parametrize("lock", ROLES)
def test_what_a_role_is_given_is_what_the_tests_run_with(lock: str) -> None:
    here, tests = (
        {(pin.name, str(pin.specifier)) for pin in pins(name) if pin.marker is None or pin.marker.evaluate()}
        for name in (lock, "dev.txt")
    )
    assert here
    assert here <= tests


def test_from_an_index_it_is_the_same_and_the_installer_is_the_locked_one(
    whole_maker: Maker, tmp_path: Path, installed_in: Callable[[Path], set[tuple[str, str]]]
) -> None:
    wanted = whole_maker.stand_ins.lock("speaker.txt")
    made = whole_maker.run("--lock", whole_maker.stand_ins.locks / "speaker.txt", "--into", tmp_path / "env")
    assert made.returncode == 0, made.stdout + made.stderr
    assert installed_in(tmp_path / "env") == set(wanted)


def test_the_models_are_the_locked_files(maker: Maker, stand_ins: StandIns, tmp_path: Path) -> None:
    wanted = stand_ins.lock("models.txt")
    made = maker.run("--lock", stand_ins.locks / "models.txt", "--fetch", tmp_path / "files")
    assert made.returncode == 0, made.stdout + made.stderr
    assert {tuple(path.name.split("-")[:2]) for path in (tmp_path / "files").iterdir()} == set(wanted)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_pinned_and_hashed_and_no_address_is_named(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    assert "://" not in text
    for entry in re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.M)):
        assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("lock", LOCKS)
def test_both_debians_get_the_same_version_of_everything(lock: str) -> None:
    """What is checked on one is what the other runs: numpy's newer types failed `make test` on Debian 13 alone."""

    def on(python: str) -> set[tuple[str, str]]:
        machine = {"python_version": python, "python_full_version": f"{python}.2", "sys_platform": "linux"}
        return {
            (_plain(pin.name), next(iter(pin.specifier)).version)
            for pin in pins(lock)
            if pin.marker is None or pin.marker.evaluate(machine)
        }

    older, newer = on("3.11"), on("3.13")
    # Packages that only the older Python needs (backports) are no difference.
    assert newer <= older


@pytest.mark.parametrize("lock", [*ROLES, "dev.txt"])
def test_a_lock_holds_all_that_its_packages_ask_for_with_their_extras(lock: str) -> None:
    """`pip check` looks at no extras: ocrmypdf's pikepdf[pdfa] asks for what plain pikepdf does not."""
    here = [pin for pin in pins(lock) if pin.marker is None or pin.marker.evaluate()]
    locked = {_plain(pin.name): next(iter(pin.specifier)).version for pin in here}
    asked = [(Requirement(name), "lock") for name in locked]
    seen, missing = set(), []
    while asked:
        wanted, by = asked.pop()
        name = _plain(wanted.name)
        if name not in locked or (wanted.specifier and not wanted.specifier.contains(locked[name], prereleases=True)):
            missing.append(f"{by} asks for {wanted}")
        elif (name, frozenset(wanted.extras)) not in seen:
            seen.add((name, frozenset(wanted.extras)))
            asked += [(one, name) for one in _asked_by(name, wanted.extras)]
    assert not missing, "\n".join(missing)


def test_the_loudspeaker_stays_without_numpy() -> None:
    assert "numpy" not in {_plain(pin.name) for pin in pins("speaker.txt")}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _asked_by(name: str, extras: set[str]) -> list[Requirement]:
    found = []
    for text in metadata.metadata(name).get_all("Requires-Dist", []):
        wanted = Requirement(text)
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            found.append(wanted)
    return found
