"""Bare machines without a network: installed from the stick, set up, paired, rebooted."""

from __future__ import annotations

import subprocess

import pytest
from commune import SERVICES, Commune
from machine import Machine


@pytest.mark.parametrize("role", ["office", "speaker", "kiosk"])
def test_a_bare_machine_is_installed_from_the_stick_alone(commune: Commune, role: str) -> None:
    machine = commune.of(role)
    before = _used(machine)
    with commune.evidence.step(commune.release, f"{role} installed, no network") as figures:
        commune.install(role)
        figures["disk_MB"] = _used(machine) - before
    assert machine.run("langso", "--version").said.startswith("Làng Số")
    owners = machine.sh("stat -c '%U' /usr/lib/langso/venv/bin/python /usr/bin/langso").split()
    assert set(owners) == {"root"}
    for unit in SERVICES[role]:
        assert machine.run("systemctl", "is-enabled", unit).said.strip() == "enabled"
        # Not set up yet: it waits, it does not fail.
        assert machine.run("systemctl", "is-failed", unit, check=False).said.strip() != "failed"
    assert not machine.active("mosquitto"), "Debian's own broker beside ours"


def test_the_office_is_founded_by_three_sticks_in_turn(commune: Commune) -> None:
    with commune.evidence.step(commune.release, "office set up and founded"):
        said = commune.found()
    (commune.folder / "founding.txt").write_text(said, encoding="utf-8")
    for unit in SERVICES["office"]:
        assert commune.office.active(unit), unit


@pytest.mark.parametrize("role", ["speaker", "kiosk"])
def test_a_device_is_paired_by_a_stick_carried_twice(commune: Commune, role: str) -> None:
    with commune.evidence.step(commune.release, f"{role} set up and paired"):
        said = commune.pair(role)
    (commune.folder / f"pairing-{role}.txt").write_text(said, encoding="utf-8")
    for unit in SERVICES[role]:
        commune.of(role).wait_active(unit)


@pytest.mark.parametrize("role", ["office", "speaker", "kiosk"])
def test_the_doctor_finds_nothing_wrong(commune: Commune, role: str) -> None:
    doctor = commune.of(role).run("langso", "doctor", check=False, seconds=120)
    (commune.folder / f"doctor-{role}.txt").write_text(doctor.said, encoding="utf-8")
    assert doctor.code == 0, doctor.said


def test_no_file_of_a_service_belongs_to_root(commune: Commune) -> None:
    for role, units in SERVICES.items():
        for unit in units:
            if unit == "langso-broker":
                continue
            strays = commune.of(role).sh(f"find /var/lib/{unit} /run/{unit} -user root 2>/dev/null || true")
            assert not strays.strip(), strays


def test_after_a_reboot_everything_runs_again(commune: Commune) -> None:
    for role, units in SERVICES.items():
        machine = commune.of(role)
        with commune.evidence.step(commune.release, f"{role} rebooted") as figures:
            figures["boot_s"] = round(machine.reboot(), 1)
            for unit in units:
                machine.wait_active(unit, 90)


def _used(machine: Machine) -> int:
    """Megabytes on its disk."""
    done = subprocess.run(["du", "-sxm", machine.folder], check=True, capture_output=True, text=True)
    return int(done.stdout.split()[0])
