"""How a package sets the machine: journal, watchdog, clock, accounts, folders."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.install import drop_ins
from deploy.install.placed import CLOCK, placed_of, services_of, write_placed
from deploy.install.units import ROLES, units_of

ROOT = Path(__file__).resolve().parents[3]


def settings(text: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser()
    found.read_string(text)
    return found


@pytest.mark.parametrize("role", ROLES)
def test_the_journal_outlives_a_cut_and_is_bounded(role: str) -> None:
    journal = settings(drop_ins.journal(role))["Journal"]
    assert journal["Storage"] == "persistent"
    assert int(journal["SystemMaxUse"].removesuffix("M")) <= 500
    assert "SystemKeepFree" in journal


def test_an_old_pi_does_not_ignore_the_hardware_watchdog() -> None:
    seconds = settings(drop_ins.hardware_watchdog())["Manager"]["RuntimeWatchdogSec"]
    assert int(seconds.removesuffix("s")) <= 15


@pytest.mark.parametrize("role", ROLES)
def test_the_clock_steps_at_the_start_and_follows_no_leap_after(role: str) -> None:
    lines = drop_ins.clock(role).splitlines()
    assert "makestep 1 3" in lines
    assert "maxchange 120 3 -1" in lines
    assert ("local stratum 10" in lines) == (role == "office")
    given = [line.split()[1] for line in lines if line.startswith("allow")]
    assert bool(given) == (role == "office")
    assert all(network[0] in "1f" and "/0" not in network.split("/")[1:] for network in given)


@pytest.mark.parametrize("role", ROLES)
def test_accounts_are_made_with_groups_that_a_machine_may_lack(role: str, tmp_path: Path) -> None:
    if shutil.which("systemd-sysusers") is None:
        pytest.skip("systemd-sysusers is not installed here")
    (tmp_path / "etc").mkdir()
    write_placed(role, tmp_path)
    done = subprocess.run(["systemd-sysusers", f"--root={tmp_path}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    users = {line.split(":")[0]: line.split(":") for line in (tmp_path / "etc/passwd").read_text().splitlines()}
    groups = {line.split(":")[0]: line.split(":")[3] for line in (tmp_path / "etc/group").read_text().splitlines()}
    for unit in units_of(role):
        assert users[unit.user][6] == "/usr/sbin/nologin"
        for group in unit.hardware_groups + unit.groups:
            assert unit.user in groups[group].split(",")


@pytest.mark.parametrize("role", ROLES)
def test_state_folders_are_there_before_the_first_start(role: str, tmp_path: Path) -> None:
    if shutil.which("systemd-tmpfiles") is None:
        pytest.skip("systemd-tmpfiles is not installed here")
    lines = [line.split() for line in drop_ins.folders(role).splitlines()[1:]]
    for unit in units_of(role):
        assert ["d", f"/var/lib/{unit.name}", unit.state_mode, unit.user, unit.user, "-"] in lines
    text = "".join(" ".join((*line[:3], "-", "-", "-")) + "\n" for line in lines)
    (tmp_path / "folders.conf").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-tmpfiles", "--create", f"--root={tmp_path}", str(tmp_path / "folders.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for unit in units_of(role):
        folder = tmp_path / "var/lib" / unit.name
        assert oct(folder.stat().st_mode & 0o7777) == oct(int(unit.state_mode, 8))


@pytest.mark.parametrize("role", ROLES)
def test_the_package_build_gets_every_file_by_one_command(role: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "deploy.install.placed", role, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == 0
    for path, text in placed_of(role).items():
        file = tmp_path / path.lstrip("/")
        assert file.read_text(encoding="utf-8") == text
        assert file.stat().st_mode & 0o777 == 0o644
    conffiles = [path for path in placed_of(role) if path.startswith("/etc/")]
    assert conffiles == [CLOCK]
    placed = {Path(path).name for path in placed_of(role)}
    assert set(services_of(role)) <= placed


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.install.placed", "printer", str(tmp_path)],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    assert done.returncode != 0
    assert list(tmp_path.iterdir()) == []


def test_debians_own_broker_runs_only_where_somebody_gave_it_settings() -> None:
    """Beside ours it would listen too, watched by nobody."""
    path = "/usr/lib/systemd/system/mosquitto.service.d/50-langso.conf"
    assert "ConditionPathExistsGlob=/etc/mosquitto/conf.d/*.conf" in placed_of("office")[path]
    assert path not in placed_of("speaker") | placed_of("kiosk")


@pytest.mark.parametrize("role", ["speaker", "kiosk"])
def test_no_modem_manager_asks_the_board_for_a_telephone(role: str) -> None:
    rules = [line for line in drop_ins.device_owners(role).splitlines() if 'SUBSYSTEM=="tty"' in line]
    assert len(rules) == len(drop_ins.BOARD_CABLES)
    for (vendor, product), rule in zip(drop_ins.BOARD_CABLES, rules, strict=True):
        assert f'ATTRS{{idVendor}}=="{vendor}", ATTRS{{idProduct}}=="{product}"' in rule
        assert 'ENV{ID_MM_DEVICE_IGNORE}="1"' in rule
        assert 'SYMLINK+="langso-board"' in rule
    assert not drop_ins.device_owners("office")
