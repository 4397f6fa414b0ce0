"""The walls of the house: which folder may import which, between roles and between the rooms of a role."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from deploy.documentation.house import ROLES, House, circles

ROOT = Path(__file__).resolve().parents[1]
ARROWS = {
    "langso": set(),
    "firmware_bridge": {"langso"},
    "scanner": {"langso"},
    "speaker": {"langso", "firmware_bridge"},
    "kiosk": {"langso", "scanner", "firmware_bridge"},
    "office": {"langso", "scanner"},
    "deploy": set(ROLES),
}
# Value in, value out: what decides, apart from what does.
PURE_ROOMS = ("speaker/programme/", "firmware_bridge/wire/", "langso/contract/", "langso/codes/", "langso/words/")
# Writes the schema's two files, when a person calls for it.
NOT_PURE = {"langso/contract/schema.py"}
DOING = {"threading", "httpx", "io", "os", "paho", "shutil", "socket", "sqlite3", "sqlite_utils", "ssl", "subprocess"}


def imported_roles(source: ast.Module) -> set[tuple[str, int]]:
    """The roles a module's source imports, anywhere in it, with the line of each import."""
    found = set()
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        found |= {(name.split(".")[0], node.lineno) for name in names if name.split(".")[0] in ROLES}
    return found


@pytest.fixture(scope="module")
def house() -> House:
    return House.at(ROOT)


@pytest.mark.parametrize("role", ROLES)
def test_imports_only_point_downwards(role: str, house: House) -> None:
    wrong = [
        f"{module.where}:{line} imports {target}"
        for module in house.modules.values()
        if module.role == role
        for target, line in sorted(imported_roles(module.tree))
        if target != role and target not in ARROWS[role]
    ]
    assert not wrong, "\n".join(wrong)


def test_the_check_itself_sees_a_wrong_arrow() -> None:
    assert imported_roles(ast.parse("def f():\n    from office.web import app\n    import kiosk.shell.app")) == {
        ("office", 2),
        ("kiosk", 3),
    }


@pytest.mark.parametrize("role", ROLES)
def test_no_modules_import_one_another_in_a_circle(role: str, house: House) -> None:
    assert circles(house.module_arrows(role)) == []


@pytest.mark.parametrize("role", ROLES)
def test_no_rooms_import_one_another_in_a_circle(role: str, house: House) -> None:
    assert circles(house.room_arrows(role)) == []


def test_the_signer_stands_alone(house: House) -> None:
    """What it signs by must not change with the pages: of the office's rooms it knows none but its own."""
    found = {
        f"{source.name} imports {target.name}"
        for source, target in house.arrows
        if source.room == "office.signer" and target.role != "langso" and target.room != "office.signer"
    }
    assert found == set()


def test_pure_rooms_do_nothing_but_decide(house: House) -> None:
    wrong = []
    for module in house.modules.values():
        if module.where.startswith(PURE_ROOMS) and module.where not in NOT_PURE:
            for node in ast.walk(module.tree):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                wrong += [f"{module.where} imports {name}" for name in names if name.split(".")[0] in DOING]
    assert not wrong, "\n".join(wrong)


# What a kiosk's screen draws with, the values it draws, and the few words that it and the shell have in common.
SCREENS_SEE = (
    "kiosk.widgets",
    "kiosk.style",
    "kiosk.journeys.showing",
    "kiosk.journeys.kinds",
    "kiosk.shell.protocol",
    "kiosk.prompts.aloud",
)


def test_the_kiosks_screens_know_no_screen_no_app_and_nothing_behind(house: House) -> None:
    wrong = [
        f"{source} imports {target}"
        for source, targets in house.module_arrows("kiosk").items()
        if source.startswith("kiosk.screens.")
        for target in targets
        if not target.startswith(SCREENS_SEE)
    ]
    assert not wrong, "\n".join(wrong)


def test_only_what_draws_in_the_kiosk_imports_kivy(house: House) -> None:
    drawing = ("kiosk.screens", "kiosk.widgets")
    window = {f"kiosk.shell.{name}" for name in ("app", "unpaired", "window", "pane", "driving", "environment")}
    wrong = [
        name
        for name, module in house.modules.items()
        if module.role == "kiosk" and not name.startswith(drawing) and name not in window
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "kivy")
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "kivy" for alias in node.names))
    ]
    assert not wrong, "\n".join(wrong)


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


def test_a_public_class_name_stands_once(house: House) -> None:
    """Who reads `Frame` must not have to ask which."""
    where: dict[str, list[str]] = {}
    for module in house.modules.values():
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where.setdefault(node.name, []).append(module.where)
    assert {name: files for name, files in where.items() if len(files) > 1} == {}
