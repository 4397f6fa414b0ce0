"""/usr/bin/langso: who a command runs as, and what it is told."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from deploy.packages.debian_files import wrapper


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The wrapper with programs that only say how they were called."""
    tools = tmp_path / "bin"
    programs = tmp_path / "programs"
    (programs / "venv/bin").mkdir(parents=True)
    tools.mkdir()
    (programs / "role").write_text("office\n", encoding="utf-8")
    scripts = {
        tools / "id": '#!/bin/sh\nif [ "$1" = -u ]; then echo $TEST_UID; else echo $TEST_NAME; fi\n',
        tools / "setpriv": '#!/bin/sh\necho "as $1 $2 $3"; shift 3; exec "$@"\n',
        programs / "venv/bin/langso": '#!/bin/sh\necho "args $*"; /usr/bin/env; pwd\n',
    }
    text = wrapper().replace("programs=/usr/lib/langso\n", f"programs={programs}\n")
    scripts[tmp_path / "langso"] = text.replace("PATH=/usr/local/sbin:", f"PATH={tools}:/usr/local/sbin:")
    for file, content in scripts.items():
        file.write_text(content, encoding="utf-8")
        file.chmod(0o755)
    return tmp_path


def call(machine: Path, user: str, *words: str) -> subprocess.CompletedProcess[str]:
    variables = {
        "PATH": f"{machine / 'bin'}:{os.environ['PATH']}",
        "TEST_UID": "0" if user == "root" else "1000",
        "TEST_NAME": user,
        "HOME": "/somewhere",
        "LD_PRELOAD": "",
        "PYTHONPATH": "/evil",
        "LANG": "vi_VN.UTF-8",
    }
    return subprocess.run(
        ["sh", str(machine / "langso"), *words],
        env=variables,
        cwd=machine,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "user"),
    [
        (("office", "say", "xin chào"), "langso-office"),
        (("office", "signer"), "langso-signer"),
        (("scan", "page", "a.jpg"), "langso-office"),
        (("settings", "check"), "langso-office"),
        (("nosuch",), "langso-office"),
    ],
)
def test_root_drops_to_the_roles_user_before_python_starts(machine: Path, words: tuple[str, ...], user: str) -> None:
    done = call(machine, "root", *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [
        f"as --reuid={user} --regid={user} --init-groups",
        f"args {' '.join(words)}",
    ]
    assert f"HOME=/var/lib/{user}" in done.stdout


@pytest.mark.parametrize("word", ["setup", "install", "bundle", "pair", "courier", "backup"])
def test_what_changes_the_machine_stays_root_and_asks_others_for_sudo(machine: Path, word: str) -> None:
    assert call(machine, "root", word, "x").stdout.startswith(f"args {word} x\n")
    refused = call(machine, "clerk", word, "x")
    assert refused.returncode == 1
    assert f"sudo langso {word} x" in refused.stderr
    assert refused.stdout == ""
    assert call(machine, "clerk", word, "--help").stdout.startswith(f"args {word} --help\n")


def test_the_roles_own_user_runs_as_it_is_and_nobody_else_does(machine: Path) -> None:
    assert call(machine, "langso-office", "office", "say").stdout.startswith("args office say\n")
    for user, words in (("clerk", ("office", "say")), ("langso-office", ("office", "signer"))):
        refused = call(machine, user, *words)
        assert refused.returncode == 1
        assert "sudo langso" in refused.stderr
        assert refused.stdout == ""


@pytest.mark.parametrize("words", [(), ("--help",), ("--version",), ("doctor",), ("doctor", "--json")])
def test_anybody_may_ask_for_help_and_version_and_let_doctor_look(machine: Path, words: tuple[str, ...]) -> None:
    assert call(machine, "clerk", *words).stdout.startswith("args")


def test_assets_language_and_folder_come_along_and_the_callers_python_does_not(machine: Path) -> None:
    said = call(machine, "root", "office", "say").stdout
    assert f"LANGSO_ASSETS={machine}/programs/assets" in said
    assert "LANG=vi_VN.UTF-8" in said
    assert said.splitlines()[-1] == str(machine)
    assert "PYTHONPATH" not in said
    assert "/evil" not in said
