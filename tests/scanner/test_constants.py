"""A number that somebody set says what it counts and why: its unit is nowhere else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SCANNER = Path(__file__).parents[2] / "scanner"


def is_number(value: ast.expr) -> bool:
    """Whether an expression is a number, or several: a tuple, a table of them, what numpy makes of some."""
    match value:
        case ast.Constant():
            return isinstance(value.value, int | float) and not isinstance(value.value, bool)
        case ast.UnaryOp():
            return is_number(value.operand)
        case ast.BinOp():
            return is_number(value.left) and is_number(value.right)
        case ast.Tuple() | ast.List():
            return bool(value.elts) and all(map(is_number, value.elts))
        case ast.Dict():
            return bool(value.values) and all(map(is_number, value.values))
        case ast.Call():
            return _of_numbers(value)
    return False


def _of_numbers(call: ast.Call) -> bool:
    """A call of numpy, of a method of what it made or of float, somewhere in which a number stands."""
    made = call.func
    while isinstance(made, ast.Attribute | ast.Call):
        made = made.value if isinstance(made, ast.Attribute) else made.func
    root = made.id if isinstance(made, ast.Name) else ""
    return root in ("np", "numpy", "float") and any(
        isinstance(node, ast.Constant) and is_number(node) for node in ast.walk(call)
    )


def unsaid(source: str) -> list[str]:
    """The constants of a module that are numbers and have neither a docstring below nor a comment above or beside."""
    lines, body, found = source.split("\n"), ast.parse(source).body, []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None or not is_number(node.value):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
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


@pytest.mark.parametrize(
    "source",
    [
        "\nX = 3",
        "\n_SIDES = (480, 320)",
        "\nA, B = 1.5, -2",
        "\nM = 4 << 20",
        "\nX: Final = 3",
        "\nP = {1: (2.0, 3.0)}",
        "\n_O = np.array([3.0, 5.0])",
        "\n_O = np.arange(8).astype(np.uint8)",
        "\n_C = float(np.cos(np.radians(40)))",
        "\nM = np.array([TABLE.get(name, 0.0) for name in NAMES])",
    ],
)
def test_the_search_sees_a_silent_one(source: str) -> None:
    assert unsaid(source)
    assert not unsaid(f"# Pixels.{source}")
    assert not unsaid(f'{source}\n"""Pixels."""')
    assert not unsaid(f"{source}  # Pixels.")
