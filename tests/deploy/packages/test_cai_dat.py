"""The script on a stick, run by a real shell with real signatures: whatever is wrong is one sentence, before anything
is installed. Only dpkg and apt are stand-ins here; tests/boot runs it with theirs.
"""

from __future__ import annotations

import fcntl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.deploy.packages.conftest import Key, Machine

OFFERED = "0.1.0+git20261201.gabc~deb12"
"""What the made stick offers (conftest)."""


def test_an_unattended_first_installation_takes_the_stick_alone_and_remembers_its_key(machine: Machine) -> None:
    done = machine.run(*machine.trusting)
    assert done.returncode == 0, done.stderr
    assert machine.known()
    assert len(machine.changed()) == 2
    for call in (machine.log / "apt").read_text(encoding="utf-8").splitlines():
        assert f"Dir::Etc::SourceList={machine.root}/run/langso-install/sources.list" in call
        assert f"Dir::Etc::SourceParts={machine.root}/run/langso-install/none" in call
    source = (machine.root / "run/langso-install/sources.list").read_text(encoding="utf-8")
    assert source.startswith(f"deb [signed-by={machine.root}/etc/langso/keyring/stick.gpg] copy:")
    assert "langso setup" in done.stdout


def test_the_fingerprints_end_is_typed_from_paper(machine: Machine) -> None:
    end = machine.key.fingerprint[-16:]
    spaced = " ".join(end[at : at + 4] for at in range(0, 16, 4)).lower()
    done = machine.run("office", typed=spaced + "\n")
    assert done.returncode == 0, done.stderr
    assert end not in done.stdout.split("USB đúng chữ ký")[0].replace(" ", "")
    assert machine.known()


@pytest.mark.parametrize("typed", ["", "\n", "0000 0000 0000 0000\n", "y\n"])
def test_what_does_not_match_the_paper_installs_nothing_and_is_not_remembered(machine: Machine, typed: str) -> None:
    machine.refuses("office", typed=typed, says="Không khớp")
    assert not machine.known()


def test_a_stick_with_another_fingerprint_than_told_is_refused(machine: Machine) -> None:
    machine.refuses("office", "--fingerprint", "A" * 40, says="Vân tay khoá không khớp")
    assert not machine.known()


def test_later_sticks_need_no_question_and_those_by_another_key_are_refused(
    machine: Machine, keys: tuple[Key, Key]
) -> None:
    assert machine.run(*machine.trusting).returncode == 0
    (machine.log / "apt").unlink()
    machine.lay(keys[1])
    machine.refuses("office", says="khoá khác")
    machine.refuses("office", "--fingerprint", keys[1].fingerprint, says="khoá khác")
    machine.lay()
    assert machine.run("office").returncode == 0


@pytest.mark.parametrize("architecture", ["armhf", "i386", "armel"])
def test_a_32_bit_system_is_refused(machine: Machine, architecture: str) -> None:
    machine.architecture = architecture
    machine.refuses("office", says="32-bit")


def test_a_stick_without_this_machines_architecture_is_refused(machine: Machine) -> None:
    machine.architecture = "arm64"
    machine.lay()
    machine.architecture = "amd64"
    machine.refuses(*machine.trusting, says="amd64")


def test_a_stick_for_another_debian_is_refused_and_says_what_it_has(machine: Machine) -> None:
    (machine.root / "etc/os-release").write_text(
        'ID=ubuntu\nVERSION_CODENAME=noble\nPRETTY_NAME="Ubuntu 24.04"\n', encoding="utf-8"
    )
    machine.refuses(*machine.trusting, says="Ubuntu 24.04; USB có: bookworm")


def test_an_unsigned_stick_is_refused(machine: Machine) -> None:
    (machine.suite / "InRelease").unlink()
    machine.refuses(*machine.trusting, says="chưa được ký")


@pytest.mark.parametrize("name", ["InRelease", "Packages"])
@pytest.mark.parametrize("damage", ["cut", "changed", "emptied"])
def test_a_damaged_list_is_refused(machine: Machine, name: str, damage: str) -> None:
    file = machine.suite / name
    data = file.read_bytes()
    changed = data.replace(b"Codename: bookworm", b"Codename: bookwarm").replace(b"Size: 1000", b"Size: 1001")
    file.write_bytes({"cut": data[: len(data) // 2], "changed": changed, "emptied": b""}[damage])
    machine.refuses(*machine.trusting, says="làm lại")
    assert not machine.known()


def test_a_stick_without_its_list_is_refused(machine: Machine) -> None:
    (machine.suite / "Packages").unlink()
    machine.refuses(*machine.trusting, says="danh mục")


def test_a_package_that_is_cut_or_missing_is_told_before_anything_is_installed(machine: Machine) -> None:
    (machine.log / "fail-download").touch()
    done = machine.run(*machine.trusting)
    assert done.returncode == 1
    assert "chưa cài gì" in done.stderr
    assert not [call for call in machine.changed() if "--no-download" in call]


def test_a_stick_older_than_what_runs_is_refused(machine: Machine) -> None:
    machine.installed("langso-office installed 0.1.0+git20261202.g000~deb12")
    machine.refuses(*machine.trusting, says="cũ hơn")


@pytest.mark.parametrize("running", [OFFERED, "0.1.0+git20261130.gfff~deb12", "0.1.0"])
def test_the_same_and_newer_versions_are_installed(machine: Machine, running: str) -> None:
    machine.installed(f"langso-office half-configured {running}")
    done = machine.run(*machine.trusting)
    assert done.returncode == 0, done.stderr
    assert "--configure -a" in (machine.log / "dpkg").read_text(encoding="utf-8")


def test_what_was_cut_while_it_was_unpacked_is_unpacked_anew_first(machine: Machine) -> None:
    """`dpkg --configure -a` cannot mend it, and apt leaves it as it is unless it is named."""
    (machine.log / "torn").write_text("ok adduser\nreinstreq libcurl3t64-gnutls:amd64\nok dpkg\nreinstreq chrony\n")
    done = machine.run(*machine.trusting)
    assert done.returncode == 0, done.stderr
    assert "libcurl3t64-gnutls:amd64 chrony …" in done.stdout
    asked = (machine.log / "apt").read_text(encoding="utf-8").splitlines()
    calls = [call for call in asked if "--fix-broken" in call]
    named = [call.split("--fix-broken", 1)[1] for call in calls]
    again, offered = " --reinstall install libcurl3t64-gnutls:amd64 chrony", f" install langso-office={OFFERED}"
    assert named == [again, again, offered, offered, offered]
    assert "--no-download" in calls[1]


def test_where_nothing_is_torn_nothing_is_unpacked_anew(machine: Machine) -> None:
    (machine.log / "torn").write_text("ok adduser\nok chrony\n")
    assert machine.run(*machine.trusting).returncode == 0
    assert "--reinstall" not in (machine.log / "apt").read_text(encoding="utf-8")


def test_a_machine_that_runs_another_role_is_refused(machine: Machine) -> None:
    machine.installed("langso-speaker installed 1.0")
    machine.refuses(*machine.trusting, says="«speaker»")


def test_a_machine_set_up_for_another_role_is_refused(machine: Machine) -> None:
    (machine.root / "etc/langso").mkdir()
    (machine.root / "etc/langso/langso.toml").write_text('[device]\nrole = "kiosk"\n', encoding="utf-8")
    machine.refuses(*machine.trusting, says="«kiosk»")


def test_a_role_that_was_purged_leaves_room_for_another(machine: Machine) -> None:
    machine.installed("langso-speaker config-files 1.0")
    assert machine.run(*machine.trusting).returncode == 0


def test_an_installed_machine_need_not_name_its_role(machine: Machine) -> None:
    machine.installed("langso-office installed 0.1.0")
    assert machine.run("--fingerprint", machine.key.fingerprint).returncode == 0
    assert "langso-office=" in machine.changed()[-1]


def test_what_would_remove_other_programs_is_refused(machine: Machine) -> None:
    (machine.log / "simulated").write_text("Remv mosquitto-dev [1]\nInst langso-office (1)\n", encoding="utf-8")
    machine.refuses(*machine.trusting, says="mosquitto-dev")


def test_another_time_keeper_may_give_way_to_ours(machine: Machine) -> None:
    (machine.log / "simulated").write_text("Remv systemd-timesyncd [1]\nInst langso-office (1)\n", encoding="utf-8")
    assert machine.run(*machine.trusting).returncode == 0


def test_a_clock_before_the_sticks_day_is_told_with_the_command_that_sets_it(machine: Machine) -> None:
    machine.made = datetime.now(UTC) + timedelta(days=3)
    machine.lay()
    machine.refuses(*machine.trusting, says="date -s")


def test_a_stick_too_long_in_the_drawer_is_refused(machine: Machine) -> None:
    machine.made = datetime.now(UTC) - timedelta(days=701)
    machine.lay()
    machine.refuses(*machine.trusting, says="hết hạn")


def test_two_technicians_at_once(machine: Machine) -> None:
    lock = machine.root / "run/langso-install/lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        machine.refuses(*machine.trusting, says="đang cài")
    assert machine.run(*machine.trusting).returncode == 0


def test_apt_at_work_elsewhere_is_told_and_waited_for(machine: Machine) -> None:
    (machine.log / "apt-is-busy").touch()
    done = machine.run(*machine.trusting)
    assert done.returncode == 0
    assert "chờ nó xong" in done.stdout


def test_apt_that_waits_for_somebody_elsewhere_is_told_in_the_end(machine: Machine) -> None:
    (machine.log / "apt-is-busy").touch()
    (machine.log / "apt-stays-busy").touch()
    done = machine.run(*machine.trusting)
    assert done.returncode == 1
    assert "Vẫn còn chương trình cài gói khác" in done.stderr


def test_an_idle_apt_is_not_spoken_of(machine: Machine) -> None:
    (machine.log / "fail-download").touch()
    done = machine.run(*machine.trusting)
    assert "chờ nó xong" not in done.stdout


def test_too_little_room_is_told_before_anything_is_copied(machine: Machine) -> None:
    tools = machine.log / "bin"
    tools.mkdir()
    (tools / "df").write_text("#!/bin/sh\necho head\necho /dev/x 1000 900 150 90% /\n", encoding="utf-8")
    (tools / "df").chmod(0o755)
    machine.refuses(*machine.trusting, says="còn trống 150 MB")


def test_installing_needs_root_and_says_how(machine: Machine) -> None:
    machine.user = 1000
    machine.refuses(*machine.trusting, says="sudo sh")


def test_the_version_before_is_kept_for_going_back(machine: Machine) -> None:
    assert machine.run(*machine.trusting).returncode == 0
    machine.offered = "0.1.0+git20261209.g111~deb12"
    current = machine.root / "var/cache/langso/current/langso-office.deb"
    current.write_text(OFFERED, encoding="utf-8")
    machine.lay()
    machine.installed(f"langso-office installed {OFFERED}")
    assert machine.run("office").returncode == 0
    previous = machine.root / "var/cache/langso/previous/langso-office.deb"
    assert previous.read_text(encoding="utf-8") == OFFERED
    done = machine.run("--back")
    assert done.returncode == 0, done.stderr
    assert f"--install {previous}" in (machine.log / "dpkg").read_text(encoding="utf-8")


def test_going_back_without_a_version_before_says_so(machine: Machine) -> None:
    machine.installed("langso-office installed 1.0")
    machine.refuses("--back", says="không giữ bản trước")
