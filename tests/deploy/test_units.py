"""The hardened units of every role."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.install.units import ROLES, Unit, units_of

ALL = [unit for role in ROLES for unit in units_of(role)]


@pytest.fixture
def analyze() -> str:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed here")
    return program


@pytest.mark.parametrize("unit", ALL, ids=lambda unit: unit.name)
def test_exposure_is_at_most_2_5(unit: Unit, tmp_path: Path, analyze: str) -> None:
    file = tmp_path / unit.file_name
    file.write_text(unit.text(), encoding="utf-8")
    done = subprocess.run(
        [analyze, "security", "--offline=true", "--no-pager", str(file)], capture_output=True, text=True, check=False
    )
    level = re.search(r"exposure level for .*: ([0-9.]+)", done.stdout)
    assert level, done.stdout + done.stderr
    assert float(level[1]) <= 2.5, done.stdout


@pytest.mark.parametrize("unit", ALL, ids=lambda unit: unit.name)
def test_systemd_knows_every_key(unit: Unit, tmp_path: Path, analyze: str) -> None:
    file = tmp_path / unit.file_name
    # `verify` wants programs that exist; what is judged here is the keys.
    file.write_text(re.sub(r"ExecStart=.*", "ExecStart=/bin/true", unit.text()), encoding="utf-8")
    done = subprocess.run(
        [analyze, "verify", "--recursive-errors=no", str(file)], capture_output=True, text=True, check=False
    )
    assert "Unknown" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("unit", ALL, ids=lambda unit: unit.name)
def test_nothing_that_a_service_works_on_is_left_on_disk(unit: Unit) -> None:
    lines = unit.text().splitlines()
    assert f"Environment=TMPDIR=/run/{unit.name}" in lines
    assert f"RuntimeDirectory={unit.name}" in lines
    assert "LimitCORE=0" in lines
    assert ("MemorySwapMax=0" in lines) == (unit.name == "langso-kiosk")


def test_only_the_signer_has_no_network() -> None:
    assert [unit.name for unit in ALL if not unit.network] == ["langso-signer"]


def test_no_unit_runs_as_root() -> None:
    assert all(unit.user.startswith("langso-") for unit in ALL)


def test_signer_and_office_share_public_files_and_no_keys() -> None:
    units = {unit.name: unit for unit in units_of("office")}
    signer, office = units["langso-signer"].text(), units["langso-office"].text()
    assert "SupplementaryGroups=langso-office" in signer
    assert "StateDirectoryMode=0700" in signer
    assert "StateDirectoryMode=0750" in office
    assert [unit.name for unit in ALL if unit.state_mode != "0700"] == ["langso-office"]
