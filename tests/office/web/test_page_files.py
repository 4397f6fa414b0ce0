"""One file a page: its routes and what it shows. No page speaks SQL, or leans on another where it does not say so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[3] / "office" / "web"
PAGES = sorted(path for path in (WEB / "pages").glob("*.py") if path.stem != "__init__")
SQL = re.compile(r"\b(SELECT .* FROM|INSERT INTO|UPDATE .* SET|DELETE FROM)\b", re.S)
# A sound is heard while one writes, and a new password begins a new session as a login does.
LEANS = {"compose": {"sounds"}, "urgent": {"sounds"}, "account": {"login"}}


@pytest.mark.parametrize("path", sorted(WEB.rglob("*.py")), ids=lambda path: path.stem)
def test_no_route_speaks_sql(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [text for text in texts if SQL.search(text)] == []
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in ("db", "execute")]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_has_routes_of_its_own_and_leans_on_no_other(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert any(
        "router" in ast.dump(decorator) for node in tree.body for decorator in getattr(node, "decorator_list", [])
    )
    leans = {
        alias.name if node.module == "office.web.pages" else str(node.module).rpartition(".")[2]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("office.web.pages")
        for alias in node.names
    }
    assert leans <= LEANS.get(path.stem, set())


def test_the_search_for_sql_sees_some() -> None:
    assert SQL.search("SELECT a FROM b")
    assert SQL.search("UPDATE a SET b")
    assert not SQL.search("Select a place from the list")
