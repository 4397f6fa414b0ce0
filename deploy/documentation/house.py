"""The house as its imports draw it: roles, rooms, modules, who imports whom, and every circle. Reads sources only."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROLES = ("langso", "firmware_bridge", "scanner", "speaker", "kiosk", "office", "deploy")
"""From the ground floor to the roof."""
MICROCONTROLLER = ("firmware_bridge/firmware/", "firmware_bridge/twin/shadow/")
"""Runs under MicroPython, with modules of its own beside it: no part of this drawing."""


@dataclass(frozen=True)
class Module:
    """One source file: `name` dotted, `where` its path in the repository, `lines` its length."""

    name: str
    where: str
    lines: int
    tree: ast.Module

    @property
    def role(self) -> str:
        """The top-level folder."""
        return self.name.split(".")[0]

    @property
    def room(self) -> str:
        """`langso.trust` for all that lies in it, however deep; a module beside the rooms is a room of its own."""
        return ".".join(self.name.split(".")[:2])


@dataclass(frozen=True)
class House:
    """All modules of a checkout by dotted name."""

    modules: Mapping[str, Module]

    @classmethod
    def at(cls, root: Path) -> House:
        """Reads the checkout in `root`. Raises OSError, SyntaxError."""
        found = {}
        for role in ROLES:
            for file in sorted((root / role).rglob("*.py")):
                where = file.relative_to(root).as_posix()
                if not where.startswith(MICROCONTROLLER) and "node_modules" not in where:
                    text = file.read_text(encoding="utf-8")
                    name = where.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                    found[name] = Module(name, where, text.count("\n"), ast.parse(text))
        return cls(found)

    def imports(self, module: Module) -> set[str]:
        """The modules of ours that one imports, anywhere in it (`from room import module` too)."""
        return imported(module.tree, self.modules) - {module.name}

    @cached_property
    def arrows(self) -> tuple[tuple[Module, Module], ...]:
        """Every import of ours: who, whom."""
        return tuple(
            (module, self.modules[target])
            for module in self.modules.values()
            for target in sorted(self.imports(module))
        )

    def room_arrows(self, role: str) -> dict[str, set[str]]:
        """Room -> the rooms of the same role it imports."""
        found: dict[str, set[str]] = {}
        for source, target in self.arrows:
            if source.role == target.role == role and source.room != target.room:
                found.setdefault(source.room, set()).add(target.room)
        return found

    def module_arrows(self, role: str) -> dict[str, set[str]]:
        """Module -> the modules of the same role it imports."""
        found: dict[str, set[str]] = {}
        for source, target in self.arrows:
            if source.role == target.role == role:
                found.setdefault(source.name, set()).add(target.name)
        return found

    def rooms(self, role: str) -> dict[str, list[Module]]:
        """Room -> its modules, in the order of the folders; the role itself is left out."""
        found: dict[str, list[Module]] = {}
        for module in self.modules.values():
            if module.role == role and module.name != role:
                found.setdefault(module.room, []).append(module)
        return found


def imported(tree: ast.Module, known: Mapping[str, object]) -> set[str]:
    """The names out of `known` that a source imports."""
    found: set[str] = set()
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


def circles(arrows: Mapping[str, set[str]]) -> list[list[str]]:
    """Every set of nodes that can reach one another (Tarjan), sorted; none: the arrows all point one way."""
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


def drawn(house: House) -> str:
    """The house in Markdown: a graph of the roles, and for each role its rooms, their subjects and their arrows."""
    parts = ["```mermaid", "graph TD"]
    between = {(a.role, b.role) for a, b in house.arrows if a.role != b.role and b.role != "langso"}
    parts += [f"  {a} --> {b}" for a, b in sorted(between)]
    parts += [f"  {role} --> langso" for role in ROLES if role != "langso"]
    parts += ["```", ""]
    for role in ROLES:
        parts += [f"### {role}", "", _first_line(house.modules[role].tree), ""]
        parts += ["| room | what it is for | imports of this role |", "|---|---|---|"]
        arrows = house.room_arrows(role)
        for room, modules in house.rooms(role).items():
            own = next((module for module in modules if module.name == room), modules[0])
            below = [target.split(".", 1)[1] for target in sorted(arrows.get(room, ())) if "." in target]
            targets = ", ".join(f"`{name}`" for name in below)
            folder = own.where.endswith("/__init__.py")
            name = room.split(".", 1)[1] + ("/" if folder else ".py")
            parts.append(f"| `{name}` | {_first_line(own.tree)} | {targets} |")
        parts.append("")
    return "\n".join(parts)


def sizes(house: House, *, few: int = 60, many: int = 400) -> str:
    """How long files are, a line a role: files, median, longest, how many are short or long; and circles."""
    lines = []
    for role in ROLES:
        files = [m for m in house.modules.values() if m.role == role and not m.where.endswith("__init__.py")]
        lengths = sorted(module.lines for module in files) or [0]
        short, long = sum(n < few for n in lengths), sum(n > many for n in lengths)
        round_about = len(circles(house.module_arrows(role))) + len(circles(house.room_arrows(role)))
        lines.append(
            f"{role:16} {len(files):4} files  median {lengths[len(lengths) // 2]:3}  longest {lengths[-1]:3}  "
            f"under {few}: {short:3}  over {many}: {long:2}  circles: {round_about}"
        )
    return "\n".join(lines)


def _first_line(tree: ast.Module) -> str:
    return (ast.get_docstring(tree) or "").split("\n", 1)[0].replace("|", "\\|")
