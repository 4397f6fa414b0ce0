"""The hardened units of every role."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.install import firewall
from deploy.install.placed import placed_of
from deploy.install.units import BROKER_CERTIFICATE, RESTART_EXIT, ROLES, SETTINGS, ServiceUnit, sockets_of, units_of
from langso.settings.model import OfficeSettings

ALL = [unit for role in ROLES for unit in units_of(role)]
FIREWALL = (firewall.SERVICE, firewall.WATCHER)
FED = {"langso-speaker", "langso-kiosk", "langso-office", "langso-signer", "langso-broker"}


@pytest.fixture
def analyze() -> str:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed here")
    return program


def written(unit: ServiceUnit) -> list[str]:
    return unit.text().splitlines()


@pytest.mark.parametrize("unit", ALL, ids=lambda unit: unit.name)
def test_exposure_is_at_most_1_6(unit: ServiceUnit, tmp_path: Path, analyze: str) -> None:
    assert exposure(analyze, tmp_path / unit.file_name, unit.text()) <= 1.6


def test_what_loads_the_firewall_may_little_else(tmp_path: Path, analyze: str) -> None:
    assert exposure(analyze, tmp_path / firewall.SERVICE, firewall.service()) <= 2.1


def exposure(analyze: str, file: Path, text: str) -> float:
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [analyze, "security", "--offline=true", "--no-pager", str(file)], capture_output=True, text=True, check=False
    )
    level = re.search(r"exposure level for .*: ([0-9.]+)", done.stdout)
    assert level, done.stdout + done.stderr
    return float(level[1])


@pytest.mark.parametrize("role", ROLES)
def test_systemd_knows_every_key(role: str, tmp_path: Path, analyze: str) -> None:
    files = []
    for path, text in placed_of(role).items():
        if path.endswith((".service", ".path", ".socket")):
            files.append(tmp_path / Path(path).name)
            # `verify` wants programs that exist; what is judged here is the keys.
            files[-1].write_text(re.sub(r"(?m)^Exec(\w+)=.*", r"Exec\1=/bin/true", text), encoding="utf-8")
    assert len(files) == len(units_of(role)) + len(sockets_of(role)) + len(FIREWALL)
    done = subprocess.run(
        [analyze, "verify", "--recursive-errors=no", *map(str, files)], capture_output=True, text=True, check=False
    )
    assert "Unknown" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("unit", ALL, ids=lambda unit: unit.name)
def test_a_service_waits_for_its_settings_and_is_never_given_up(unit: ServiceUnit) -> None:
    lines = written(unit)
    needs = BROKER_CERTIFICATE if unit.name == "langso-broker" else SETTINGS
    assert f"ConditionPathExists={needs}" in lines
    assert "StartLimitIntervalSec=0" in lines
    assert "Restart=always" in lines
    assert f"RestartSec={1 if unit.name == 'langso-kiosk' else 5}" in lines


@pytest.mark.parametrize("unit", ALL, ids=lambda unit: unit.name)
def test_each_says_when_it_is_ready_and_ours_feed_a_watchdog(unit: ServiceUnit) -> None:
    lines = written(unit)
    assert "Type=notify" in lines
    assert f"SyslogIdentifier={unit.name}" in lines, "what a broker under its watch says is the broker's"
    # A child (ffmpeg, the camera) must not answer for a loop that hangs.
    assert "NotifyAccess=main" in lines
    assert any(line.startswith("WatchdogSec=") for line in lines) == (unit.name in FED)


def test_an_ordered_restart_is_no_failure() -> None:
    from kiosk.commands import RESTART_EXIT as kiosk
    from speaker.commands import RESTART_EXIT as speaker

    assert kiosk == speaker == RESTART_EXIT
    assert all(f"SuccessExitStatus={RESTART_EXIT}" in written(unit) for unit in ALL)


@pytest.mark.parametrize("unit", ALL, ids=lambda unit: unit.name)
def test_nothing_that_a_service_works_on_is_left_on_disk(unit: ServiceUnit) -> None:
    lines = written(unit)
    assert f"Environment=TMPDIR=/run/{unit.name}" in lines
    assert f"RuntimeDirectory={unit.name}" in lines
    assert "LimitCORE=0" in lines
    assert ("MemorySwapMax=0" in lines) == (unit.name == "langso-kiosk")


@pytest.mark.parametrize("unit", ALL, ids=lambda unit: unit.name)
def test_a_visit_for_which_memory_runs_out_does_not_take_the_kiosk_with_it(unit: ServiceUnit) -> None:
    assert ("OOMPolicy=continue" in written(unit)) == (unit.name == "langso-kiosk")


def test_what_serves_crowds_keeps_little_of_the_memory_they_took() -> None:
    bounded = {unit.name for unit in ALL if "Environment=MALLOC_ARENA_MAX=2" in written(unit)}
    assert bounded == {unit.name for unit in ALL if unit.many}
    assert "langso-office" in bounded


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


def test_a_board_is_recognised_and_its_camera_and_pins_may_be_opened() -> None:
    kiosk, speaker = written(units_of("kiosk")[0]), written(units_of("speaker")[0])
    for device in ("drm", "input", "video4linux", "media", "dma_heap", "vchiq", "gpiochip", "alsa"):
        assert f"DeviceAllow=char-{device} rw" in kiosk
    assert "DeviceAllow=char-gpiochip rw" in speaker
    # With it /proc/device-tree is not there, from which gpiozero reads the board's model.
    assert "ProcSubset=pid" not in kiosk + speaker
    assert all("ProcSubset=pid" in written(unit) for unit in units_of("office"))
    # Without it lgpio makes its pipes in "/" and fails while it is imported.
    assert "Environment=LG_WD=/run/langso-kiosk" in kiosk
    assert "Environment=LG_WD=/run/langso-speaker" in speaker


def test_what_is_plugged_in_is_heard_of() -> None:
    """SDL's touch without a desktop and the search for the office by mDNS both ask the kernel over netlink."""
    for role in ("kiosk", "speaker"):
        families = next(line for line in written(units_of(role)[0]) if line.startswith("RestrictAddressFamilies="))
        assert "AF_NETLINK" in families


def test_a_group_that_a_machine_lacks_stops_no_unit() -> None:
    """systemd refuses to start a unit whose SupplementaryGroups it does not know; the user's own groups it skips."""
    for unit in ALL:
        asked = [line.partition("=")[2] for line in written(unit) if line.startswith("SupplementaryGroups=")]
        assert all(group.startswith("langso-") for group in asked)


def test_the_office_gets_the_ports_a_browser_tries_first() -> None:
    office = OfficeSettings()
    assert {socket.port for socket in sockets_of("office")} == {office.https_port, office.http_port}
    assert {socket.service for socket in sockets_of("office")} <= {unit.name for unit in units_of("office")}
    assert sockets_of("speaker") == sockets_of("kiosk") == ()


def test_a_service_opens_its_sockets_however_it_is_started() -> None:
    """While it runs without them systemd refuses to open them: the console stayed shut until a reboot."""
    for unit in units_of("office"):
        own = [socket.file_name for socket in sockets_of("office") if socket.service == unit.name]
        lines = [line for line in unit.text().splitlines() if line.startswith("Sockets=")]
        assert lines == ([f"Sockets={' '.join(own)}"] if own else [])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_socket_units(tmp_path: Path) -> None:
    service = tmp_path / "langso-office.service"
    service.write_text("[Service]\nExecStart=/bin/true\n")
    files = []
    for socket in sockets_of("office"):
        files.append(tmp_path / socket.file_name)
        files[-1].write_text(socket.text())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, files)],
        capture_output=True,
        text=True,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:/usr/lib/systemd/system"},
        check=False,
    )
    assert not [line for line in (done.stderr + done.stdout).splitlines() if "langso-office" in line]
