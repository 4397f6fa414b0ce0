from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from langso.settings.command import settings
from langso.settings.errors import SettingsError

GOOD = '[commune]\ncode = "a"\nname = "Xã A"\n[device]\nid = "k1"\nrole = "kiosk"\n[link]\npassword = "cau-vong"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "s.toml"
    path.write_text(GOOD)
    return path


def test_check_says_whose_file_it_is(file: Path) -> None:
    result = CliRunner().invoke(settings, ["check", str(file)])
    assert result.exit_code == 0
    assert "kiosk k1, Xã A" in result.output


def test_show_prints_every_default_and_no_secret(file: Path) -> None:
    result = CliRunner().invoke(settings, ["show", str(file)])
    assert result.exit_code == 0
    assert "keepalive = 30" in result.output
    assert "cau-vong" not in result.output


def test_a_bad_file_is_a_settings_error_for_the_command_line_to_print(file: Path) -> None:
    file.write_text(GOOD + "x = 1\n")
    result = CliRunner().invoke(settings, ["check", str(file)])
    assert isinstance(result.exception, SettingsError)
