"""Finds sentences that stand outside the message catalogue."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("langso", "firmware_bridge", "scanner", "speaker", "kiosk", "office", "deploy")
DATA = {
    "deploy/village/hoa_son.py": "names of the made-up commune and what its people write",
    "langso/codes/banks.py": "names of banks",
    "langso/codes/printed.py": "what cards print",
    "langso/codes/provinces.py": "names of provinces",
    "langso/words/abbreviations.py": "what Vietnamese abbreviations stand for",
    "langso/words/doubts.py": "letters of Vietnamese syllables",
    "langso/words/ftl.py": "letters of the pseudo-language",
    "langso/words/harmless.py": "ranges of marks",
    "langso/words/letters.py": "names of Vietnamese letters",
    "langso/words/numbers.py": "Vietnamese number words",
    "langso/words/say.py": "how Vietnamese is read aloud",
    "langso/words/speech.py": "how Vietnamese is read aloud",
    "office/store_changes.py": "words in databases of 0.1.0, which become codes",
    "langso/words/village_names.py": "kinds of villages in their names",
}
"""Files whose Vietnamese is what they are about: tables and grammar, not sentences to a person."""
_NOT_OURS = ("office/assets/", "firmware_bridge/twin/shadow/")
_MARKS = {"\u0302", "\u0306", "\u031b", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_TAGS = re.compile(r"\{#.*?#\}|<!--.*?-->", re.S)
_COMMENTS = re.compile(r"(?<![:\"'`])//[^\n]*|/\*.*?\*/", re.S)


def is_vietnamese(text: str) -> bool:
    """Whether any letter, but of our name, is one that English does not have: đ, or one with a Vietnamese mark."""
    letters = unicodedata.normalize("NFD", text.replace("Làng Số", ""))
    return any(letter in "đĐ" or letter in _MARKS for letter in letters)


def literals(path: Path, source: str) -> list[tuple[int, str]]:
    """(line, text) of every Vietnamese literal of a source, template or script; docstrings and comments are none."""
    if path.suffix == ".py":
        return list(_in_python(ast.parse(source)))
    blank = _TAGS if path.suffix == ".html" else _COMMENTS
    source = blank.sub(lambda found: "\n" * found[0].count("\n"), source)
    return [(number, line) for number, line in enumerate(source.split("\n"), 1) if is_vietnamese(line)]


def found() -> dict[str, list[tuple[int, str]]]:
    """Path in the repository -> its literals, for every file that has any."""
    everything = {}
    for role in ROLES:
        for path in sorted((ROOT / role).rglob("*")):
            where = path.relative_to(ROOT).as_posix()
            if path.suffix in (".py", ".html", ".js") and "node_modules" not in where and where not in DATA:
                if where.startswith(_NOT_OURS):
                    continue
                here = literals(path, path.read_text(encoding="utf-8"))
                if here:
                    everything[where] = here
    return everything


def _in_python(tree: ast.Module) -> Iterator[tuple[int, str]]:
    skipped = set(_docstrings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            pieces = [piece for piece in node.values if isinstance(piece, ast.Constant)]
            skipped |= {id(piece) for piece in pieces}
            text = "…".join(str(piece.value) for piece in pieces)
            if is_vietnamese(text):
                yield node.lineno, text
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in skipped and is_vietnamese(str(node.value)):
            yield node.lineno, str(node.value)


def _docstrings(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        for child in getattr(node, "body", []) if not isinstance(node, ast.Lambda | ast.IfExp) else []:
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                yield id(child.value)
