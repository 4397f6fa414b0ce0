"""The walls of the house: which folder may import which."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROLES = ("langso", "firmware_bridge", "scanner", "speaker", "kiosk", "office", "deploy")
ARROWS = {
    "langso": set(),
    "firmware_bridge": {"langso"},
    "scanner": {"langso"},
    "speaker": {"langso", "firmware_bridge"},
    "kiosk": {"langso", "scanner", "firmware_bridge"},
    "office": {"langso", "scanner"},
    "deploy": set(ROLES),
}
# Runs on the microcontroller under MicroPython, with modules of its own beside it.
MICROCONTROLLER = ("firmware_bridge/firmware/", "firmware_bridge/twin/shadow/")


def imported_roles(source: str) -> set[tuple[str, int]]:
    """The roles a module's source imports, anywhere in it, with the line of each import."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        found |= {(name.split(".")[0], node.lineno) for name in names if name.split(".")[0] in ROLES}
    return found


@pytest.mark.parametrize("role", ROLES)
def test_imports_only_point_downwards(role: str) -> None:
    wrong = []
    for file in sorted((ROOT / role).rglob("*.py")):
        where = file.relative_to(ROOT).as_posix()
        if where.startswith(MICROCONTROLLER) or "node_modules" in where:
            continue
        for target, line in imported_roles(file.read_text(encoding="utf-8")):
            if target != role and target not in ARROWS[role]:
                wrong.append(f"{where}:{line} imports {target}")
    assert not wrong, "\n".join(wrong)


def test_the_check_itself_sees_a_wrong_arrow() -> None:
    assert imported_roles("def f():\n    from office.web import app\n    import kiosk.shell.app") == {
        ("office", 2),
        ("kiosk", 3),
    }


def test_the_roof_loads_roles_lazily() -> None:
    """`langso --help` on a loudspeaker must not need Kivy, OpenCV or a web server."""
    top = ast.parse((ROOT / "deploy" / "cli.py").read_text(encoding="utf-8")).body
    names = {alias.name.split(".")[0] for node in top if isinstance(node, ast.Import) for alias in node.names} | {
        (node.module or "").split(".")[0] for node in top if isinstance(node, ast.ImportFrom)
    }
    assert names & set(ROLES) <= {"langso", "deploy"}


def test_no_committed_text_names_a_registry_or_a_private_path() -> None:
    import subprocess

    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    forbidden = [b"pypi." + b"org", b"pythonhosted" + b".org", b"registry.npmjs" + b".org", b"deb." + b"debian.org"]
    wrong = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file():
            data = path.read_bytes()
            wrong += [f"{name}: {word.decode()}" for word in forbidden if word in data]
    assert not wrong, "\n".join(wrong)
