"""The walls of the house: which folder may import which, between roles and between the rooms of a role."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
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


# Their rooms are still being put in order.
STILL_ROUND = {"kiosk", "office"}
# Value in, value out: what decides, apart from what does.
PURE_ROOMS = ("speaker/programme/", "firmware_bridge/wire/", "langso/contract/", "langso/codes/", "langso/words/")
# Writes the schema's two files, when a person calls for it.
NOT_PURE = {"langso/contract/schema.py"}
DOING = {
    "os",
    "io",
    "socket",
    "ssl",
    "subprocess",
    "shutil",
    "sqlite3",
    "sqlite_utils",
    "threading",
    "tempfile",
    "httpx",
    "paho",
}


@cache
def modules() -> dict[str, tuple[str, ast.Module]]:
    """Dotted name -> path in the repository and parsed source, for every module of ours that runs on a machine."""
    found = {}
    for role in ROLES:
        for file in sorted((ROOT / role).rglob("*.py")):
            where = file.relative_to(ROOT).as_posix()
            if not where.startswith(MICROCONTROLLER) and "node_modules" not in where:
                name = where.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                found[name] = where, ast.parse(file.read_text(encoding="utf-8"))
    return found


def imported_modules(tree: ast.Module, known: Mapping[str, object]) -> set[str]:
    """The modules out of `known` that a source imports, anywhere in it (`from room import module` too)."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else node.module for name in whole]
        else:
            continue
        found |= set(names) & known.keys()
    return found


def room(module: str) -> str:
    """`langso.trust.roots.sticks` -> `langso.trust`; a module beside the rooms is a room of its own."""
    return ".".join(module.split(".")[:2])


def circles(arrows: Mapping[str, set[str]]) -> list[list[str]]:
    """Every set of nodes that can reach one another (Tarjan), sorted."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = low[node] = len(order)
        stack.append(node)
        for target in sorted(arrows.get(node, ())):
            if target not in order:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], order[target])
        if low[node] == order[node]:
            members = [stack.pop()]
            while members[-1] != node:
                members.append(stack.pop())
            if len(members) > 1:
                found.append(sorted(members))

    for node in sorted(arrows):
        if node not in order:
            visit(node)
    return found


def arrows_of(role: str) -> Iterator[tuple[str, str]]:
    """Which module of a role imports which other of the same role."""
    known = modules()
    for name, (_, tree) in known.items():
        if name.split(".")[0] == role:
            for target in imported_modules(tree, known):
                if target.split(".")[0] == role and target != name:
                    yield name, target


@pytest.mark.parametrize("role", sorted(set(ROLES) - STILL_ROUND))
def test_no_modules_import_one_another_in_a_circle(role: str) -> None:
    arrows: dict[str, set[str]] = {}
    for source, target in arrows_of(role):
        arrows.setdefault(source, set()).add(target)
    assert circles(arrows) == []


@pytest.mark.parametrize("role", sorted(set(ROLES) - STILL_ROUND))
def test_no_rooms_import_one_another_in_a_circle(role: str) -> None:
    arrows: dict[str, set[str]] = {}
    for source, target in arrows_of(role):
        if room(source) != room(target):
            arrows.setdefault(room(source), set()).add(room(target))
    assert circles(arrows) == []


def test_the_search_for_circles_sees_one() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == [["a", "b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}}) == []


def test_pure_rooms_do_nothing_but_decide() -> None:
    wrong = []
    for where, tree in modules().values():
        if where.startswith(PURE_ROOMS) and where not in NOT_PURE:
            for node in ast.walk(tree):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                wrong += [f"{where} imports {name}" for name in names if name.split(".")[0] in DOING]
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
