from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.settings.lines import KeyPath, key_lines


def test_keys_tables_and_comments() -> None:
    text = '# [no]\ntop = 1\n\n[a] # [b]\nb = "x # y"\n"quoted.key" = 2\nd.e.f = 3\n[a.g]\nh = 4\n'
    assert key_lines(text) == {
        ("top",): 2,
        ("a",): 4,
        ("a", "b"): 5,
        ("a", "quoted.key"): 6,
        ("a", "d"): 7,
        ("a", "d", "e"): 7,
        ("a", "d", "e", "f"): 7,
        ("a", "g"): 8,
        ("a", "g", "h"): 9,
    }


def test_values_over_several_lines_do_not_shift_what_follows() -> None:
    text = (
        'a = """one\n[x]\n\\"""y = 1\n""""\nb = [\n  1, # [z]\n  [2,\n 3], "]"\n]\n'
        "c = '''\n'\\'''\nd = {x = 1, y = [1, {z = 2}]}\nlast = 2026-11-21 07:00:00\nend = 1\n"
    )
    tomllib.loads(text)
    found = key_lines(text)
    assert {key: found[(key,)] for key in ("a", "b", "c", "d", "last", "end")} == {
        "a": 1,
        "b": 5,
        "c": 10,
        "d": 12,
        "last": 13,
        "end": 14,
    }
    assert (found[("b", 0)], found[("b", 1, 1)], found[("d", "y", 1, "z")]) == (6, 8, 12)


def test_arrays_of_tables_count() -> None:
    text = "[[u]]\nn = 1\n[u.v]\nw = 1\n[[u]]\nn = 2\n[[u.k]]\nm = 1\n"
    found = key_lines(text)
    assert found[("u", 0, "n")] == 2
    assert found[("u", 0, "v", "w")] == 4
    assert found[("u", 1, "n")] == 6
    assert found[("u", 1, "k", 0, "m")] == 8


def test_windows_line_ends() -> None:
    assert key_lines("[a]\r\nb = 1\r\nc = 2\r\n")[("a", "c")] == 3


_plain = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
_values = st.recursive(
    st.integers(-999, 999) | st.booleans() | _plain, lambda inner: st.lists(inner, max_size=3), max_leaves=5
)


def _write(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "[\n" + ",\n".join(_write(inner) for inner in value) + "]"


@given(st.dictionaries(_plain, st.dictionaries(_plain, _values, max_size=4), max_size=4))
def test_every_key_is_found_on_the_line_where_it_was_written(data: dict[str, dict[str, Any]]) -> None:
    lines: list[str] = []
    where: dict[KeyPath, int] = {}
    for table, pairs in data.items():
        where[(table,)] = len(lines) + 1
        lines.append(f"[{_write(table)}] # chú thích")
        for key, value in pairs.items():
            where[(table, key)] = len(lines) + 1
            lines += f"{_write(key)} = {_write(value)}".split("\n")
    text = "\n".join(lines)
    assert tomllib.loads(text) == data
    found = key_lines(text)
    assert {path: line for path, line in found.items() if path in where} == where


@pytest.mark.parametrize("text", ["", "\n\n", "# chỉ có chú thích", "[a]"])
def test_nearly_empty_texts(text: str) -> None:
    assert len(key_lines(text)) == text.count("[")
