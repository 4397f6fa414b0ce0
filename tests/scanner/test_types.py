"""What the scanner's numbers are is said where they are used: `Any` stands only where nobody can know."""

from __future__ import annotations

import ast
from pathlib import Path

SCANNER = Path(__file__).parents[2] / "scanner"
# picamera2 has no types; what JSON says is anything.
NOBODY_KNOWS = {"cameras/pi_program.py", "commands/pictures.py"}


def uses_any(source: str) -> bool:
    """Whether `Any` stands in a module, but for its import."""
    return any(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(ast.parse(source)))


def test_any_stands_only_where_nobody_can_know() -> None:
    files = {path.relative_to(SCANNER).as_posix(): path.read_text(encoding="utf-8") for path in SCANNER.rglob("*.py")}
    assert {name for name, source in files.items() if uses_any(source)} == NOBODY_KNOWS


def test_the_search_sees_it() -> None:
    assert uses_any("def look(image: Any) -> None: ...")
    assert not uses_any("from typing import Any")
