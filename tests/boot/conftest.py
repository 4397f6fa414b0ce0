"""The boot test: real Debian roots, a signed stick, a network without the world. `make test-boot` runs it; a plain
`pytest` does not collect it, since it needs root, mmdebstrap and minutes.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from commune import Commune
from evidence import Evidence
from lan import Lan
from sticks import InstallStick, signing_key

ASKED = os.environ.get("LANGSO_BOOT", "")
"""Debian releases to boot, by name, joined by commas; empty: nothing of this folder is collected."""

GO_ON = bool(os.environ.get("LANGSO_BOOT_GO_ON"))
"""While writing these tests: the machines of the run before are booted again, not made anew."""

collect_ignore_glob = [] if ASKED else ["test_*.py"]
RELEASES = [name for name in ASKED.split(",") if name]
CHECKOUT = Path(__file__).resolve().parents[2]
REPORT = CHECKOUT / "build/boot"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "release" in metafunc.fixturenames:
        metafunc.parametrize("release", RELEASES, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One Debian after the other, each story in its order of files."""
    here = Path(__file__).parent
    ours = [item for item in items if item.path.is_relative_to(here) and "release" in item.fixturenames]
    order = {id(item): number for number, item in enumerate(ours)}
    ours.sort(key=lambda item: (RELEASES.index(item.callspec.params["release"]), order[id(item)]))
    items[:] = [*(item for item in items if item not in ours), *ours]


@pytest.fixture(scope="session")
def evidence() -> Iterator[Evidence]:
    shutil.rmtree(REPORT, ignore_errors=True)
    seen = Evidence(REPORT)
    yield seen
    sys.__stdout__.write(f"\n{seen.table()}\n")


@pytest.fixture(scope="session")
def lan() -> Iterator[Lan]:
    with Lan() as made:
        yield made


@pytest.fixture(scope="session")
def key() -> str:
    """A signing key of these tests, in a GnuPG home of its own; its fingerprint."""
    home = REPORT.parent / "boot-sticks/gnupg"
    os.environ["GNUPGHOME"] = str(home)
    return signing_key(home)


@pytest.fixture(scope="session")
def stick(release: str, key: str, evidence: Evidence) -> InstallStick:
    """The packages of all roles and everything they need, made from this commit."""
    made = InstallStick(CHECKOUT, release, key, REPORT.parent / "boot-sticks")
    with evidence.step(release, "packages and stick made") as figures:
        figures.update(made.make())
    return made


@pytest.fixture(scope="session")
def commune(release: str, lan: Lan, stick: InstallStick, evidence: Evidence) -> Iterator[Commune]:
    """Office, loudspeaker and kiosk on their disks; nothing installed yet."""
    folder = REPORT.parent / "boot-machines" / release
    if not GO_ON:
        shutil.rmtree(folder, ignore_errors=True)
    made = Commune(release, folder, lan, stick, evidence)
    try:
        yield made
    finally:
        made.end()
