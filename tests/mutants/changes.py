"""Small changes of source code, one at a time: what a slip of the hand or a wrong idea would leave behind.

`changes_of(file)` lists them all; each knows where it is and what it does, and `Change.code()` compiles the file with
it. The checkout is only read.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parents[2]
_EDGE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_REVERSED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
}
_TWINS = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Change:
    """One mutant. `key` stays the same while other lines of the file change: file, function, what, which of the same.

    `function`: the outermost function it is in, as Python's own qualified name and first line; None outside of all.
    `statement`: the first line of the statement it is in.
    """

    file: str
    line: int
    key: str
    function: tuple[str, int] | None
    statement: int
    place: int
    kind: int

    def code(self) -> CodeType:
        """The whole file compiled with the change."""
        path = ROOT / self.file
        tree = ast.parse(path.read_text(encoding="utf-8"))
        above, _ = next(islice(_places(tree), self.place, None))
        holder, node = above[-2:]
        becomes = next(islice(_becoming(node, holder), self.kind, None))
        _put(holder, node, ast.copy_location(becomes(node), node))
        return compile(ast.fix_missing_locations(tree), str(path), "exec", dont_inherit=True)


def changes_of(file: str) -> list[Change]:
    """Every change of a file, named relative to the checkout, in the order of its lines."""
    seen: Counter[str] = Counter()
    made = []
    for place, (above, function) in enumerate(_places(ast.parse((ROOT / file).read_text(encoding="utf-8")))):
        holder, node = above[-2:]
        for kind, becomes in enumerate(_becoming(node, holder)):
            was, now = _told(node), _told(becomes(copy.deepcopy(node)))
            if was == now:
                continue
            name = f"{file}::{function[0] if function else ''}::{was} -> {now}"
            seen[name] += 1
            key = name if seen[name] == 1 else f"{name} #{seen[name]}"
            statement = [one for one in above if isinstance(one, ast.stmt)][-1].lineno
            made.append(Change(file, node.lineno, key, function, statement, place, kind))  # type: ignore[attr-defined]
    return made


Place = tuple[list[ast.AST], tuple[str, int] | None]


def _places(tree: ast.Module) -> Iterator[Place]:
    """Each node that may be changed, with those above it and the outermost function around it."""
    yield from _walk(tree, [], [], None)


def _walk(node: ast.AST, above: list[ast.AST], names: list[str], function: tuple[str, int] | None) -> Iterator[Place]:
    path = [*above, node]
    if isinstance(node, ast.expr | ast.stmt) and above:
        yield path, function
    for part, value in ast.iter_fields(node):
        # Types decide nothing, but for the numbers that a model's fields have; nor does what a class may not do.
        if part == "decorator_list" and isinstance(node, ast.ClassDef):
            continue
        if part == "returns" or (part == "annotation" and (function or not isinstance(node, ast.AnnAssign))):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST):
                continue
            inside, deeper = function, names
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and part == "body":
                deeper = [*names, node.name]
                if function is None and not isinstance(node, ast.ClassDef):
                    inside = (".".join(deeper), min([node.lineno, *(one.lineno for one in node.decorator_list)]))
            yield from _walk(child, path, deeper, inside)


def _becoming(node: ast.AST, above: ast.AST) -> Iterator[Callable[[ast.AST], ast.AST]]:
    """What a node may become; each gets the node's copy in a tree of its own."""
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            for other in _EDGE[type(operator)]:
                yield partial(_compared, number=number, other=other)
    elif isinstance(node, ast.BoolOp):
        yield _with(lambda n: setattr(n, "op", ast.Or() if isinstance(n.op, ast.And) else ast.And()))
        for number in range(len(node.values)):
            yield partial(_without, number=number)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield lambda n: n.operand  # type: ignore[attr-defined,no-any-return]
    elif isinstance(node, ast.BinOp) and type(node.op) in _REVERSED and not _is_text(node):
        yield _with(lambda n: setattr(n, "op", _REVERSED[type(n.op)]()))
    elif isinstance(node, ast.IfExp):
        yield _with(lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test)))
    elif isinstance(node, ast.Constant) and not isinstance(above, ast.Expr | ast.JoinedStr | ast.FormattedValue):
        value = node.value
        if isinstance(value, bool):
            yield lambda n: ast.Constant(not n.value)  # type: ignore[attr-defined]
        elif isinstance(value, int | float):
            yield lambda n: ast.Constant(n.value + 1)  # type: ignore[attr-defined]
        elif isinstance(value, str) and value.isdigit():
            yield lambda n: ast.Constant(str(int(n.value) + 1).zfill(len(n.value)))  # type: ignore[attr-defined]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _TWINS:
        yield _with(lambda n: setattr(n.func, "id", _TWINS[n.func.id]))
    elif isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise | ast.Return | ast.Continue | ast.Break):
        yield _with(lambda n: setattr(n, "test", ast.Constant(False)))
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield _with(lambda n: setattr(n, "value", ast.Constant(None)))
    elif isinstance(node, ast.Break | ast.Continue):
        yield lambda n: ast.Continue() if isinstance(n, ast.Break) else ast.Break()
    elif (
        isinstance(node, ast.AugAssign)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _is_logging(node.value))
        or (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript))
    ):
        yield lambda n: ast.Pass()


def _with(change: Callable[[ast.AST], object]) -> Callable[[ast.AST], ast.AST]:
    def changed(node: ast.AST) -> ast.AST:
        change(node)
        return node

    return changed


def _compared(node: ast.AST, number: int, other: type[ast.cmpop]) -> ast.AST:
    assert isinstance(node, ast.Compare)
    node.ops[number] = other()
    return node


def _without(node: ast.AST, number: int) -> ast.AST:
    assert isinstance(node, ast.BoolOp)
    left = [one for at, one in enumerate(node.values) if at != number]
    return left[0] if len(left) == 1 else ast.BoolOp(node.op, left)


def _is_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str | bytes))
        for side in (node.left, node.right)
    )


def _is_logging(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "log"
    )


def _put(holder: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for part, value in ast.iter_fields(holder):
        if value is old:
            setattr(holder, part, new)
        elif isinstance(value, list):
            value[:] = [new if one is old else one for one in value]


def _told(node: ast.AST) -> str:
    """A node in one short line; of a statement with a body only its first."""
    line = ast.unparse(node).splitlines()[0]
    return line if len(line) <= 120 else f"{line[:117]}..."
