"""langso install: says what it would do, does it once, keeps what a technician edited."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.commands import install
from deploy.errors import DeployError
from deploy.install.roles import steps_of
from deploy.install.steps import File, Folder, Services, Users
from deploy.install.units import ROLES, units_of
from deploy.machine_setup.settings_text import settings_text
from langso.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ["--commune", "hoa-son", "--commune-name", "Xã Hoa Sơn", "--device", "may-1"]


@pytest.mark.parametrize("role", ROLES)
def test_check_tells_every_step_and_touches_nothing(role: str, tmp_path: Path) -> None:
    said = CliRunner().invoke(install, [role, *ARGUMENTS, "--check", "--root", str(tmp_path)])
    assert said.exit_code == 0, said.output
    assert all(unit.file_name in said.output for unit in units_of(role))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("role", ROLES)
def test_the_first_settings_file_of_a_role_is_valid(role: str, tmp_path: Path) -> None:
    file = tmp_path / "langso.toml"
    text = settings_text(role, commune="hoa-son", commune_name="Xã Hoa Sơn", device="may-1")
    assert tomllib.loads(text)["device"]["role"] == role
    file.write_text(text, encoding="utf-8")
    settings = load_settings(file)
    assert settings.paths.state == Path(f"/var/lib/langso-{role}")


@pytest.mark.parametrize("role", ROLES)
def test_files_folders_and_services_are_laid_in_a_staging_tree_and_found_done(role: str, tmp_path: Path) -> None:
    steps = [
        step
        for step in steps_of(
            role, commune="hoa-son", commune_name="Xã Hoa Sơn", device="may-1", root=tmp_path, source=ROOT
        )
        if isinstance(step, File | Folder)
    ]
    for step in steps:
        step.do()
    assert all(step.done() for step in steps)
    assert (tmp_path / "etc/langso/langso.toml").is_file()


def test_services_are_enabled_in_the_staging_tree(tmp_path: Path) -> None:
    unit = units_of("speaker")[0]
    File(tmp_path / "etc/systemd/system" / unit.file_name, unit.text()).do()
    step = Services(tmp_path, (unit.file_name,))
    assert not step.done()
    step.do()
    assert step.done()


def test_users_of_two_roles_on_one_machine_both_stay(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    Users(tmp_path, ("langso-speaker",)).do()
    Users(tmp_path, ("langso-kiosk",)).do()
    assert Users(tmp_path, ("langso-speaker", "langso-kiosk")).done()


def test_settings_that_were_edited_are_kept(tmp_path: Path) -> None:
    file = File(tmp_path / "langso.toml", "moi = 1\n", keep=True)
    (tmp_path / "langso.toml").write_text("da_sua = 1\n", encoding="utf-8")
    assert file.done()


@pytest.mark.parametrize("bad", ["Hoa Sơn", "../x", "", "a" * 80])
def test_a_bad_commune_code_is_refused_with_a_sentence(bad: str, tmp_path: Path) -> None:
    said = CliRunner().invoke(
        install,
        [
            "speaker",
            "--commune",
            bad,
            "--commune-name",
            "Xã",
            "--device",
            "loa-1",
            "--check",
            "--root",
            str(tmp_path),
        ],
    )
    assert said.exit_code == 2
    assert "--commune" in said.output


def test_the_signers_keys_lie_where_only_its_service_keeps_state(tmp_path: Path) -> None:
    file = tmp_path / "langso.toml"
    file.write_text(
        settings_text("office", commune="hoa-son", commune_name="Xã Hoa Sơn", device="vp"), encoding="utf-8"
    )
    settings = load_settings(file)
    assert settings.signer.state == Path("/var/lib/langso-signer")
    steps = steps_of("office", commune="a", commune_name="A", device="vp", root=tmp_path, source=ROOT)
    folders = {step.path: (step.owner, step.mode) for step in steps if isinstance(step, Folder)}
    assert folders[tmp_path / "var/lib/langso-office"] == ("langso-office", 0o750)
    assert folders[tmp_path / "var/lib/langso-signer"] == ("langso-signer", 0o700)


def test_a_machine_has_one_role(tmp_path: Path) -> None:
    file = tmp_path / "etc/langso/langso.toml"
    file.parent.mkdir(parents=True)
    file.write_text(settings_text("office", commune="hoa-son", commune_name="Xã", device="may-1"), encoding="utf-8")
    said = CliRunner().invoke(install, ["speaker", *ARGUMENTS, "--check", "--root", str(tmp_path)])
    assert isinstance(said.exception, DeployError)
    assert "office" in str(said.exception)
