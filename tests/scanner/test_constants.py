"""A number that somebody set says what it counts and why: its unit is nowhere else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SCANNER = Path(__file__).parents[2] / "scanner"


def is_number(value: ast.expr) -> bool:
    """Whether an expression is a number, or several."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int | float) and not isinstance(value.value, bool)
    if isinstance(value, ast.UnaryOp):
        return is_number(value.operand)
    if isinstance(value, ast.BinOp):
        return is_number(value.left) and is_number(value.right)
    return isinstance(value, ast.Tuple | ast.List) and bool(value.elts) and all(map(is_number, value.elts))


def unsaid(source: str) -> list[str]:
    """The constants of a module that are numbers and have neither a docstring below nor a comment above or beside."""
    lines, body, found = source.split("\n"), ast.parse(source).body, []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.Assign) or not is_number(node.value):
            continue
        names = [name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
        if not all(re.fullmatch(r"_?[A-Z][A-Z0-9_]*", name) for name in names):
            continue
        told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        above, beside = lines[node.lineno - 2].lstrip(), lines[(node.end_lineno or node.lineno) - 1]
        if not (told or above.startswith("#") or "#" in beside):
            found += names
    return found


def test_every_number_that_was_set_has_a_line() -> None:
    silent = {path.relative_to(SCANNER).as_posix(): unsaid(path.read_text("utf-8")) for path in SCANNER.rglob("*.py")}
    assert {name: names for name, names in silent.items() if names} == {}


@pytest.mark.parametrize("source", ["\nX = 3", "\n_SIDES = (480, 320)", "\nA, B = 1.5, -2", "\nM = 4 << 20"])
def test_the_search_sees_a_silent_one(source: str) -> None:
    assert unsaid(source)
    assert not unsaid(f"# Pixels.{source}")
    assert not unsaid(f'{source}\n"""Pixels."""')
    assert not unsaid(f"{source}  # Pixels.")
