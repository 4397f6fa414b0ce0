"""No program of ours decides by a sentence that people read: it would go wrong in English, or with a comma more."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from literals import DATA, ROLES, ROOT, is_vietnamese

EXEMPT = {
    *DATA,  # what is read there is Vietnamese itself: how it is said, what cards print
    "scanner/document/reopen.py",  # a mark that archived documents carry, whatever language is spoken now
}
TESTING = {"startswith", "endswith", "find", "index", "count", "removeprefix", "removesuffix"}
IN_TEMPLATE = re.compile(r"(?:==|!=|\bin)\s*(['\"])(.*?)\1|(['\"])([^'\"]*)\3\s*(?:==|!=|in\b)")


def decisions(source: str) -> Iterator[tuple[int, str]]:
    """(line, words) wherever a Vietnamese literal, or a sentence as said now, is compared, looked for or matched."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            sides: list[ast.expr] = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            sides = [node.value]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TESTING:
            sides = list(node.args)
        else:
            continue
        for side in sides:
            parts = list(side.elts) if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
            for part in parts:
                if (said := rendered(part)) is not None:
                    yield part.lineno, said
                for text in part.values if isinstance(part, ast.JoinedStr) else [part]:
                    if isinstance(text, ast.Constant) and isinstance(text.value, str) and is_vietnamese(text.value):
                        yield node.lineno if isinstance(node, ast.expr) else part.lineno, text.value


def rendered(value: ast.expr) -> str | None:
    """`t("id")` and `str(Sentence("id"))`: the id; None for anything else."""
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name) or not value.args:
        return None
    first = value.args[0]
    if value.func.id == "t" and isinstance(first, ast.Constant):
        return str(first.value)
    inner = value.func.id in ("str", "spoken") and isinstance(first, ast.Call) and isinstance(first.func, ast.Name)
    return "a sentence" if inner and first.func.id == "Sentence" else None


def in_templates(source: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.splitlines(), 1):
        for tag in re.findall(r"\{[%{].*?[%}]\}", line):
            yield from (
                (number, one or other) for _, one, _, other in IN_TEMPLATE.findall(tag) if is_vietnamese(one or other)
            )


def test_no_sentence_that_people_read_is_compared() -> None:
    wrong = []
    for role in ROLES:
        for path in sorted((ROOT / role).rglob("*")):
            where = path.relative_to(ROOT).as_posix()
            if "node_modules" in path.parts or where in EXEMPT or path.suffix not in (".py", ".html"):
                continue
            found = decisions if path.suffix == ".py" else in_templates
            wrong += [f"{where}:{line} decides by «{text}»" for line, text in found(path.read_text(encoding="utf-8"))]
    assert not wrong, "\n".join([*wrong, "Decide by a code or an enum, and show the words."])


def test_what_is_exempt_is_still_there() -> None:
    assert all((ROOT / where).is_file() for where in EXEMPT)


def test_the_test_sees_each_way_of_deciding_by_words() -> None:
    python = """
a = line.state == "Đã phát"
b = line.state in ("x", "Đã rút")
c = "lệch" in text
d = text.startswith("CHÚ Ý")
match text:
    case "Hỏng":
        pass
e = text == f"quá {n} phút"
f = line.startswith(t("root-attention"))
g = line == str(Sentence("root-attention"))
fine = line.state == "played" or {"ok": "Tốt"}[level] == other
"""
    assert [line for line, _ in sorted(decisions(python))] == [2, 3, 4, 5, 7, 9, 9, 10, 11]
    html = (
        "{% if show.state == 'Đã rút' %} gone{% endif %}<b>Đã rút</b>{% if 'Hỏng' in x or x in \"ổn\" %}{% endif %}"
    )
    assert sorted(text for _, text in in_templates(html)) == ["Hỏng", "Đã rút", "ổn"]
