"""langso doctor: each fault that can be made here is found, told with its reason and with what to do."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from deploy.doctor import databases
from deploy.doctor.acting import Acted
from deploy.doctor.command import doctor
from deploy.doctor.examining import examine as whole_examination
from deploy.doctor.outcome import Skipped
from deploy.doctor.scene import gather_scene
from deploy.doctor.words import LABELS
from langso.contract.health import Check
from langso.settings.reading import load_settings

SETTINGS = """
[commune]
code = "hoa-son"
name = "Xã Hoa Sơn"
[device]
id = "loa-1"
role = "speaker"
[paths]
state = "{state}"
run = "{run}"
[clock]
trust = "host"
[speaker]
sound = "pipe"
sink = "{state}/pipe"
[link]
host = "127.0.0.1"
port = {port}
{tls}
"""


@pytest.fixture
def machine(tmp_path: Path, free_port: Callable[[], int]) -> Callable[..., Path]:
    """Writes a settings file for a loudspeaker; returns its path."""

    def make(port: int | None = None, tls: str = "") -> Path:
        for name in ("state", "run"):
            (tmp_path / name).mkdir(exist_ok=True)
        file = tmp_path / "langso.toml"
        values = {"state": tmp_path / "state", "run": tmp_path / "run", "port": port or free_port(), "tls": tls}
        file.write_text(SETTINGS.format(**values), encoding="utf-8")
        return file

    return make


def examine(settings: Path) -> list[Check]:
    return list(whole_examination(settings).checks)


def found(checks: list[Check], name: str) -> Check:
    return next(check for check in checks if check.name == name)


def test_without_settings_it_says_so_and_still_looks_at_the_machine(tmp_path: Path) -> None:
    checks = examine(tmp_path / "none.toml")
    assert found(checks, "settings").level == "bad"
    assert found(checks, "disk")


def test_it_looks_at_ten_things_and_more(machine: Callable[..., Path]) -> None:
    names = {check.name for check in examine(machine())}
    assert len(names) >= 10
    assert names <= set(LABELS)


def test_everything_not_well_says_what_to_do(machine: Callable[..., Path]) -> None:
    assert all(check.fix for check in examine(machine()) if check.level != "ok")


def test_an_unpaired_device_is_told_how_to_pair(machine: Callable[..., Path]) -> None:
    check = found(examine(machine()), "pairing")
    assert check.level == "bad"
    assert "sudo langso setup" in check.fix


def test_a_key_that_others_can_read_is_found(machine: Callable[..., Path], authority: Any) -> None:
    certificate, key = authority.issue("loa-1")
    key.chmod(0o644)
    tls = f'ca = "{authority.ca}"\ncert = "{certificate}"\nkey = "{key}"'
    check = found(examine(machine(tls=tls)), "private_key")
    assert check.level == "bad"
    assert "chmod 600" in check.fix


@pytest.mark.parametrize(("days", "level"), [((-20, -1), "bad"), ((-1, 10), "warn"), ((-1, 300), "ok")])
def test_a_certificate_is_judged_by_its_last_day(
    machine: Callable[..., Path], authority: Any, days: tuple[int, int], level: str
) -> None:
    certificate, key = authority.issue("loa-1", days=days)
    tls = f'ca = "{authority.ca}"\ncert = "{certificate}"\nkey = "{key}"'
    assert found(examine(machine(tls=tls)), "certificate").level == level


def test_the_broker_is_reached_with_the_commune_s_certificate(
    machine: Callable[..., Path], authority: Any, tls_broker: Any
) -> None:
    certificate, key = authority.issue("loa-1")
    tls = f'ca = "{authority.ca}"\ncert = "{certificate}"\nkey = "{key}"'
    assert found(examine(machine(port=tls_broker.port, tls=tls)), "broker").level == "ok"


def test_a_broker_of_another_authority_is_told_apart_from_one_that_is_away(
    machine: Callable[..., Path], other_authority: Any, tls_broker: Any
) -> None:
    certificate, key = other_authority.issue("loa-1")
    tls = f'ca = "{other_authority.ca}"\ncert = "{certificate}"\nkey = "{key}"'
    assert found(examine(machine(port=tls_broker.port, tls=tls)), "broker").level == "bad"
    assert found(examine(machine(tls=tls)), "broker").level == "warn"


def test_a_damaged_database_is_found(machine: Callable[..., Path], tmp_path: Path) -> None:
    file = machine()
    database = tmp_path / "state" / "agent.db"
    with sqlite3.connect(database) as db:
        db.execute("create table t (x)")
        db.executemany("insert into t values (?)", [(str(i) * 400,) for i in range(200)])
    db.close()
    data = bytearray(database.read_bytes())
    data[4096 * 2 : 4096 * 3] = b"\xff" * 4096
    database.write_bytes(data)
    assert found(examine(file), "database").level == "bad"


@pytest.mark.parametrize("cause", [errno.EROFS, errno.EIO])
def test_a_card_that_takes_nothing_is_not_said_to_be_a_right_wanting(
    cause: int, machine: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = machine()
    sqlite3.connect(tmp_path / "state" / "agent.db").close()
    locked = [Acted(errno=cause), Acted(errno=-1, why="attempt to write a readonly database")]
    monkeypatch.setattr(databases, "act", lambda who, acts, seconds=4.0: locked)
    scene = gather_scene(load_settings(file), file)
    (line,) = databases.look_databases(scene)
    assert isinstance(line, Skipped), line


def test_json_is_one_check_a_line_and_a_bad_one_exits_1(machine: Callable[..., Path]) -> None:
    line_of = {"name", "ok", "why", "fix", "level", "code", "parameters"}
    said = CliRunner().invoke(doctor, ["--settings", str(machine()), "--json"])
    assert said.exit_code == 1
    assert all(set(json.loads(line)) == line_of for line in said.output.splitlines())


def test_a_kiosk_without_trained_weights_or_vietnamese_text_is_told_so(
    machine: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = machine()
    kiosk = file.read_text(encoding="utf-8").replace('"speaker"', '"kiosk"').replace("[speaker]", "[kiosk]")
    file.write_text(
        "\n".join(line for line in kiosk.splitlines() if not line.startswith("sound") and "sink" not in line)
    )
    monkeypatch.setenv("LANGSO_ASSETS", str(tmp_path / "no-assets"))
    monkeypatch.setenv("PATH", str(tmp_path))
    checks = examine(file)
    assert found(checks, "models").level == "bad"
    assert "tesseract" in found(checks, "text").fix
    monkeypatch.undo()
    checks = examine(file)
    assert found(checks, "models").level == found(checks, "text").level == "ok"
