"""Who may do what: given by name, never so that nobody is left to give them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from langso.settings.model import OfficeSettings
from langso.settings.reading import write_settings
from langso.timekeeping.clock import SystemClock
from office.commands import office
from office.errors import LoginRefused, RoleRefused
from office.people.accounts import Accounts
from office.people.audit import Audit
from office.people.roles import ROLES, in_words, roles_of
from office.store import open_store

GOOD = "bốn con trâu đi cày"
DUMP = Path(__file__).parents[1] / "kept" / "office-0.1.0.sql"


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with open_store(tmp_path / "office.db") as store:
        made = Accounts(store, SystemClock(), OfficeSettings())
        made.add("Văn thư", GOOD)
        yield made


def test_a_new_account_has_all_roles_unless_told_and_keeps_them_with_a_new_password(accounts: Accounts) -> None:
    assert accounts.roles("van-thu") == ROLES
    accounts.add("Lan", GOOD, ("desk", "writer"))
    assert accounts.roles("lan") == ("writer", "desk")
    accounts.add("Lan", GOOD + "x")
    assert accounts.roles("lan") == ("writer", "desk")
    assert accounts.login("lan", GOOD + "x", "a").session.roles == {"writer", "desk"}


def test_who_had_an_account_under_0_1_0_keeps_all_rights(tmp_path: Path) -> None:
    path = tmp_path / "office.db"
    old = sqlite3.connect(path)
    old.executescript(DUMP.read_text(encoding="utf-8"))
    logins = [row[0] for row in old.execute("SELECT login FROM staff")]
    old.close()
    with open_store(path) as store:
        made = Accounts(store, SystemClock(), OfficeSettings())
        assert len(logins) == 4
        assert {login: made.roles(login) for login in logins} == dict.fromkeys(logins, ROLES)
        assert [name for name, _, usable in made.names() if not usable] == ["da-nghi"]


def test_the_last_administrator_stays_one(accounts: Accounts) -> None:
    accounts.add("Lan", GOOD, ("desk",))
    with pytest.raises(RoleRefused, match="quản trị cuối cùng"):
        accounts.give("van-thu", ("writer",), "a")
    assert accounts.roles("van-thu") == ROLES
    accounts.give("lan", ("admin",), "a")
    accounts.give("van-thu", ("writer",), "a")
    accounts.add("Minh", GOOD, ("writer",))
    with pytest.raises(RoleRefused):
        accounts.give("lan", ("desk",), "a")


def test_an_account_without_a_role_is_refused_and_so_is_an_unknown_one(accounts: Accounts) -> None:
    with pytest.raises(RoleRefused, match="ít nhất một vai trò"):
        accounts.give("van-thu", (), "a")
    with pytest.raises(LoginRefused):
        accounts.give("khong-co", ("desk",), "a")
    with pytest.raises(RoleRefused, match="Không có vai trò «chủ tịch»; các vai trò: writer, approver, desk, admin"):
        roles_of(["writer", "chủ tịch"])
    assert roles_of([" Desk ", "writer", "desk"]) == ("writer", "desk")
    assert in_words(("desk", "writer")) == "người soạn, một cửa"


def test_the_command_gives_and_shows_roles(office_world: object, tmp_path: Path) -> None:
    world = office_world
    file = tmp_path / "langso.toml"
    file.write_text(write_settings(world.settings))  # type: ignore[attr-defined]

    def run(*words: str) -> str:
        done = CliRunner().invoke(office, ["staff", *words, "--settings", str(file)], input=f"{GOOD}\n")
        return done.output if done.exception is None else f"{done.exception}"

    run("add", "Chủ tịch", "--password-stdin")
    run("add", "Lan", "--password-stdin", "--role", "desk")
    assert run("roles", "lan") == "lan: một cửa.\n"
    assert run("roles", "lan", "writer", "desk") == "lan: người soạn, một cửa.\n"
    assert "lan  Lan  [người soạn, một cửa]" in run("list")
    assert "các vai trò: writer" in run("roles", "lan", "vua")
    opened = world.office  # type: ignore[attr-defined]
    newest = Audit(opened.store, opened.clock).newest(1)[0]
    assert (newest.action, newest.subject, newest.note) == ("roles", "lan", "writer desk")
    assert newest.who.startswith("command:")
