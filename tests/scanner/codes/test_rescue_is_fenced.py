"""The decoder of our own stands behind one function: who reads codes need not know what it is made of."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scanner.codes import reader
from scanner.codes.workers.pool import Pool

ROOT = Path(__file__).parents[3]
ROOM = "scanner.codes.rescue"


def taken_from_inside(source: str) -> set[str]:
    """What a module takes out of the room but for its one function."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith(ROOM)}
        elif isinstance(node, ast.ImportFrom) and node.level:
            names = {*(node.module or "").split("."), *(alias.name for alias in node.names)}
            found |= names & {"rescue"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(ROOM):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} - {f"{ROOM}.rescue"}
        elif isinstance(node, ast.ImportFrom) and node.module == "scanner.codes":
            found |= {ROOM for alias in node.names if alias.name == "rescue"}
    return found


def test_nothing_outside_takes_more_than_the_one_function() -> None:
    roles = ("scanner", "kiosk", "office", "deploy", "speaker", "langso", "firmware_bridge")
    files = [file for role in roles for file in (ROOT / role).rglob("*.py") if "node_modules" not in file.parts]
    outside = [file for file in files if ROOT / "scanner" / "codes" / "rescue" not in file.parents]
    taken = {file.relative_to(ROOT).as_posix(): taken_from_inside(file.read_text("utf-8")) for file in outside}
    assert {name: names for name, names in taken.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    [
        "from scanner.codes.rescue.mesh import Flat",
        "from scanner.codes.rescue import mesh",
        "import scanner.codes.rescue.weave",
        "from scanner.codes import rescue",
        "from ..rescue import mesh",
    ],
)
def test_the_search_sees_each_way_in(source: str) -> None:
    assert taken_from_inside(source)
    assert not taken_from_inside("from scanner.codes.rescue import rescue")


def test_without_it_no_worker_is_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Notes(reader.FrameTasks):
        def add(self, kind: Any, rank: float, **details: Any) -> None:
            asked.append(kind)
            super().add(kind, rank, **details)

    monkeypatch.setattr("scanner.codes.workers.pool.FrameTasks", Notes)
    rng = np.random.default_rng(3)
    busy = np.kron(rng.integers(0, 2, (60, 80)) * 255, np.ones((8, 8))).astype(np.uint8)
    pool = Pool(1)
    try:
        reader.read_codes(busy, pool=pool)
        assert {"flat", "find"} <= set(asked)
        asked.clear()
        reader.read_codes(busy, pool=pool, rescue=False)
        assert "find" in asked
        assert not {"flat", "solve", "weave"} & set(asked)
    finally:
        pool.close()
