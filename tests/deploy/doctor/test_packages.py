"""A package of ours that a power cut left half done is red, first, and says what goes on; also before set-up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from laid_machines import Laid, levels

from deploy.doctor.cures import reinstall, restore
from deploy.doctor.examining import examine, ordered
from deploy.doctor.packages import before_setup, judge_audit, judge_ours, ours
from langso.contract.health import Check

HALF = ["half-installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending"]


@pytest.fixture
def dpkg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dpkg-query that tells what the file says, and ends with 1 as for a name it does not know."""
    told, tools = tmp_path / "told", tmp_path / "tools"
    tools.mkdir()
    told.write_text("")
    (tools / "dpkg-query").write_text(f"#!/bin/sh\ncat {told}\nexit 1\n")
    (tools / "dpkg-query").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return told


@pytest.mark.parametrize("status", HALF)
def test_every_state_between_there_and_gone_is_half_done(status: str) -> None:
    check = judge_ours({"langso-speaker": (status, "ok")})
    assert check is not None
    assert check.level == "bad"
    assert "langso-speaker cài dở dang" in check.why
    assert "sudo sh /media/usb/langso/cai-dat.sh" in check.fix
    assert "sudo langso install" in check.fix


@pytest.mark.parametrize("status", ["installed", "half-configured"])
def test_one_that_must_be_installed_anew_is_told_so(status: str) -> None:
    check = judge_ours({"langso-kiosk": (status, "reinstreq")})
    assert check is not None
    assert "cài lại" in check.why


def test_what_is_whole_or_gone_is_not_half_done() -> None:
    whole = {"langso-office": ("installed", "ok"), "langso-kiosk": ("config-files", "ok")}
    assert judge_ours({**whole, "langso-speaker": ("not-installed", "ok")}) is None
    assert judge_ours({}) is None
    assert judge_ours({**whole, "langso-speaker": ("unpacked", "ok")}) is not None


def test_dpkg_s_answer_is_read_also_where_it_does_not_know_a_name(dpkg: Path) -> None:
    dpkg.write_text("langso-speaker half-configured ok\n")
    assert ours() == {"langso-speaker": ("half-configured", "ok")}


def test_before_set_up_it_is_the_first_line(dpkg: Path, tmp_path: Path) -> None:
    assert before_setup() == []
    dpkg.write_text("langso-speaker half-configured ok\n")
    found = examine(tmp_path / "none.toml").checks
    assert [check.name for check in found][:2] == ["packages", "settings"]
    assert found[0].level == "bad"


def test_of_a_machine_with_settings_too(dpkg: Path, speaker: Laid) -> None:
    dpkg.write_text("langso-speaker installed reinstreq\n")
    assert levels(speaker.examine())["packages"] == "bad"


def test_packages_come_before_the_settings_among_the_red() -> None:
    lines = [Check.bad("settings", "x", "y"), Check.bad("packages", "x", "y"), Check.good("boot", "x")]
    assert [check.name for check in ordered(lines)] == ["packages", "settings", "boot"]


def test_another_package_half_done_is_told_by_name() -> None:
    audit = "The following packages are only half configured:\n chrony    Versatile NTP\n"
    check = judge_audit("langso-speaker", audit)
    assert check.level == "bad"
    assert "chrony" in check.why
    assert "dpkg --configure -a" in check.fix
    assert judge_audit("langso-speaker", "").level == "ok"


def test_lost_files_come_back_from_the_package_kept_on_the_machine(tmp_path: Path) -> None:
    (tmp_path / "langso-kiosk.deb").touch()
    assert reinstall("langso-kiosk", tmp_path) == f"sudo dpkg -i {tmp_path}/langso-kiosk.deb"
    other = reinstall("langso-office", tmp_path)
    assert "/media/usb/langso/" in other
    assert other.endswith("/langso-office_*.deb")


def test_debian_s_own_come_from_the_stick_or_the_network() -> None:
    assert "/espeak-ng_*.deb" in restore("espeak-ng")
    assert "apt-get install --reinstall espeak-ng" in restore("espeak-ng")
