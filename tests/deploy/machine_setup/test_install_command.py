"""What an installed machine begins with, and `langso install` as the front of the stick's script."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.install.placed import placed_of
from deploy.install.units import ROLES
from deploy.machine_setup import install_command as command
from deploy.machine_setup.install_command import StickNotFound, install
from deploy.machine_setup.settings_text import settings_text
from deploy.machine_setup.usb import Stick
from langso.settings.reading import load_settings


@pytest.mark.parametrize("role", ROLES)
def test_the_first_settings_file_of_a_role_is_valid(role: str, tmp_path: Path) -> None:
    file = tmp_path / "langso.toml"
    text = settings_text(role, commune="hoa-son", commune_name="Xã Hoa Sơn", device="may-1")
    assert tomllib.loads(text)["device"]["role"] == role
    file.write_text(text, encoding="utf-8")
    settings = load_settings(file)
    assert settings.paths.state == Path(f"/var/lib/langso-{role}")


def test_the_signers_keys_lie_where_only_its_service_keeps_state(tmp_path: Path) -> None:
    file = tmp_path / "langso.toml"
    file.write_text(
        settings_text("office", commune="hoa-son", commune_name="Xã Hoa Sơn", device="vp"), encoding="utf-8"
    )
    assert load_settings(file).signer.state == Path("/var/lib/langso-signer")
    folders = placed_of("office")["/usr/lib/tmpfiles.d/langso.conf"]
    assert "d /var/lib/langso-office 0750 langso-office langso-office" in folders
    assert "d /var/lib/langso-signer 0700 langso-signer langso-signer" in folders


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What `langso install` hands over to the shell, on a machine with a package of ours."""
    script = tmp_path / "machine/cai-dat.sh"
    script.parent.mkdir()
    script.touch()
    monkeypatch.setattr(command, "SCRIPT", script)
    calls: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, words: calls.append(words))
    return calls


def put_in(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """Sticks of ours in the machine."""
    for folder in folders:
        (folder / "langso").mkdir(parents=True)
        (folder / "langso/cai-dat.sh").touch()
    monkeypatch.setattr("deploy.machine_setup.usb.sticks", lambda: [Stick("", "1 GB", one, "") for one in folders])


def test_the_machines_own_script_is_run_on_the_only_stick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: list[list[str]]
) -> None:
    put_in(monkeypatch, tmp_path / "usb")
    assert CliRunner().invoke(install, []).exit_code == 0
    assert ran == [["sh", str(tmp_path / "machine/cai-dat.sh"), "--stick", str(tmp_path / "usb/langso")]]


def test_role_fingerprint_and_either_folder_of_the_stick_are_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: list[list[str]]
) -> None:
    put_in(monkeypatch, tmp_path / "one", tmp_path / "two")
    for named in (tmp_path / "two", tmp_path / "two/langso"):
        CliRunner().invoke(install, ["kiosk", "--stick", str(named), "--fingerprint", "ABC"])
        assert ran.pop()[2:] == ["kiosk", "--stick", str(tmp_path / "two/langso"), "--fingerprint", "ABC"]


def test_going_back_needs_no_stick(ran: list[list[str]]) -> None:
    CliRunner().invoke(install, ["--back"])
    assert ran[0][2:] == ["--back"]


@pytest.mark.parametrize(("count", "says"), [(0, "Không thấy bản cài"), (2, "Có nhiều USB")])
def test_no_stick_and_two_sticks_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: list[list[str]], count: int, says: str
) -> None:
    put_in(monkeypatch, *(tmp_path / f"usb{number}" for number in range(count)))
    said = CliRunner().invoke(install, [])
    assert isinstance(said.exception, StickNotFound)
    assert says in str(said.exception)
    assert ran == []


def test_a_machine_without_a_package_is_sent_to_the_script_on_the_stick() -> None:
    said = CliRunner().invoke(install, [])
    assert "cai-dat.sh" in str(said.exception)
