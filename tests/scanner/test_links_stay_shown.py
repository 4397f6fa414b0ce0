"""Addresses in codes are shown to a person and never opened: nothing in scanner or kiosk could open one."""

from __future__ import annotations

import ast
import socket
from pathlib import Path

import pytest

from langso.codes import parse
from langso.codes.describe import describe

ROOT = Path(__file__).resolve().parents[2]
OPENERS = {"webbrowser", "requests", "aiohttp", "urllib3", "http.client", "urllib.request", "selenium", "android"}
COMMANDS = ("xdg-open", "sensible-browser", "chromium", "firefox", "x-www-browser", "curl", "wget", "gio open")
# The kiosk talks to its own office and its broker; these and no others may reach the network by an address.
TO_THE_OFFICE = {"kiosk/sending/sender.py", "kiosk/agent.py"}
# These start a program of their own choosing and no others any: the reading worker, the voice, one that tidies up,
# the Pi's camera, the process of a visit with what ends its leftovers, and the kiosk itself anew once it is paired.
STARTERS = {
    "scanner/codes/workers/pool.py",
    "kiosk/prompts/speech.py",
    "scanner/commands/pdf.py",
    "scanner/cameras/pi_child.py",
    "kiosk/commands.py",
    "kiosk/shell/memory.py",
    "kiosk/shell/orphans.py",
    "kiosk/shell/forking.py",
}


def sources() -> list[Path]:
    found = [file for part in ("scanner", "kiosk", "langso/codes") for file in sorted((ROOT / part).rglob("*.py"))]
    assert len(found) > 50
    return found


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("file", sources(), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_module_can_open_an_address(file: Path) -> None:
    name = file.relative_to(ROOT).as_posix()
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert not {module for module in imported(tree) if module in OPENERS or module.split(".")[0] in OPENERS}
    if name not in TO_THE_OFFICE:
        assert not {module for module in imported(tree) if module.split(".")[0] == "httpx"}
    words = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    assert not [word for word in words if word.strip() in COMMANDS]
    called = {n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    assert not called & {"urlopen", "urlretrieve", "startfile", "open_new_tab"}
    if name not in STARTERS:
        assert not imported(tree) & {"subprocess", "pty"}
        assert not called & {"system", "popen", "create_subprocess_exec", "create_subprocess_shell", "posix_spawn"}
        assert not [call for call in called if call.startswith(("exec", "spawn")) and call not in ("execute",)]


def test_the_modules_that_reach_the_office_know_nothing_of_codes() -> None:
    for name in TO_THE_OFFICE:
        modules = imported(ast.parse((ROOT / name).read_text(encoding="utf-8")))
        assert not [
            module for module in modules if "codes" in module.split(".") or module.startswith("scanner.codes")
        ]


def test_reading_a_link_asks_the_network_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asked the network")

    for what in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, what, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    parsed = parse("http://localhost:9/a?ma=H29.16-250701-0001")
    assert parsed.kind == "url"
    assert "localhost" in describe(parsed)
